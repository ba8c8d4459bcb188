"""What a SOURCE is to either wing: its text in; launch-line pieces out, or one line on why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.config import Camera
from appliance.errors import SourceError

TEST_FRAMES = 300
"Frames of `test:` in replay: ten seconds at the default rate."
PATTERNS = ("ball", "red")
"What `test:` can show."
SINK = "appsink name=sink enable-last-sample=false wait-on-eos=false"
NEWEST = f"{SINK} max-buffers=1 drop=true"
EVERY = f"{SINK} max-buffers=3 drop=false sync=false"


@dataclass(frozen=True)
class Launch:
    """A pipeline to start."""

    line: str
    "For gst_parse_launch; its last element is an appsink named `sink`."
    ends: bool
    "True when the source is over some day: a file or a finite pattern."


def file_head(path: Path) -> str:
    """A recording, decoded. Raises SourceError for what is no file."""
    if not path.exists():
        raise SourceError(f"{path}: no such file; name a video, rtsp://, v4l2:/dev/video0 or test:")
    if not path.is_file():
        raise SourceError(f"{path}: not a file; name one video of that folder")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: the file is empty; copy it again")
    # decodebin ranks hardware decoders first where the machine has them.
    return f"filesrc location={quote(str(path))} ! decodebin ! queue max-size-buffers=3"


def test_head(settings: Camera, *, live: bool) -> str:
    """A moving ball, for `test:red` all red: endless at the wanted rate when live, else TEST_FRAMES frames."""
    pattern = settings.source.partition(":")[2] or "ball"
    if pattern not in PATTERNS:
        raise SourceError(f"{settings.source}: no such picture; the tests are test: and test:red")
    caps = f"video/x-raw,width={settings.width},height={settings.height},framerate={round(settings.frame_rate)}/1"
    count = "is-live=true" if live else f"num-buffers={TEST_FRAMES}"
    return f"videotestsrc {count} pattern={pattern} ! {caps}"


def v4l2_head(device: str, settings: Camera) -> str:
    """A USB camera at its nearest mode, compressed or raw, decoded."""
    size = v4l2_size(settings)
    return f'{v4l2_device(device)} ! capsfilter caps="image/jpeg,{size};video/x-raw,{size}" ! decodebin'


def v4l2_device(device: str) -> str:
    """A USB camera, up to what can be asked of it. Raises SourceError for one that is not there."""
    if not Path(device).exists():
        raise SourceError(f"{device}: no such camera; `ls /dev/video*` lists those that are plugged in")
    return f"v4l2src device={quote(device)}"


def v4l2_size(settings: Camera) -> str:
    """The caps fields that ask for the nearest mode up to the wanted size."""
    return f"width=(int)[1,{settings.width}],height=(int)[1,{settings.height}]"


def rtsp_head(address: str) -> str:
    """A network camera over TCP, decoded; without the media filter an audio track can win the link."""
    return (
        f"rtspsrc location={quote(address)} protocols=tcp latency=200 ! application/x-rtp,media=video"
        " ! queue leaky=downstream max-size-buffers=200 ! decodebin"
    )


def quote(text: str) -> str:
    """Text as one value of a launch line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
