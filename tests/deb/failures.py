"""Facts of what fails: a process that hangs, a camera that is away for good and comes back, a broker that is gone."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from tests.deb.booth import STREET, Booth

VISION = "booth-vision.service"
FROZEN, MARK = "/srv/camera/street.avi", "/run/frozen"
SHORT_S = 6
"A watchdog for those facts that are not about its length."
BUILDING = """[Service]
Type=notify
TimeoutStartSec=4s
Environment=PYTHONPATH=/usr/lib/booth/app:/usr/lib/booth/site-packages
ExecStart=/usr/bin/python3 /srv/builder.py 10 {manner} /run/building
"""
DAEMON = """[Service]
ExecStart=/bin/sleep infinity
ExecStartPost=/bin/sh -c 'echo started >> /run/argus-starts'
"""


def renewed(booth: Booth, process: str, old: str) -> bool:
    """Whether a process is another one by now, and ready."""
    return booth.pid(process) not in (old, "0") and booth.active(f"booth-{process}.service")


def a_frozen_vision_is_killed_by_its_watchdog_and_sees_again(booth: Booth) -> str:
    machine, pid = booth.machine, booth.pid("vision")
    machine.wait(booth.sees, 30)
    begun_s = time.monotonic()
    machine.does("kill", "-STOP", pid)
    machine.wait(lambda: booth.pid("vision") != pid, 90)
    killed_s = time.monotonic() - begun_s
    machine.wait(lambda: booth.sees() and booth.pid("vision") != pid, 60)
    assert "watchdog" in booth.log(VISION).lower()
    assert "dumped" not in booth.log(VISION), "a core was dumped"
    return f"gone after {killed_s:.1f} s (limit 60 s), sees again after {time.monotonic() - begun_s:.1f} s"


def a_camera_whose_driver_hangs_is_shaken_off_and_sees_again_once_it_delivers(booth: Booth) -> str:
    """The reading thread hangs in the kernel, where no timeout of ours reaches it; only the watchdog does."""
    machine = booth.machine
    freezer = machine.path("/srv/freezer.py")
    freezer.write_text((Path(__file__).parent / "freezer.py").read_text())
    machine.does("sh", "-c", "[ -e /dev/fuse ] || mknod /dev/fuse c 10 229; mkdir -p /srv/camera")
    server = machine.start("python3", "/srv/freezer.py", STREET, "/srv/camera", MARK)
    try:
        machine.wait(lambda: machine.run("ls", "-l", FROZEN).returncode == 0, 10)
        booth.write_settings(camera={"source": FROZEN})
        booth.drop_in(VISION, "90-short", f"[Service]\nWatchdogSec={2 * SHORT_S}s\n")
        booth.restart(VISION)
        machine.wait(booth.sees, 30)
        pid, begun_s = booth.pid("vision"), time.monotonic()
        machine.does("touch", MARK)
        machine.wait(lambda: renewed_or_gone(booth, pid), 60)
        killed_s = time.monotonic() - begun_s
        machine.does("rm", MARK)
        machine.wait(lambda: booth.sees() and booth.pid("vision") != pid, 120)
        seen_s = time.monotonic() - begun_s
    finally:
        machine.does("rm", "-f", MARK)
        booth.undo(VISION, "90-short")
        booth.write_settings()
        booth.restart(VISION)
        machine.run("umount", "/srv/camera")
        server.terminate()
        server.wait(10)
    assert "watchdog" in booth.log(VISION).lower()
    return f"killed {killed_s:.1f} s after the last frame (limit {2 * SHORT_S} s), sees again after {seen_s:.1f} s"


def renewed_or_gone(booth: Booth, old: str) -> bool:
    """Whether a process is no more."""
    return booth.pid("vision") != old


def a_frozen_uplink_and_display_are_killed_and_come_back(booth: Booth) -> str:
    told = []
    for process in ("uplink", "display"):
        unit, pid = f"booth-{process}.service", booth.pid(process)
        booth.drop_in(unit, "90-short", f"[Service]\nWatchdogSec={SHORT_S}s\n")
        booth.restart(unit)
        pid = booth.pid(process)
        booth.machine.does("kill", "-STOP", pid)
        back_s = booth.machine.wait(partial(renewed, booth, process, pid), 60)
        booth.undo(unit, "90-short")
        told.append(f"{process} {back_s:.1f} s")
    return f"{', '.join(told)} with {SHORT_S} s"


def a_process_that_is_killed_is_started_again(booth: Booth) -> str:
    told = []
    for process in ("vision", "uplink", "display"):
        pid = booth.pid(process)
        booth.machine.does("kill", "-KILL", pid)
        back_s = booth.machine.wait(partial(renewed, booth, process, pid), 60)
        told.append(f"{process} {back_s:.1f} s")
    return ", ".join(told)


def a_pause_feeds_the_watchdog_and_a_paused_start_is_ready(booth: Booth) -> str:
    machine = booth.machine
    booth.drop_in(VISION, "90-short", f"[Service]\nWatchdogSec={SHORT_S}s\n")
    pause = '{"schema":"pause/1","by":{"button":"2026-11-26T08:00:00Z"}}'
    machine.put("/var/lib/booth/display/pause.json", pause, 0o660)
    machine.does("chgrp", "booth", "/var/lib/booth/display/pause.json")
    try:
        booth.restart(VISION)
        pid = booth.pid("vision")
        time.sleep(2.5 * SHORT_S)
        assert booth.pid("vision") == pid
        assert booth.vitals("vision")["camera"] == "paused"
    finally:
        machine.does("rm", "-f", "/var/lib/booth/display/pause.json")
        booth.undo(VISION, "90-short")
        booth.restart(VISION)
    return f"{2.5 * SHORT_S:.0f} s paused with a watchdog of {SHORT_S} s"


def without_a_broker_the_uplink_waits_and_is_not_killed(booth: Booth) -> str:
    unit = "booth-uplink.service"
    booth.drop_in(unit, "90-short", f"[Service]\nWatchdogSec={SHORT_S}s\n")
    booth.machine.does("systemctl", "stop", "city-broker.service")
    booth.restart(unit)
    pid = booth.pid("uplink")
    time.sleep(2.5 * SHORT_S)
    assert booth.active(unit)
    assert booth.pid("uplink") == pid
    booth.undo(unit, "90-short")
    booth.machine.does("systemctl", "start", "city-broker.service")
    back_s = booth.machine.wait(lambda: booth.vitals("uplink").get("state") == "online", 90)
    return f"online {back_s:.1f} s after the broker"


def a_camera_that_is_away_leads_up_the_ladder_to_a_notice_and_back_by_itself(booth: Booth) -> str:
    machine, timer = booth.machine, "booth-rescue@vision.timer"
    machine.put("/run/systemd/system/nvargus-daemon.service", DAEMON)
    booth.drop_in(timer, "90-short", "[Timer]\nOnActiveSec=\nOnActiveSec=20s\nAccuracySec=1s\n")
    machine.does("systemctl", "reset-failed", VISION)
    machine.does("systemctl", "start", "nvargus-daemon.service")
    begun_s = time.monotonic()
    machine.does("mv", STREET, f"{STREET}.away")
    try:
        machine.does("kill", "-KILL", booth.pid("vision"))
        machine.wait(lambda: daemon_starts(booth) == 2, 120)
        daemon_s = time.monotonic() - begun_s
        machine.wait(lambda: booth.notice().startswith("reboot required"), 120)
        notice_s, notice = time.monotonic() - begun_s, booth.notice()
        # It goes on trying: once more without a camera, and then with one.
        machine.wait(lambda: machine.says("systemctl", "is-active", timer) == "active", 10)
        machine.wait(lambda: machine.says("systemctl", "is-active", timer) != "active", 60)
    finally:
        machine.does("mv", f"{STREET}.away", STREET)
    machine.wait(booth.sees, 150)
    machine.wait(lambda: booth.notice() == "ok", 10)
    assert daemon_starts(booth) == 2, "the daemon was restarted more than once"
    back_s = time.monotonic() - begun_s
    machine.does("rm", "/run/systemd/system/nvargus-daemon.service")
    machine.does("systemctl", "daemon-reload")
    story = f"daemon restarted after {daemon_s:.0f} s, notice after {notice_s:.0f} s, ok after {back_s:.0f} s"
    return f"{story} ({notice})"


def daemon_starts(booth: Booth) -> int:
    """How often the daemon of CSI cameras was started."""
    return booth.machine.says("cat", "/run/argus-starts").count("started")


def a_start_that_builds_engines_is_waited_for_as_long_as_it_tells_of_progress(booth: Booth) -> str:
    machine = booth.machine
    machine.path("/srv/builder.py").write_text((Path(__file__).parent / "builder.py").read_text())
    for manner in ("tell", "hush"):
        machine.put(f"/run/systemd/system/building-{manner}.service", BUILDING.format(manner=manner))
    machine.does("systemctl", "daemon-reload")
    begun_s = time.monotonic()
    machine.does("systemctl", "start", "building-tell.service", timeout_s=60)
    took_s = time.monotonic() - begun_s
    silent = machine.run("systemctl", "start", "building-hush.service", timeout_s=60)
    assert silent.returncode != 0
    assert booth.show("building-hush.service", "Result") == "timeout"
    return f"ready after {took_s:.1f} s with a limit of 4 s; a silent one is given up"


def settings_that_do_not_start_say_so_and_ask_for_no_reboot(booth: Booth) -> str:
    machine = booth.machine
    booth.write_settings(novelty={"bank": "/var/lib/booth/vision/nowhere.bank"})
    try:
        machine.does("kill", "-KILL", booth.pid("vision"))
        machine.wait(lambda: booth.notice().startswith("vision does not start"), 150)
        notice = booth.notice()
    finally:
        booth.write_settings()
    machine.wait(lambda: booth.sees() and booth.notice() == "ok", 120)
    return notice


FACTS = (
    a_frozen_vision_is_killed_by_its_watchdog_and_sees_again,
    a_camera_whose_driver_hangs_is_shaken_off_and_sees_again_once_it_delivers,
    a_frozen_uplink_and_display_are_killed_and_come_back,
    a_process_that_is_killed_is_started_again,
    a_pause_feeds_the_watchdog_and_a_paused_start_is_ready,
    without_a_broker_the_uplink_waits_and_is_not_killed,
    a_camera_that_is_away_leads_up_the_ladder_to_a_notice_and_back_by_itself,
    settings_that_do_not_start_say_so_and_ask_for_no_reboot,
    a_start_that_builds_engines_is_waited_for_as_long_as_it_tells_of_progress,
)
