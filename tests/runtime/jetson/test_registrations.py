"""Registrations: made once per surface, made anew with its image, bounded, and every one taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import EglFrame
from appliance.runtime.jetson.nvbufsurface import NvBufSurface
from appliance.runtime.jetson.registrations import Registrations
from tests.runtime.jetson.fakes.images import ShimImages
from tests.runtime.jetson.fakes.samples import slot_of
from tests.runtime.jetson.fakes.surfaces import FakeLibrary, Kind
from tests.runtime.jetson.shim.driver import ShimDriver

KIND = Kind()
SIZE = (8, 6)


@pytest.fixture
def fresh() -> ShimDriver:
    return ShimDriver()


@pytest.fixture
def library(fresh: ShimDriver) -> FakeLibrary:
    return FakeLibrary(ShimImages(fresh), KIND)


def registrations(fresh: ShimDriver, library: FakeLibrary, most: int = 32) -> Registrations:
    return Registrations(fresh, lambda: library, most)


def test_a_surface_that_comes_again_is_known(fresh: ShimDriver, library: FakeLibrary) -> None:
    slots, known = [slot_of(KIND, SIZE) for _ in range(11)], registrations(fresh, library)
    for turn in range(1000):
        slot = slots[turn % 11]
        assert known.frame_of(slot.surface).planes[0] == slot.memory.ctypes.data
    assert (known.registered, known.unregistered, known.images, len(known)) == (11, 0, 11, 11)
    known.close()
    known.close()
    assert (known.registered, known.unregistered) == (11, 11)
    assert not fresh.registered


def test_a_descriptor_with_other_memory_behind_it_is_registered_anew(
    fresh: ShimDriver, library: FakeLibrary
) -> None:
    first, second, known = slot_of(KIND, SIZE), slot_of(KIND, SIZE), registrations(fresh, library)
    second.params.buffer_desc = first.params.buffer_desc
    assert known.frame_of(first.surface).planes[0] == first.memory.ctypes.data
    assert known.frame_of(second.surface).planes[0] == second.memory.ctypes.data
    assert (known.registered, known.unregistered, len(known)) == (2, 1, 1)


def test_an_image_that_somebody_made_before_is_used_and_left(fresh: ShimDriver, library: FakeLibrary) -> None:
    slot, known = slot_of(KIND, SIZE), registrations(fresh, library)
    library.map_egl(slot.surface)
    known.frame_of(slot.surface)
    assert (known.registered, known.images) == (1, 0)


@given(turns=st.lists(st.integers(0, 9), max_size=40), most=st.integers(1, 6))
def test_however_surfaces_come_no_more_than_the_bound_are_kept_and_all_are_taken_back(
    turns: list[int], most: int
) -> None:
    shim = ShimDriver()
    slots, known = (
        [slot_of(KIND, SIZE) for _ in range(10)],
        registrations(shim, FakeLibrary(ShimImages(shim), KIND), most),
    )
    for turn in turns:
        assert known.frame_of(slots[turn].surface).planes[0] == slots[turn].memory.ctypes.data
        assert len(known) == known.registered - known.unregistered == len(shim.registered) <= most
    assert known.images == len(set(turns))
    known.close()
    assert known.registered == known.unregistered


class Refusing(ShimDriver):
    """Registers nothing, or what it registered cannot be mapped."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def egl_register(self, image: int) -> int:
        if self.step == "register":
            raise BoothError("CUDA error 999")
        return super().egl_register(image)

    def egl_frame(self, resource: int) -> EglFrame:
        raise BoothError("CUDA error 999")


@pytest.mark.parametrize("step", ["register", "frame"])
def test_what_fails_half_way_is_undone(step: str) -> None:
    shim = Refusing(step)
    library, slot = FakeLibrary(ShimImages(shim), KIND), slot_of(KIND, SIZE)
    before, known = library.living_images, registrations(shim, library)
    with pytest.raises(BoothError, match="999"):
        known.frame_of(slot.surface)
    assert library.living_images == before
    assert known.registered == known.unregistered
    assert not shim.registered
    assert len(known) == 0


def test_the_library_is_asked_for_only_when_an_image_is_needed(fresh: ShimDriver) -> None:
    known = Registrations(fresh, lambda: NvBufSurface([]))
    known.close()
    with pytest.raises(BoothError, match="nvidia-l4t-multimedia"):
        known.frame_of(slot_of(KIND, SIZE).surface)
