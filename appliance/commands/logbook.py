"""The command that reads what changed in a booth: logbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import AsJson, Config, file_option, settings_of

app = typer.Typer()


@app.command()
def logbook(
    config: Config = None,
    state: Annotated[Path | None, file_option("--state", help="Folder with a copy of the logbook.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only say whether the chain is whole.")] = False,
    head: Annotated[
        str, typer.Option("--head", help="N:HASH12 of an old status: is the chain still that one?")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print what changed in this booth, and whether somebody has touched the record."""
    from appliance.verbs.logbook import show_logbook

    folder = state or settings_of(config).folders.state
    raise typer.Exit(show_logbook(folder, verify=verify or bool(head), head=head, as_json=as_json))
