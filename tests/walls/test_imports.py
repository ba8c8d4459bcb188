"""The walls between the rooms: imports point down only, there are no circles, and files stay small."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("appliance", "engines", "calibration")
SKIPPED = {".venv", ".git", "build", "dist", "__pycache__"}
BELOW = {
    "appliance.errors": set(),
    "appliance.vocabulary": set(),
    "appliance.answers": set(),
    "appliance.outfit": {"vocabulary"},
    "appliance.records": {"outfit"},
    "appliance.geometry": set(),
    "appliance.polygons": set(),
    "appliance.pose": {"records"},
    "appliance.disk": {"errors"},
    "appliance.section": set(),
    "appliance.config": {"section"},
    "appliance.law": {"errors", "section", "config", "polygons"},
    "appliance.sign": {"errors", "section", "config", "law"},
    "appliance.logbook": {"errors", "disk", "health"},
    "appliance.ground": {"errors"},
    "appliance.tape": {"errors", "ground"},
    "appliance.site": {"errors", "section", "config", "ground", "law"},
    "appliance.site_file": {"errors", "config", "disk", "site", "health"},
    "appliance.remote_bounds": {"errors", "config", "polygons"},
    "appliance.remote": {"errors", "section", "config", "law", "remote_bounds"},
    "appliance.remote_file": {"errors", "config", "disk", "remote", "site_file"},
    "appliance.artifacts": {"errors", "records", "disk"},
    "appliance.health": {"errors", "disk"},
    "appliance.screen": {"errors", "health"},
    "appliance.machine": {"errors", "disk", "config", "health", "screen.address"},
    "appliance.runtime": {"errors", "records", "geometry", "pose", "config"},
    "appliance.vision": {
        "answers",
        "errors",
        "records",
        "outfit",
        "geometry",
        "pose",
        "config",
        "artifacts",
        "vocabulary",
        "runtime.seam",
    },
    "appliance.budget": {"config", "pose", "vision"},
    "appliance.uplink": {
        "errors",
        "records",
        "outfit",
        "config",
        "vocabulary",
        "disk",
        "health",
        "remote",
        "remote_file",
        "site_file",
        "logbook",
    },
    "appliance.provision": {
        "errors",
        "section",
        "config",
        "config_file",
        "disk",
        "health",
        "uplink",
        "logbook",
        "machine",
    },
    "appliance.fleet": {"errors", "config", "health", "uplink"},
    "appliance.simulation": {"errors", "records", "config", "vocabulary", "health", "uplink"},
    "appliance.update": {"errors", "disk", "config", "config_file", "section", "health", "logbook"},
    "appliance.display": {
        "answers",
        "errors",
        "records",
        "outfit",
        "config",
        "vocabulary",
        "health",
        "remote_file",
        "disk",
        "logbook",
        "ground",
        "tape",
        "polygons",
        "sign",
        "site",
        "site_file",
        "sign.words",
    },
    "appliance.analysis": {"errors", "disk"},
    "appliance.app": {
        "errors",
        "records",
        "config",
        "artifacts",
        "runtime",
        "vision",
        "engines.active",
        "engines.cache",
        "engines.layouts",
        "engines.machine",
        "engines.manifest",
    },
}
"What each room may import; whatever is not named here stands above and may import any of these."
PROCESSES = ("appliance.vision", "appliance.uplink", "appliance.display")


def module_of(file: Path) -> str:
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


@lru_cache(maxsize=1)
def sources() -> dict[str, Path]:
    """Module -> file, of everything that runs in a booth or makes its artefacts."""
    return {module_of(file): file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))}


def imported_by(file: Path) -> Iterator[str]:
    """Modules of ours that a file names, at its top or inside a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            module = node.module or ""
            inside = [f"{module}.{alias.name}" for alias in node.names]
            yield from [name if name in sources() else module for name in inside]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@lru_cache(maxsize=1)
