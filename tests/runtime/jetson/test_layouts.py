"""The header of a board against our structs: the compiler has the last word, and every difference is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.runtime.checks import NotChecked
from appliance.runtime.jetson.formats import HEADER, NUMBERS
from appliance.runtime.jetson.layouts import check_layouts
from tests.runtime.jetson.boards import grow

STRUCTS = (Path(__file__).parent / "fakes" / "nvbufsurface.h").read_text()
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")


def enum(*names: str) -> str:
    return f"typedef enum {{ {', '.join(names)} }} {names[0].title()};\n"


def colours(numbers: dict[int, str] = NUMBERS) -> str:
    """The enum of colour formats, with others where we know of none."""
    names = ["INVALID", *(numbers.get(number, f"OTHER_{number}") for number in range(1, max(numbers) + 1))]
    return enum(*(f"NVBUF_COLOR_FORMAT_{name}" for name in names))


MEMORY = enum(
    *(
        f"NVBUF_MEM_{kind}"
        for kind in ("DEFAULT", "CUDA_PINNED", "CUDA_DEVICE", "CUDA_UNIFIED", "SURFACE_ARRAY")
    )
)
OTHERS = MEMORY + enum("NVBUF_LAYOUT_PITCH", "NVBUF_LAYOUT_BLOCK_LINEAR")
HEADERS = STRUCTS + OTHERS
MORE = {
    "void *eglImage;": "void *eglImage, *nvmmPtr, *cudaPtr;",
    "void *paramex;\n    void *_reserved[3];": "void *paramex, *cudaBuffer;\n    void *_reserved[4];",
    "NvBufSurfaceParams *surfaceList;": "NvBufSurfaceParams *surfaceList;\n    bool isImportedBuf;",
}
"What DeepStream 9 has more than L4T 36."


def board(root: Path, text: str) -> Path:
    return grow(root, {str(HEADER.relative_to("/")): text})


@needs_gcc
def test_the_header_as_we_know_it_passes(tmp_path: Path) -> None:
    told = check_layouts(board(tmp_path / "a folder", HEADERS + colours()))
    assert "offsets and numbers as in this board's header" in told


@needs_gcc
def test_members_behind_those_that_are_read_do_no_harm(tmp_path: Path) -> None:
    newer = STRUCTS
    for ours, theirs in MORE.items():
        assert ours in newer
        newer = newer.replace(ours, theirs)
    assert check_layouts(board(tmp_path, newer + OTHERS + colours()))


@needs_gcc
def test_colour_formats_that_moved_pass_since_we_read_them_from_the_header(tmp_path: Path) -> None:
    moved = {number + 1: name for number, name in NUMBERS.items()}
    assert check_layouts(board(tmp_path, HEADERS + colours(moved)))


@needs_gcc
@pytest.mark.parametrize(
    ("ours", "theirs", "culprit"),
    [
        ("    int memType;", "    uint64_t more;\n    int memType;", r"NvBufSurface, memType\) is 24"),
        (
            "uint32_t width, height, pitch;",
            "uint32_t height, width, pitch;",
            r"NvBufSurfaceParams, width\) is 4",
        ),
        ("uint32_t num_planes;", "uint64_t num_planes;", "NvBufSurfacePlaneParams"),
        ("NVBUF_MEM_CUDA_PINNED, ", "", "NVBUF_MEM_CUDA_DEVICE is 1, the booth takes it for 2"),
        (
            "NVBUF_LAYOUT_PITCH, NVBUF_LAYOUT_BLOCK_LINEAR",
            "NVBUF_LAYOUT_BLOCK_LINEAR, NVBUF_LAYOUT_PITCH",
            "PITCH is 1",
        ),
        ("eglImage;", "eglPicture;", "eglImage"),
    ],
)
def test_each_difference_is_named_with_the_way_out(
    tmp_path: Path, ours: str, theirs: str, culprit: str
) -> None:
    text = HEADERS + colours()
    assert ours in text
    with pytest.raises(BoothError, match=rf"{culprit}.*camera\.nvmm: off"):
        check_layouts(board(tmp_path, text.replace(ours, theirs)))


@needs_gcc
def test_our_reading_of_the_enum_is_held_against_the_compilers(tmp_path: Path) -> None:
    odd = colours().replace("NVBUF_COLOR_FORMAT_OTHER_5", "NVBUF_COLOR_FORMAT_OTHER_5 = 50")
    with pytest.raises(BoothError, match="NVBUF_COLOR_FORMAT_NV12 is 51, the booth takes it for 6"):
        check_layouts(board(tmp_path, HEADERS + odd))


def test_a_board_without_the_header_or_a_compiler_is_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotChecked, match="apt-get install nvidia-l4t-jetson-multimedia-api"):
        check_layouts(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotChecked, match=r"no gcc.*all colour formats as known"):
        check_layouts(board(tmp_path / "known", HEADERS + colours()))
    moved = {number + 1: name for number, name in NUMBERS.items()}
    with pytest.raises(NotChecked, match=r"no gcc.*other numbers: NV12, "):
        check_layouts(board(tmp_path / "moved", HEADERS + colours(moved)))
