"""Facts of an update on an installed booth, by its real units: fetched, tried, kept; rolled back; finished after a cut.

The kernel of the machine that plays all this may not know whether its clock is set, and a container cannot tell it. So
one constant of the installed program is changed: which bit says so. Whoever asks still has to be allowed to ask.
"""

from __future__ import annotations

import json
import shutil

from securesystemslib.signer import CryptoSigner

from appliance.update.bundle import write_bundle
from appliance.update.offer import Offer
from appliance.update.publisher_keys import ONLINE, load_signer, make_keys
from appliance.update.repository import Repository
from tests.deb.booth import Booth

SITE, PORT = "/srv/updates", 8460
URL = f"http://127.0.0.1:{PORT}"
GOOD, BAD = "0.9.0", "0.9.1"
SERVER = f"""[Unit]
Description=Update server of the city
[Service]
ExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory {SITE} {PORT}
Restart=always
"""
HOME = "/var/lib/booth-update"
TRIAL_S = 300.0
"A good one is kept after a minute without a fault, a bad one goes after its restarts."


def publish(booth: Booth, version: str, broken: str = "") -> None:
    """Offer the installed program under another number; `broken`: a module that then lacks something."""
    machine, folder = booth.machine, booth.machine.folder
    tree = folder / f"release-{version}"
    shutil.copytree(machine.path("/usr/lib/booth"), tree, ignore=shutil.ignore_patterns("__pycache__"))
    build = json.loads((tree / "build.json").read_text())
    (tree / "build.json").write_text(json.dumps({**build, "version": version}))
    if broken:
        file = tree / "app" / broken
        file.write_text(
            file.read_text().replace("import annotations", "import annotations\nimport nothing_there", 1)
        )
    bundle = folder / f"{version}.tar.gz"
    manifest = write_bundle(tree, bundle)
    facts = {"version": version, "python": manifest.python, "arch": manifest.arch, "ring": "all"}
    custom = {**facts, "min_version": None, "unpacked_bytes": manifest.size}
    offer = Offer(bundle, f"bundles/booth-{version}.tar.gz", custom)
    Repository(machine.path(SITE)).add([offer], signers(booth))
    shutil.rmtree(tree)


def signers(booth: Booth) -> dict[str, CryptoSigner]:
    """Of targets, snapshot, timestamp."""
    keys = booth.machine.folder / "update-keys"
    return {role: load_signer(keys / f"{role}.pem") for role in ONLINE}


def notice(booth: Booth) -> str:
    """What is said of updates."""
    text = booth.machine.says("cat", "/var/lib/booth/notice-update.json")
    return str(json.loads(text)["text"]) if text else "none"


def phase(booth: Booth) -> str:
    """Where the journal stands."""
    text = booth.machine.says("cat", f"{HOME}/state.json")
    return str(json.loads(text)["phase"]) if text else "none"


def trees(booth: Booth) -> set[str]:
    """Where the code of the three processes lies."""
    pids = [booth.pid(process) for process in ("vision", "uplink", "display")]
    lines = [booth.machine.says("sh", "-c", f"tr '\\0' ' ' < /proc/{pid}/cmdline") for pid in pids]
    return {next((word for word in line.split() if word.endswith("launch.py")), line) for line in lines}


def a_newer_program_is_fetched_tried_and_kept(booth: Booth) -> str:
    machine = booth.machine
    prepare(booth)
    publish(booth, GOOD)
    machine.wait(lambda: booth.active() and booth.sees(), 90)
    machine.does("systemctl", "start", "booth-update.service", timeout_s=300)
    fetched = machine.says("cat", f"{HOME}/courier/note.json")
    assert '"downloaded"' in fetched, fetched + machine.says(
        "journalctl", "-u", "booth-update*", "-n", "20", "-o", "cat"
    )
    begun = machine.wait(lambda: notice(booth).startswith("trying"), 120)
    kept_s = machine.wait(lambda: phase(booth) == "kept", TRIAL_S, every_s=1)
    assert trees(booth) == {f"{HOME}/current/launch.py"} or all(GOOD in tree for tree in trees(booth)), trees(
        booth
    )
    assert booth.active()
    return f"on trial {begun:.0f} s after the fetch, kept {kept_s:.0f} s later: {notice(booth)}"


def a_program_that_does_not_start_is_rolled_back_with_its_own_words(booth: Booth) -> str:
    machine = booth.machine
    publish(booth, BAD, broken="appliance/display/process.py")
    machine.does("rm", "-f", f"{HOME}/courier/note.json")
    machine.does("systemctl", "start", "booth-update.service", timeout_s=300)
    machine.wait(lambda: phase(booth) == "trying", 120)
    back_s = machine.wait(lambda: phase(booth) == "rolled-back", TRIAL_S, every_s=1)
    # All three: the one that failed may come up on the old program by itself, before all are restarted.
    machine.wait(lambda: all(GOOD in tree for tree in trees(booth)), 120)
    machine.wait(lambda: booth.active() and booth.sees(), 120)
    machine.wait(lambda: notice(booth).startswith("rolled back"), 60)
    assert "nothing_there" in notice(booth), notice(booth)
    assert all(GOOD in tree for tree in trees(booth)), trees(booth)
    return f"back after {back_s:.0f} s: {notice(booth)}"


def a_technician_goes_back_to_the_packaged_program(booth: Booth) -> str:
    said = booth.machine.does("booth", "update", "rollback", "--reason", "asked to", timeout_s=120)
    back_s = booth.machine.wait(lambda: booth.active() and booth.sees(), 120)
    assert trees(booth) == {"/usr/lib/booth/launch.py"}, trees(booth)
    assert "packaged" in said.splitlines()[0], said
    return f"ready again {back_s:.1f} s later: {notice(booth)}"


def prepare(booth: Booth) -> None:
    """A publisher, his server in the machine, and a booth that is told of both."""
    machine = booth.machine
    keys = machine.folder / "update-keys"
    make_keys(keys, 3)
    roots = [load_signer(keys / f"root-{number}.pem") for number in (1, 2, 3)]
    public = {role: signer.public_key for role, signer in signers(booth).items()}
    Repository(machine.path(SITE)).begin(roots, public, 2, signers(booth))
    anchor = machine.path("/etc/booth/update/root.json")
    anchor.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(machine.path(SITE) / "metadata/1.root.json", anchor)
    machine.put("/run/systemd/system/city-updates.service", SERVER)
    clock = machine.path("/usr/lib/booth/app/appliance/health/clock.py")
    clock.write_text(clock.read_text().replace("STA_UNSYNC = 0x40", "STA_UNSYNC = 0"))
    machine.does("sh", "-c", "find /usr/lib/booth/app/appliance/health -name 'clock*.pyc' -delete")
    booth.write_settings(update={"url": URL, "window": [0, 24]})
    machine.does("systemctl", "daemon-reload")
    machine.does("systemctl", "start", "city-updates.service")


FACTS = (
    a_newer_program_is_fetched_tried_and_kept,
    a_program_that_does_not_start_is_rolled_back_with_its_own_words,
    a_technician_goes_back_to_the_packaged_program,
)
