"""The state folder in the hands of somebody who owns one of the processes: he opens no eye that another has closed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.health import pause
from appliance.health.ask import FILE as ASK
from appliance.health.ask import ask_at
from appliance.health.field import FILE as SESSION
from appliance.health.field import session_at
from appliance.remote_file import FILE as WISH
from appliance.remote_file import Kept, Remote, write_kept
from appliance.site import Site
from appliance.site_file import FILE as SITE
from appliance.site_file import write_site
from tests.systemd.analysis import SYSTEMD

PATIENCE_S = 10.0
UPLINK, GROUP = 54_321, 54_322
"Numbers of a user and a group that no machine has."
NO_MOUNT = 77
MINUTE = "2026-11-26T09:00:00Z"


def lay_pipe(path: Path) -> None:
    os.mkfifo(path)


def lay_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def lay_loop(path: Path) -> None:
    path.symlink_to(path)


def lay_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def lay_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def lay_endless_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def lay_folder(path: Path) -> None:
    path.mkdir()


TRAPS = [lay_pipe, lay_link, lay_loop, lay_dangling_link, lay_socket, lay_endless_file, lay_folder]


def within(work: Callable[[], str]) -> str:
    """What `work` returns; 'waits' where it waits for somebody."""
    found = ["waits"]
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return found[-1]


def why_closed(state: Path) -> str:
    """Why a vision that starts now looks at nobody."""
    remote = Remote(Settings.model_validate({"folders": {"state": state, "runtime": state}}), 0.0)
    return pause.paused_by(state) or remote.fault


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("name", [SITE, WISH, pause.UPLINK, pause.DISPLAY])
def test_whatever_lies_under_a_name_nobody_hangs_and_no_eye_opens(
    tmp_path: Path, name: str, trap: Callable[[Path], None]
) -> None:
    assert why_closed(tmp_path) == ""
    (tmp_path / name).parent.mkdir()
    trap(tmp_path / name)
    assert Path(name).name in within(lambda: why_closed(tmp_path))


@pytest.mark.parametrize("trap", TRAPS)
def test_whatever_lies_where_pauses_wait_for_the_disk_nobody_hangs_and_no_eye_opens(
    tmp_path: Path, trap: Callable[[Path], None]
) -> None:
    state, runtime = tmp_path / "state", tmp_path / "run"
    (runtime / pause.DISPLAY).parent.mkdir(parents=True)
    trap(runtime / pause.DISPLAY)
    assert "pause.json" in within(lambda: pause.paused_by(state, runtime))


@pytest.mark.parametrize("trap", TRAPS)
def test_an_ask_that_is_no_file_is_none(tmp_path: Path, trap: Callable[[Path], None]) -> None:
    (tmp_path / ASK).parent.mkdir(exist_ok=True)
    trap(tmp_path / ASK)
    assert within(lambda: str(ask_at(tmp_path, 1.0))) == "None"


@pytest.mark.parametrize("trap", TRAPS)
def test_a_session_that_is_no_file_is_none(tmp_path: Path, trap: Callable[[Path], None]) -> None:
    (tmp_path / SESSION).parent.mkdir(exist_ok=True)
    trap(tmp_path / SESSION)
    assert within(lambda: str(session_at(tmp_path, 1.0))) == "None"


def test_readers_that_look_again_and_again_keep_no_descriptor(tmp_path: Path) -> None:
    (tmp_path / pause.UPLINK).mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        pause.paused_by(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("process", "others"),
    [("vision", {"display", "uplink"}), ("uplink", {"display"})],
)
def test_each_unit_mounts_the_folders_of_the_others_read_only(process: str, others: set[str]) -> None:
    lines = (SYSTEMD / f"booth-{process}.service").read_text().splitlines()
    named = [line.split("=", 1)[1].split() for line in lines if line.startswith("ReadOnlyPaths=")]
    memory = {"/run/booth/display"}
    assert {path for paths in named for path in paths} == {
        f"/var/lib/booth/{other}" for other in others
    } | memory


@pytest.mark.parametrize("process", ["uplink", "display"])
def test_what_vision_alone_knows_is_mounted_away_for_the_others(process: str) -> None:
    """Not even by another name: without a dash a unit does not start where the mount is not there."""
    lines = (SYSTEMD / f"booth-{process}.service").read_text().splitlines()
    assert "InaccessiblePaths=/var/lib/booth/vision /run/booth/vision" in lines


# What somebody tries who is the uplink: to change, remove, replace or bring back what display has said.
ATTACKS = """
import os, sys
os.chdir(sys.argv[1])
os.setgroups([])
os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[3]))
def swap():
    os.rename("display", "kept"); os.mkdir("display")
attacks = {
    "write": lambda: open("display/site.json", "a"),
    "remove": lambda: os.remove("display/pause.json"),
    "make": lambda: open("display/.site.json.1.part", "x"),
    "rename": lambda: os.rename("display/site.json", "site.json"),
    "link": lambda: os.link("display/site.json", "old.json"),
    "chmod": lambda: os.chmod("display", 0o777),
    "swap": swap,
}
for name, attack in attacks.items():
    try:
        attack()
        print(name)
    except OSError:
        pass
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder as the package makes it: display's own is display's, which is root here."""
    folder = tmp_path / "state"
    folder.mkdir()
    os.chown(folder, 0, GROUP)
    folder.chmod(0o2770)
    write_site(folder, Site(mode="opt-in-zone"))
    pause.pause(folder, "passer-by", MINUTE)
    write_kept(folder, Kept())
    return folder


def attacked(state: Path, *, walled: bool) -> list[str]:
    """The attacks that worked, for a process that lives as the unit does."""
    wall = (
        'mount --bind "$0/display" "$0/display" && mount -o remount,ro,bind "$0/display" && '
        if walled
        else ""
    )
    words = f'{wall}exec "$@"'
    own = [sys.executable, "-I", "-c", ATTACKS, str(state), str(GROUP), str(UPLINK)]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", words, str(state), *own],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == NO_MOUNT or done.stderr.startswith("unshare:"):
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_whoever_owns_the_uplink_changes_nothing_that_display_has_said(state: Path) -> None:
    assert attacked(state, walled=True) == []
    assert why_closed(state) == "paused by passer-by"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_without_the_mount_the_folder_itself_could_be_exchanged(state: Path) -> None:
    """Why the rights of files are not enough in a folder that three users share: the control of the one above."""
    assert attacked(state, walled=False) == ["swap"]
    assert why_closed(state) == ""
