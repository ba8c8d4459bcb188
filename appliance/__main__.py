"""The `booth` command: thin verbs that parse words and call the rooms below."""

from __future__ import annotations

import math
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from appliance.config import Settings
from appliance.config_file import load_settings
from appliance.errors import BoothError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

banks = typer.Typer(no_args_is_help=True, help="Banks as files: show and merge them.")
app.add_typer(banks, name="bank")

Config = Annotated[Path | None, typer.Option("--config", help="Settings file; defaults without.")]
BankFile = Annotated[Path | None, typer.Option("--bank", help="Bank made by `booth learn`.")]
Sources = Annotated[
    list[str], typer.Argument(help="Photos, folders, videos, rtsp://, v4l2:/dev/video0 or test:.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


class Process(str, Enum):
    """The three processes of a booth."""

    VISION = "vision"
    UPLINK = "uplink"
    DISPLAY = "display"


def settings_of(config: Path | None, **sections: dict[str, Any]) -> Settings:
    """Settings of a file, or the defaults, with a few keys given on the command line."""
    settings = load_settings(config) if config else Settings()
    changed = {name: getattr(settings, name).model_copy(update=keys) for name, keys in sections.items()}
    return settings.model_copy(update=changed)


@app.command()
def demo(
    source: Annotated[str | None, typer.Argument(help="A video; the sample street without.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Play once, print a summary, end.")] = False,
    headless: Annotated[
        bool, typer.Option("--headless", help="Plain lines instead of a live table.")
    ] = False,
    bank: BankFile = None,
) -> None:
    """The whole booth on this machine: sample street, local broker, staff board, live table."""
    from appliance.demo import run_demo

    raise typer.Exit(run_demo(source, once, headless, bank))


@app.command()
def run(
    process: Annotated[Process, typer.Argument(help="Which of the three.")],
    config: Annotated[Path, typer.Option("--config", help="Settings file.")],
) -> None:
    """One process, as systemd runs it."""
    from appliance.verbs.run import run_process

    run_process(process.value, load_settings(config))


@app.command()
def replay(
    source: Annotated[str, typer.Argument(help="A video or test:.")],
    bank: BankFile = None,
    events: Annotated[
        Path | None, typer.Option("--events", help="File for events, one JSON line each.")
    ] = None,
    tracks: Annotated[Path | None, typer.Option("--tracks", help="File for tracks in MOT format.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Play a recording offline, deterministic and at full speed."""
    from appliance.verbs.replay import replay as replay_source

    settings = settings_of(config, camera={"source": source}, novelty={"bank": bank} if bank else {})
    replay_source(settings, events, tracks, as_json=as_json)


@app.command()
def learn(
    sources: Sources,
    bank: Annotated[Path, typer.Option("--bank", help="Bank file to write.")],
    first_share: Annotated[
        float, typer.Option(min=0.01, max=1, help="Learn from this first part of each video.")
    ] = 1,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Learn so long from each; cameras need it.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Start afresh instead of going on.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML file on what was learned; JSON goes beside it.")
    ] = None,
    config: Config = None,
) -> None:
    """Learn what is normal here; started again after an interruption it goes on."""
    from appliance.verbs.learn import learn_street
    from appliance.verbs.playback import Excerpt

    endless = [source for source in sources if source.startswith(("rtsp", "v4l2:"))]
    if endless and minutes is None:
        raise typer.BadParameter(f"{endless[0]} never ends; say how long to learn: --minutes 60")
    excerpt = Excerpt(first_share, 60 * minutes if minutes else math.inf)
    learn_street(settings_of(config), sources, bank, excerpt, again=again, report=report)


@banks.command("show")
def show_bank(
    bank: Annotated[Path, typer.Argument(help="Bank made by `booth learn`.")], as_json: AsJson = False
) -> None:
    """Say what a bank holds: figures, and nobody."""
    from appliance.verbs.bank import show

    show(bank, as_json=as_json)


@banks.command("merge")
def merge_bank(
    files: Annotated[list[Path], typer.Argument(help="Banks of booths of one city.")],
    out: Annotated[Path, typer.Option("--out", help="Bank file to write.")],
) -> None:
    """Make one bank of several, for a new booth of the same city."""
    from appliance.verbs.bank import merge

    merge(files, out)


@app.command()
def score(
    sources: Sources,
    bank: BankFile = None,
    as_json_lines: Annotated[bool, typer.Option("--jsonl", help="One JSON line per person.")] = False,
    config: Config = None,
) -> None:
    """Rate everybody in photos or videos."""
    from appliance.verbs.score import score as score_sources

    settings = settings_of(config, novelty={"bank": bank} if bank else {})
    score_sources(settings, sources, as_json_lines=as_json_lines)


@app.command()
def bench(
    source: Annotated[str | None, typer.Argument(help="A video; the sample street without.")] = None,
    bank: BankFile = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Measure this machine: each stage, the whole, and the limit beside it."""
    from appliance.verbs.bench import bench as bench_source
    from engines.manifest import sample_street

    given = source or str(sample_street())
    settings = settings_of(config, camera={"source": given}, novelty={"bank": bank} if bank else {})
    bench_source(settings, as_json=as_json)


@app.command()
def audit(
    bank: Annotated[Path, typer.Option("--bank", help="Bank made by `booth learn`.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="Sets of test photos (tests.evaluation build); painted people without."),
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    as_html: Annotated[Path | None, typer.Option("--html", help="File for the readable report.")] = None,
    people: Annotated[
        int | None, typer.Option("--people", min=2, help="In each change; 16 painted ones, all of a folder.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same painted people.")] = 7,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 when a goal is missed.")] = False,
    config: Config = None,
) -> None:
    """Report how fair and how private this booth's bank and networks are."""
    from appliance.verbs.audit import audit as audit_bank

    missed = audit_bank(settings_of(config), bank, folder, people, seed, as_json, as_html)
    raise typer.Exit(int(strict and missed > 0))


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check this machine, its camera, networks, clock and keys; every failure names its cure."""
    from appliance.verbs.doctor import examine

    raise typer.Exit(examine(settings_of(config), as_json=as_json, configured=config is not None))


@app.command()
def watch(
    broker: Annotated[str, typer.Option("--broker", help="mqtt://HOST:PORT")] = "mqtt://127.0.0.1:1883",
    city: Annotated[str | None, typer.Option("--city", help="Only this city.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="End after so long.")] = None,
    as_json: AsJson = False,
) -> None:
    """Subscribe to the broker and show the fleet."""
    from appliance.uplink.address import Broker
    from appliance.uplink.watch import watch as watch_fleet

    watch_fleet(Broker(broker), city, as_json, seconds)


@app.command("check-config")
def check_config(files: Annotated[list[Path], typer.Argument(help="Settings files.")]) -> None:
    """Validate settings; errors name file, line, key and the cure."""
    faults = []
    for file in files:
        try:
            load_settings(file)
            print(f"{file}: good")
        except BoothError as error:
            faults.append(str(error))
    if faults:
        raise BoothError("\n".join(faults))


def main() -> None:
    """Run one verb. What people can mend is one line on stderr and exit code 1."""
    try:
        app()
    except BoothError as error:
        print(f"booth: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
