"""The commands for who stands before a booth: the code that opens the field page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import file_option
from appliance.config_file import load_settings

INSTALLED = Path("/etc/booth/booth.yaml")
app = typer.Typer(no_args_is_help=True, help="At the booth: open the field page on a phone.")


@app.callback()
def field() -> None:
    """At the booth: open the field page on a phone."""


@app.command()
def code(config: Annotated[Path, file_option("--config", help="Settings file.")] = INSTALLED) -> None:
    """Show a code for the field page; it is good once, for ten minutes."""
    from appliance.display.field.device import code_from_display
    from appliance.display.listeners import lan_fault

    settings = load_settings(config)
    shown = code_from_display(settings.folders.runtime)
    digits = str(shown["digits"])
    print(f"open   {shown['url']}")
    print(f"code   {digits[:4]} {digits[4:]}   good once, for {shown['left_s'] // 60} minutes")
    if fault := lan_fault(settings.display.lan):
        print(f"but    {fault}")
