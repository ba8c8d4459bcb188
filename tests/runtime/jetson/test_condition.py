"""How a board is doing: what is well is told in figures, what is not comes with advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.runtime.checks import Advice, NotChecked
from appliance.runtime.jetson.board import Board
from appliance.runtime.jetson.condition import (
    best_mode,
    check_figures,
    check_heat,
    check_power_mode,
    check_supply,
    check_swap,
)
from tests.runtime.jetson.boards import HWMON, agx_orin, coolers, grow, orin_nano, thor

SWAPS = "Filename\t\tType\t\tSize\t\tUsed\t\tPriority\n"


def nano(root: Path, files: dict[str, str] | None = None) -> Board:
    """An Orin Nano Super with some files changed."""
    return Board(grow(orin_nano(root), files or {}), {})


def test_the_mode_of_25_watts_is_what_we_want(tmp_path: Path) -> None:
    assert check_power_mode(nano(tmp_path)) == "25W"


@pytest.mark.parametrize(("mode", "why"), [(2, "MAXN_SUPER knows no limit"), (0, "15W is slower")])
def test_other_modes_are_advised_against_by_name_and_number(tmp_path: Path, mode: int, why: str) -> None:
    board = nano(tmp_path, {"var/lib/nvpmodel/status": f"pmode:{mode:04}"})
    with pytest.raises(Advice, match=rf"{why}.*sudo nvpmodel -m 1 sets 25W"):
        check_power_mode(board)


def test_the_mode_to_take_goes_by_names_and_not_by_numbers() -> None:
    assert best_mode({"MAXN": 0, "120W": 1, "90W": 2, "30W_4CORE": 3}) == "120W"
    assert best_mode({"25W": 7, "50W": 0}) == "25W"
    assert best_mode({"MAXN": 0}) is None
    assert best_mode({}) is None


def test_any_mode_with_a_limit_does_where_there_is_none_of_25_watts(tmp_path: Path) -> None:
    conf = "< POWER_MODEL ID=0 NAME=MAXN >\n< POWER_MODEL ID=1 NAME=120W >\n< POWER_MODEL ID=2 NAME=90W >\n"
    grow(tmp_path, {"etc/nvpmodel.conf": conf, "var/lib/nvpmodel/status": "pmode:0002"})
    board = Board(tmp_path, {})
    assert check_power_mode(board) == "90W"
    grow(tmp_path, {"var/lib/nvpmodel/status": "pmode:0000"})
    with pytest.raises(Advice, match=r"MAXN knows no limit.*nvpmodel -m 1 sets 120W"):
        check_power_mode(board)


def test_a_board_that_names_no_mode_is_not_checked(tmp_path: Path) -> None:
    with pytest.raises(NotChecked, match="sudo nvpmodel -q"):
        check_power_mode(Board(thor(tmp_path), {}))


def test_heat_is_told_and_what_it_slows_down_is_advised_on(tmp_path: Path) -> None:
    with pytest.raises(Advice, match=r"52 C, and 1 of its throttles slow it down now; free its fan"):
        check_heat(nano(tmp_path))
    grow(tmp_path, coolers(("pwm-fan", 3), ("cpu-throttle-alert", 0), ("gpu-throttle-alert", 0)))
    assert check_heat(Board(tmp_path)) == "52 C, nothing slows it down"
    with pytest.raises(NotChecked):
        check_heat(Board(tmp_path / "nothing"))


def test_a_weak_supply_is_advised_on(tmp_path: Path) -> None:
    with pytest.raises(Advice, match=r"52 times since boot.*power supply"):
        check_supply(nano(tmp_path))
    grow(tmp_path, {f"{HWMON}/hwmon3/oc{number}_event_cnt": "0\n" for number in (1, 2, 3)})
    assert check_supply(Board(tmp_path)) == "no over-current since boot"
    with pytest.raises(NotChecked):
        check_supply(Board(thor(tmp_path / "thor"), {}))


def test_swap_is_told_by_its_kind_and_its_lack_is_advised_on(tmp_path: Path) -> None:
    zram = "".join(f"/dev/zram{number} partition 649312 0 5\n" for number in range(6))
    assert check_swap(Board(grow(tmp_path / "a", {"proc/swaps": SWAPS + zram}))) == "3805 MB, zram, in memory"
    disk = f"{SWAPS}/swapfile file 8388604 0 -2\n"
    assert check_swap(Board(grow(tmp_path / "b", {"proc/swaps": disk}))) == "8192 MB, on disk"
    with pytest.raises(Advice, match=r"building engines.*nvzramconfig"):
        check_swap(Board(grow(tmp_path / "c", {"proc/swaps": SWAPS})))


def test_figures_under_names_that_we_do_not_know_are_missed(tmp_path: Path) -> None:
    assert "power_w 10.16" in check_figures(nano(tmp_path / "nano"))
    assert "gpu_clock_mhz 1575" in check_figures(
        Board(grow(thor(tmp_path / "thor"), {"proc/meminfo": "MemAvailable: 4096000 kB\n"}), {})
    )
    with pytest.raises(
        Advice, match="no file tells memory_free_mb, temperature_c, throttled, gpu_clock_mhz:"
    ):
        check_figures(Board(agx_orin(tmp_path / "agx"), {}))
