"""GStreamer launch lines for the CPU wing: a SOURCE in, the text of a pipeline and its kind out."""

from __future__ import annotations

from pathlib import Path

from appliance.config import Camera
from appliance.errors import SourceError
from appliance.runtime.sources import (
    EVERY,
    NEWEST,
    Launch,
    file_head,
    rtsp_head,
    test_head,
    v4l2_head,
)

CONVERT = "videoflip video-direction=auto ! videoconvert ! video/x-raw,format=RGB"


def launch_line(settings: Camera, *, live: bool) -> Launch:
    """Choose the pipeline of `settings.source`. Raises SourceError for a source that cannot be."""
    kind, _, rest = settings.source.partition(":")
    if kind == "test":
        return Launch(
            f"{test_head(settings, live=live)} ! {CONVERT} ! {NEWEST if live else EVERY}", ends=not live
        )
    if kind == "v4l2":
        head = v4l2_head(rest or "/dev/video0", settings)
        return Launch(f"{head} ! {CONVERT} ! {NEWEST} sync=false", ends=False)
    if kind in ("rtsp", "rtsps"):
        return Launch(f"{rtsp_head(settings.source)} ! {CONVERT} ! {NEWEST} sync=false", ends=False)
    if kind == "csi":
        raise SourceError(
            f"{settings.source}: CSI cameras need a Jetson; here use v4l2:/dev/video0, rtsp:// or a file"
        )
    # At its own pace with the newest frame winning when live, else every frame as fast as it is wanted.
    head = file_head(Path(settings.source))
    return Launch(f"{head} ! {CONVERT} ! {NEWEST + ' sync=true' if live else EVERY}", ends=True)
