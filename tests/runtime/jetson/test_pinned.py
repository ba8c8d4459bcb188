"""Frames in system memory: one copy each, counted, into memory that the device reads in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.errors import SourceError
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.picture import BT601, BT601_FULL, BT709, NV12, RGBA
from appliance.runtime.jetson.pinned import Pinned
from tests.runtime.jetson.fakes.images import Images
from tests.runtime.jetson.fakes.samples import planes_of

pytestmark = pytest.mark.usefixtures("images")
SIZES = st.tuples(st.integers(1, 50), st.integers(1, 50))


def caps(kind: str, size: tuple[int, int], extra: str = "") -> Any:
    text = f"video/x-raw,format={kind},width={size[0]},height={size[1]}{extra}"
    return load_gstreamer().Caps.from_string(text)


def sample(kind: str, size: tuple[int, int], content: bytes, extra: str = "") -> Any:
    gst = load_gstreamer()
    return gst.Sample.new(gst.Buffer.new_wrapped(content), caps(kind, size, extra), None, None)


def standard(kind: str, size: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """Random bytes (rows, stride) of a frame with the strides that GStreamer itself gives such caps."""
    import gi

    gi.require_version("GstVideo", "1.0")
    from gi.repository import GstVideo

    info = GstVideo.VideoInfo.new_from_caps(caps(kind, size))
    content: NDArray[np.uint8] = np.random.default_rng(seed).integers(0, 256, info.size, dtype=np.uint8)
    rows: NDArray[np.uint8] = content.reshape(-1, info.stride[0])
    return rows


@given(size=SIZES, seed=st.integers(0, 99))
def test_nv12_lies_as_gstreamer_lays_it_out(images: Images, size: tuple[int, int], seed: int) -> None:
    width, height = size
    content = standard("NV12", size, seed)
    picture = Pinned(load_gstreamer(), Gpu(images.driver), "test:").picture_of(
        sample("NV12", size, content.tobytes())
    )
    luma, chroma = planes_of(picture)
    luma_rows = (height + 1) // 2 * 2
    np.testing.assert_array_equal(luma, content[:height, :width])
    np.testing.assert_array_equal(chroma, content[luma_rows:, : (width + 1) // 2 * 2])
    assert picture.layout is NV12


@given(size=SIZES)
def test_rgba_lies_as_gstreamer_lays_it_out(images: Images, size: tuple[int, int]) -> None:
    content = standard("RGBA", size, 0)
    picture = Pinned(load_gstreamer(), Gpu(images.driver), "test:").picture_of(
        sample("RGBA", size, content.tobytes())
    )
    np.testing.assert_array_equal(planes_of(picture)[0], content)
    assert picture.layout is RGBA


def test_each_frame_is_copied_once_and_counted(gpu: Gpu) -> None:
    way = Pinned(load_gstreamer(), gpu, "test:")
    addresses = set()
    for level in range(5):
        picture = way.picture_of(sample("NV12", (8, 6), bytes([level]) * 72))
        addresses.add(picture.address)
        assert planes_of(picture)[0].max() == level
        assert way.holds
        way.release()
    assert gpu.copies.pixels_in == 5 * 72
    assert len(addresses) == 1


def test_another_size_gets_other_room(gpu: Gpu) -> None:
    way = Pinned(load_gstreamer(), gpu, "test:")
    way.picture_of(sample("NV12", (8, 6), bytes(72)))
    assert planes_of(way.picture_of(sample("RGBA", (20, 20), bytes([7]) * 1600)))[0].min() == 7


@pytest.mark.parametrize(
    ("extra", "size", "colours"),
    [
        ("", (8, 6), BT601),
        ("", (8, 720), BT709),
        (",colorimetry=bt709", (8, 6), BT709),
        (",colorimetry=1:4:0:0", (8, 720), BT601_FULL),
    ],
)
def test_the_matrix_is_what_the_caps_tell(
    gpu: Gpu, extra: str, size: tuple[int, int], colours: object
) -> None:
    content = bytes(size[0] * size[1] * 3 // 2)
    assert (
        Pinned(load_gstreamer(), gpu, "test:").picture_of(sample("NV12", size, content, extra)).colours
        is colours
    )


def test_what_is_short_or_of_another_format_is_an_error(gpu: Gpu) -> None:
    way = Pinned(load_gstreamer(), gpu, "test:")
    with pytest.raises(SourceError, match="test:: a frame of 71 bytes, 72 are needed"):
        way.picture_of(sample("NV12", (8, 6), bytes(71)))
    with pytest.raises(SourceError, match="frames of format YUY2"):
        way.picture_of(sample("YUY2", (8, 6), bytes(96)))
    assert not way.holds
    assert gpu.copies.pixels_in == 0
