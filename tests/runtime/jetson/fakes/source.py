"""A fake camera: a stage's acts in, numbered pictures from a thread of its own out, as a GStreamer bin."""

from __future__ import annotations

import threading
import time
from typing import Any

import cv2
import numpy as np

from tests.fakes import Fail, Freeze
from tests.runtime.jetson.fakes.stage import NVMM_CAPS, Stage, grey
from tests.runtime.jetson.fakes.surfaces import FakePool

Size = tuple[int, int]


class Source:
    """The code of both cameras; beside it stands Gst.Bin as a base class."""

    stage: Stage
    gst: Any
    fake_name: str

    def __init__(self) -> None:
        self.gst.Bin.__init__(self)
        self.feed = self.gst.ElementFactory.make("appsrc", None)
        for key, value in {"is-live": True, "do-timestamp": True, "format": self.gst.Format.TIME}.items():
            self.feed.set_property(key, value)
        modes = self.gst.ElementFactory.make("capsfilter", None)
        modes.set_property("caps", self.gst.Caps.from_string(self.offered()))
        for element in (self.feed, modes):
            self.add(element)  # type: ignore[attr-defined]
        self.feed.link(modes)
        self.add_pad(self.gst.GhostPad.new("src", modes.get_static_pad("src")))  # type: ignore[attr-defined]
        self.playing = threading.Event()
        self.thread: threading.Thread | None = None

    def offered(self) -> str:
        raise NotImplementedError

    def picture(self, number: int, size: Size) -> Any:
        raise NotImplementedError

    def freed(self) -> None:
        """The state NULL is reached."""

    def do_change_state(self, change: Any) -> Any:
        if change == self.gst.StateChange.PAUSED_TO_PLAYING:
            self.begin()
        if change == self.gst.StateChange.PLAYING_TO_PAUSED:
            self.playing.clear()
        result = self.gst.Bin.do_change_state(self, change)
        if change == self.gst.StateChange.READY_TO_NULL and self.thread is not None:
            self.thread.join()
            self.thread = None
            self.freed()
        return result

    def begin(self) -> None:
        self.stage.opened += 1
        self.stage.remember(self.fake_name, self)
        caps = self.get_static_pad("src").get_allowed_caps().fixate()  # type: ignore[attr-defined]
        shape = caps.get_structure(0)
        self.size = (shape.get_value("width"), shape.get_value("height"))
        self.feed.set_property("caps", caps)
        self.playing.set()
        self.thread = threading.Thread(target=self.act, daemon=True)
        self.thread.start()

    def act(self) -> None:
        number = 0
        for act in self.stage.acts:
            if isinstance(act, Freeze):
                self.wait(act.seconds)
            elif isinstance(act, Fail):
                self.fail(act.words)
            else:
                for _ in range(act.frames):
                    if not self.playing.is_set():
                        return
                    self.push(number)
                    number += 1
                number += act.dropped  # these have a number, but nobody sees them

    def push(self, number: int) -> None:
        buffer = self.picture(number, self.size)
        if buffer is not None:
            self.feed.emit("push-buffer", buffer)
        while self.playing.is_set() and self.feed.get_property("current-level-buffers") > 1:
            time.sleep(0.0003)
        if self.stage.frame_rate:
            self.wait(1 / self.stage.frame_rate)

    def fail(self, words: str) -> None:
        from gi.repository import GLib

        error = GLib.Error(words, "gst-resource-error-quark", 1)
        self.post_message(self.gst.Message.new_error(self, error, "fake"))  # type: ignore[attr-defined]

    def wait(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while self.playing.is_set() and time.monotonic() < until_s:
            time.sleep(min(0.01, seconds))


class Argus(Source):
    """A CSI camera: surfaces of a pool that is freed in the state NULL."""

    fake_name = "nvarguscamerasrc"
    pool: FakePool | None = None

    def offered(self) -> str:
        return f"{NVMM_CAPS},format=NV12"

    def picture(self, number: int, size: Size) -> Any:
        self.pool = self.pool or self.stage.pool(self.gst, size)
        slot = self.pool.take(self.playing.is_set)
        if slot is None:
            return None
        slot.memory[:] = grey(number)
        return slot.buffer

    def freed(self) -> None:
        if self.pool is not None:
            self.pool.destroy()
            self.pool = None


class Usb(Source):
    """A USB camera: JPEG, or raw pictures in system memory."""

    fake_name = "v4l2src"

    def offered(self) -> str:
        kind = self.stage.camera
        head = kind if kind == "image/jpeg" else f"video/x-raw,format={kind}"
        return f"{head},width=64,height=64,framerate=30/1"

    def picture(self, number: int, size: Size) -> Any:
        width, height = size
        if self.stage.camera != "image/jpeg":
            return self.gst.Buffer.new_wrapped(bytes([grey(number)]) * (width * height * 3 // 2))
        coded = cv2.imencode(".jpg", np.full((height, width, 3), grey(number), np.uint8))[1]
        return self.gst.Buffer.new_wrapped(coded.tobytes())
