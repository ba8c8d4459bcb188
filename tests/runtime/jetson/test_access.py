"""What hides the GPU from a user: each reason has its own cure, where CUDA answers 801 to all."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.runtime.checks import Advice
from appliance.runtime.jetson.access import check_access, check_display
from appliance.runtime.jetson.board import Board
from tests.runtime.jetson.boards import grow

SYS, NODE = {"sys/devices/system/cpu/online": "0-5\n"}, {"dev/dri/renderD128": ""}


class Closed(Board):
    """A board whose devices this user may not use, whoever runs the tests."""

    def may_use(self, path: Path) -> bool:
        return False


def test_a_render_node_that_may_be_used_is_named(tmp_path: Path) -> None:
    assert check_access(Board(grow(tmp_path, SYS | NODE))) == "/dev/dri/renderD128"


@pytest.mark.parametrize(
    ("files", "cure"), [(NODE, "/sys: .*mount it"), (SYS, r"/dev/dri/renderD\*: no such")]
)
def test_what_a_sandbox_leaves_out_is_named(tmp_path: Path, files: dict[str, str], cure: str) -> None:
    with pytest.raises(BoothError, match=cure):
        check_access(Board(grow(tmp_path, files)))


def test_who_is_not_in_the_group_render_is_told_to_join(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"renderD128: this user may not.*usermod -aG render"):
        check_access(Closed(grow(tmp_path, SYS | NODE)))


def test_a_display_is_advised_against() -> None:
    assert "not set" in check_display(Board(environment={}))
    with pytest.raises(Advice, match=r"DISPLAY is :0.*unset DISPLAY"):
        check_display(Board(environment={"DISPLAY": ":0"}))
