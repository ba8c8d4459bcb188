"""The commands that make and examine what a booth judges by: learn, zones, audit, bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import (
    AsJson,
    Config,
    Minutes,
    Sources,
    excerpt_of,
    file_argument,
    file_option,
    settings_of,
)

app = typer.Typer()

banks = typer.Typer(no_args_is_help=True, help="Banks as files: show and merge them.")
app.add_typer(banks, name="bank")


@app.command()
def learn(
    sources: Sources,
    bank: Annotated[Path, file_option("--bank", help="Bank file to write.")],
    first_share: Annotated[
        float, typer.Option(min=0.01, max=1, help="Learn from this first part of each video.")
    ] = 1,
    minutes: Minutes = None,
    again: Annotated[bool, typer.Option("--again", help="Start afresh instead of going on.")] = False,
    report: Annotated[
        Path | None, file_option("--report", help="HTML file on what was learned; JSON goes beside it.")
    ] = None,
    config: Config = None,
) -> None:
    """Learn what is normal here; started again after an interruption it goes on."""
    from appliance.verbs.learn import learn_street

    excerpt = excerpt_of(sources, minutes, first_share)
    learn_street(settings_of(config, sources), sources, bank, excerpt, again=again, report=report)


@app.command()
def zones(
    source: Annotated[str, typer.Argument(help="A video, rtsp://, v4l2:/dev/video0 or test:.")],
    minutes: Minutes = None,
    report: Annotated[
        Path | None, file_option("--report", help="HTML file with a plan of where people walk.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Say whether people walk where the zones of the settings are, without showing anybody."""
    from appliance.verbs.zones import survey_zones

    settings = settings_of(config, [source], camera={"source": source})
    survey_zones(settings, excerpt_of([source], minutes), report, as_json=as_json)


@app.command()
def audit(
    bank: Annotated[Path, file_option("--bank", help="Bank made by `booth learn`.")],
    folder: Annotated[
        Path | None,
        file_argument(help="Sets of test photos (tests.evaluation build); painted people without."),
    ] = None,
    as_json: Annotated[Path | None, file_option("--json", help="File for all figures.")] = None,
    as_html: Annotated[Path | None, file_option("--html", help="File for the readable report.")] = None,
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


@banks.command("show")
def show_bank(
    bank: Annotated[Path, file_argument(help="Bank made by `booth learn`.")], as_json: AsJson = False
) -> None:
    """Say what a bank holds: figures, and nobody."""
    from appliance.verbs.bank import show

    show(bank, as_json=as_json)


@banks.command("merge")
def merge_bank(
    files: Annotated[list[Path], file_argument(help="Banks of booths of one city.")],
    out: Annotated[Path, file_option("--out", help="Bank file to write.")],
) -> None:
    """Make one bank of several, for a new booth of the same city."""
    from appliance.verbs.bank import merge

    merge(files, out)
