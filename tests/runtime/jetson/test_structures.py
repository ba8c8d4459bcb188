"""What a kernel takes by value is laid out alike on both sides: the C++ text names sizes, its compilers check them."""

from __future__ import annotations

import ctypes
import re

import pytest

from appliance.runtime.jetson.boxes import CSieve
from appliance.runtime.jetson.fatbin import KERNELS
from appliance.runtime.jetson.image import CBlur
from appliance.runtime.jetson.measures import CLightRule
from appliance.runtime.jetson.neighbours import CSearch
from appliance.runtime.jetson.normal import CNormal
from appliance.runtime.jetson.picture import CPicture
from appliance.runtime.jetson.pyramid import CBlurTaps, CLevels, COpponents
from appliance.runtime.jetson.skeletons import BODY

STRUCTURES = (CSieve, CBlur, CLightRule, CSearch, CNormal, CPicture, CBlurTaps, CLevels, COpponents)
HELD = re.compile(r"(sizeof|offsetof)\((\w+)(?:, (\w+))?\) == (\d+)")


def held(structure: str) -> dict[str, int]:
    """What the kernels assert: the structure's size under its own name, places of members under theirs."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(KERNELS.glob("*.cu*"))]
    found = [one for text in texts for one in HELD.findall(text) if one[1] == structure]
    return {member or name: int(number) for _, name, member, number in found}


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.__name__)
def test_a_structure_is_laid_out_as_the_kernels_have_it(structure: type[ctypes.Structure]) -> None:
    name = structure.__name__.removeprefix("C")
    wanted = held(name)
    assert wanted.pop(name) == ctypes.sizeof(structure)
    assert wanted == {member: getattr(structure, member).offset for member in wanted}


def test_a_body_is_laid_out_as_the_kernels_have_it() -> None:
    assert BODY.fields is not None
    face, bones = (BODY.fields[name][1] for name in ("face", "bones"))
    assert held("Body") == {"Body": BODY.itemsize, "face_x": face, "bones": bones}
