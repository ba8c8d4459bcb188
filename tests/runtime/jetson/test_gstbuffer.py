"""Buffers by GStreamer's C library: the bytes are the buffer's own; a strange binding is found before it crashes."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from appliance.errors import BoothError
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.gstbuffer import TRIAL, Buffers, peek


def test_a_mapped_buffer_holds_its_bytes_and_is_given_back() -> None:
    gst = load_gstreamer()
    buffers, buffer = Buffers(gst), gst.Buffer.new_wrapped(b"sixteen bytes...")
    info = buffers.map(buffer)
    assert ctypes.string_at(info.data, info.size) == b"sixteen bytes..."
    assert (buffers.mapped, buffers.unmapped) == (1, 0)
    buffers.unmap(buffer, info)
    assert (buffers.mapped, buffers.unmapped) == (1, 1)


def test_the_trial_at_the_start_is_not_counted() -> None:
    buffers = Buffers(load_gstreamer())
    assert (buffers.mapped, buffers.unmapped) == (0, 0)


class OddGst:
    """Bindings whose buffers hash to something else."""

    def __init__(self, number: int) -> None:
        real = load_gstreamer()

        class Buffer:
            __gtype__ = real.Buffer.__gtype__

            @staticmethod
            def new_wrapped(_content: bytes) -> Any:
                return Odd(number)

        self.Buffer = Buffer


class Odd:
    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return self.number


MEMORY = ctypes.create_string_buffer(64)


@pytest.mark.parametrize("number", [0, 12345, 1 << 46, ctypes.addressof(MEMORY)])
def test_bindings_that_hash_to_no_buffer_are_refused_and_nothing_crashes(number: int) -> None:
    with pytest.raises(BoothError, match=r"not its address; .*apt-get install python3-gi"):
        Buffers(OddGst(number))


def test_memory_is_looked_at_without_touching_it() -> None:
    room = ctypes.create_string_buffer(TRIAL)
    assert peek(ctypes.addressof(room), len(TRIAL)) == TRIAL
    assert peek(0, 8) == peek(0x10, 8) == b""
