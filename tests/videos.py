"""Small videos made at test time with GStreamer: pictures in, a file of any kind out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.runtime.gstreamer import load_gstreamer

LOSSLESS = "videoconvert ! avenc_ffv1 ! matroskamux"
SMALL = "videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 ! jpegenc quality=95 ! avimux"
"4:2:0, as cameras send it: the JPEG decoder of GStreamer 1.20 fails on 4:4:4."
PATIENCE_S = 20
Pixels = NDArray[np.uint8]


def write_video(
    path: Path,
    pictures: Iterable[Pixels],
    coding: str = SMALL,
    frame_rate: int = 10,
    at_s: Sequence[float] | None = None,
) -> Path:
    """Encode packed RGB pictures (H, W, 3), W a multiple of 4, all of one size; at even times, or at these."""
    gst = load_gstreamer()
    pictures = list(pictures)
    height, width = pictures[0].shape[:2]
    caps = f"video/x-raw,format=RGB,width={width},height={height},framerate={frame_rate}/1"
    head = f'appsrc name=source format=time caps="{caps}"'
    pipeline = gst.parse_launch(f'{head} ! {coding} ! filesink location="{path}"')
    source = pipeline.get_by_name("source")
    pipeline.set_state(gst.State.PLAYING)
    for index, picture in enumerate(pictures):
        buffer = gst.Buffer.new_wrapped(picture.tobytes())
        begins_s = index / frame_rate if at_s is None else at_s[index]
        buffer.pts, buffer.duration = (round(begins_s * gst.SECOND), gst.SECOND // frame_rate)
        source.emit("push-buffer", buffer)
    source.emit("end-of-stream")
    finish(gst, pipeline)
    return path


def launch(line: str) -> None:
    """Run a pipeline to its end."""
    gst = load_gstreamer()
    pipeline = gst.parse_launch(line)
    pipeline.set_state(gst.State.PLAYING)
    finish(gst, pipeline)


def finish(gst: Any, pipeline: Any) -> None:
    kinds = gst.MessageType.EOS | gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(PATIENCE_S * gst.SECOND, kinds)
    pipeline.set_state(gst.State.NULL)
    assert message is not None, "the video was not written in time"
    assert message.type == gst.MessageType.EOS, message.parse_error()


def numbered(count: int, width: int = 64, height: int = 48) -> list[Pixels]:
    """Pictures whose grey level tells their number: 8 steps apart."""
    return [np.full((height, width, 3), 8 * index, np.uint8) for index in range(count)]


def number_of(pixels: Pixels) -> int:
    """The reverse of `numbered`, through any coding that keeps grey levels."""
    return round(float(pixels.mean()) / 8)
