"""Facts of ways out that are no packets: sockets that are files, shared memory, a file that the uplink would send."""

from __future__ import annotations

from tests.deb.booth import PROCESSES, Booth
from tests.deb.sandbox import try_inside

JOURNAL = "/run/systemd/journal/stdout"
"Takes whoever connects, on any machine with systemd: the control."
LURE = "/run/lure.sock"
SERVER = f"""
import os, socket
taker = socket.socket(socket.AF_UNIX)
taker.bind({LURE!r}); os.chmod({LURE!r}, 0o777); taker.listen(); print("listens", flush=True)
while True: taker.accept()[0].close()
"""
STATE, MEMORY, SHARED = "/var/lib/booth", "/run/booth", "/dev/shm"


def no_socket_of_the_system_is_in_reach_of_vision_and_display(booth: Booth) -> str:
    """What listens in /run (name service, bus, package manager) speaks to networks for whoever asks."""
    machine = booth.machine
    machine.put("/srv/lure.py", SERVER, 0o644)
    machine.does("systemd-run", "--unit=lure", "/usr/bin/python3", "-I", "/srv/lure.py")
    machine.does("sh", "-c", f"for n in 1 2 3 4 5 6 7 8 9; do [ -S {LURE} ] && break; sleep 1; done")
    ways = [f"knock={LURE}", f"knock={JOURNAL}"]
    try:
        found = {process: try_inside(booth, process, *ways, "read=/run") for process in PROCESSES}
    finally:
        machine.does("systemctl", "stop", "lure.service")
        machine.does("rm", "-f", LURE)
    assert [found["uplink"][way] for way in ways] == ["ok", "ok"], found
    for process in ("vision", "display"):
        assert {found[process][way] for way in ways} == {"No such file or directory"}, found
        names = set(found[process]["read=/run"].removeprefix("names: ").split())
        assert names <= {"booth", "credentials", "systemd"}, found
    return "no file in /run but the booth's own and systemd/notify"


def what_one_leaves_in_shared_memory_no_other_finds(booth: Booth) -> str:
    booth.machine.does("sh", "-c", f"umask 0; echo frame > {SHARED}/left")
    try:
        for process in PROCESSES:
            found = try_inside(booth, process, f"read={SHARED}/left", f"write={SHARED}/x")
            assert found[f"write={SHARED}/x"] == "ok", found
            assert found[f"read={SHARED}/left"] == "No such file or directory", found
    finally:
        booth.machine.does("rm", f"{SHARED}/left")
    return "each has its own, and may use it"


def the_display_puts_nothing_where_the_uplink_would_send_it(booth: Booth) -> str:
    outbox = [
        f"device={STATE}/outbox.sqlite",
        f"read={STATE}/outbox.sqlite",
        f"device={STATE}/outbox.sqlite-wal",
    ]
    swaps = [f"swap={STATE}/outbox.sqlite", f"write={STATE}/outbox.sqlite.damaged"]
    notices = [f"write={STATE}/notice-machine.json", f"write={STATE}/x"]
    found = try_inside(booth, "display", *outbox, *swaps, *notices)
    assert "ok" not in found.values(), found
    assert try_inside(booth, "uplink", outbox[0])[outbox[0]] == "ok"
    book = f"device={STATE}/logbook.jsonl"
    assert try_inside(booth, "display", book)[book] == "ok"
    return "outbox and notices refused; logbook written"


FACTS = (
    no_socket_of_the_system_is_in_reach_of_vision_and_display,
    what_one_leaves_in_shared_memory_no_other_finds,
    the_display_puts_nothing_where_the_uplink_would_send_it,
)
