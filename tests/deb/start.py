"""Facts of a package that was just installed: ready soon, keys only where they belong, units as tight as promised."""

from __future__ import annotations

import re
import time

from tests.deb.booth import PROCESSES, UNITS, Booth
from tests.deb.sandbox import try_inside

MOST_EXPOSURE = 2.0
LONG_START_S = 20
OTHERS = (
    "booth-rescue@vision.service", "booth-provision.service", "booth-provision@sdz1.service",
    "booth-factory-reset.service", "booth-update.service", "booth-update-boot.service", "booth-update-switch.service",
)  # fmt: skip
ALL_UNITS = (*UNITS, *OTHERS, "booth.target", "booth-rescue@vision.timer", "booth-update.timer")


def from_dpkg_to_ready_with_a_picture_and_online_by_mutual_tls(booth: Booth) -> str:
    machine = booth.machine
    begun_s = time.monotonic()
    machine.does("dpkg", "-i", "/srv/this.deb", timeout_s=300)
    unpacked_s = time.monotonic() - begun_s
    machine.wait(booth.active, 60)
    ready_s = time.monotonic() - begun_s
    machine.wait(booth.sees, 30)
    machine.wait(lambda: booth.vitals("uplink").get("state") == "online", 30)
    online_s = time.monotonic() - begun_s
    return f"dpkg done {unpacked_s:.1f} s, all READY {ready_s:.1f} s, picture and broker {online_s:.1f} s"


def each_process_runs_as_its_own_user_in_the_booths_group(booth: Booth) -> str:
    told = []
    for process in PROCESSES:
        user = booth.machine.says("ps", "-o", "user:32=,group:32=", "-p", booth.pid(process))
        assert user.split() == [f"booth-{process}", "booth"], user
        told.append(user.split()[0])
    return ", ".join(told)


def keys_come_to_the_uplink_as_credentials_and_to_nobody_else(booth: Booth) -> str:
    folder = booth.machine.says("sh", "-c", "ls -d /run/credentials/booth-uplink.service")
    for process in PROCESSES:
        attempts = ["environment=CREDENTIALS_DIRECTORY", f"read={folder}", f"read={folder}/booth.key"]
        found = try_inside(
            booth, process, *attempts, "read=/etc/booth/keys", "read=/etc/booth/keys/booth.key"
        )
        assert not [way for way, how in found.items() if "read" in way and (how == "ok" or "names" in how)], (
            found
        )
    own = try_inside(booth, "uplink", "read=/run/credentials/probe-uplink.service/booth.key")
    names = try_inside(booth, "uplink", "read=/run/credentials/probe-uplink.service")
    assert list(own.values()) == ["ok"], own
    return str(next(iter(names.values())))


def the_booths_state_is_for_its_group_only(booth: Booth) -> str:
    others = booth.machine.says(
        "find", "/var/lib/booth", "/run/booth", "/etc/booth/keys", "-perm", "/o+rwx", "!", "-type", "l"
    )
    open_ones = [line for line in others.splitlines() if "notice-" not in line]
    assert not open_ones, open_ones
    assert booth.machine.says("stat", "-c", "%a %U:%G", "/etc/booth/booth.yaml") == "640 root:booth"
    return booth.machine.says(
        "stat",
        "-c",
        "%a %U:%G",
        "/var/lib/booth",
        "/run/booth",
        "/var/lib/booth/vision",
        "/var/lib/booth/display",
        "/var/lib/booth/uplink",
        "/run/booth/display",
        "/run/booth/vision",
    ).replace("\n", ", ")


def systemd_verifies_the_units_without_a_word(booth: Booth) -> str:
    done = booth.machine.run("systemd-analyze", "verify", *ALL_UNITS)
    words = (done.stdout + done.stderr).strip()
    ours = [line for line in words.splitlines() if "booth" in line]
    assert not ours, words
    return f"systemd {booth.machine.says('systemctl', '--version').split()[1]}"


def no_unit_is_exposed_by_more_than_two(booth: Booth) -> str:
    told = []
    for unit in (*UNITS, *OTHERS):
        report = booth.machine.does("systemd-analyze", "security", "--no-pager", unit)
        found = re.search(r"exposure level for \S+: ([\d.]+)", report)
        assert found, report[-200:]
        assert float(found[1]) <= MOST_EXPOSURE, f"{unit}: {found[1]}"
        told.append(f"{unit.removeprefix('booth-').removesuffix('.service')} {found[1]}")
    return ", ".join(told)


def the_drop_ins_are_as_the_machine_wants_them(booth: Booth) -> str:
    booth.machine.does("booth", "units", "--check")
    return booth.machine.says("sh", "-c", "cd /etc/systemd/system; ls booth-*.d/*")


def dpkg_does_not_wait_for_a_start_that_takes_long(booth: Booth) -> str:
    """As the first one on a Jetson does, which builds engines."""
    machine, unit = booth.machine, UNITS[0]
    booth.drop_in(unit, "90-long", f"[Service]\nExecStartPre=/bin/sleep {LONG_START_S}\n")
    begun_s = time.monotonic()
    try:
        machine.does("dpkg", "-i", "/srv/this.deb", timeout_s=300)
        done_s = time.monotonic() - begun_s
        assert booth.show(unit, "ActiveState") == "activating"
    finally:
        booth.undo(unit, "90-long")
    machine.wait(lambda: booth.active() and booth.sees(), 90)
    return f"dpkg done {done_s:.1f} s, READY {time.monotonic() - begun_s:.1f} s with {LONG_START_S} s more to start"


FACTS = (
    from_dpkg_to_ready_with_a_picture_and_online_by_mutual_tls,
    each_process_runs_as_its_own_user_in_the_booths_group,
    keys_come_to_the_uplink_as_credentials_and_to_nobody_else,
    the_booths_state_is_for_its_group_only,
    systemd_verifies_the_units_without_a_word,
    no_unit_is_exposed_by_more_than_two,
    the_drop_ins_are_as_the_machine_wants_them,
    dpkg_does_not_wait_for_a_start_that_takes_long,
)
