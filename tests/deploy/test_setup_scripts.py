"""The shell steps of set-up: quiet when all is there, one clear line with the cure when not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "deploy" / "package"
BROKER = ROOT / "deploy" / "broker"
BASE_TOOLS = (
    "sh",
    "sed",
    "tr",
    "grep",
    "mktemp",
    "rm",
    "tail",
    "cat",
    "cut",
    "dirname",
    "sha256sum",
    "flock",
    "mkdir",
    "cp",
    "mv",
)
ALL_PRESENT = 'for name in "$@"; do case $name in -*) ;; *) echo "$name installed" ;; esac; done'


class FakeSystem:
    """A PATH with the base tools and the commands a test writes; keeps what apt-get was called with."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "apt.log"
        for tool in BASE_TOOLS:
            real = shutil.which(tool)
            assert real, f"{tool} is not on this machine"
            (self.bin / tool).symlink_to(real)

    def command(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run(self, script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(PACKAGES / script), *map(str, arguments)]
        path = {"PATH": str(self.bin), "TMPDIR": str(self.bin.parent)}
        return subprocess.run(
            command, env=path | environment, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture
def system(tmp_path: Path) -> FakeSystem:
    fake = FakeSystem(tmp_path)
    fake.command("dpkg-query", ALL_PRESENT)
    fake.command("apt-get", f'echo "$@" >> {fake.log}')
    fake.command("id", "echo 1000")
    return fake


@pytest.fixture
def wanted(tmp_path: Path) -> Path:
    path = tmp_path / "packages.txt"
    path.write_text("# a list\none   # why\ntwo-1.0 # why\n")
    return path


def test_with_all_packages_there_nothing_is_said_or_done(system: FakeSystem, wanted: Path) -> None:
    done = system.run("install-system-packages.sh", wanted)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not system.log.exists()


def test_without_root_the_exact_line_is_printed(system: FakeSystem, wanted: Path) -> None:
    system.command("dpkg-query", 'echo "one installed"; echo "two-1.0 config-files"; exit 1')
    done = system.run("install-system-packages.sh", wanted)
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends -y two-1.0\n" in done.stderr
    assert not system.log.exists()


OFFERED = {
    "in the archive": ("echo 'Package: three'; echo 'Depends: libc6'", True),
    "a call of snap": ("echo 'Package: three'; echo 'Pre-Depends: debconf, snapd (>= 2.54)'", False),
    "unknown": ("exit 100", False),
}


@pytest.mark.parametrize("kind", OFFERED)
@pytest.mark.parametrize("besides", [True, False])
def test_a_package_that_may_be_done_without_is_taken_where_it_is_offered(
    system: FakeSystem, wanted: Path, kind: str, besides: bool
) -> None:
    said, taken = OFFERED[kind]
    wanted.write_text(wanted.read_text() + "three?   # why\n")
    system.command("id", "echo 0")
    system.command("apt-cache", said)
    present = "two-1.0" if besides else "two-1.0 installed"
    system.command("dpkg-query", f'echo "one installed"; echo "{present}"')
    done = system.run("install-system-packages.sh", wanted)
    assert done.returncode == 0, done.stderr
    installed = [line for line in log_of(system) if " -y " in f" {line} "]
    names = [*(["two-1.0"] if besides else []), *(["three"] if taken else [])]
    assert installed == (
        [f"install --no-install-recommends -o Dpkg::Use-Pty=0 -y {' '.join(names)}"] if names else []
    )


def test_without_root_nobody_is_asked_for_what_may_be_done_without(system: FakeSystem, wanted: Path) -> None:
    wanted.write_text("one\nthree?\n")
    system.command("dpkg-query", 'echo "one installed"')
    done = system.run("install-system-packages.sh", wanted)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def log_of(system: FakeSystem) -> list[str]:
    return system.log.read_text().splitlines() if system.log.exists() else []


def test_another_distribution_is_told_what_to_install(system: FakeSystem, wanted: Path) -> None:
    (system.bin / "apt-get").unlink()
    done = system.run("install-system-packages.sh", wanted)
    assert done.returncode == 1
    assert "no apt" in done.stderr
    assert "one two-1.0" in done.stderr
    done = system.run("install-system-packages.sh", wanted, BOOTH_SYSTEM_PACKAGES_PRESENT="1")
    assert done.returncode == 0


def test_an_archive_out_of_reach_is_quoted_with_the_cure(system: FakeSystem, wanted: Path) -> None:
    system.command("id", "echo 0")
    system.command("dpkg-query", "exit 1")
    system.command(
        "apt-get", f'echo "$@" >> {system.log}; echo "E: Unable to locate package one" >&2; exit 100'
    )
    done = system.run("install-system-packages.sh", wanted)
    assert done.returncode == 1
    assert "E: Unable to locate package one" in done.stderr
    assert "check the network" in done.stderr
    assert "update" in system.log.read_text()
    assert not list(system.bin.parent.glob("tmp.*"))


@pytest.mark.parametrize(
    ("body", "said"), [("exit 1", "does not run"), ("echo 3.9", "is Python 3.9"), ("echo 3.13", "3.13")]
)
def test_a_python_that_will_not_do_is_named(system: FakeSystem, tmp_path: Path, body: str, said: str) -> None:
    system.command("python", body)
    done = system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=str(system.bin / "python"))
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "venv").exists()


