"""Facts of the package's life: upgraded under traffic, cut off in the middle, refused when older, removed, purged."""

from __future__ import annotations

import time
from itertools import groupby

from tests.deb.booth import UNITS, Booth
from tests.deb.package import NEXT

KEPT = (
    "/var/lib/dpkg", "/var/log", "/var/lib/systemd", "/var/cache/ldconfig", "/var/cache/apt", "/var/lib/apt", "/srv",
    "/tmp", "/var/tmp", "/etc/.pwd.lock", "/root", "/run", "/proc", "/sys", "/dev",
)  # fmt: skip
"What a machine writes whatever is installed."


def version(booth: Booth) -> str:
    """As dpkg has it."""
    return booth.machine.says("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", "booth")


def drained(booth: Booth) -> bool:
    """Whether nothing waits in the outbox."""
    return booth.vitals("uplink").get("outbox_rows") == 0


def gaps(ids: list[str]) -> list[str]:
    """Numbers missing among events of each boot of vision; ids are BOOTH-BOOT-NUMBER."""
    split = sorted({(one.rsplit("-", 1)[0], int(one.rsplit("-", 1)[1])) for one in ids})
    missing = []
    for boot, group in groupby(split, key=lambda pair: pair[0]):
        numbers = [number for _, number in group]
        missing += [f"{boot}-{number}" for number in range(1, max(numbers)) if number not in numbers]
    return missing


def an_upgrade_under_traffic_loses_no_event(booth: Booth) -> str:
    machine = booth.machine
    machine.wait(booth.sees, 60)
    machine.wait(lambda: len(booth.heard()) >= 3, 180, every_s=1)
    before = len(booth.heard())
    begun_s = time.monotonic()
    machine.does("dpkg", "-i", "/srv/next.deb", timeout_s=300)
    machine.wait(lambda: booth.active() and booth.sees(), 90)
    away_s = time.monotonic() - begun_s
    assert NEXT in version(booth), version(booth)
    machine.wait(lambda: len(booth.heard()) >= before + 2, 180, every_s=1)
    machine.wait(lambda: drained(booth), 60)
    ids = booth.heard()
    assert not gaps(ids), gaps(ids)
    assert booth.vitals("uplink").get("outbox_dropped", 0) == 0
    boots = len({one.rsplit("-", 1)[0] for one in ids})
    return f"{len(set(ids))} events of {boots} boots, no gap; ready again {away_s:.1f} s after dpkg began"


def an_older_package_is_refused_and_the_booth_runs_on(booth: Booth) -> str:
    pids = [booth.pid(process) for process in ("vision", "uplink", "display")]
    done = booth.machine.run("dpkg", "-i", "/srv/this.deb", timeout_s=300)
    assert done.returncode != 0
    assert version(booth).startswith("ii"), version(booth)
    assert NEXT in version(booth)
    assert pids == [booth.pid(process) for process in ("vision", "uplink", "display")]
    return next(line for line in done.stderr.splitlines() if "older than" in line)[:90]


def a_power_cut_while_files_are_unpacked_is_healed(booth: Booth) -> str:
    return cut(booth, lambda: bool(list(booth.machine.path("/usr/lib/booth").glob("**/*.dpkg-new"))))


def a_power_cut_while_the_package_is_set_up_is_healed(booth: Booth) -> str:
    def setting_up() -> bool:
        return "half-configured" in booth.machine.path("/var/lib/dpkg/status").read_text(
            errors="replace"
        ) or any(
            "half-configured" in part.read_text(errors="replace")
            for part in booth.machine.path("/var/lib/dpkg/updates").glob("[0-9]*")
        )

    return cut(booth, setting_up)


def cut(booth: Booth, moment: object) -> str:
    """Install the next version once more, cut the power at `moment`, boot, and let dpkg heal it."""
    machine = booth.machine
    assert callable(moment)
    installing = machine.start("dpkg", "-i", "/srv/next.deb")
    machine.wait(moment, 60, every_s=0.01)
    machine.cut_power()
    installing.wait(30)
    boot_s = machine.boot()
    booth.start_city()
    found = version(booth)
    healed = machine.run("dpkg", "--configure", "-a", timeout_s=300)
    way = "dpkg --configure -a"
    if not version(booth).startswith("ii"):
        way = "dpkg -i once more (" + " ".join(healed.stderr.split())[-60:] + ")"
        machine.does("dpkg", "-i", "/srv/next.deb", timeout_s=300)
    assert version(booth).startswith("ii"), version(booth)
    assert not machine.says("dpkg", "--verify", "booth"), "files are not as packed"
    machine.does("systemctl", "start", "booth.target")
    ready_s = machine.wait(lambda: booth.active() and booth.sees(), 90)
    machine.wait(lambda: drained(booth), 60)
    assert not gaps(booth.heard()), gaps(booth.heard())
    story = f"found {found[:2]}, booted in {boot_s:.1f} s, healed by {way}, ready {ready_s:.1f} s later"
    return f"{story}, no event lost"


def after_a_boot_the_booth_is_ready_by_itself(booth: Booth) -> str:
    off_s = booth.machine.switch_off()
    booth.machine.boot()
    booth.start_city()
    ready_s = booth.machine.wait(lambda: booth.active() and booth.sees(), 90)
    return f"off in {off_s:.1f} s, ready {ready_s:.1f} s after the boot"


def removal_stops_the_booth_and_keeps_identity_and_memory(booth: Booth) -> str:
    machine = booth.machine
    machine.does("dpkg", "-r", "booth", timeout_s=300)
    states = machine.says("systemctl", "is-active", *UNITS).split()
    assert set(states) <= {"inactive", "unknown", "failed"}, states
    assert machine.path("/etc/booth/keys/booth.key").exists()
    assert not machine.path("/usr/lib/booth").exists(), "files stay in /usr/lib/booth"
    return "keys, settings and outbox stay"


def a_purge_leaves_nothing(booth: Booth) -> str:
    machine = booth.machine
    machine.does("dpkg", "-P", "booth", timeout_s=300)
    before = set(machine.path("/srv/files-before").read_text().splitlines())
    left = sorted(line for line in set(listing(booth)) - before if not line.startswith(KEPT))
    assert not left, left
    people = machine.says("sh", "-c", "grep booth /etc/passwd /etc/group /etc/shadow || true")
    assert not people, people
    running = machine.says("sh", "-c", "ps -eo args | grep -c '[/]usr/lib/booth' || true")
    assert running == "0", running
    assert not machine.says(
        "sh", "-c", "ls -d /run/booth* /var/lib/booth* /var/cache/booth* 2>/dev/null || true"
    )
    return f"{len(before)} paths before and after"


def listing(booth: Booth) -> list[str]:
    """All paths on the disk, but those that any machine changes."""
    prune = [word for path in KEPT for word in ("-path", path, "-o")][:-1]
    return booth.machine.does("find", "/", "-xdev", "(", *prune, ")", "-prune", "-o", "-print").splitlines()


FACTS = (
    an_upgrade_under_traffic_loses_no_event,
    an_older_package_is_refused_and_the_booth_runs_on,
    a_power_cut_while_files_are_unpacked_is_healed,
    a_power_cut_while_the_package_is_set_up_is_healed,
    after_a_boot_the_booth_is_ready_by_itself,
    removal_stops_the_booth_and_keeps_identity_and_memory,
    a_purge_leaves_nothing,
)
