"""Colour formats: this device's header has the last word, and caps tell the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.runtime.jetson.formats import (
    NUMBERS,
    colours_of,
    enumerated,
    format_names,
    usual_colours,
)
from appliance.runtime.jetson.picture import BT601, BT601_FULL, BT709, BT709_FULL

ENUM = """
typedef enum { NVBUF_LAYOUT_PITCH, NVBUF_LAYOUT_BLOCK_LINEAR } NvBufSurfaceLayout;
/** Formats, as NVBUF_COLOR_FORMAT_OLD once was. */
typedef enum
{
  /** Not one. */
  NVBUF_COLOR_FORMAT_INVALID,
  NVBUF_COLOR_FORMAT_NV12_709, // one
  /* NVBUF_COLOR_FORMAT_GONE, */
  NVBUF_COLOR_FORMAT_GRAY8,
  NVBUF_COLOR_FORMAT_RGBA,
  NVBUF_COLOR_FORMAT_LAST
} NvBufSurfaceColorFormat;
"""


def test_a_header_beats_what_we_know(tmp_path: Path) -> None:
    header = tmp_path / "nvbufsurface.h"
    header.write_text(ENUM)
    assert format_names(header) == {1: "NV12_709", 3: "RGBA"}


@pytest.mark.parametrize("text", ["", "int main;", "enum { NVBUF_COLOR_FORMAT_INVALID }"])
def test_without_a_header_or_with_a_strange_one_the_known_numbers_hold(tmp_path: Path, text: str) -> None:
    header = tmp_path / "nvbufsurface.h"
    assert format_names(header) == NUMBERS
    header.write_text(text)
    assert format_names(header) == NUMBERS


@given(st.text(alphabet="{},/* \n_NVBUFCOLRMATI12", max_size=60))
def test_no_header_is_too_strange(text: str) -> None:
    assert isinstance(enumerated(text), list)


@pytest.mark.parametrize(
    ("colorimetry", "colours"),
    [
        ("bt601", BT601),
        ("bt709", BT709),
        ("2:4:5:4", BT601),
        ("1:4:0:0", BT601_FULL),
        ("2:3:5:1", BT709),
        ("1:3:7:1", BT709_FULL),
        ("0:3:5:1", None),
        ("bt2020", None),
        ("sRGB", None),
        ("1:1:1", None),
        ("", None),
        (None, None),
    ],
)
def test_caps_tell_the_matrix_by_name_or_by_number(colorimetry: str | None, colours: object) -> None:
    assert colours_of(colorimetry) is colours


def test_a_picture_that_tells_nothing_is_taken_for_what_its_height_suggests() -> None:
    assert usual_colours(576) is BT601
    assert usual_colours(577) is BT709
