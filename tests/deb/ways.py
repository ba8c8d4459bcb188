"""Facts of ways out that are no packets: sockets that are files, shared memory, a file that the uplink would send."""

from __future__ import annotations

from tests.deb.booth import PROCESSES, Booth
from tests.deb.sandbox import try_inside

JOURNAL = "/run/systemd/journal/stdout"
"Takes whoever connects, on any machine with systemd: the control."
LURES = ("/run/avahi-daemon/lure.sock", "/run/lure.sock")
EMPTY_RUN = 250
"From this systemd on /run is empty; before it, what is known there is masked by name."
SERVER = f"""
import os, socket
os.umask(0); os.makedirs("/run/avahi-daemon", exist_ok=True)
takers = [socket.socket(socket.AF_UNIX) for _ in {LURES!r}]
for taker, name in zip(takers, {LURES!r}): taker.bind(name); taker.listen()
while True: [taker.accept()[0].close() for taker in takers]
"""
STATE, MEMORY, SHARED = "/var/lib/booth", "/run/booth", "/dev/shm"


def no_socket_of_the_system_is_in_reach_of_vision_and_display(booth: Booth) -> str:
    """What listens in /run (name service, bus, package manager) speaks to networks for whoever asks."""
    machine = booth.machine
    machine.put("/srv/lure.py", SERVER, 0o644)
    machine.does("systemd-run", "--unit=lure", "/usr/bin/python3", "-I", "/srv/lure.py")
    machine.does("sh", "-c", f"for n in 1 2 3 4 5 6 7 8 9; do [ -S {LURES[-1]} ] && break; sleep 1; done")
    ways = [f"knock={name}" for name in (*LURES, JOURNAL)]
    try:
        found = {process: try_inside(booth, process, *ways, "read=/run") for process in PROCESSES}
    finally:
        machine.does("systemctl", "stop", "lure.service")
        machine.does("rm", "-f", *LURES)
    assert {found["uplink"][way] for way in ways} == {"ok"}, found
    empty = int(machine.says("systemctl", "--version").split()[1]) >= EMPTY_RUN
    for process in ("vision", "display"):
        assert "ok" not in {found[process][way] for way in (ways if empty else [ways[0], ways[-1]])}, found
        names = set(found[process]["read=/run"].removeprefix("names: ").split())
        assert not empty or names <= {"booth", "credentials", "systemd"}, found
    return "nothing in /run but the booth's own and systemd/notify" if empty else "those known in /run masked"


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
