"""Facts of the booth's folders, each tried from inside a unit's sandbox: who reads what, and who may say what."""

from __future__ import annotations

from tests.deb.booth import Booth
from tests.deb.sandbox import try_inside


def nobody_reads_the_files_of_another(booth: Booth) -> str:
    machine = booth.machine
    machine.does(
        "sh",
        "-c",
        "echo bank > /var/lib/booth/vision/probe.bank; chown booth-vision /var/lib/booth/vision/probe.bank",
    )
    bank, files = (
        "read=/var/lib/booth/vision/probe.bank",
        ["read=/etc/shadow", "read=/root", "read=/var/cache/booth"],
    )
    for process in ("uplink", "display"):
        found = try_inside(booth, process, bank, *files, "write=/etc/booth/x", "write=/usr/lib/booth/x")
        assert "ok" not in found.values(), (process, found)
    own = try_inside(booth, "vision", bank, "read=/etc/shadow", "read=/root", "write=/usr/lib/booth/x")
    assert own.pop(bank) == "ok", own
    assert "ok" not in own.values(), own
    return "bank, cache, keys, shadow, program"


def nobody_says_what_another_has_to_say(booth: Booth) -> str:
    """Zones, wishes and pauses: a process that was broken into exchanges neither them nor the folder they lie in."""
    state, memory = "/var/lib/booth", "/run/booth"
    booth.machine.does(
        "install", "-o", "booth-display", "-g", "booth", "-m", "640", "/dev/null", f"{state}/display/probe"
    )
    theirs = {
        "vision": (f"{state}/display", f"{state}/uplink", f"{memory}/display"),
        "uplink": (f"{state}/display", f"{memory}/display", f"{state}/vision", f"{memory}/vision"),
        "display": (f"{state}/uplink", f"{state}/vision", f"{memory}/vision"),
    }
    for process, folders in theirs.items():
        ways = [
            way
            for folder in folders
            for way in (f"write={folder}/x", f"swap={folder}", f"swap={folder}/probe")
        ]
        found = try_inside(booth, process, *ways, f"write={state}/x")
        assert (found.pop(f"write={state}/x") == "ok") == (process != "display"), found
        assert "ok" not in found.values(), (process, found)
    seen = try_inside(booth, "vision", f"read={state}/display/probe")
    booth.machine.does("rm", f"{state}/display/probe")
    assert set(seen.values()) == {"ok"}, seen
    own = try_inside(booth, "display", f"write={state}/display/x", f"write={memory}/display/x")
    assert set(own.values()) == {"ok"}, own
    return "no file made, no folder exchanged"


FACTS = (nobody_reads_the_files_of_another, nobody_says_what_another_has_to_say)
