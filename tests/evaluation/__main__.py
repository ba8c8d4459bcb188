"""`python -m tests.evaluation`: builds sets of edited photos, and scores a booth on them."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from appliance.app import load_eyes
from appliance.config import Settings
from appliance.errors import BoothError
from calibration.trials.people import random_person
from tests.evaluation import booth
from tests.evaluation.outlines import Guesser
from tests.evaluation.photos import open_album
from tests.evaluation.report import report_of, tables_of
from tests.evaluation.sets import Manifest, Plan, build_sets

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

FILE_WIDTH = 120
"Columns of a table that goes into a file or a pipe."

Seed = Annotated[int, typer.Option("--seed", help="Same seed, same sets.")]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on a terminal that tells what is being done."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(
        *columns, transient=True, disable=not sys.stderr.isatty(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("")
        yield lambda words: bar.update(task, description=words)


@app.command()
def paint(
    out: Annotated[Path, typer.Argument(help="Folder to write.")],
    count: Annotated[int, typer.Option("--count", min=1)] = 60,
    height_px: Annotated[int, typer.Option("--height", min=100, help="Of a person, in pixels.")] = 330,
    seed: Seed = 7,
) -> None:
    """Paint small people with label maps, for trying all of this without any photo."""
    (out / "masks").mkdir(parents=True, exist_ok=True)
    (out / "photos").mkdir(exist_ok=True)
    with progress() as advance:
        for number in range(count):
            shot = random_person(np.random.default_rng([seed, number]), height_px)
            for folder, picture in (("photos", shot.photo[..., ::-1]), ("masks", shot.labels)):
                file = out / folder / f"{number:04d}.png"
                file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
                advance(str(file))
    print(
        f"{out}: {count} people; next: python -m tests.evaluation build {out / 'photos'} SETS --masks {out / 'masks'}"
    )


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Photos of people, one standing in each.")],
    out: Annotated[Path, typer.Argument(help="Folder to write the sets to.")],
    masks: Annotated[
        Path | None, typer.Option("--masks", help="Label maps: STEM.png or CCP's STEM.mat.")
    ] = None,
    bank: Annotated[int, typer.Option("--bank", min=10, help="People to learn from.")] = 600,
    normal: Annotated[int, typer.Option("--normal", min=10, help="Everyday people.")] = 200,
    calib: Annotated[int, typer.Option("--calib", min=0, help="More of them, for the wanted rate.")] = 300,
    per_kind: Annotated[int, typer.Option("--per-kind", min=1, help="People per kind of change.")] = 100,
    seed: Seed = 7,
) -> None:
    """Build sets of edited photos. Fewer photos than asked for are shared out in proportion.

    A label map is a grey PNG: 0 background, 1 hair, 2 skin, 3 head covering, 4 upper, 5 lower, 6 full-length garment,
    7 shoes, 8 mobility aid, 9 accessory. Without maps the booth's networks guess, and some kinds are left out.
    """
    mapped = masks is not None or (folder / "annotations" / "pixel-level").is_dir()
    guess = None if mapped else Guesser(load_eyes(Settings())).guess
    with progress() as advance:
        manifest = build_sets(
            open_album(folder, masks, guess), out, Plan(bank, normal, calib, per_kind, seed), advance
        )
    for line in manifest.left_out:
        print(f"left out {line}")
    if not mapped:
        print("label maps are estimated: changes of skin and hair touch the head only")
    sizes = ", ".join(
        f"{name} {len(manifest.sets.get(name, []))}" for name in ("bank", "normal", "calib", "exc_none")
    )
    print(f"{out}: {len(manifest.sets)} sets ({sizes} a kind)")


@app.command()
def score(
    sets: Annotated[Path, typer.Argument(help="What build wrote.")],
    command: Annotated[str, typer.Option("--booth", help="The booth's command.")] = ".venv/bin/booth",
    bank: Annotated[
        Path | None, typer.Option("--bank", help="Bank to use; learned first where absent.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Start of set names; all without.")] = None,
    result: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
) -> None:
    """Let a booth learn the bank and score all sets; print the tables."""
    manifest = read_manifest(sets)
    names = [name for name in manifest.sets if wanted(name, only)]
    records = {}
    with tempfile.TemporaryDirectory() as folder, progress() as advance:
        file = bank or Path(folder) / "street.bank"
        if not file.exists():
            advance("learning")
            booth.learn(command, sets / "bank", file)
        for name in names:
            said = []
            for one in booth.score(command, file, sets / name):
                said.append(one)
                advance(f"{name}: {len(said)} of {len(manifest.sets[name])}")
            records[name] = booth.known_people(said, manifest.sets[name], manifest.boxes)
    report = report_of(records, manifest)
    people = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    for table in tables_of(report):
        if table.row_count:
            people.print(table)
    if result:
        result.write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")


def wanted(name: str, only: list[str] | None) -> bool:
    """Whether a set is to be scored; everyday people always are."""
    return name != "bank" and (not only or name in ("normal", "calib") or name.startswith(tuple(only)))


def read_manifest(sets: Path) -> Manifest:
    """What build wrote, or another tool in the same layout. Raises BoothError naming the folder."""
    try:
        written = json.loads((sets / "manifest.json").read_text(encoding="utf-8"))
        names = ("seed", "sets", "pairs", "boxes", "families", "labels", "left_out")
        return Manifest(**{name: written[name] for name in names if name in written})
    except (OSError, ValueError, TypeError) as error:
        raise BoothError(
            f"{sets}: no sets to score ({error}); build them: python -m tests.evaluation build"
        ) from None


def main() -> None:
    """Run one verb; what people can mend is one line and exit code 1."""
    try:
        app()
    except BoothError as error:
        print(f"evaluation: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
