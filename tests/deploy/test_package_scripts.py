"""What runs on a booth besides the program: the launcher chooses a tree, the tree starts, dpkg's scripts keep order."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.update.version import debian_version

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "deploy" / "package"
DEBIAN = PACKAGE / "debian"
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
UNITS = "booth.target booth-update.timer"

needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg"), reason="dpkg compares the versions: no Debian")


class Machine:
    """A root in a folder: the launcher and the scripts with their paths bent into it, and fake commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bin = root / "bin"
        self.bin.mkdir()
        self.log = root / "commands"
        self.update = root / "var/lib/booth-update"
        self.command("python3", f'[ "$2" != -c ] || exec "{sys.executable}" "$@"\necho "$2"')

    def command(self, name: str, body: str = "") -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)

    def tree(self, place: str, version: str = "0.2.0") -> Path:
        folder = self.root / place
        folder.mkdir(parents=True)
        (folder / "launch.py").touch()
        (folder / "build.json").write_text(json.dumps({"schema": "build/1", "version": version}))
        return folder

    def point(self, target: Path | str) -> None:
        self.update.mkdir(parents=True, exist_ok=True)
        (self.update / "current").symlink_to(target)

    def script(self, name: str, version: str = "0.2.0") -> Path:
        text = (DEBIAN / name).read_text()
        for place in ("/usr/lib/booth", "/var/lib/booth", "/var/cache/booth", "/run/", "/etc/"):
            text = text.replace(place, f"{self.root}{place}")
        text = text.replace("/usr/sbin/policy-rc.d", f"{self.bin}/policy-rc.d")
        text = text.replace("/usr/bin/python3", f"{self.bin}/python3").replace(
            "-user root", f"-user {user()}"
        )
        path = self.root / f"{name}.sh"
        named = {"@VERSION@": debian_version(version), "@RELEASE@": version, "@UNITS@": UNITS}
        for word, value in named.items():
            text = text.replace(word, value)
        path.write_text(text)
        return path

    def run(self, name: str, *words: str, version: str = "0.2.0") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(self.script(name, version)), *words], capture_output=True, text=True, check=False,
            env={"PATH": f"{self.bin}:/usr/bin:/bin:/usr/sbin:/sbin"},
        )  # fmt: skip

    def chosen(self) -> str:
        """The tree that the launcher takes, below the root."""
        done = self.run("booth", "doctor")
        assert done.returncode == 0, done.stderr
        return str(Path(done.stdout.strip()).parent.relative_to(self.root))


def user() -> str:
    return getpass.getuser()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.tree("usr/lib/booth", "0.1.0")
    return made


def test_without_an_update_the_packaged_release_runs(machine: Machine) -> None:
    assert machine.chosen() == "usr/lib/booth"
    assert machine.run("booth").stderr == ""


@pytest.mark.parametrize("relative", [True, False])
def test_an_update_runs_instead(machine: Machine, relative: bool) -> None:
    tree = machine.tree("var/lib/booth-update/versions/0.2.0")
    machine.point("versions/0.2.0" if relative else tree)
    assert machine.chosen() == "var/lib/booth-update/versions/0.2.0"


def test_words_with_blanks_reach_the_program_as_they_are(machine: Machine) -> None:
    machine.command("python3", 'shift 2; printf "<%s>" "$@"')
    assert machine.run("booth", "run", "two words", "", "*").stdout == "<run><two words><><*>"


@pytest.mark.parametrize(
    "target",
    [
        "versions/0.9.9",
        "versions",
        "versions/",
        "versions/0.2.0/app",
        "versions/../elsewhere",
        "/",
        "../../../elsewhere",
        "current",
        "versions/0.3.0",
        "versions/loop",
        "versions/out",
    ],
)
def test_a_link_that_leads_to_no_release_is_passed_over_and_said(machine: Machine, target: str) -> None:
    machine.tree("var/lib/booth-update/versions/0.2.0/app")
    machine.tree("elsewhere")
    (machine.update / "versions/0.3.0").mkdir()
    (machine.update / "versions/loop").symlink_to("loop")
    (machine.update / "versions/out").symlink_to(machine.root / "elsewhere")
    machine.point(target)
    assert machine.chosen() == "usr/lib/booth"
    assert "leads to no release" in machine.run("booth").stderr