def fake_python(system: FakeSystem) -> str:
    """Write a Python 3.11 whose -m venv makes a folder with itself in it and whose pip does nothing."""
    python = system.bin / "python"
    system.command(
        "python",
        f'case "$*" in *version_info*) echo 3.11 ;; "-m venv"*) for last; do :; done; '
        f"/bin/mkdir -p $last/bin; /bin/cp {python} $last/bin/python; echo made >> {system.log} ;; "
        f'"-m pip"*) echo pip >> {system.log} ;; esac',
    )
    return str(python)


def test_an_environment_is_made_once(system: FakeSystem, tmp_path: Path) -> None:
    python = fake_python(system)
    first = system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=python)
    assert first.returncode == 0, first.stderr
    assert "MB" in first.stdout
    second = system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=python)
    assert (second.returncode, second.stdout) == (0, "")
    assert system.log.read_text() == "made\npip\n"


def test_an_environment_that_does_not_run_is_made_anew(system: FakeSystem, tmp_path: Path) -> None:
    python = fake_python(system)
    system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=python)
    (tmp_path / "venv" / "bin" / "python").unlink()
    done = system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=python)
    assert done.returncode == 0
    assert "making it anew" in done.stdout
    assert system.log.read_text() == "made\npip\nmade\npip\n"


def test_an_environment_cut_short_is_made_anew(system: FakeSystem, tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    done = system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=fake_python(system))
    assert done.returncode == 0
    assert "making it anew" in done.stdout


def test_the_tests_extras_are_added_to_the_same_environment(system: FakeSystem, tmp_path: Path) -> None:
    python = fake_python(system)
    system.run("make-venv.sh", tmp_path / "venv", BOOTH_PYTHON=python)
    system.run("make-venv.sh", tmp_path / "venv", "dev", BOOTH_PYTHON=python)
    for extra in ((), ("dev",)):
        assert system.run("make-venv.sh", tmp_path / "venv", *extra, BOOTH_PYTHON=python).stdout == ""
    assert system.log.read_text() == "made\npip\npip\n"


