"""How the board is doing: power mode, heat, supply, swap and what it tells of itself, from sysfs and procfs."""

from __future__ import annotations

import re

from appliance.runtime.checks import Advice, NotChecked
from appliance.runtime.jetson.board import Board
from appliance.runtime.readings import read_text

BEST_MODE = "25W"
"The efficiency optimum of an Orin Nano Super: little more heat than 15 W, most of the speed of MAXN_SUPER."
WATTS = re.compile(r"(\d+)W")
TOLD_EVERYWHERE = ("memory_free_mb", "temperature_c", "power_w", "throttled", "gpu_clock_mhz")
TOLD_BY_ORIN = ("gpu_load_percent", "overcurrent_events")


def check_power_mode(board: Board) -> str:
    """The power mode by its name, since the numbers differ by board."""
    mode = board.sensors.describe().get("power_mode")
    if mode is None:
        raise NotChecked("nvpmodel names no mode; look with: sudo nvpmodel -q")
    best = best_mode(board.power_modes)
    if best is None or mode == best or (best != BEST_MODE and WATTS.fullmatch(mode)):
        return mode
    cure = f"sudo nvpmodel -m {board.power_modes[best]} sets {best}"
    if mode.startswith("MAXN"):
        raise Advice(f"{mode} knows no limit, until heat or the supply ends it; {cure}")
    raise Advice(f"{mode} is slower than the booth is made for; {cure}")


def best_mode(modes: dict[str, int]) -> str | None:
    """25W where there is one, else the most watts that a mode names."""
    named = {name: int(found[1]) for name in modes if (found := WATTS.fullmatch(name))}
    return BEST_MODE if BEST_MODE in named else max(named, key=lambda name: named[name], default=None)


def check_heat(board: Board) -> str:
    """Whether heat or current slows the machine down right now."""
    figures = board.sensors.read()
    if "temperature_c" not in figures:
        raise NotChecked("this board tells no temperature")
    told = f"{figures['temperature_c']:.0f} C"
    if slowed := figures.get("throttled", 0):
        raise Advice(
            f"{told}, and {slowed:.0f} of its throttles slow it down now; free its fan and vents, shade it"
        )
    return f"{told}, nothing slows it down"


def check_supply(board: Board) -> str:
    """Over-current and under-voltage since boot."""
    events = board.sensors.read().get("overcurrent_events")
    if events is None:
        raise NotChecked("this board does not count over-current events")
    if events:
        cure = "use the power supply that came with it, then set a smaller power mode, then reboot"
        raise Advice(f"{events:.0f} times since boot the current was too high or the voltage too low; {cure}")
    return "no over-current since boot"


def check_swap(board: Board) -> str:
    """Swap: the first build of the engines takes more memory than running them."""
    lines = [line.split() for line in read_text(board.root / "proc/swaps").splitlines()[1:]]
    swaps = [(words[0], int(words[2])) for words in lines if len(words) >= 3 and words[2].isdecimal()]
    if not swaps:
        cure = "sudo systemctl enable --now nvzramconfig"
        raise Advice(f"none: building engines may run out of memory and be killed; {cure}")
    kind = "zram, in memory" if all("zram" in name for name, _ in swaps) else "on disk"
    return f"{sum(size_kib for _, size_kib in swaps) / 1024:.0f} MB, {kind}"


def check_figures(board: Board) -> str:
    """Whether the board's files have the names that we know: what is missing is missing in the booth's health too."""
    figures = board.sensors.read()
    wanted = TOLD_EVERYWHERE + (TOLD_BY_ORIN if "Orin" in board.model else ())
    missing = [name for name in wanted if name not in figures]
    if missing:
        cure = "the booth's health lacks it; tell the booth's makers which board and JetPack this is"
        raise Advice(f"no file tells {', '.join(missing)}: {cure}")
    return ", ".join(f"{name} {value:.6g}" for name, value in figures.items())
