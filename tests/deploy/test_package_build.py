"""How the package is made: the right wheels for any Python and machine, all of them accounted for, the same bytes."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "deploy" / "package"
MODULES = ("vendor", "sbom", "documents", "release", "packing", "deb")
TARGETS = [(arch, python) for arch in ("amd64", "arm64") for python in ("3.10", "3.11", "3.12")]
needs_dpkg_deb = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is missing: no Debian")
MakeWheel = Callable[..., Path]


@pytest.fixture(scope="module")
def tools() -> Iterator[dict[str, Any]]:
    """The scripts of deploy/package, which import each other as neighbours."""
    sys.path.insert(0, str(PACKAGE))
    yield {name: importlib.import_module(name) for name in MODULES}
    sys.path.remove(str(PACKAGE))
    for name in MODULES:
        sys.modules.pop(name)


@pytest.fixture
def wheel(tmp_path: Path) -> MakeWheel:
    def make(
        name: str,
        *needs: str,
        licence: str | None = "MIT",
        text: bool = True,
        version: str = "1.0",
        python: str = ">=3.10",
    ) -> Path:
        house = tmp_path / "house"
        house.mkdir(exist_ok=True)
        path, info = house / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", "Author: Somebody"]
        lines.append(f"Requires-Python: {python}")
        lines += [f"License-Expression: {licence}"] if licence else []
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{name}/__init__.py", "")
            archive.writestr(f"{name}/tests/test_it.py", "")
            archive.writestr(
                f"{info}/METADATA", "\n".join([*lines, *(f"Requires-Dist: {n}" for n in needs), ""])
            )
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
            if text:
                archive.writestr(f"{info}/licenses/LICENSE", "Do what you like.")
        return path

    return make


@pytest.mark.parametrize(("arch", "python"), TARGETS)
def test_the_lock_pins_all_that_the_project_names_for_every_target(
    tools: dict[str, Any], arch: str, python: str
) -> None:
    vendor = tools["vendor"]
    pins = vendor.pins_for((PACKAGE / "requirements.lock").read_text(), vendor.Target(arch, python))
    named = [
        vendor.key(vendor.Requirement(one))
        for one in vendor.project_requirements((ROOT / "pyproject.toml").read_text())
    ]
    assert {"numpy", "pydantic", "tuf"} <= {*named}
    assert not [name for name in named if name not in pins]
    assert ("exceptiongroup" in pins) == (python == "3.10"), (
        "markers are those of the target, not of this Python"
    )


def test_markers_and_extras_are_those_of_the_target(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor = tools["vendor"]
    wheel("top", "old; python_version < '3.11'", "arm; platform_machine == 'aarch64'", "plain[more]")
    wheel("plain", "extra_only; extra == 'more'", "never; extra == 'other'", "back")
    wheel("back", "top")
    for name in ("old", "arm", "extra_only"):
        wheel(name)
    pins = dict.fromkeys(("top", "plain", "back", "old", "arm", "extra-only"), "1.0")

    def brought(arch: str, python: str) -> list[str]:
        house = vendor.Wheelhouse(tmp_path / "house", vendor.Target(arch, python), pins)
        return [one.name for one in house.bring_all(["top>=1"])]

    assert brought("amd64", "3.11") == ["back", "extra-only", "plain", "top"]
    assert brought("arm64", "3.10") == ["arm", "back", "extra-only", "old", "plain", "top"]


def test_what_is_not_in_the_lock_is_not_brought(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor = tools["vendor"]
    wheel("top", "unknown")
    house = vendor.Wheelhouse(tmp_path / "house", vendor.Target("arm64", "3.10"), {"top": "1.0"})
    with pytest.raises(SystemExit, match=r"unknown is needed .* not in the lock; run: make lock"):
        house.bring_all(["top"])


def test_wheels_are_unpacked_without_tests_and_without_a_path_of_this_machine(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor = tools["vendor"]
    site = tmp_path / "site"
    vendor.unpack([vendor.Wheel(wheel("top"))], vendor.Target("arm64", "3.10"), site)
    assert (site / "top/__init__.py").exists()
    assert not (site / "top/tests").exists()
    texts = [path.read_text() for path in site.rglob("*") if path.is_file()]
    assert not [text for text in texts if str(tmp_path) in text]


def test_a_wheel_for_a_newer_python_than_this_one_is_unpacked_for_its_target(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor = tools["vendor"]
    newer = wheel("top", python=f">=3.{sys.version_info.minor + 1}")
    vendor.unpack([vendor.Wheel(newer)], vendor.Target("arm64", "3.12"), tmp_path / "site")
    assert (tmp_path / "site/top/__init__.py").exists()


def test_every_package_and_network_is_in_the_parts_list(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor, sbom = tools["vendor"], tools["sbom"]
    wheels = [vendor.Wheel(wheel("top", "low")), vendor.Wheel(wheel("low", licence="Apache-2.0"))]
    (tmp_path / "models").mkdir()
    (tmp_path / "models/blazepose-256x256.onnx").write_bytes(b"a network")
    target = vendor.Target("arm64", "3.10")
    text = sbom.sbom_text(tmp_path, target, "1.2.3", wheels, 0)
    document = json.loads(text)
    parts = {part["name"]: part for part in document["components"]}
    assert set(parts) == {"top", "low", "blazepose-256x256"}
    assert parts["low"]["purl"] == "pkg:pypi/low@1.0"
    assert parts["low"]["licenses"] == [{"license": {"name": "Apache-2.0"}}]
    assert parts["blazepose-256x256"]["pedigree"]["ancestors"][0]["purl"].startswith("pkg:pypi/mediapipe@")
    assert all(len(part["hashes"][0]["content"]) == 64 for part in parts.values())
    needs = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
    assert needs["pkg:pypi/top@1.0"] == ["pkg:pypi/low@1.0"]
    assert len(needs[document["metadata"]["component"]["bom-ref"]]) == 3
    assert text == sbom.sbom_text(tmp_path, target, "1.2.3", wheels, 0)


def test_the_parts_list_is_cyclonedx_by_its_own_schema(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    """The strict schema, which knows no other keys; it comes with CycloneDX's own library."""
    needs = "cyclonedx-python-lib is not installed: make setup-test"
    validation = pytest.importorskip("cyclonedx.validation.json", reason=needs)
    schema = pytest.importorskip("cyclonedx.schema", reason=needs)
    check = validation.JsonStrictValidator(schema.SchemaVersion.V1_5).validate_str
    vendor = tools["vendor"]
    wheels = [vendor.Wheel(wheel("top", "low")), vendor.Wheel(wheel("low", licence="Apache-2.0"))]
    (tmp_path / "models").mkdir()
    for model in tools["sbom"].shipped_models(tools["sbom"].read_manifest()):
        (tmp_path / f"models/{model.name}-1x1.onnx").write_bytes(b"a network")
    text = tools["sbom"].sbom_text(tmp_path, vendor.Target("arm64", "3.10"), "1.2.3rc1", wheels, 0)
    assert check(text) is None
    document = json.loads(text)
    for change in ({"oddKey": 1}, {"serialNumber": "1"}, {"components": document["components"] * 2}):
        assert check(json.dumps({**document, **change})) is not None, change


