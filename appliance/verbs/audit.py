"""`booth audit`: a bank and test people in, the fairness and privacy report of this booth out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from appliance.app import Eyes, load_eyes, network_files, networks_of
from appliance.artifacts import Bank, write_atomically
from appliance.config import Settings
from appliance.records import FloatArray
from appliance.runtime.choose import Wing
from appliance.verbs.witness import Witness
from appliance.verbs.witnesses import Material, scenes_of, see_with_all_cores
from appliance.vision.banks import read_bank
from appliance.vision.novelty import Judge
from calibration.audit.folder import open_album
from calibration.audit.page import audit_page
from calibration.audit.painted import FAMILIES, Cast, painted_pairs
from calibration.audit.privacy import Network, facts_of_file
from calibration.audit.report import Facts, Report, make_report, plain
from calibration.audit.rulings import Court
from calibration.audit.sight import Scene, Sights, Trials
from calibration.trials.statistics import Figures
from engines.active import onnx_file
from engines.cache import default_cache, sha256_of
from engines.entries import Model, read_manifest
from engines.layouts import PACKED, PLANAR
from engines.recipe import read_recipe

PEOPLE = 16
"Painted people in each change: about two minutes on two cores."
WANTED = 0.05
MASK_PEOPLE = 8
"For the check that the mask comes before the encoder."


def audit(
    settings: Settings,
    bank_file: Path,
    folder: Path | None,
    people: int | None,
    seed: int,
    as_json: Path | None,
    as_html: Path | None,
) -> int:
    """Write the report and print its verdicts; returns how many goals were missed."""
    bank = read_bank(bank_file)
    eyes = load_eyes(settings)
    material = Cast(people or PEOPLE, seed) if folder is None else open_album(folder, people)
    masks = masks_held(Witness(open_eyes(settings, eyes)), scenes_of(material), seed)
    facts = Facts(facts_of_file(bank_file), facts_of_networks(settings, eyes.wing), packages(), tuple(masks))
    with progress(material.scenes) as advance:
        sights = see_with_all_cores(settings, material, advance)
    trials = trials_of(material, sights)
    wanted = settings.decision.wanted_share or WANTED
    day = datetime.now(timezone.utc).date().isoformat()
    report = make_report(bank, trials, facts, lambda one: court_of(one, eyes), wanted, day, seed)
    if as_json:
        write_atomically(as_json, json.dumps(plain(report), indent=1).encode())
    if as_html:
        write_atomically(as_html, audit_page(report).encode())
    tell(report, [file for file in (as_json, as_html) if file])
    return report.missed


def trials_of(material: Material, sights: Sights) -> Trials:
    """What was seen, and what is to be compared."""
    if isinstance(material, Cast):
        origin = f"{material.people} painted people in each change and more in everyday clothes, no photo of anybody"
        return Trials(origin, sights, painted_pairs(), FAMILIES)
    return Trials(f"test photos in {material.folder.name}", sights, material.pairs, material.families)


def open_eyes(settings: Settings, eyes: Eyes) -> Eyes:
    """Eyes whose masks can be read: those of the CPU wing, which are loaded where another one looks."""
    return eyes if eyes.wing.name == "cpu" else load_eyes(settings.model_copy(update={"wing": "cpu"}))


def masks_held(witness: Witness, scenes: Iterator[Scene], seed: int) -> list[bool]:
    """For the first few people who can be masked: whether noise behind the mask changes nothing."""
    found = (witness.mask_holds(scene.photo, scene.box, seed) for scene in islice(scenes, 2 * MASK_PEOPLE))
    return list(islice((one for one in found if one is not None), MASK_PEOPLE))


def court_of(bank: Bank, eyes: Eyes) -> Court:
    """A bank as the audit asks it."""
    judge = Judge(bank, bank.neighbours, eyes.wing.neighbours)

    def rule(vectors: dict[str, FloatArray]) -> tuple[Figures, Figures]:
        novelty = judge.judge(vectors)
        return novelty.distances, novelty.rarities

    return rule


def facts_of_networks(settings: Settings, wing: Wing) -> tuple[Network, ...]:
    """The networks this booth runs, by the manifest's words and the hash of what lies on disk.

    A plan or an 8-bit file runs only after it was compared with the ONNX file it was made from, which vouches for it.
    """
    sources = (
        onnx_file(default_cache(), one) for one in networks_of(settings, PLANAR if wing.open_plan else PACKED)
    )
    files = network_files(settings, wing)
    return tuple(
        replace(network_of(source), sha256=sha256_of(file))
        for source, file in zip(sources, files, strict=True)
    )


def network_of(path: Path) -> Network:
    """One network; known when its bytes are the manifest's, or were made here by the manifest's recipe."""
    digest = sha256_of(path)
    for model in read_manifest().models.values():
        if path.parent.name == model.name or path.name.startswith(f"{model.name}-"):
            made = read_recipe(path)
            known = {*hashes_of(model), *(file.sha256 for file in model.weight_files())}
            fits = digest in known or (made is not None and made.output_sha256 == digest)
            return Network(model.name, model.purpose, model.licence, digest, fits)
    return Network(path.name, "unknown", "unknown", digest, known=False)


def hashes_of(model: Model) -> set[str]:
    """Hashes of a network's ONNX files, of every size and layout."""
    return {*model.known.values(), *(model.planar.known.values() if model.planar else ())}


def packages() -> tuple[str, ...]:
    """Names of the installed Python packages."""
    return tuple(sorted({str(one.metadata["Name"]) for one in distributions() if one.metadata["Name"]}))


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, transient=True, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("looking", total=total)
        yield lambda words: bar.update(task, advance=1, description=words)


def tell(report: Report, files: list[Path]) -> None:
    """One line per part."""
    for part in report.parts:
        print(f"{part.title}: {part.line}")
    for file in files:
        print(f"written: {file}")