def test_a_folder_in_the_place_of_the_link_is_no_update(machine: Machine) -> None:
    machine.tree("var/lib/booth-update/current")
    assert machine.chosen() == "usr/lib/booth"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("given", ["versions/0.2.0", "versions/0.2.0/launch.py", "current"])
def test_what_does_not_belong_to_root_does_not_run(machine: Machine, given: str) -> None:
    machine.tree("var/lib/booth-update/versions/0.2.0")
    machine.point("versions/0.2.0")
    os.lchown(machine.update / given, 12345, -1)
    assert machine.chosen() == "usr/lib/booth"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    app = tmp_path / "tree/app/appliance"
    app.mkdir(parents=True)
    (app / "__init__.py").touch()
    (app / "__main__.py").write_text(
        "import json, os, sys\nimport vendored\n"
        "def main(): print(json.dumps([sys.argv, sys.path, dict(os.environ), vendored.__file__]))\n"
    )
    (tmp_path / "tree/site-packages").mkdir()
    (tmp_path / "tree/site-packages/vendored.py").touch()
    shutil.copyfile(PACKAGE / "launch.py", tmp_path / "tree/launch.py")
    build_for(tmp_path / "tree", f"{sys.version_info.major}.{sys.version_info.minor}")
    return tmp_path / "tree"


def build_for(tree: Path, python: str) -> None:
    (tree / "build.json").write_text(json.dumps({"schema": "build/1", "version": "0.1.0", "python": python}))


def launch(tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(tree / "launch.py"), "doctor", "--json"],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def test_a_tree_starts_with_its_own_packages_first(tree: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "vendored.py").write_text("raise SystemExit('hostile')")
    done = launch(tree, PYTHONPATH=str(hostile), BOOTH_NETWORKS="/elsewhere")
    words, path, environment, vendored = json.loads(done.stdout)
    assert words == ["booth", "doctor", "--json"]
    assert path[:2] == [str(tree / "app"), str(tree / "site-packages")]
    assert vendored == str(tree / "site-packages/vendored.py")
    assert environment["BOOTH_NETWORKS"] == str(tree / "models")
    assert environment["PYTHONPATH"] == f"{tree / 'app'}:{tree / 'site-packages'}"
    assert str(hostile) not in path
    assert not list(tree.rglob("__pycache__"))


def test_the_cache_of_a_booth_is_kept_where_somebody_has_set_it(tree: Path) -> None:
    environment = json.loads(launch(tree, XDG_CACHE_HOME="/own").stdout)[2]
    assert environment["XDG_CACHE_HOME"] == "/own"
    environment = json.loads(launch(tree).stdout)[2]
    assert environment.get("XDG_CACHE_HOME") == ("/var/cache" if os.geteuid() == 0 else None)


def test_a_tree_for_another_python_says_which_package_fits(tree: Path) -> None:
    build_for(tree, "3.9")
    done = launch(tree)
    here = f"{sys.version_info.major}{sys.version_info.minor}"
    assert done.returncode == 1
    assert f"was built for Python 3.9, this is 3.{sys.version_info.minor}" in done.stderr
    assert f"+py{here}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", [*SCRIPTS, "booth"])
