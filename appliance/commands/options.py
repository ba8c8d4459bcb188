"""Options that several commands share, and the settings they make: words of a command line in, settings out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from appliance.config import Settings
from appliance.config_file import load_settings

Config = Annotated[Path | None, typer.Option("--config", help="Settings file; defaults without.")]
BankFile = Annotated[Path | None, typer.Option("--bank", help="Bank made by `booth learn`.")]
Sources = Annotated[
    list[str], typer.Argument(help="Photos, folders, videos, rtsp://, v4l2:/dev/video0 or test:.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def settings_of(config: Path | None, **sections: dict[str, Any]) -> Settings:
    """Settings of a file, or the defaults, with a few keys given on the command line."""
    settings = load_settings(config) if config else Settings()
    changed = {name: getattr(settings, name).model_copy(update=keys) for name, keys in sections.items()}
    return settings.model_copy(update=changed)