def test_a_package_without_the_text_of_its_licence_is_not_shipped(
    tools: dict[str, Any], wheel: MakeWheel, tmp_path: Path
) -> None:
    vendor, documents = tools["vendor"], tools["documents"]
    site = tmp_path / "site-packages"
    whole, common = (
        vendor.Wheel(wheel("whole")),
        vendor.Wheel(wheel("common", licence="Apache-2.0", text=False)),
    )
    vendor.unpack([whole, common], vendor.Target("amd64", "3.11"), site)
    text = documents.copyright_text(tmp_path, [whole, common])
    assert "/usr/lib/booth/site-packages/whole-1.0.dist-info/licenses/LICENSE" in text
    assert "/usr/share/common-licenses/Apache-2.0" in text
    assert "License: network-picodet-s\n Apache-2.0" in text
    with pytest.raises(SystemExit, match=r"odd.* brings no text of its licence \(Own\)"):
        documents.package_stanza(site, vendor.Wheel(wheel("odd", licence="Own", text=False)))


@pytest.fixture
def build(
    tools: dict[str, Any], wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Path]:
    """Make a package as deb.py does, of a small tree."""
    deb, vendor = tools["deb"], tools["vendor"]
    made = vendor.Wheel(wheel("top"))

    def small_tree(tree: Path, target: Any, version: str) -> list[Any]:
        vendor.unpack([made], target, tree / "site-packages")
        (tree / "models").mkdir()
        (tree / "launch.py").write_text("launch")
        return [made]

    monkeypatch.setattr(deb, "make_tree", small_tree)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")

    def make(name: str, arch: str = "arm64", python: str = "3.10", version: str = "1.2.3") -> Path:
        root = tmp_path / name
        deb.make_root(root, vendor.Target(arch, python), version, "Somebody <us@example.org>")
        return Path(deb.pack(root, tmp_path / f"{name}.deb"))

    return make


