"""NVMM surfaces: what a kernel can read is read in place, all else is refused by name with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.nvbufsurface import CUDA_DEVICE, SURFACE_ARRAY
from appliance.runtime.jetson.nvmm import Nvmm, SurfaceRefused
from appliance.runtime.jetson.picture import ABGR, ARGB, BGRA, BT601, BT601_FULL, BT709, BT709_FULL, RGBA
from tests.runtime.jetson.fakes.images import Images
from tests.runtime.jetson.fakes.samples import planes_of, sample_of, slot_of
from tests.runtime.jetson.fakes.surfaces import Kind, Slot, opener

ORIN, THOR = Kind(mem_type=SURFACE_ARRAY), Kind(mem_type=CUDA_DEVICE)
SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


@pytest.fixture(autouse=True)
def nothing_stays_registered(images: Images) -> Iterator[None]:
    """The driver is shared with other tests."""
    before = images.registered()
    yield
    assert images.registered() == before


def nvmm(images: Images, kind: Kind) -> Nvmm:
    return Nvmm(load_gstreamer(), images.driver, "csi:0", opener(images, kind))


@given(size=SIZES, extra=st.integers(0, 70), kind=st.sampled_from([ORIN, THOR]))
def test_nv12_of_any_size_and_pitch_is_read_where_it_lies(
    images: Images, size: tuple[int, int], extra: int, kind: Kind
) -> None:
    width, height = size
    # A row of U and V is as long as one of Y, rounded up to whole pairs.
    kind = replace(kind, pitch_extra=extra + width % 2)
    slot = slot_of(kind, size)
    camera = nvmm(images, kind)
    picture = camera.picture_of(sample_of(slot))
    assert (picture.width, picture.height, picture.pitch) == (width, height, slot.pitch)
    luma, chroma = planes_of(picture)
    np.testing.assert_array_equal(luma, slot.memory[:height, :width])
    np.testing.assert_array_equal(chroma, slot.memory[height:, : (width + 1) // 2 * 2])
    camera.release()
    camera.close()
    assert camera.buffers.mapped == camera.buffers.unmapped == 1
    assert (
        camera.registrations.registered
        == camera.registrations.unregistered
        == (kind.mem_type == SURFACE_ARRAY)
    )


@pytest.mark.parametrize(
    ("color_format", "egl_colour", "layout"),
    [(19, 14, RGBA), (23, 14, RGBA), (20, 6, BGRA), (24, 6, BGRA), (19, 7, ABGR), (19, 15, ARGB)],
)
def test_packed_colours_lie_as_cuda_says_they_lie(
    images: Images, color_format: int, egl_colour: int, layout: Any
) -> None:
    kind = replace(ORIN, color_format=color_format, egl_colour=egl_colour, pitch_extra=12)
    slot = slot_of(kind, (7, 5))
    camera = nvmm(images, kind)
    picture = camera.picture_of(sample_of(slot))
    assert picture.layout is layout
    np.testing.assert_array_equal(planes_of(picture)[0], slot.memory[:, : 4 * 7])
    camera.release()
    camera.close()


@pytest.mark.parametrize(("color_format", "layout"), [(19, RGBA), (23, RGBA), (20, BGRA), (24, BGRA)])
def test_packed_colours_in_cuda_memory_lie_as_the_surface_says(
    images: Images, color_format: int, layout: Any
) -> None:
    kind = replace(THOR, color_format=color_format)
    assert nvmm(images, kind).picture_of(sample_of(slot_of(kind, (6, 4)))).layout is layout


@pytest.mark.parametrize(
    ("color_format", "caps", "colours"),
    [
        (6, "", BT601),
        (7, "", BT601_FULL),
        (33, "", BT709),
        (34, "", BT709_FULL),
        (6, "colorimetry=bt709", BT709),
        (33, "colorimetry=bt601", BT601),
        (6, "colorimetry=1:4:0:0", BT601_FULL),
        (6, "colorimetry=1:3:5:1", BT709_FULL),
        (7, "colorimetry=sRGB", BT601_FULL),
    ],
)
def test_the_matrix_is_what_the_caps_tell_else_what_the_surface_tells(
    images: Images, color_format: int, caps: str, colours: Any
) -> None:
    kind = replace(THOR, color_format=color_format)
    assert nvmm(images, kind).picture_of(sample_of(slot_of(kind, (4, 4)), caps)).colours is colours


def refusal(images: Images, kind: Kind, slot: Slot, features: str = "(memory:NVMM)") -> str:
    camera = nvmm(images, kind)
    with pytest.raises(SurfaceRefused) as raised:
        camera.picture_of(sample_of(slot, features=features))
    assert not camera.holds
    assert camera.buffers.mapped == camera.buffers.unmapped
    assert len(str(raised.value).splitlines()) == 1
    assert str(raised.value).startswith("csi:0: ")
    assert "set camera.nvmm: off" in str(raised.value)
    camera.close()
    assert camera.registrations.registered == camera.registrations.unregistered
    return str(raised.value)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (replace(ORIN, mem_type=0), "'default' (memType 0)"),
        (replace(ORIN, mem_type=3), "'CUDA unified' (memType 3)"),
        (replace(ORIN, mem_type=6), "'system' (memType 6)"),
        (replace(ORIN, mem_type=99), "'unknown' (memType 99)"),
        (replace(ORIN, layout=1), "block-linear (layout 1)"),
        (replace(THOR, layout=1), "block-linear (layout 1)"),
        (replace(ORIN, color_format=2), "colour format 2"),
        (replace(ORIN, batch_size=0), "without a picture"),
        (replace(ORIN, frame_type=0), "maps as arrays (frameType 0)"),
        (replace(ORIN, egl_colour=14), "NV12 surfaces that CUDA takes for colour format 14"),
        (replace(ORIN, color_format=19, egl_colour=1), "RGBA surfaces that CUDA takes for colour format 1"),
        (replace(ORIN, egl_colour=12345), "colour format 12345"),
    ],
)
def test_what_no_kernel_can_read_is_refused_by_name_with_the_cure(
    images: Images, kind: Kind, words: str
) -> None:
    assert words in refusal(images, kind, slot_of(kind, (8, 6)))


def test_frames_in_system_memory_are_no_nvmm(images: Images) -> None:
    assert "not in NVMM" in refusal(images, ORIN, slot_of(ORIN, (8, 6)), features="")


def test_a_buffer_that_is_no_surface_is_not_followed(images: Images) -> None:
    slot = slot_of(ORIN, (8, 6))
    slot.buffer = load_gstreamer().Buffer.new_wrapped(b"short")
    assert "a buffer of 5 bytes holds no NvBufSurface" in refusal(images, ORIN, slot)


def test_a_surface_smaller_than_its_picture_is_refused(images: Images) -> None:
    slot = slot_of(THOR, (8, 6))
    sample = sample_of(slot)
    slot.params.height = 5
    with pytest.raises(SurfaceRefused, match="a surface of 8x5 for 8x6 pixels"):
        nvmm(images, THOR).picture_of(sample)


def test_cuda_memory_without_an_address_or_a_second_plane_is_refused(images: Images) -> None:
    slot = slot_of(THOR, (8, 6))
    slot.params.plane_params.num_planes = 1
    assert "without a second plane" in refusal(images, THOR, slot)
    slot.params.data_ptr = 0
    assert "without an address" in refusal(images, THOR, slot)


def test_a_surface_is_held_until_it_is_released(images: Images) -> None:
    slot = slot_of(ORIN, (8, 6))
    camera = nvmm(images, ORIN)
    assert slot.idle()
    camera.picture_of(sample_of(slot))
    assert camera.holds
    assert not slot.idle()
    camera.release()
    assert slot.idle()
    camera.release()
    assert camera.buffers.unmapped == 1
    camera.close()