def imports() -> dict[str, set[str]]:
    return {
        module: {name for name in imported_by(file) if name.split(".")[0] in ROOMS and name != module}
        for module, file in sources().items()
    }


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def allowed(room: str) -> set[str]:
    return {name if name.split(".")[0] in ROOMS else f"appliance.{name}" for name in BELOW[room]}


@pytest.mark.parametrize("room", BELOW)
def test_imports_point_down_only(room: str) -> None:
    modules = [module for module in sources() if within(module, room)]
    assert modules, f"{room} is gone"
    for module in modules:
        for name in imports()[module]:
            fits = within(name, room) or any(within(name, below) for below in allowed(room))
            assert fits, f"{module} imports {name}"


def test_the_three_processes_do_not_know_each_other() -> None:
    for one in PROCESSES:
        for other in PROCESSES:
            if one != other:
                assert not any(within(name, f"appliance.{other}") for name in allowed(one))


def test_nothing_below_imports_the_command_or_the_verbs() -> None:
    above = ("appliance.__main__", "appliance.commands", "appliance.verbs", "appliance.demo")
    for module, names in imports().items():
        if not any(within(module, room) for room in above):
            assert not [name for name in names if any(within(name, room) for room in above)], module


@pytest.mark.parametrize("wing", ["appliance.runtime.cpu", "appliance.runtime.jetson"])
def test_only_one_file_names_the_wings(wing: str) -> None:
    naming = {module for module, names in imports().items() if any(within(name, wing) for name in names)}
    assert {module for module in naming if not within(module, wing)} == {"appliance.runtime.choose"}


@pytest.mark.parametrize("library", ["pycuda", "tensorrt", "gi"])
def test_a_laptop_never_loads_what_only_a_booth_has(library: str) -> None:
    for module, file in sources().items():
        top = ast.parse(file.read_text(encoding="utf-8")).body
        named = [alias.name for node in top if isinstance(node, ast.Import) for alias in node.names]
        named += [node.module or "" for node in top if isinstance(node, ast.ImportFrom)]
        assert not [name for name in named if within(name, library)], module


def test_no_wing_is_loaded_before_it_is_chosen() -> None:
    tree = ast.parse((ROOT / "appliance/runtime/choose.py").read_text(encoding="utf-8"))
    at_the_top = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert not [module for module in at_the_top if ".cpu" in module or ".jetson" in module]


def test_imports_run_in_no_circle() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for name in sorted(imports().get(module, ())):
                visit(name, (*path, module))
            done.add(module)

    for module in sources():
        visit(module, ())


def test_the_median_file_is_short() -> None:
    lengths = [len(file.read_text(encoding="utf-8").splitlines()) for file in sources().values()]
    assert statistics.median([length for length in lengths if length]) < 180


def test_every_file_opens_with_a_sentence() -> None:
    for file in sources().values():
        text = file.read_text(encoding="utf-8")
        opening = ast.get_docstring(ast.parse(text))
        assert opening or not text.strip(), f"{file} opens with no sentence"


def test_no_file_names_the_host_of_a_registry() -> None:
    hosts = [
        "pyp" + "i.org",
        "python" + "hosted.org",
        "deb.deb" + "ian.org",
        "npm" + "js",
        "archive.ubun" + "tu.com",
    ]
    for file in ROOT.rglob("*"):
        if (
            file.is_file()
            and not SKIPPED & set(file.relative_to(ROOT).parts)
            and not file.name.startswith(".")
        ):
            text = file.read_bytes().decode("utf-8", "replace")
            assert not [host for host in hosts if host in text], file


def test_no_picture_and_no_network_lies_in_the_tree() -> None:
    banned = {".onnx", ".engine", ".jpg", ".jpeg", ".avi", ".mp4", ".mkv", ".bank", ".pdiparams"}
    for file in ROOT.rglob("*"):
        if not SKIPPED & set(file.relative_to(ROOT).parts):
            assert file.suffix.lower() not in banned, file
