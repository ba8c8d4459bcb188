"""Settings of the camera: where frames come from, and how a sensor takes them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from appliance.config.values import Seconds, rising
from appliance.section import Section

Nanoseconds = Annotated[int, Field(ge=1_000, le=1_000_000_000)]
Gain = Annotated[float, Field(ge=1, le=256)]


class Sensor(Section):
    """How the sensor and the image processor of a CSI camera work; other sources do not read this."""

    mode: int | None = Field(None, ge=0, le=31)
    "One of the sensor's own modes (`v4l2-ctl --list-formats-ext`); the nearest to size and rate when not set."
    exposure_ns: Annotated[tuple[Nanoseconds, Nanoseconds], AfterValidator(rising)] | None = None
    "Least and most; a shorter most freezes people who walk, and needs light."
    gain: Annotated[tuple[Gain, Gain], AfterValidator(rising)] | None = None
    "Least and most analogue gain of the sensor."
    digital_gain: Annotated[tuple[Gain, Gain], AfterValidator(rising)] | None = None
    "Least and most digital gain of the image processor, which adds noise."
    exposure_compensation: float = Field(0, ge=-2, le=2)
    "Stops brighter (above 0) or darker than the image processor would choose."
    white_balance: Literal[
        "auto",
        "incandescent",
        "fluorescent",
        "warm-fluorescent",
        "daylight",
        "cloudy-daylight",
        "twilight",
        "shade",
    ] = "auto"
    "A fixed one keeps colours comparable where the light does not change."
    anti_banding: Literal["none", "auto", 50, 60] = "auto"
    "The mains frequency in Hz, whose lamps would flicker through the picture."
    flip: Literal["none", "half-turn", "left", "right", "mirror"] = "none"
    "How a camera that is mounted otherwise is put upright; left and right turn by a quarter."


class Camera(Section):
    """Where frames come from."""

    source: str = "v4l2:/dev/video0"
    "A file, rtsp://, v4l2:/dev/video0, csi:0 or test:."
    width: int = Field(1280, ge=64, le=7680)
    height: int = Field(720, ge=64, le=4320)
    frame_rate: float = Field(30, gt=0, le=240)
    "Wanted frames per second; a camera gives its nearest mode."
    first_frame_s: Seconds = 10
    "The first pipeline after an installation scans all plugins, which takes many seconds."
    stall_s: Seconds = 5
    "No frame for so long means that the camera is lost and is opened anew."
    repeat: bool = False
    "Files only: start again at the end, at the file's own pace."
    nvmm: bool = True
    "Jetson: off copies each frame through host memory, the way out when its surfaces are refused."
    csi: Sensor = Sensor()

    @property
    def label(self) -> str:
        """The source as anybody may read it: without the user and password of a network camera.

        Up to the last @: passwords are written with / and @ in them, whatever RFC 3986 says.
        """
        return re.sub(r"//.*@", "//", self.source)

    def source_is_file(self) -> bool:
        """Whether the source is a recording: it can be over, and waiting does not mend it."""
        return not self.source.startswith(("v4l2:", "rtsp:", "rtsps:", "csi:", "test:"))
