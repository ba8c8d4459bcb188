"""A fake nvvidconv: grey pictures from anywhere in, the same in surfaces of a pool or in system memory out."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from appliance.runtime.jetson.nvbufsurface import Surface
from tests.runtime.jetson.fakes.stage import Stage
from tests.runtime.jetson.fakes.surfaces import FakePool, Slot

FORMATS = {19: "RGBA", 20: "BGRA"}
"The caps' word for a colour format; NV12 for all others."


class Converter:
    """Its code; beside it stands Gst.Element as a base class."""

    stage: Stage
    gst: Any
    pool: FakePool | None = None
    running = False

    def __init__(self) -> None:
        self.gst.Element.__init__(self)
        into, out = (self.get_pad_template(name) for name in ("sink", "src"))  # type: ignore[attr-defined]
        self.into = self.gst.Pad.new_from_template(into, "sink")
        self.out = self.gst.Pad.new_from_template(out, "src")
        self.into.set_chain_function_full(self.chain)
        self.into.set_event_function_full(self.event)
        self.add_pad(self.into)  # type: ignore[attr-defined]
        self.add_pad(self.out)  # type: ignore[attr-defined]

    def do_change_state(self, change: Any) -> Any:
        if change == self.gst.StateChange.READY_TO_PAUSED:
            self.stage.remember("nvvidconv", self)
            self.running = True
        if change == self.gst.StateChange.PAUSED_TO_READY:
            self.running = False
        result = self.gst.Element.do_change_state(self, change)
        if change == self.gst.StateChange.READY_TO_NULL and self.pool is not None:
            self.pool.destroy()
            self.pool = None
        return result

    def event(self, pad: Any, _parent: Any, event: Any) -> bool:
        if event.type != self.gst.EventType.CAPS:
            return bool(pad.event_default(self, event))
        shape = event.parse_caps().get_structure(0)
        self.size = (shape.get_value("width"), shape.get_value("height"))
        self.planar = shape.get_string("format") == "I420"
        self.from_surfaces = event.parse_caps().get_features(0).contains("memory:NVMM")
        wanted = self.out.get_allowed_caps()
        to_surfaces = wanted.get_features(0).contains("memory:NVMM")
        head = "video/x-raw"
        if to_surfaces:
            head = self.stage.features
            self.pool = self.pool or self.stage.pool(self.gst, self.size)
        return bool(self.out.push_event(self.gst.Event.new_caps(self.gst.Caps.from_string(self.caps(head)))))

    def caps(self, head: str) -> str:
        colorimetry = f",colorimetry={self.stage.colorimetry}" if self.stage.colorimetry else ""
        kind = FORMATS.get(self.stage.kind.color_format, "NV12")
        return f"{head},format={kind},width={self.size[0]},height={self.size[1]}{colorimetry}"

    def copy_planes(self, buffer: Any, slot: Slot) -> None:
        """NV12 or I420 as GStreamer lays them out, for widths that are multiples of eight, as NV12."""
        width, height = self.size
        pixels = np.frombuffer(buffer.extract_dup(0, width * height * 3 // 2), np.uint8)
        luma, chroma = np.split(pixels, [width * height])
        if self.planar:
            chroma = np.stack(np.split(chroma, 2), axis=1)
        slot.memory[:, :width] = np.concatenate([luma.ravel(), chroma.ravel()]).reshape(-1, width)

    def chain(self, _pad: Any, _parent: Any, buffer: Any) -> Any:
        level = level_of(buffer) if self.from_surfaces else buffer.extract_dup(0, 1)[0]
        if self.pool is None:
            width, height = self.size
            made = self.gst.Buffer.new_wrapped(bytes([level]) * (width * height * 3 // 2))
        else:
            slot = self.pool.take(lambda: self.running)
            if slot is None:
                return self.gst.FlowReturn.FLUSHING
            slot.memory[:] = level
            if self.stage.faithful:
                self.copy_planes(buffer, slot)
            made = slot.buffer
        made.pts = buffer.pts
        return self.out.push(made)


def level_of(buffer: Any) -> int:
    """The first byte of a surface's pixels."""
    surface = Surface.from_buffer_copy(buffer.extract_dup(0, ctypes.sizeof(Surface)))
    return int(ctypes.c_uint8.from_address(surface.surface_list[0].data_ptr).value)