@pytest.mark.parametrize("program", ["deb", "release"])
def test_a_folder_that_takes_nothing_is_told_in_one_line(
    tools: dict[str, Any],
    program: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("")
    words = ["--arch", "arm64", "--python", "3.10", "--version", "1.2.3", str(tmp_path / "file" / "tree")]
    monkeypatch.setattr("sys.argv", [program, *words])
    monkeypatch.setattr(tools["release"], "compile_kernels", lambda: None)
    before = os.umask(0o022)
    with pytest.raises(SystemExit) as ended:
        tools[program].main()
    os.umask(before)
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"{program}: {tmp_path}/file/tree: Not a directory; name another one\n"


def field(package: Path, name: str) -> str:
    done = subprocess.run(["dpkg-deb", "-f", str(package), name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@needs_dpkg_deb
@pytest.mark.parametrize(("arch", "python"), TARGETS)
def test_a_package_is_for_one_python_on_one_machine(
    build: Callable[..., Path], arch: str, python: str
) -> None:
    package = build("one", arch, python)
    tag = python.replace(".", "")
    assert field(package, "Version") == f"1:1.2.3+py{tag}"
    assert field(package, "Architecture") == arch
    depends = field(package, "Depends").split(", ")
    assert depends[:2] == [f"python3 (>= {python})", f"python3 (<< 3.{int(python[2:]) + 1}~)"]
    assert ("python3-libnvinfer" in field(package, "Recommends")) == (arch == "arm64")


@needs_dpkg_deb
def test_it_depends_on_the_packages_of_the_one_list(
    tools: dict[str, Any], build: Callable[..., Path]
) -> None:
    listed = tools["deb"].packages_of(PACKAGE / "booth-packages.txt")
    assert {"python3-gi", "python3-gst-1.0", "gstreamer1.0-plugins-bad", "python3-systemd"} <= {*listed}
    depends = field(build("one"), "Depends").split(", ")
    assert not {*listed} - {*depends}
    assert not {*listed} & {*tools["deb"].packages_of(PACKAGE / "system-packages.txt")}, "one list, not two"


@needs_dpkg_deb
def test_a_browser_is_suggested_and_comes_to_no_booth_that_has_no_screen(
    tools: dict[str, Any], build: Callable[..., Path]
) -> None:
    listed = tools["deb"].packages_of(PACKAGE / "screen-packages.txt")
    package = build("one")
    assert not {*listed} - {*field(package, "Suggests").split(", ")}
    assert not {*listed} & {*field(package, "Depends").split(", "), *field(package, "Recommends").split(", ")}


@needs_dpkg_deb
def test_the_same_source_gives_the_same_bytes(build: Callable[..., Path]) -> None:
    first = build("first").read_bytes()
    time.sleep(1.1)  # times inside are in whole seconds
    old = os.umask(0o077)
    try:
        assert build("second").read_bytes() == first
    finally:
        os.umask(old)


@needs_dpkg_deb
def test_modes_owners_and_what_lies_where(build: Callable[..., Path]) -> None:
    package = build("one")
    listed = subprocess.run(
        ["dpkg-deb", "-c", str(package)], capture_output=True, text=True, check=True
    ).stdout
    lines = {line.split()[-1]: line for line in listed.splitlines()}
    assert lines["./usr/bin/booth"].startswith("-rwxr-xr-x root/root")
    assert lines["./usr/lib/booth/launch.py"].startswith("-rw-r--r-- root/root")
    for name in ("nvargus-daemon", "apport"):
        assert f"./lib/systemd/system/{name}.service.d/50-booth.conf" in lines
    for name in ("sysusers.d/booth.conf", "tmpfiles.d/booth.conf", "sysctl.d/60-booth.conf"):
        assert f"./usr/lib/{name}" in lines
    for name in ("copyright", "changelog.gz", "sbom.cdx.json", "SECURITY.md", "examples/booth.yaml"):
        assert f"./usr/share/doc/booth/{name}" in lines
    units = [path.name for path in (ROOT / "systemd").glob("*.*")]
    assert "booth-factory-reset.service" in units
    assert not [name for name in units if f"./lib/systemd/system/{name}" not in lines]
    assert not [
        line for line in lines.values() if not line[1:].startswith(("rw-r--r-- root", "rwxr-xr-x root"))
    ]


@needs_dpkg_deb
def test_no_placeholder_is_left_in_what_dpkg_runs(build: Callable[..., Path], tmp_path: Path) -> None:
    control = tmp_path / "control"
    subprocess.run(["dpkg-deb", "-e", str(build("one")), str(control)], check=True)
    for name in ("control", "preinst", "postinst", "prerm", "postrm"):
        text = (control / name).read_text()
        assert "@" not in text.replace("us@example.org", "").replace('"$@"', ""), name
    assert 'units="' in (control / "postinst").read_text()
    assert "booth-factory-reset.service" in (control / "postinst").read_text()
    sums = (control / "md5sums").read_text()
    assert "usr/lib/booth/launch.py" in sums
    assert "DEBIAN" not in sums


def test_templates_and_units_without_install_are_not_enabled(tools: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "lib/systemd/system"
    folder.mkdir(parents=True)
    (folder / "d.service.d").mkdir()
    (folder / "a.service").write_text("[Unit]\n\n[Install]\nWantedBy=x\n")
    (folder / "b.service").write_text("[Unit]\n# no [Install]\n")
    (folder / "c@.service").write_text("[Unit]\n\n[Install]\nWantedBy=x\n")
    assert tools["deb"].enabled_units(tmp_path) == ["a.service"]


def test_the_example_is_one_that_the_booth_takes(tmp_path: Path) -> None:
    from appliance.config_file import load_settings

    settings = load_settings(PACKAGE / "debian" / "booth.yaml")
    assert settings.camera.source == "csi:0"


@needs_dpkg_deb
@pytest.mark.parametrize(
    ("version", "written"),
    [
        ("1.2.3rc1", "1.2.3~rc1"),
        ("1.2.3.post1", "1.2.3+rev1"),
        ("1.2.3.dev4", "1.2.3~~dev4"),
        ("1.2", "1.2.0"),
    ],
)
def test_a_package_is_called_as_dpkg_sorts_it_and_the_program_as_it_was_released(
    build: Callable[..., Path], version: str, written: str, tmp_path: Path
) -> None:
    package = build("one", version=version)
    assert field(package, "Version") == f"1:{written}+py310"
    subprocess.run(["dpkg-deb", "-R", str(package), str(tmp_path / "out")], check=True)
    parts = json.loads((tmp_path / "out/usr/share/doc/booth/sbom.cdx.json").read_text())
    assert parts["metadata"]["component"]["version"] == version
    assert f"version={version}\n" in (tmp_path / "out/DEBIAN/postinst").read_text()
    assert f"new={written}\n" in (tmp_path / "out/DEBIAN/preinst").read_text()


@pytest.mark.parametrize("text", ["", "v1.2", "1.2+py310", "1.2-", "../1.2", "1.2 3", "1.2.3~rc1", "1.2-rc1"])
def test_what_is_no_version_is_neither_packed_nor_bundled(tools: dict[str, Any], text: str) -> None:
    with pytest.raises(SystemExit, match=r"is no version; write VERSION=1\.2\.3"):
        tools["release"].check_version(text)
