"""The Python packages of a release: the project and its lock go in, a folder for one Python and machine comes out.

No package is built or run: wheels are brought for the target, whatever this machine is, and unpacked. pip evaluates the
markers of a package for the Python that it runs on, not for the target; so the packages that are needed are found here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from functools import cached_property
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
"Debian's name of a machine -> the kernel's."
NEWEST_GLIBC = 35
"Of Ubuntu 22.04, the oldest system that a booth runs on; wheels for an older one run there too."
OLDEST_GLIBC = 12
UNWANTED = ("tests", "test", "__pycache__", "bin", ".gitignore")
"What nobody imports on a booth; pip puts scripts with the path of this machine's Python into bin."


@dataclass(frozen=True)
class Target:
    """The Python and the machine that a release is for."""

    arch: str
    "Debian's name: amd64 or arm64."
    python: str
    "Like 3.10."

    @property
    def tag(self) -> str:
        """Like py310, as package versions and file names have it."""
        return "py" + self.python.replace(".", "")

    def environment(self) -> dict[str, str]:
        """What markers are evaluated with."""
        here = {name: str(value) for name, value in default_environment().items()}
        machine = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""}
        version = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return {**here, **machine, **version, "platform_machine": MACHINES[self.arch]}

    def pip_options(self) -> list[str]:
        """What makes pip choose wheels for the target instead of this machine."""
        machine = MACHINES[self.arch]
        platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)]
        platforms += [f"manylinux2014_{machine}", f"linux_{machine}"]
        named = [word for platform in platforms for word in ("--platform", platform)]
        return [*named, "--python-version", self.python, "--implementation", "cp", "--only-binary=:all:"]


def pins_for(lock: str, target: Target) -> dict[str, str]:
    """Return name -> version of the lock's lines that hold for the target."""
    lines = [line for line in lock.splitlines() if line.strip() and not line.startswith("#")]
    wanted = [Requirement(line.partition(" # ")[0]) for line in lines]
    holding = [one for one in wanted if one.marker is None or one.marker.evaluate(target.environment())]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in holding}


