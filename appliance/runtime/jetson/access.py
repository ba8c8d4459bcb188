"""Whether this user can reach the GPU: files and the shell in, the cure for what CUDA only gives a number out."""

from __future__ import annotations

from appliance.errors import BoothError
from appliance.runtime.checks import Advice
from appliance.runtime.jetson.board import Board

GROUPS = "sudo usermod -aG render,video $USER, then log in anew"


def check_access(board: Board) -> str:
    """What cuInit answers with a bare 801 without: /sys and a render node (Orin with JetPack 6.2, Thor)."""
    if not any((board.root / "sys/devices").glob("*")):
        raise BoothError("/sys: is not there, and CUDA fails without it (801); mount it into this sandbox")
    nodes = sorted((board.root / "dev/dri").glob("renderD*"))
    if not nodes:
        cure = "give the unit or container /dev/dri, or flash the board anew when it lacks it too"
        raise BoothError(f"/dev/dri/renderD*: no such device, and CUDA fails without it (801); {cure}")
    closed = [node.name for node in nodes if not board.may_use(node)]
    if closed:
        raise BoothError(f"/dev/dri/{closed[0]}: this user may not use it, so CUDA fails (801); {GROUPS}")
    return ", ".join(f"/dev/dri/{node.name}" for node in nodes)


def check_display(board: Board) -> str:
    """No DISPLAY: with one EGL looks for a screen, and a booth has none."""
    display = board.environment.get("DISPLAY")
    if display:
        raise Advice(
            f"DISPLAY is {display}: without that screen EGL fails, and zero-copy with it; unset DISPLAY"
        )
    return "DISPLAY is not set, as it should be"
