"""Makes the Debian package: a release tree and the files of this folder go in, booth_VERSION+pyXY_ARCH.deb comes out.

Plain dpkg-deb: everything is already built, nothing is to be stripped, and any machine packs for any other. The same
source gives the same bytes: times are that of the commit (SOURCE_DATE_EPOCH), names are sorted, modes are set here.

usage: deb.py --arch amd64|arm64 --python 3.10 --version 1.2.3 [--contact 'NAME <MAIL>'] [--quick] FOLDER
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from pathlib import Path

from release import HERE, ROOT, check_version, make_tree  # isort: skip
from documents import package_version, write_documents
from packing import COMPRESSION, QUICK, checksums, installed_kb, pack, settle, source_date
from vendor import Target

from appliance.errors import told_in_a_line
from appliance.update.version import debian_version

DEBIAN = HERE / "debian"
CONTACT = "Booth maintainers <security@booth.invalid>"
"Whoever puts booths into streets names a mailbox that somebody reads: make deb CONTACT='...'."
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
SYSTEM_FILES = {
    "systemd/*.*": "lib/systemd/system",
    "deploy/package/sysusers.d/*.conf": "usr/lib/sysusers.d",
    "deploy/package/tmpfiles.d/*.conf": "usr/lib/tmpfiles.d",
    "deploy/package/udev/*.rules": "lib/udev/rules.d",
    "deploy/package/sysctl.d/*.conf": "usr/lib/sysctl.d",
    "deploy/package/nvargus-daemon.service.d/*.conf": "lib/systemd/system/nvargus-daemon.service.d",
    "deploy/package/apport.service.d/*.conf": "lib/systemd/system/apport.service.d",
    "deploy/package/journald.conf.d/*.conf": "usr/lib/systemd/journald.conf.d",
}
"Files of the checkout -> where they lie on a machine."
UNIT_KINDS = {".service", ".target", ".timer", ".path", ".socket", ".mount", ".slice"}
LIBRARIES = (
    "libc6 (>= 2.28)",
    "libgcc-s1",
    "libstdc++6",
    "zlib1g",
    "systemd",
    "passwd",
)
RECOMMENDED = {"arm64": "Recommends: python3-libnvinfer\n", "amd64": ""}
"From NVIDIA's archive on a Jetson; a Debian elsewhere has none, which hinders nobody."


def main() -> None:
    """Make the package the arguments ask for and print its path."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arch", choices=("amd64", "arm64"), required=True)
    parser.add_argument("--python", choices=("3.10", "3.11", "3.12"), required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--contact", default=CONTACT)
    parser.add_argument("--quick", action="store_true", help="a larger package in less time, for tests")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    check_version(given.version)
    with told_in_a_line("deb"):
        make_package(given)


def make_package(given: argparse.Namespace) -> None:
    """Make the package in its folder and print its path. Raises BoothError, OSError."""
    target = Target(given.arch, given.python)
    root = given.folder / f"root-{target.tag}-{target.arch}"
    shutil.rmtree(root, ignore_errors=True)
    make_root(root, target, given.version, given.contact)
    package = given.folder / f"booth_{debian_version(given.version)}+{target.tag}_{target.arch}.deb"
    print(pack(root, package, QUICK if given.quick else COMPRESSION))
    shutil.rmtree(root)


def make_root(root: Path, target: Target, version: str, contact: str) -> None:
    """Lay out what dpkg will unpack, and its control files."""
    os.umask(0o022)
    tree = root / "usr/lib/booth"
    wheels = make_tree(tree, target, version)
    put_system_files(root)
    words = {
        "RELEASE": version,
        "VERSION": debian_version(version),
        "CONTACT": contact,
        "UNITS": " ".join(enabled_units(root)),
    }
    write_documents(root / "usr/share", tree, target, version, contact, wheels, source_date())
    settle(root)
    words |= {"INSTALLED_KB": str(installed_kb(root))}
    write_control(root / "DEBIAN", target, words)


def put_system_files(root: Path) -> None:
    """Copy the launcher and every unit, user, folder and rule of the checkout."""
    for pattern, place in SYSTEM_FILES.items():
        for path in sorted(ROOT.glob(pattern)):
            copy(path, root / place / path.name)
    copy(DEBIAN / "booth", root / "usr/bin/booth")
    copy(DEBIAN / "lintian-overrides", root / "usr/share/lintian/overrides/booth")


def copy(source: Path, target: Path) -> None:
    """Copy one file, its folder made where it is missing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def enabled_units(root: Path) -> list[str]:
    """Return the units that start with the machine: those with an [Install] section, templates left out."""
    units = sorted(path for path in (root / "lib/systemd/system").glob("*") if path.is_file())
    return [path.name for path in units if "@" not in path.name and "\n[Install]" in path.read_text()]


def write_control(folder: Path, target: Target, words: dict[str, str]) -> None:
    """Write control, the checksums and the scripts that dpkg runs."""
    folder.mkdir()
    named = words | {
        "PACKAGE_VERSION": package_version(words["RELEASE"], target),
        "ARCH": target.arch,
        "PYTHON": target.python,
        "DEPENDS": ", ".join(depends(target)),
        "RECOMMENDS": RECOMMENDED[target.arch],
        "SUGGESTS": ", ".join(["mosquitto", *packages_of(HERE / "screen-packages.txt")]),
    }
    (folder / "control").write_text(filled((DEBIAN / "control.in").read_text(), named))
    for name in SCRIPTS:
        script = folder / name
        script.write_text(filled((DEBIAN / name).read_text(), named))
        script.chmod(0o755)
    (folder / "md5sums").write_text(checksums(folder.parent))
    for path in [folder, *folder.iterdir()]:
        os.utime(path, (source_date(), source_date()))


def depends(target: Target) -> list[str]:
    """Return what must be installed before: the one Python that the wheels are for, and booth-packages.txt."""
    major, minor = target.python.split(".")
    python = [f"python3 (>= {target.python})", f"python3 (<< {major}.{int(minor) + 1}~)"]
    return [*python, *packages_of(HERE / "booth-packages.txt"), *LIBRARIES]


def packages_of(file: Path) -> list[str]:
    """Return the names in a list of packages."""
    return [name for line in file.read_text().splitlines() if (name := line.partition("#")[0].strip())]


def filled(text: str, words: dict[str, str]) -> str:
    """Return a template with every @WORD@ replaced. Raises KeyError for a word that nobody gives."""
    return re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], text)


if __name__ == "__main__":
    main()
