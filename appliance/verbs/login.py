"""A network camera's login: settings and the unit's credentials in, settings whose source carries it out."""

from __future__ import annotations

from pathlib import Path

from appliance.config import Settings
from appliance.errors import BoothError

FILE = "camera.login"
"Of vision's credentials: USER:PASSWORD, so that booth.yaml, which the uplink reads too, holds none."
MOST_BYTES = 512


def with_login(settings: Settings, credentials: Path | None) -> Settings:
    """The same for any source but a network camera without a login of its own. Raises BoothError."""
    camera = settings.camera
    login = credentials / FILE if credentials else None
    if login is None or not login.is_file() or camera.label != camera.source:
        return settings
    if not camera.source.startswith(("rtsp://", "rtsps://")):
        return settings
    try:
        text = login.read_text(encoding="utf-8")[:MOST_BYTES].strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if ":" not in text or "\n" in text:
        raise BoothError(f"{FILE}: no USER:PASSWORD in one line; mend /etc/booth/keys/{FILE}")
    scheme, _, rest = camera.source.partition("//")
    source = f"{scheme}//{text}@{rest}"
    return settings.model_copy(update={"camera": camera.model_copy(update={"source": source})})
