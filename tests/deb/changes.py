"""Facts of the package's life: upgraded under traffic, cut off in the middle, refused when older, removed, purged."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.deb.booth import UNITS, Booth
from tests.deb.package import NEXT

KEPT = (
    "/var/lib/dpkg", "/var/log", "/var/lib/systemd", "/var/cache/ldconfig", "/var/cache/apt", "/var/lib/apt", "/srv",
    "/tmp", "/var/tmp", "/etc/.pwd.lock", "/root", "/run", "/proc", "/sys", "/dev",
)  # fmt: skip
"What a machine writes whatever is installed."


WRITER, CODE, COMMITTED = "/srv/writer.py", "/srv/writer-code", "/srv/committed"
TRAFFIC = f"""[Service]
User=booth-vision
Group=booth
UMask=0007
Environment=PYTHONPATH={CODE}/app:{CODE}/site-packages PYTHONDONTWRITEBYTECODE=1
ExecStart=/usr/bin/python3 {WRITER} /var/lib/booth/outbox.sqlite {COMMITTED} {{boot}}
"""


class Traffic:
    """Events of a known number, written into the booth's outbox all the while; begins at once."""

    def __init__(self, booth: Booth, boot: str) -> None:
        self._booth = booth
        machine = booth.machine
        self.stop()
        machine.path(WRITER).write_text((Path(__file__).parent / "writer.py").read_text())
        # Its own copy of the booth's code: the package changes under it.
        machine.does(
            "sh", "-c", f"mkdir {CODE}; cp -a /usr/lib/booth/app /usr/lib/booth/site-packages {CODE}"
        )
        machine.does("sh", "-c", f"touch {COMMITTED}; chown booth-vision {COMMITTED}")
        machine.put("/run/systemd/system/traffic.service", TRAFFIC.format(boot=boot))
        machine.does("systemctl", "daemon-reload")
        machine.does("systemctl", "start", "traffic.service")

    def stop(self) -> None:
        """No more events."""
        self._booth.machine.run("systemctl", "stop", "traffic.service")
        self._booth.machine.does("rm", "-rf", CODE)


def committed(booth: Booth) -> list[str]:
    """Ids of the events that were on disk."""
    return booth.machine.path(COMMITTED).read_text().split()


def all_heard(booth: Booth) -> str:
    """Whether each event that was committed arrived; how many there were. Raises AssertionError."""
    booth.machine.wait(lambda: drained(booth) and set(committed(booth)) <= set(booth.heard()), 90, every_s=1)
    heard, sent = booth.heard(), committed(booth)
    twice = len(heard) - len(set(heard))
    return f"{len(sent)} events committed, all heard, {twice} twice"


def version(booth: Booth) -> str:
    """As dpkg has it."""
    return booth.machine.says("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", "booth")


def drained(booth: Booth) -> bool:
    """Whether nothing waits in the outbox."""
    return booth.vitals("uplink").get("outbox_rows") == 0


def an_upgrade_under_traffic_loses_no_event(booth: Booth) -> str:
    machine = booth.machine
    machine.wait(booth.sees, 60)
    traffic = Traffic(booth, "0badcafe")
    machine.wait(lambda: len(committed(booth)) >= 20, 30)
    begun_s = time.monotonic()
    machine.does("dpkg", "-i", "/srv/next.deb", timeout_s=300)
    machine.wait(lambda: booth.active() and booth.sees(), 90)
    away_s = time.monotonic() - begun_s
    assert NEXT in version(booth), version(booth)
    traffic.stop()
    return f"{all_heard(booth)}; ready again {away_s:.1f} s after dpkg began"


def an_older_package_is_refused_and_the_booth_runs_on(booth: Booth) -> str:
    pids = [booth.pid(process) for process in ("vision", "uplink", "display")]
    done = booth.machine.run("dpkg", "-i", "/srv/this.deb", timeout_s=300)
    assert done.returncode != 0
    assert version(booth).startswith("ii"), version(booth)
    assert NEXT in version(booth)
    assert pids == [booth.pid(process) for process in ("vision", "uplink", "display")]
    return next(line for line in done.stderr.splitlines() if "older than" in line)[:90]


def a_power_cut_while_files_are_unpacked_is_healed(booth: Booth) -> str:
    return cut(booth, partial(unpacking, booth))


def a_power_cut_while_the_package_is_set_up_is_healed(booth: Booth) -> str:
    return cut(booth, partial(setting_up, booth))


def unpacking(booth: Booth) -> bool:
    """Whether dpkg has laid new files beside the old ones."""
    try:
        return any(True for _ in booth.machine.path("/usr/lib/booth/site-packages").glob("**/*.dpkg-new"))
    except FileNotFoundError:  # the files change under the search
        return False


def setting_up(booth: Booth) -> bool:
    """Whether dpkg runs the package's postinst. (Its status says half-configured at the prerm before as well.)"""
    return booth.machine.run("pgrep", "-f", "booth.postinst configure").returncode == 0


def cut(booth: Booth, moment: Callable[[], bool]) -> str:
    """Install the next version once more, cut the power at `moment`, boot, and let dpkg heal it."""
    machine = booth.machine
    Traffic(booth, f"0badc{len(committed(booth)) % 4096:03x}")
    installing = machine.start("dpkg", "-i", "/srv/next.deb")
    machine.wait(moment, 60, every_s=0.01)
    machine.cut_power()
    installing.wait(30)
    boot_s = machine.boot()
    machine.does("rm", "-rf", CODE)
    booth.start_city()
    found = version(booth)
    healed = machine.run("dpkg", "--configure", "-a", timeout_s=300)
    way = "dpkg --configure -a"
    if not version(booth).startswith("ii"):
        way = "dpkg -i once more (" + " ".join(healed.stderr.split())[:120] + ")"
        machine.does("dpkg", "-i", "/srv/next.deb", timeout_s=300)
    assert version(booth).startswith("ii"), version(booth)
    other = machine.says("dpkg", "--verify", "booth")
    assert not other, other
    machine.does("systemctl", "start", "booth.target")
    ready_s = machine.wait(lambda: booth.active() and booth.sees(), 90)
    story = f"found {found[:2]}, booted in {boot_s:.1f} s, healed by {way}, ready {ready_s:.1f} s later"
    return f"{story}; {all_heard(booth)}"


def after_a_boot_the_booth_is_ready_by_itself(booth: Booth) -> str:
    off_s = booth.machine.switch_off()
    begun_s = time.monotonic()
    booth.machine.boot()
    booth.start_city()
    booth.machine.wait(lambda: booth.active() and booth.sees(), 90)
    return f"off in {off_s:.1f} s, ready with a picture {time.monotonic() - begun_s:.1f} s after power-on"


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
