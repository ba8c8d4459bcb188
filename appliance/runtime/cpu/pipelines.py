"""GStreamer launch lines for the CPU wing: a SOURCE in, the text of a pipeline and its kind out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.config import Camera
from appliance.errors import SourceError

TEST_FRAMES = 300
"Frames of `test:` in replay: ten seconds at the default rate."
CONVERT = "videoflip video-direction=auto ! videoconvert ! video/x-raw,format=RGB"
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


def launch_line(settings: Camera, *, live: bool) -> Launch:
    """Choose the pipeline of `settings.source`. Raises SourceError for a source that cannot be."""
    kind, _, rest = settings.source.partition(":")
    if kind == "test":
        return test_launch(settings, live=live)
    if kind == "v4l2":
        return Launch(
            f"{v4l2_head(rest or '/dev/video0', settings)} ! {CONVERT} ! {NEWEST} sync=false", ends=False
        )
    if kind in ("rtsp", "rtsps"):
        return Launch(f"{rtsp_head(settings.source)} ! {CONVERT} ! {NEWEST} sync=false", ends=False)
    if kind == "csi":
        raise SourceError(
            f"{settings.source}: CSI cameras need a Jetson; here use v4l2:/dev/video0, rtsp:// or a file"
        )
    return file_launch(Path(settings.source), live=live)


def file_launch(path: Path, *, live: bool) -> Launch:
    """A file: at its own pace with the newest frame winning when live, else every frame as fast as it is wanted."""
    if not path.exists():
        raise SourceError(f"{path}: no such file; name a video, rtsp://, v4l2:/dev/video0 or test:")
    if not path.is_file():
        raise SourceError(f"{path}: not a file; name one video of that folder")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: the file is empty; copy it again")
    # decodebin ranks hardware decoders first where the machine has them.
    head = f"filesrc location={quote(str(path))} ! decodebin ! queue max-size-buffers=3"
    return Launch(f"{head} ! {CONVERT} ! {NEWEST + ' sync=true' if live else EVERY}", ends=True)


def test_launch(settings: Camera, *, live: bool) -> Launch:
    """A moving ball: endless at the wanted rate when live, else TEST_FRAMES frames."""
    caps = f"video/x-raw,width={settings.width},height={settings.height},framerate={round(settings.frame_rate)}/1"
    if live:
        return Launch(f"videotestsrc is-live=true pattern=ball ! {caps} ! {CONVERT} ! {NEWEST}", ends=False)
    return Launch(
        f"videotestsrc num-buffers={TEST_FRAMES} pattern=ball ! {caps} ! {CONVERT} ! {EVERY}", ends=True
    )


def v4l2_head(device: str, settings: Camera) -> str:
    """A USB camera at its nearest mode, compressed or raw."""
    if not Path(device).exists():
        raise SourceError(f"{device}: no such camera; `ls /dev/video*` lists those that are plugged in")
    size = f"width=(int)[1,{settings.width}],height=(int)[1,{settings.height}]"
    return (
        f'v4l2src device={quote(device)} ! capsfilter caps="image/jpeg,{size};video/x-raw,{size}" ! decodebin'
    )


def rtsp_head(address: str) -> str:
    """A network camera over TCP; without the media filter an audio track can win the link."""
    return (
        f"rtspsrc location={quote(address)} protocols=tcp latency=200 ! application/x-rtp,media=video"
        " ! queue leaky=downstream max-size-buffers=200 ! decodebin"
    )


def quote(text: str) -> str:
    """Text as one value of a launch line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
