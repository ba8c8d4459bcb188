"""The `booth` command: thin verbs that parse words and call the rooms below."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands import (
    calibrate,
    contract,
    engines,
    field,
    fleet,
    logbook,
    machine,
    provision,
    renew,
    reset,
    screen,
    sign,
    trends,
    update,
)
from appliance.commands.options import (
    AsJson,
    BankFile,
    Config,
    Sources,
    file_option,
    settings_of,
)
from appliance.config import Settings
from appliance.config_file import load_settings
from appliance.errors import told_in_a_line

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(calibrate.app)
app.add_typer(contract.app)
app.add_typer(fleet.app)
app.add_typer(machine.app)
app.add_typer(provision.app)
app.add_typer(logbook.app)
app.add_typer(sign.app)
app.add_typer(engines.app, name="engines")
app.add_typer(field.app, name="field")
app.add_typer(renew.app, name="renew")
app.add_typer(reset.app)
app.add_typer(screen.app)
app.add_typer(trends.app, name="trends")
app.add_typer(update.app, name="update")


class Process(str, Enum):
    """The three processes of a booth."""

    VISION = "vision"
    UPLINK = "uplink"
    DISPLAY = "display"


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
    config: Annotated[Path, file_option("--config", help="Settings file.")],
) -> None:
    """One process, as systemd runs it."""
    from appliance.verbs.run import run_process

    # The board says what is missing, so it runs before there is a booth to speak of.
    waits = process is Process.DISPLAY and not config.exists()
    run_process(process.value, Settings() if waits else load_settings(config))


@app.command()
def replay(
    source: Annotated[str, typer.Argument(help="A video or test:.")],
    bank: BankFile = None,
    events: Annotated[
        Path | None, file_option("--events", help="File for events, one JSON line each.")
    ] = None,
    tracks: Annotated[Path | None, file_option("--tracks", help="File for tracks in MOT format.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Play a recording offline, deterministic and at full speed."""
    from appliance.verbs.replay import replay as replay_source

    settings = settings_of(
        config, [source], camera={"source": source}, novelty={"bank": bank} if bank else {}
    )
    replay_source(settings, events, tracks, as_json=as_json)


@app.command()
def score(
    sources: Sources,
    bank: BankFile = None,
    as_json_lines: Annotated[bool, typer.Option("--jsonl", help="One JSON line per person.")] = False,
    config: Config = None,
) -> None:
    """Rate everybody in photos or videos."""
    from appliance.verbs.score import score as score_sources

    settings = settings_of(config, sources, novelty={"bank": bank} if bank else {})
    score_sources(settings, sources, as_json_lines=as_json_lines)


@app.command()
def bench(
    source: Annotated[str | None, typer.Argument(help="A video; the sample street without.")] = None,
    bank: BankFile = None,
    budget: Annotated[
        bool, typer.Option("--budget", help="What a frame costs a Jetson on paper; measures nothing.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Measure this machine: each stage, the whole, and the limit beside it."""
    if budget:
        from appliance.verbs.budget import budget_on_paper

        budget_on_paper(settings_of(config), as_json=as_json, configured=config is not None)
        return
    from appliance.verbs.bench import bench as bench_source
    from engines.manifest import sample_street

    given = source or str(sample_street())
    settings = settings_of(config, [given], camera={"source": given}, novelty={"bank": bank} if bank else {})
    bench_source(settings, as_json=as_json)


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check this machine, its camera, networks, clock and keys; every failure names its cure."""
    from appliance.verbs.doctor import examine

    raise typer.Exit(examine(settings_of(config), as_json=as_json, configured=config is not None))


def main() -> None:
    """Run one verb. What people can mend is one line on stderr and exit code 1, or 2 for wrong use."""
    with told_in_a_line():
        app()


if __name__ == "__main__":
    main()
