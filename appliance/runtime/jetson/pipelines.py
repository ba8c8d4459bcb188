"""GStreamer launch lines for the Jetson wing: a SOURCE in, a pipeline that ends in NVMM or system memory out.

What reaches us has always passed nvvidconv, whose surfaces are NvBufSurface: `bufapi-version`, which older decoders
and Argus have for others' sake, stays as it is.
"""

from __future__ import annotations

from pathlib import Path

from appliance.config import Camera, Sensor
from appliance.errors import SourceError
from appliance.runtime.jetson.elements import Elements
from appliance.runtime.sources import (
    EVERY,
    NEWEST,
    Launch,
    file_head,
    rtsp_head,
    test_head,
    v4l2_device,
    v4l2_head,
    v4l2_size,
)

NVMM = "nvmm"
FRESH = "queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0"
"A frame that cannot be taken at once goes before it costs anything."
IN_MEMORY = "video/x-raw,format=(string){NV12,RGBA}"
"The fewest bytes for colour at half the size, and nothing lost of colour at full size."
WHITE_BALANCES = (
    "off",
    "auto",
    "incandescent",
    "fluorescent",
    "warm-fluorescent",
    "daylight",
    "cloudy-daylight",
    "twilight",
    "shade",
)
"By the number that nvarguscamerasrc gives them."
ANTI_BANDINGS = ("none", "auto", 50, 60)
FLIPS = ("none", "left", "half-turn", "right", "mirror")
"By the number that nvvidconv's flip-method gives them."


def way_of(settings: Camera, elements: Elements) -> str:
    """NVMM, or `software: why`."""
    if not elements.has("nvvidconv"):
        return "software: no nvvidconv here"
    return NVMM if settings.nvmm else "software: camera.nvmm is off"


def launch_line(settings: Camera, elements: Elements, *, live: bool) -> Launch:
    """Choose the pipeline of `settings.source`. Raises SourceError for a source that cannot be, with the cure."""
    kind, _, rest = settings.source.partition(":")
    convert = converter(settings, elements)
    if kind == "test":
        return Launch(
            f"{test_head(settings, live=live)} ! {convert} ! {NEWEST if live else EVERY}", ends=not live
        )
    if kind in ("v4l2", "rtsp", "rtsps", "csi"):
        return Launch(
            f"{camera_head(kind, rest, settings, elements)} ! {convert} ! {NEWEST} sync=false", ends=False
        )
    head = file_head(Path(settings.source))
    return Launch(f"{head} ! {convert} ! {NEWEST + ' sync=true' if live else EVERY}", ends=True)


def converter(settings: Camera, elements: Elements) -> str:
    """From whatever was decoded to pixels that a kernel can read, in NVMM or in system memory."""
    if not elements.has("nvvidconv"):
        return f"videoflip video-direction=auto ! videoconvert ! {IN_MEMORY}"
    flip = FLIPS.index(settings.csi.flip) if settings.source.startswith("csi:") else 0
    wanted = {"flip-method": str(flip)} if flip else {}
    if not settings.nvmm:
        return f"{elements.line('nvvidconv', wanted)} ! {IN_MEMORY}"
    # NV12 comes block-linear unless bl-output is off; a release without that switch gives RGBA in rows.
    kept = "NV12" if elements.has_property("nvvidconv", "bl-output") else "RGBA"
    line = elements.line("nvvidconv", wanted, {"bl-output": "false"})
    return f"{line} ! video/x-raw(memory:NVMM),format={kept}"


def camera_head(kind: str, rest: str, settings: Camera, elements: Elements) -> str:
    """A live camera, decoded."""
    if kind == "csi":
        return csi_head(rest, settings, elements)
    if kind != "v4l2":
        # Whether it sends H.264 or H.265 is known once it answers; decodebin takes the hardware's decoder first.
        return rtsp_head(settings.source)
    device = rest or "/dev/video0"
    if not elements.has("nvvidconv"):
        return v4l2_head(device, settings)
    return usb_head(device, settings, elements)


def csi_head(sensor: str, settings: Camera, elements: Elements) -> str:
    """A sensor on the CSI port through Argus, as NV12 in NVMM."""
    if not sensor.isdecimal():
        raise SourceError(f"{settings.source}: name the sensor by its number, csi:0")
    elements.need(settings.source, "nvarguscamerasrc", "nvvidconv")
    wanted = {"sensor-id": str(int(sensor)), **argus_properties(settings.csi)}
    source = elements.line("nvarguscamerasrc", wanted)
    size = f"width={settings.width},height={settings.height},format=NV12"
    return f"{source} ! video/x-raw(memory:NVMM),{size},framerate={round(settings.frame_rate)}/1 ! {FRESH}"


def usb_head(device: str, settings: Camera, elements: Elements) -> str:
    """A USB camera by V4L2: JPEG where it has it, since raw pictures of this size rarely fit the cable in time."""
    source, size = v4l2_device(device), v4l2_size(settings)
    if "image/jpeg" not in elements.formats(source):
        return f"{source} ! video/x-raw,{size} ! {FRESH}"
    decoder = "jpegdec"
    if elements.has_property("nvv4l2decoder", "mjpeg"):
        # The newest frame counts: its decoder shall not wait for a clock to rise. JetPack 7 has no such switch.
        decoder = elements.line("nvv4l2decoder", {"mjpeg": "true"}, {"enable-max-performance": "true"})
    return f"{source} ! image/jpeg,{size} ! {FRESH} ! {decoder}"


def argus_properties(sensor: Sensor) -> dict[str, str]:
    """What was set for the sensor, in the words of nvarguscamerasrc; what was not is left to Argus."""
    wanted: dict[str, str] = {}
    for key, pair in (
        ("exposuretimerange", sensor.exposure_ns),
        ("gainrange", sensor.gain),
        ("ispdigitalgainrange", sensor.digital_gain),
    ):
        if pair is not None:
            wanted[key] = f'"{pair[0]:.12g} {pair[1]:.12g}"'
    if sensor.mode is not None:
        wanted["sensor-mode"] = str(sensor.mode)
    if sensor.exposure_compensation:
        wanted["exposurecompensation"] = f"{sensor.exposure_compensation:g}"
    if sensor.white_balance != "auto":
        wanted["wbmode"] = str(WHITE_BALANCES.index(sensor.white_balance))
    if sensor.anti_banding != "auto":
        wanted["aeantibanding"] = str(ANTI_BANDINGS.index(sensor.anti_banding))
    return wanted
