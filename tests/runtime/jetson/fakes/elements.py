"""NVIDIA's GStreamer elements as they behave: a stage in, elements for unchanged launch lines out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from appliance.runtime.gstreamer import load_gstreamer
from tests.runtime.jetson.fakes.converter import Converter
from tests.runtime.jetson.fakes.source import Argus, Usb
from tests.runtime.jetson.fakes.stage import NVMM_CAPS, Stage

JETSON = ("nvarguscamerasrc", "nvvidconv", "nvv4l2decoder")
TURN = itertools.count()
"GObject types cannot be configured, so each stage has its own."
DECODER = "jpegdec ! videoconvert ! video/x-raw,format=NV12 ! identity"


@contextmanager
def installed(stage: Stage, *names: str) -> Iterator[None]:
    """GStreamer with these fakes for as long as the context lasts; real elements of the same name come back."""
    gst = load_gstreamer()
    registry = gst.Registry.get()
    real = {name: registry.lookup_feature(name) for name in names}
    for name in names:
        gst.Element.register(None, name, gst.Rank.NONE, element(gst, stage, name, next(TURN)))
    try:
        yield
    finally:
        for name in names:
            registry.remove_feature(registry.lookup_feature(name))
            if real[name] is not None:
                registry.add_feature(real[name])


def element(gst: Any, stage: Stage, name: str, turn: int) -> Any:
    """A class of the element `name` that plays on this stage."""
    about = {
        "__gtype_name__": f"Fake{name}{turn}",
        "__gstmetadata__": (name, "Fake", name, "tests"),
        "gst": gst,
        "stage": stage,
    }
    base, code, pads, properties = parts(gst)[name]
    templates = tuple(template(gst, pad, caps) for pad, caps in pads.items())
    own = {"do_change_state": code.do_change_state} if code is not Decoder else {}
    known = {key: one for key, one in properties.items() if key.replace("_", "-") not in stage.lacking}
    return type(name, (code, base), {**about, "__gsttemplates__": templates, **own, **known})


def parts(gst: Any) -> dict[str, tuple[Any, Any, dict[str, str], dict[str, Any]]]:
    """Base class, code, pads and properties of each element, as `gst-inspect-1.0` tells them of the real ones."""
    from gi.repository import GObject

    def properties(**kinds: Any) -> dict[str, Any]:
        return {key: GObject.Property(type=type(value), default=value) for key, value in kinds.items()}

    anything = f"{NVMM_CAPS}; video/x-raw,format=(string){{NV12,I420}}"
    argus = properties(
        sensor_id=0,
        sensor_mode=-1,
        wbmode=1,
        aeantibanding=1,
        exposuretimerange="",
        gainrange="",
        ispdigitalgainrange="",
        exposurecompensation=0.0,
        bufapi_version=False,
    )
    return {
        "nvarguscamerasrc": (gst.Bin, Argus, {"src": f"{NVMM_CAPS},format=NV12"}, argus),
        "v4l2src": (gst.Bin, Usb, {"src": "image/jpeg; video/x-raw"}, properties(device="")),
        "nvvidconv": (
            gst.Element,
            Converter,
            {"sink": anything, "src": f"{NVMM_CAPS}; video/x-raw,format=NV12"},
            properties(bl_output=True, flip_method=0),
        ),
        "nvv4l2decoder": (
            gst.Bin,
            Decoder,
            {"sink": "image/jpeg", "src": "video/x-raw"},
            properties(mjpeg=False, enable_max_performance=False),
        ),
    }


class Decoder:
    """Decodes JPEG, in system memory: what the real one does in its own; beside it stands Gst.Bin as a base class."""

    stage: Stage
    gst: Any

    def __init__(self) -> None:
        self.gst.Bin.__init__(self)
        inner = self.gst.parse_bin_from_description(DECODER, True)
        self.add(inner)  # type: ignore[attr-defined]
        for name in ("sink", "src"):
            self.add_pad(self.gst.GhostPad.new(name, inner.get_static_pad(name)))  # type: ignore[attr-defined]


def template(gst: Any, name: str, caps: str) -> Any:
    direction = gst.PadDirection.SRC if name == "src" else gst.PadDirection.SINK
    return gst.PadTemplate.new(name, direction, gst.PadPresence.ALWAYS, gst.Caps.from_string(caps))
