"""A desk is no street: sources and settings in; on a machine that is a booth, a refusal to look past its law, out.

At a desk a developer may look through a webcam without a sign. On an installed booth nobody may: its camera is looked
through by its own settings, and by no demo, lesson or score that brings none.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.law.disclosure import looks_at_people

BOOTH_FILE = Path("/etc/booth/booth.yaml")
"Made by provisioning: where it is, a booth is."


def is_booth(file: Path | None = None) -> bool:
    """Whether this machine is an installed booth; a file that cannot be seen is taken for one."""
    try:
        (file or BOOTH_FILE).stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def require_desk(sources: Iterable[str]) -> None:
    """Raises BoothError where one of `sources` is the camera of a booth, which no settings of its own stand before."""
    live = [source for source in sources if looks_at_people(Camera(source=source))]
    if live and is_booth():
        name = Camera(source=live[0]).label
        raise BoothError(
            f"{name}: this machine is a booth, and looks by its own settings: --config {BOOTH_FILE}"
        )