def test_the_shell_has_nothing_to_say_against_the_scripts(name: str) -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed (apt-get install shellcheck)")
    done = subprocess.run(
        ["shellcheck", "--shell=sh", str(DEBIAN / name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@needs_dpkg
@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (["install"], False),
        (["install", "0.2.0+py310"], False),
        (["upgrade", "0.1.0+py310", "0.2.0+py310"], False),
        (["upgrade", "0.2.0+py310", "0.2.0+py312"], False),
        (["upgrade", "1:0.1.0+py310", "1:0.2.0+py310"], False),
        (["upgrade", "1:0.2.1+py310"], True),
        (["install", "1:0.2.0+py310"], False),
        (["upgrade", "0.2.0~rc1+py310"], False),
        (["upgrade", "0.2.1+py310"], True),
        (["upgrade", "0.10.0+py310"], True),
        (["install", "0.3.0+py310"], True),
        (["abort-upgrade", "0.3.0+py310"], False),
        (["upgrade", "1:0.2.0~rc1+py310"], False),
        (["upgrade", "1:0.2.0~~dev3+py310"], False),
        (["upgrade", "1:0.2.0+rev1+py310"], True),
        (["upgrade", "1:0.2.1~rc1+py310"], True),
    ],
)
def test_only_a_downgrade_is_refused_in_one_line(machine: Machine, words: list[str], refused: bool) -> None:
    done = machine.run("preinst", *words)
    assert done.returncode == int(refused)
    if refused:
        (line,) = done.stderr.splitlines()
        assert f"0.2.0 is older than {words[1].partition('+')[0].removeprefix('1:')}" in line
        assert "apt-get purge booth" in line


@needs_dpkg
@pytest.mark.parametrize(
    ("updated", "stays"),
    [
        ("0.3.0", True),
        ("0.2.0", False),
        ("0.1.9", False),
        ("0.2.0rc1", False),
        ("0.2.0.dev1", False),
        ("0.2.0.post1", True),
        ("0.3.0rc1", True),
        ("no version", False),
    ],
)
def test_an_update_that_is_not_newer_than_the_package_is_given_up(
    machine: Machine, updated: str, stays: bool
) -> None:
    (machine.root / "usr/lib/booth/app").symlink_to(ROOT)
    for name in ("systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper", "deb-systemd-invoke"):
        machine.command(name)
    machine.tree(f"var/lib/booth-update/versions/{updated}", updated)
    machine.point(f"versions/{updated}")
    done = machine.run("postinst", "configure", "0.1.0+py310")
    assert done.returncode == 0, done.stderr
    assert (machine.update / "current").is_symlink() == stays
    assert (machine.update / "versions" / updated / "launch.py").exists()
    assert ("not newer than the package 0.2.0" in done.stdout) != stays


@needs_dpkg
def test_a_release_candidate_gives_way_to_its_release_and_not_the_other_way_round(machine: Machine) -> None:
    candidate, release = "1:0.2.0~rc1+py310", "1:0.2.0+py310"
    assert machine.run("preinst", "upgrade", candidate, version="0.2.0").returncode == 0
    done = machine.run("preinst", "upgrade", release, version="0.2.0rc1")
    assert done.returncode == 1
    assert "0.2.0~rc1 is older than 0.2.0" in done.stderr


def test_what_lay_side_by_side_goes_into_the_folder_of_whom_it_is_of(machine: Machine) -> None:
    for name in ("systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper", "deb-systemd-invoke"):
        machine.command(name)
    state = machine.root / "var/lib/booth"
    for own in ("display", "uplink"):
        (state / own).mkdir(parents=True)
    for name in ("site.json", "remote.json", "pause.json"):
        (state / name).write_text("old")
    (state / "uplink/remote.json").write_text("new")
    done = machine.run("postinst", "configure", "0.1.0+py310")
    assert done.returncode == 0, done.stderr
    moved = {str(path.relative_to(state)): path.read_text() for path in state.rglob("*/*.json")}
    assert moved == {"display/site.json": "old", "uplink/pause.json": "old", "uplink/remote.json": "new"}
    assert machine.run("postinst", "configure", "0.2.0+py310").returncode == 0


@needs_dpkg
def test_a_dangling_update_is_given_up_too(machine: Machine) -> None:
    for name in ("systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper", "deb-systemd-invoke"):
        machine.command(name)
    machine.point("versions/0.9.0")
    assert "cannot be read" in machine.run("postinst", "configure").stdout
    assert not (machine.update / "current").is_symlink()


@needs_dpkg
@pytest.mark.parametrize(
    ("following", "stops"),
    [("0.3.0+py310", True), ("1:0.2.0+py312", True), ("0.1.0", False), ("1:0.1.0+py310", False)],
)
def test_a_downgrade_that_will_be_refused_does_not_stop_the_booth(
    machine: Machine, following: str, stops: bool
) -> None:
    (machine.root / "run/systemd/system").mkdir(parents=True)
    bytecode = machine.root / "usr/lib/booth/app/__pycache__"
    bytecode.mkdir(parents=True)
    machine.command("systemctl")
    assert machine.run("prerm", "upgrade", following).returncode == 0
    assert machine.log.exists() == stops
    assert bytecode.exists() != stops


def test_a_purge_leaves_nothing_and_a_removal_keeps_identity_and_memory(machine: Machine) -> None:
    for name in ("userdel", "groupdel", "deb-systemd-helper"):
        machine.command(name)
    own = ["etc/booth/keys/booth.key", "var/lib/booth/vision/street.bank", "var/lib/booth-update/state.json",
           "var/lib/booth-reset", "var/cache/booth/plans/x", "run/booth/x",
           "etc/systemd/system/booth-vision.service.d/50-machine.conf"]  # fmt: skip
    others = ["etc/booths/x", "var/lib/boothy", "etc/systemd/system/ssh.service.d/x",
              "etc/systemd/system/booth-uplink.service.d/10-data.conf"]  # fmt: skip
    for name in (*own, *others):
        path = machine.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert machine.run("postrm", "remove").returncode == 0
    assert all((machine.root / name).exists() for name in (*own, *others))
    assert machine.run("postrm", "purge").returncode == 0
    assert not [name for name in own if (machine.root / name).exists()]
    assert all((machine.root / name).exists() for name in others)
    gone = [line for line in machine.log.read_text().splitlines() if line.startswith("userdel")]
    users = ("booth-vision", "booth-uplink", "booth-display", "booth-screen", "booth-update")
    assert gone == [f"userdel {user}" for user in users]


def test_a_purge_ends_well_where_the_folders_are_mounts_of_the_data_partition(machine: Machine) -> None:
    """As on a flashed Jetson: rm empties them and fails at the mount point, which is busy."""
    machine.command("rm", 'for place; do :; done; /usr/bin/find "$place" -mindepth 1 -delete; exit 1')
    for name in ("userdel", "groupdel", "deb-systemd-helper", "mountpoint"):
        machine.command(name)
    for name in ("etc/booth/keys/booth.key", "var/lib/booth/vision/street.bank", "run/booth/x"):
        (machine.root / name).parent.mkdir(parents=True, exist_ok=True)
        (machine.root / name).touch()
    done = machine.run("postrm", "purge")
    assert done.returncode == 0, done.stderr
    assert not list(machine.root.glob("*/booth/*"))
    assert "userdel booth-vision" in machine.log.read_text()


def test_what_cannot_be_purged_and_is_no_mount_is_told(machine: Machine) -> None:
    machine.command("rm", "exit 1")
    machine.command("mountpoint", "exit 1")
    (machine.root / "etc/booth").mkdir(parents=True)
    assert machine.run("postrm", "purge").returncode != 0


COMMANDS = ("systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper", "deb-systemd-invoke", "udevadm")


def starts(machine: Machine) -> list[str]:
    """What the package's set-up asks to be started, and how."""
    for name in COMMANDS:
        machine.command(name)
    (machine.root / "run/systemd/system").mkdir(parents=True)
    assert machine.run("postinst", "configure", "0.1.0+py310").returncode == 0
    return [line for line in machine.log.read_text().splitlines() if " start " in line]


@needs_dpkg
def test_an_installation_waits_for_no_engine_and_for_no_trial_of_hours(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.command("systemctl")
    units = "booth.target booth-screen.service booth-update-switch.service booth-update.timer"
    monkeypatch.setitem(globals(), "UNITS", units)
    wanted = ["systemctl --no-block start booth.target", "deb-systemd-invoke start booth-update.timer"]
    assert starts(machine) == wanted


@needs_dpkg
@pytest.mark.parametrize(("answer", "starting"), [(0, True), (104, True), (101, False)])
def test_a_policy_of_the_machine_may_forbid_the_start(machine: Machine, answer: int, starting: bool) -> None:
    machine.command("systemctl")
    machine.command("policy-rc.d", f"exit {answer}")
    assert ("systemctl --no-block start booth.target" in starts(machine)) == starting


@needs_dpkg
def test_a_booth_that_somebody_has_disabled_is_not_started(machine: Machine) -> None:
    machine.command("systemctl", "case $* in *is-enabled*) exit 1 ;; esac")
    assert "systemctl --no-block start booth.target" not in starts(machine)


def test_a_program_that_somebody_has_removed_by_hand_can_be_removed_by_dpkg(machine: Machine) -> None:
    shutil.rmtree(machine.root / "usr/lib/booth")
    assert machine.run("prerm", "remove").returncode == 0
