"""The commands that fit the booth to its machine: what its units may do here, and what to try when one gives up."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

BOOTH = Path("/etc/booth/booth.yaml")
ConfigFile = Annotated[Path, typer.Option("--config", help="Settings file of the booth.")]


class Process(str, Enum):
    """The three processes of a booth."""

    VISION = "vision"
    UPLINK = "uplink"
    DISPLAY = "display"


@app.command()
def units(
    config: ConfigFile = BOOTH,
    root: Annotated[Path, typer.Option("--root", help="Where the machine's files are.")] = Path("/"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; 1 when something is stale.")] = False,
) -> None:
    """Fit the units to this machine and these settings: devices, keys, the camera's address, the LAN."""
    from appliance.verbs.units import fit_units

    raise typer.Exit(fit_units(config, root, check=check))


@app.command(hidden=True)
def rescue(
    process: Annotated[Process, typer.Argument(help="Which of the three.")],
    config: ConfigFile = BOOTH,
) -> None:
    """What follows when a unit reached its limit of starts; the units call it."""
    from appliance.verbs.units import rescue_process

    rescue_process(process.value, config)