@pytest.fixture
def jetson(system: FakeSystem, tmp_path: Path) -> Path:
    """An environment whose programs note what they were called with; pycuda is in it."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "booth"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {system.log}\n')
        (programs / name).chmod(0o755)
    (tmp_path / "mark").touch()
    return tmp_path / "venv"


def test_a_computer_that_is_no_jetson_gets_nothing_of_it(system: FakeSystem, jetson: Path) -> None:
    for step in ("tools", "engines"):
        done = system.run("make-jetson.sh", jetson, step, BOOTH_JETSON_MARK="/nowhere")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not system.log.exists()


def test_a_jetson_gets_its_kernels_and_then_its_engines(system: FakeSystem, jetson: Path) -> None:
    mark = str(jetson.parent / "mark")
    assert system.run("make-jetson.sh", jetson, "tools", BOOTH_JETSON_MARK=mark).returncode == 0
    assert system.log.read_text().splitlines()[-1] == "python -m appliance.runtime.jetson.fatbin"
    assert system.run("make-jetson.sh", jetson, "engines", BOOTH_JETSON_MARK=mark).stdout == ""
    assert system.log.read_text().splitlines()[-1] == "booth engines build"


def test_engines_that_fail_are_told_and_end_the_set_up(system: FakeSystem, jetson: Path) -> None:
    (jetson / "bin" / "booth").write_text("#!/bin/sh\necho picodet does not run: recall 0\nexit 1\n")
    done = system.run("make-jetson.sh", jetson, "engines", BOOTH_JETSON_MARK=str(jetson.parent / "mark"))
    assert (done.returncode, done.stderr) == (1, "picodet does not run: recall 0\n")


def test_a_jetson_without_tensorrt_is_told_the_package(system: FakeSystem, jetson: Path) -> None:
    (jetson / "bin" / "python").write_text('#!/bin/sh\ncase "$2" in *tensorrt*) exit 1 ;; esac\n')
    done = system.run("make-jetson.sh", jetson, "tools", BOOTH_JETSON_MARK=str(jetson.parent / "mark"))
    assert done.returncode == 1
    assert "apt-get install python3-libnvinfer" in done.stderr


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    folder = tmp_path / "pins"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}")
    return folder


def test_the_asyncapi_parser_is_left_out_quietly_where_there_is_no_npm_or_an_old_node(
    system: FakeSystem, pins: Path
) -> None:
    cache = str(pins.parent / "cache")
    done = system.run("make-npm.sh", pins, "asyncapi", "the parser", XDG_CACHE_HOME=cache)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    system.command("npm", "exit 7")
    system.command("node", "exit 1")
    done = system.run("make-npm.sh", pins, "asyncapi", "the parser", XDG_CACHE_HOME=cache)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_asyncapi_parser_is_brought_once_and_anew_when_its_pins_change(
    system: FakeSystem, pins: Path
) -> None:
    cache = pins.parent / "cache"
    system.command("node", "exit 0")
    system.command("npm", 'mkdir "$2/node_modules"')
    for expected in ("bringing the parser", ""):
        done = system.run("make-npm.sh", pins, "asyncapi", "the parser", XDG_CACHE_HOME=str(cache))
        assert (done.returncode, done.stderr) == (0, "")
        assert expected in done.stdout
        assert expected or not done.stdout
    (pins / "package-lock.json").write_text("{ }")
    assert (
        "bringing"
        in system.run("make-npm.sh", pins, "asyncapi", "the parser", XDG_CACHE_HOME=str(cache)).stdout
    )
    assert len(list(cache.glob("booth/asyncapi/*/node_modules"))) == 1


def test_an_npm_that_fails_is_told_and_leaves_nothing_half_done(system: FakeSystem, pins: Path) -> None:
    cache = pins.parent / "cache"
    system.command("node", "exit 0")
    system.command("npm", "echo npm error ECONNREFUSED; exit 1")
    done = system.run("make-npm.sh", pins, "asyncapi", "the parser", XDG_CACHE_HOME=str(cache))
    assert done.returncode == 0
    assert "ECONNREFUSED" in done.stderr
    assert "its test is skipped" in done.stderr
    assert list(cache.glob("booth/asyncapi/*")) == []


def test_bare_make_lists_the_verbs() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for verb in ("setup", "run", "test", "check", "bench", "clean"):
        assert f"  make {verb} " in done.stdout


def test_whoever_answers_for_the_package_may_have_an_apostrophe(tmp_path: Path) -> None:
    system = FakeSystem(tmp_path)
    system.command("python", 'printf "<%s>" "$@"')
    contact = 'Anna O\'Brien of "the" booths <anna@example.org>'
    for given, said in ((f"CONTACT={contact}", f"<--contact><{contact}>"), ("X=1", "deb.py><--version>")):
        command = ["make", "-s", "-o", "setup", "deb", f"BIN={system.bin}", given]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert said in done.stdout


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_pass_shellcheck() -> None:
    kit = (path for path in BROKER.iterdir() if path.suffix == ".sh" or os.access(path, os.X_OK))
    cluster = ROOT / "tests" / "cluster" / "run.sh"
    scripts = [*map(str, (*PACKAGES.glob("*.sh"), *kit, cluster)), str(ROOT / ".ci" / "run")]
    done = subprocess.run(
        ["shellcheck", *scripts], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.stdout == ""


def test_no_script_names_a_registry() -> None:
    files = [
        path
        for path in (*PACKAGES.iterdir(), *BROKER.iterdir(), *(ROOT / "engines").iterdir(), ROOT / "Makefile")
        if path.is_file()
    ]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not any(host in text for host in ("pypi" + ".org", "pythonhosted", "debian" + ".org")), path
