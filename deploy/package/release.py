"""Makes a release tree: this checkout and the cache of networks go in, a folder that runs by itself comes out.

    app/            appliance, engines, calibration, deploy/{cities,broker}, and the booth's own metadata
    site-packages/  the packages of the lock, for one Python on one machine
    models/         the converted networks
    launch.py       starts it
    build.json      {"schema": "build/1", "version", "python", "arch"}

usage: release.py --arch amd64|arm64 --python 3.10 --version 1.2.3 FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from vendor import Target, Wheel, Wheelhouse, pins_for, project_requirements, unpack  # noqa: E402

from appliance.errors import told_in_a_line  # noqa: E402
from appliance.runtime.jetson import fatbin  # noqa: E402
from appliance.update.version import is_version  # noqa: E402
from engines.cache import default_cache  # noqa: E402
from engines.entries import read_manifest  # noqa: E402
from engines.layouts import PACKED, PLANAR  # noqa: E402
from engines.shipping import ship_networks  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOMS = ("appliance", "engines", "calibration", "deploy/cities", "deploy/broker")
"The last one holds the authority that `booth provision` signs keys with, on a technician's computer."
LAYOUTS = {"amd64": (PACKED,), "arm64": (PACKED, PLANAR)}
"A Jetson builds its plans of the planar files, and compares them with the packed ones."
JETSONS = {("arm64", "3.10"), ("arm64", "3.12")}
"JetPack 6.2 and 7.2."


def main() -> None:
    """Make the tree the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arch", choices=sorted(LAYOUTS), required=True)
    parser.add_argument("--python", choices=("3.10", "3.11", "3.12"), required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    check_version(given.version)
    with told_in_a_line("release"):
        make_tree(given.folder, Target(given.arch, given.python), given.version)


def check_version(text: str) -> None:
    """End here for what is no version of ours: bundles, packages and their order all hang on it."""
    if not is_version(text):
        sys.exit(f"release: {text} is no version; write VERSION=1.2.3, or 1.2.3rc1 for one to try")


def make_tree(tree: Path, target: Target, version: str) -> list[Wheel]:
    """Make the whole tree anew and return the wheels it holds."""
    os.umask(0o022)
    shutil.rmtree(tree, ignore_errors=True)
    copy_app(tree / "app", version)
    wheels = put_packages(tree / "site-packages", target)
    put_networks(tree / "models", target)
    shutil.copyfile(HERE / "launch.py", tree / "launch.py")
    facts = {"schema": "build/1", "version": version, "python": target.python, "arch": target.arch}
    (tree / "build.json").write_text(json.dumps(facts) + "\n")
    return wheels


def copy_app(app: Path, version: str) -> None:
    """Copy the rooms, the kernels compiled where nvcc is, and a dist-info that names the version."""
    compile_kernels()
    unwanted = shutil.ignore_patterns("__pycache__", "*.partial", "*.unit.cu")
    for room in ROOMS:
        shutil.copytree(ROOT / room, app / room, ignore=unwanted)
    kernels = app / fatbin.KERNELS.relative_to(ROOT)
    for old in set(kernels.glob("*.fatbin")) - {kernels / fatbin.fatbin_path().name}:
        old.unlink()
    info = app / f"booth-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: booth\nVersion: {version}\n")
    (info / "INSTALLER").write_text("dpkg\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nbooth = appliance.__main__:main\n")


def compile_kernels() -> None:
    """Compile the kernels where that can be done, and say so where it cannot."""
    if fatbin.find_nvcc() is None and not fatbin.fatbin_path().exists():
        print(
            "release: without nvcc here, the kernels go along as source; a Jetson compiles them: make kernels"
        )
        return
    fatbin.build()


def put_packages(folder: Path, target: Target) -> list[Wheel]:
    """Bring the packages of the lock, and for a Jetson those that speak CUDA; return their wheels."""
    wheels, pins = default_cache().root / "wheels", pins_for((HERE / "requirements.lock").read_text(), target)
    house = wheels / f"release-{target.arch}-{target.tag}"
    wanted = project_requirements((ROOT / "pyproject.toml").read_text())
    if (target.arch, target.python) in JETSONS:
        cuda = pins_for((HERE / "pycuda.txt").read_text(), target)
        bring_pycuda(wheels / "pycuda-arm64", house, target, cuda)
        pins, wanted = {**pins, **cuda}, [*wanted, *cuda]
    brought = Wheelhouse(house, target, pins).bring_all(wanted)
    unpack(brought, target, folder)
    return brought


def bring_pycuda(built: Path, house: Path, target: Target, pins: dict[str, str]) -> None:
    """Put pycuda, which exists as source only, beside the other wheels; where it cannot be built, it is left out."""
    subprocess.run(["sh", str(HERE / "make-pycuda-arm64.sh"), target.python], check=True)
    tag = target.tag.replace("py", "cp")
    found = sorted(built.glob(f"pycuda-{pins['pycuda']}-{tag}-*.whl"))
    if not found:
        del pins["pycuda"]
        return
    house.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(found[0], house / found[0].name)


def put_networks(folder: Path, target: Target) -> None:
    """Copy the networks that the target runs, converted now where they are not yet."""
    ship_networks(default_cache(), read_manifest(), LAYOUTS[target.arch], folder)


if __name__ == "__main__":
    main()