def project_requirements(pyproject: str) -> list[str]:
    """Return what the project needs at run time. Read by hand: tomllib is not of Python 3.10."""
    block = re.search(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    if block is None:
        sys.exit("vendor: pyproject.toml has no list of dependencies; restore it from git")
    return re.findall(r'^\s*"([^"]+)"', block[1], re.MULTILINE)


@dataclass(frozen=True)
class Wheel:
    """One package as it was published."""

    path: Path

    @property
    def name(self) -> str:
        """In the one spelling of names."""
        return parse_wheel_filename(self.path.name)[0]

    @property
    def version(self) -> str:
        """Of the package."""
        return str(parse_wheel_filename(self.path.name)[1])

    @cached_property
    def _facts(self) -> Message:
        with zipfile.ZipFile(self.path) as archive:
            (member,) = [name for name in archive.namelist() if METADATA.fullmatch(name)]
            return HeaderParser().parsestr(archive.read(member).decode("utf-8"))

    @property
    def licence(self) -> str:
        """What it says of its licence, one line."""
        named = self._facts["License-Expression"] or (self._facts["License"] or "").strip()
        kinds = [line for line in self._facts.get_all("Classifier", []) if line.startswith("License ::")]
        # Some give the whole text there.
        if not named or "\n" in named or named.startswith("Copyright"):
            named = ", ".join(kind.rpartition(":: ")[2] for kind in kinds)
        return named or "not stated"

    @property
    def owner(self) -> str:
        """Whom it names as its authors or keepers."""
        fields = ("Author", "Author-email", "Maintainer", "Maintainer-email")
        named = next((self._facts[field] for field in fields if self._facts[field]), "its authors")
        return " ".join(str(named).split())

    def members(self) -> list[str]:
        """Return the paths inside, below site-packages once it is unpacked."""
        with zipfile.ZipFile(self.path) as archive:
            return [name for name in archive.namelist() if ".data/" not in name.partition("/")[0] + "/"]

    def requirements(self) -> Iterator[Requirement]:
        """Yield what it needs, markers not yet evaluated."""
        return map(Requirement, self._facts.get_all("Requires-Dist", []))

    def needs(self, target: Target, extra: str = "") -> dict[str, set[str]]:
        """Return the packages that it needs on the target, and which of their extras."""
        environment, needed = {**target.environment(), "extra": extra}, dict[str, set[str]]()
        for one in self.requirements():
            if one.marker is None or one.marker.evaluate(environment):
                needed.setdefault(key(one), set()).update(one.extras)
        return needed


class Wheelhouse:
    """The wheels of one target, brought once and kept. Owner of its folder."""

    def __init__(self, folder: Path, target: Target, pins: dict[str, str]) -> None:
        """Nothing is brought yet."""
        self._folder = folder
        self._target = target
        self._pins = pins

    def bring_all(self, requirements: Iterable[str]) -> list[Wheel]:
        """Return the wheels of the requirements and of all that those need, sorted by name."""
        wheels: dict[str, Wheel] = {}
        wave = {name: set(one.extras) for one in map(Requirement, requirements) if (name := key(one))}
        asked: set[tuple[str, str]] = set()
        while wave:
            self._bring(name for name in wave if name not in wheels)
            wheels.update({name: self._wheel(name) for name in wave})
            pairs = {(name, extra) for name, extras in wave.items() for extra in {"", *extras}} - asked
            asked |= pairs
            wave = self._needs(pairs, wheels)
        return [wheels[name] for name in sorted(wheels)]

    def _needs(self, pairs: set[tuple[str, str]], wheels: dict[str, Wheel]) -> dict[str, set[str]]:
        needed: dict[str, set[str]] = {}
        for name, extra in sorted(pairs):
            for other, extras in wheels[name].needs(self._target, extra).items():
                needed.setdefault(other, set()).update(extras)
        return needed

    def _bring(self, names: Iterable[str]) -> None:
        missing = [f"{name}=={self._pin(name)}" for name in names if self._find(name) is None]
        if not missing:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps",
                   "--dest", str(self._folder), *self._target.pip_options(), *missing]  # fmt: skip
        if subprocess.run(command, check=False).returncode:
            sys.exit(
                f"vendor: no wheels for {self._target}: {', '.join(missing)}; check the network and the lock"
            )

    def _pin(self, name: str) -> str:
        if name not in self._pins:
            sys.exit(f"vendor: {name} is needed for {self._target} and is not in the lock; run: make lock")
        return self._pins[name]

    def _find(self, name: str) -> Wheel | None:
        for wheel in map(Wheel, sorted(self._folder.glob("*.whl"))):
            if wheel.name == name and wheel.version == self._pin(name):
                return wheel
        return None

    def _wheel(self, name: str) -> Wheel:
        found = self._find(name)
        assert found, f"pip said that it has brought {name}"
        return found


def key(requirement: Requirement) -> str:
    """Return the one spelling of a package's name."""
    return canonicalize_name(requirement.name)


def unpack(wheels: Iterable[Wheel], target: Target, folder: Path) -> None:
    """Put wheels into `folder` as pip lays them out, without bytecode, tests and scripts.

    They were brought for the target's Python, and pip 23 would hold a file's Requires-Python against this machine's.
    """
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps",
               "--no-index", "--no-compile", "--no-warn-conflicts", "--ignore-requires-python", "--target", str(folder),
               *target.pip_options()]  # fmt: skip
    subprocess.run([*command, *(str(wheel.path) for wheel in wheels)], check=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.name in UNWANTED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    # Says from which path of this machine a wheel was installed.
    for path in folder.glob("*.dist-info/direct_url.json"):
        path.unlink()
