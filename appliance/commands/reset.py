"""The command that gives a machine back: factory-reset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import file_option
from appliance.errors import BoothError

app = typer.Typer()


@app.command("factory-reset")
def factory_reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    logbook: Annotated[
        Path | None, file_option("--logbook", help="Folder for a copy of the logbook, made first.")
    ] = None,
) -> None:
    """Make the booth forget keys, settings, street and logbook; the program stays. For root."""
    from appliance.verbs.reset import Belongings, reset, restore_folders, stop_units

    if os.geteuid() != 0:
        raise BoothError("a factory reset is for root: sudo booth factory-reset")
    if not yes:
        typer.confirm(
            "Keys, settings, what the booth has learned and its logbook will be gone. Go on?", abort=True
        )
    reset(Belongings(), stop_units, logbook)
    restore_folders()
