"""The commands about settings and units: are files good, what may units do here, what to try when one gives up."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import file_argument, file_option
from appliance.config_file import load_settings
from appliance.errors import BoothError

app = typer.Typer()

BOOTH = Path("/etc/booth/booth.yaml")
ConfigFile = Annotated[Path, file_option("--config", help="Settings file of the booth.")]


class Process(str, Enum):
    """The three processes of a booth."""

    VISION = "vision"
    UPLINK = "uplink"
    DISPLAY = "display"


@app.command()
def units(
    config: ConfigFile = BOOTH,
    root: Annotated[Path, file_option("--root", help="Where the machine's files are.")] = Path("/"),
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


@app.command("check-config")
def check_config(
    files: Annotated[list[Path], file_argument(help="Settings files.")],
) -> None:
    """Validate settings; errors name file, line, key and the cure, and what the sign still lacks is listed."""
    from appliance.law.disclosure import lacking

    faults = []
    for file in files:
        try:
            settings = load_settings(file)
            told = [f"{file}: {fault}" for fault in lacking(settings)]
            print(f"{file}: good, but it will not look yet" if told else f"{file}: good")
            print("\n".join(told), end="\n" if told else "")
        except BoothError as error:
            faults.append(str(error))
    if faults:
        raise BoothError("\n".join(faults))
