"""Options that several commands share, and the settings they make: words of a command line in, settings out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from appliance.config import Settings
from appliance.config_file import load_settings
from appliance.law.desk import require_desk

if TYPE_CHECKING:
    from appliance.verbs.playback import Excerpt

file_option, file_argument = partial(typer.Option, readable=False), partial(typer.Argument, readable=False)
"For a file that its verb opens, and tells of where it cannot: Typer would call that wrong use."
Config = Annotated[Path | None, file_option("--config", help="Settings file; defaults without.")]
BankFile = Annotated[Path | None, file_option("--bank", help="Bank made by `booth learn`.")]
Sources = Annotated[
    list[str], typer.Argument(help="Photos, folders, videos, rtsp://, v4l2:/dev/video0 or test:.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Minutes = Annotated[
    float | None, typer.Option("--minutes", min=0.1, help="Watch each source for so long; cameras need it.")
]


def excerpt_of(sources: list[str], minutes: float | None, first_share: float = 1) -> Excerpt:
    """How much of each source is played. Raises typer.BadParameter for a camera without an end."""
    from appliance.verbs.playback import Excerpt

    endless = [source for source in sources if source.startswith(("rtsp", "v4l2:", "csi:"))]
    if endless and minutes is None:
        raise typer.BadParameter(f"{endless[0]} never ends; say how long to watch: --minutes 60")
    return Excerpt(first_share, 60 * minutes if minutes else math.inf)


def settings_of(config: Path | None, sources: Iterable[str] = (), /, **sections: dict[str, Any]) -> Settings:
    """Settings of a file, or the defaults, with a few keys given on the command line.

    Raises BoothError where one of `sources` is the camera of an installed booth, and no file is named.
    """
    if config is None:
        require_desk(sources)
    settings = load_settings(config) if config else Settings()
    changed = {name: getattr(settings, name).model_copy(update=keys) for name, keys in sections.items()}
    return settings.model_copy(update=changed)
