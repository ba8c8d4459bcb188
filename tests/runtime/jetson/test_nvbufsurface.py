"""Structs that the device's libraries share with us: laid out as C lays them out, and the library is found or named."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.runtime.jetson.gstbuffer import MapInfo
from appliance.runtime.jetson.nvbufsurface import (
    LIBRARY,
    SURFACE_ARRAY,
    MappedAddr,
    NvBufSurface,
    PlaneParams,
    Surface,
    SurfaceParams,
)
from tests.runtime.jetson.fakes.compile import layout_lines, library_folder

OURS: dict[str, type[ctypes.Structure]] = {
    "NvBufSurface": Surface,
    "NvBufSurfaceParams": SurfaceParams,
    "NvBufSurfacePlaneParams": PlaneParams,
    "NvBufSurfaceMappedAddr": MappedAddr,
    "GstMapInfo": MapInfo,
}


def test_c_and_ctypes_put_every_member_at_the_same_place() -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    for struct, member, offset, size in layout_lines():
        if member == "-":
            assert ctypes.sizeof(OURS[struct]) == int(size), struct
        else:
            seen.setdefault(struct, []).append((int(offset), int(size)))
    for struct, places in seen.items():
        fields = [getattr(OURS[struct], field[0]) for field in OURS[struct]._fields_]
        assert [(field.offset, field.size) for field in fields] == places, struct
    assert seen.keys() == OURS.keys()


def test_the_structs_have_the_sizes_that_nvidia_documents() -> None:
    sizes = {Surface: 64, SurfaceParams: 384, PlaneParams: 232, MappedAddr: 72}
    assert {struct: ctypes.sizeof(struct) for struct in sizes} == sizes


def one_surface(mem_type: int) -> tuple[Surface, SurfaceParams]:
    picture = SurfaceParams(width=4, height=2)
    return Surface(batch_size=1, mem_type=mem_type, surface_list=ctypes.pointer(picture)), picture


def test_a_surface_is_given_an_image_and_loses_it() -> None:
    library = NvBufSurface([Path("/nowhere"), library_folder()])
    surface, picture = one_surface(SURFACE_ARRAY)
    library.map_egl(surface)
    assert picture.mapped_addr.egl_image
    library.unmap_egl(surface)
    assert not picture.mapped_addr.egl_image


def test_a_surface_without_an_image_is_an_error_with_the_cure() -> None:
    library = NvBufSurface([library_folder()])
    with pytest.raises(BoothError, match=r"NvBufSurfaceMapEglImage failed.*unset DISPLAY"):
        library.map_egl(one_surface(2)[0])


def test_a_missing_or_broken_library_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=rf"{LIBRARY}: not found; apt-get install nvidia-l4t-multimedia"):
        NvBufSurface([tmp_path])
    (tmp_path / LIBRARY).write_bytes(b"no library")
    with pytest.raises(BoothError, match=r"reinstall nvidia-l4t-multimedia"):
        NvBufSurface([tmp_path])
