"""Facts of the booth's own screen: skipped where there is none, else the board is on it, back after any failure."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from tests.deb.booth import PROCESSES, Booth
from tests.deb.panel import (
    BOARD,
    SCREEN,
    SEAT,
    in_memory,
    is_shown,
    process_of,
    seen,
    share_of,
    skipped,
    without,
)
from tests.deb.sandbox import try_inside

DESKTOP = "gdm3.service"
PICTURES = Path("build/deb")
ELSEWHERE, CAMERA, FUSE = "198.51.100.9", "/dev/video0", "10 229"
GROUND, BUTTON = (20, 24, 29), (240, 198, 116)
"Colours of the board: most of it, and the pause."
KILLED = ("launch.py screen", "/usr/bin/cage", "WebKitWebProcess", "/usr/sbin/seatd")


def without_its_programs_the_screen_is_skipped_and_the_booth_is_whole(booth: Booth) -> str:
    assert booth.machine.says("systemctl", "is-enabled", SCREEN) == "enabled"
    in_memory(booth)
    booth.machine.does("mv", "/usr/bin/cage", "/usr/bin/cage.away")
    try:
        told = skipped(booth)
    finally:
        booth.machine.does("mv", "/usr/bin/cage.away", "/usr/bin/cage")
    assert not booth.active(SEAT)
    return told


def without_a_socket_for_a_screen_it_is_skipped_too(booth: Booth) -> str:
    booth.drop_in(SCREEN, "90-memory", without("/dev/tty0"))
    return skipped(booth)


def while_a_desktop_has_the_screen_it_is_skipped(booth: Booth) -> str:
    in_memory(booth)
    booth.machine.does("systemd-run", f"--unit={DESKTOP}", "sleep", "600")
    try:
        return skipped(booth)
    finally:
        booth.machine.does("systemctl", "stop", DESKTOP)


def with_the_booth_the_board_is_on_the_screen(booth: Booth) -> str:
    begun_s = time.monotonic()
    booth.machine.does("systemctl", "restart", "booth.target")
    shown_s = booth.machine.wait(lambda: is_shown(booth), 60)
    memory = sum(map(int, booth.machine.says("ps", "-u", "booth-screen", "-o", "rss=").split()))
    whole_s = time.monotonic() - begun_s - shown_s
    return f"{shown_s:.1f} s (and {whole_s:.1f} s to start the booth), {memory // 1024} MB resident in all"


def what_is_seen_is_the_board(booth: Booth) -> str:
    booth.machine.wait(lambda: share_of(seen(booth), BUTTON) > 0.01, 30, every_s=1)
    picture = seen(booth)
    assert share_of(picture, GROUND) > 0.4, share_of(picture, GROUND)
    file = PICTURES / f"screen-{booth.machine.name}.png"
    picture.save(file)
    return f"{picture.width}x{picture.height}, {file}"


def is_back(booth: Booth, name: str, killed: str) -> bool:
    return process_of(booth, name) not in ("", killed) and is_shown(booth)


def whatever_is_killed_is_back(booth: Booth) -> str:
    told = []
    for name in KILLED:
        pid = process_of(booth, name)
        booth.machine.does("kill", "-KILL", pid)
        back_s = booth.machine.wait(partial(is_back, booth, name, pid), 40)
        told.append(f"{name.split()[-1].split('/')[-1]} {back_s:.1f} s")
    return ", ".join(told)


def a_page_that_hangs_is_shown_anew(booth: Booth) -> str:
    before = int(booth.show(SCREEN, "NRestarts"))
    booth.machine.does("kill", "-STOP", process_of(booth, "WebKitWebProcess"))
    booth.machine.wait(lambda: int(booth.show(SCREEN, "NRestarts")) > before, 60)
    return f"{booth.machine.wait(lambda: is_shown(booth), 40):.1f} s after the watchdog"


def a_display_that_was_away_is_shown_again(booth: Booth) -> str:
    booth.machine.does("systemctl", "stop", "booth-display.service")
    booth.machine.does("systemctl", "restart", SCREEN)
    booth.machine.wait(lambda: "does not answer" in booth.show(SCREEN, "StatusText"), 30)
    booth.machine.does("systemctl", "start", "booth-display.service")
    return f"{booth.machine.wait(lambda: is_shown(booth), 30):.1f} s"


def the_seat_serves_the_screen_and_no_other_process_of_the_booth(booth: Booth) -> str:
    way = "read=/run/booth-seat/seatd.sock"
    found = {process: try_inside(booth, process, way)[way] for process in PROCESSES}
    # Vision and display do not even see the folder, where systemd can hide it.
    assert set(found.values()) <= {"Permission denied", "No such file or directory"}, found
    own = booth.machine.run("runuser", "-u", "booth-screen", "--", "cat", way.partition("=")[2])
    assert "No such device or address" in own.stderr, own.stderr
    return "three refused; the control is let in"


def the_screen_reaches_the_board_and_nothing_else_of_the_booth(booth: Booth) -> str:
    machine = booth.machine
    machine.does("systemctl", "stop", SCREEN)
    machine.run("ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo")
    machine.does("sh", "-c", f"mknod -m 666 {CAMERA} c {FUSE}; exec 3<>{CAMERA}")
    booth.drop_in("probe-screen.service", "90-memory", without("/dev/tty0", "/sys/class/drm"))
    good = (f"connect=127.0.0.1:{BOARD}", "device=/dev/null")
    bad = (
        f"send={ELSEWHERE}:9", f"connect={ELSEWHERE}:{BOARD}", f"device={CAMERA}", "node=/tmp/camera", "code=",
        "read=/etc/booth/booth.yaml", "read=/var/lib/booth", "read=/run/booth", "read=/run/booth/display.json",
        "write=/var/x", "write=/etc/x", "write=/x", "socket=AF_PACKET", f"signal={booth.pid('display')}",
    )  # fmt: skip
    try:
        found = try_inside(booth, "screen", *good, *bad)
    finally:
        machine.does("rm", CAMERA)
    assert [found[way] for way in good] == ["ok", "ok"], found
    let_in = {way: found[way] for way in bad if found[way] == "ok" or "names" in found[way]}
    assert not let_in, let_in
    return f"{len(bad)} ways refused"


def nothing_stays_of_it_when_it_stops(booth: Booth) -> str:
    machine = booth.machine
    machine.does("systemctl", "start", SCREEN)
    machine.wait(lambda: is_shown(booth), 60)
    machine.does("systemctl", "stop", "booth.target")
    machine.wait(lambda: not booth.active(SEAT), 10)
    assert booth.show(SCREEN, "Result") == "success"
    left = machine.says("find", "/", "-xdev", "-user", "booth-screen", "-not", "-path", "/proc/*")
    left += machine.says("find", "/run", "/tmp", "/dev/shm", "-user", "booth-screen")
    assert not left, left
    assert not machine.says("pgrep", "-u", "booth-screen")
    assert not machine.says("sh", "-c", "ls -d /run/booth-s* 2>/dev/null || true")
    machine.does("systemctl", "start", "booth.target", timeout_s=180)
    machine.wait(lambda: is_shown(booth), 60)
    return "no file, no process, no seat"


def systemd_finds_its_units_good_and_tight(booth: Booth) -> str:
    done = booth.machine.run("systemd-analyze", "verify", SCREEN, SEAT)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "booth" in line]
    assert not ours, ours
    told = []
    for unit in (SCREEN, SEAT):
        report = booth.machine.does("systemd-analyze", "security", "--no-pager", unit)
        figure = float(report.split("exposure level for ")[1].split(":")[1].split()[0])
        assert figure <= 2.0, f"{unit}: {figure}"
        told.append(f"{unit.removesuffix('.service')} {figure}")
    return ", ".join(told)


FACTS = (
    without_its_programs_the_screen_is_skipped_and_the_booth_is_whole,
    without_a_socket_for_a_screen_it_is_skipped_too,
    while_a_desktop_has_the_screen_it_is_skipped,
    with_the_booth_the_board_is_on_the_screen,
    what_is_seen_is_the_board,
    whatever_is_killed_is_back,
    a_page_that_hangs_is_shown_anew,
    a_display_that_was_away_is_shown_again,
    the_seat_serves_the_screen_and_no_other_process_of_the_booth,
    the_screen_reaches_the_board_and_nothing_else_of_the_booth,
    nothing_stays_of_it_when_it_stops,
    systemd_finds_its_units_good_and_tight,
)
