"""The command that flashes Jetsons: its own tests in bats, the partition layout, the summary, the style of its scripts.

bats runs the real scripts against a machine in a folder; those tests lie in tests/deploy/flash.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
FLASH = ROOT / "deploy" / "flash"
TESTS = Path(__file__).parent / "flash"
LAYOUT = TESTS / "layout.xml"
GIB = 1024**3
FILES = ("write", "hang", "stop", "preflight", "image", "massflash", "options")
NEEDED = {
    "bats": "bats",
    "mkfs.ext4": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "dpkg-deb": "dpkg",
    "ssh-keygen": "openssh-client",
    "pgrep": "procps",
}


def missing() -> str:
    """The packages of what the tests in bats run and this machine lacks."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return ", ".join(
        sorted({package for tool, package in NEEDED.items() if not shutil.which(tool, path=path)})
    )


@dataclass(frozen=True)
class Run:
    """A file of tests at work, and where it writes what it says."""

    process: subprocess.Popen[bytes]
    said: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """All files of tests at work side by side: most of their time is waiting, so what waits longest has its own."""
    if missing():
        pytest.skip(f"not installed: {missing()}")
    started = {}
    for name in FILES:
        said = tmp_path_factory.mktemp(name) / "said"
        with said.open("wb") as out:
            process = subprocess.Popen(["bats", str(TESTS / f"{name}.bats")], stdout=out, stderr=out)
        started[name] = Run(process, said)
    yield started
    for run in started.values():
        run.process.kill()
        run.process.wait()


@pytest.mark.parametrize("name", FILES)
def test_the_tests_in_bats_pass(runs: dict[str, Run], name: str) -> None:
    status = runs[name].process.wait(900)
    text = runs[name].said.read_text(encoding="utf-8", errors="replace")
    assert status == 0, "\n".join(line for line in text.splitlines() if not line.startswith("ok "))
    assert text.count("\nok ") == int(text.split("\n", 1)[0].removeprefix("1.."))


def test_no_file_of_tests_is_left_out() -> None:
    assert {path.stem for path in TESTS.glob("*.bats")} == set(FILES)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_pass_shellcheck() -> None:
    scripts = [FLASH / "flash", FLASH / "rootfs/usr/lib/booth-image/identity", TESTS / "helpers.bash"]
    scripts += [TESTS / "fakes/host", *(TESTS / "nvidia").iterdir()]
    done = subprocess.run(
        ["shellcheck", "-x", *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


def scripts() -> list[Path]:
    """The scripts of the command."""
    return [FLASH / "flash", *sorted((FLASH / "lib").glob("*.sh"))]


def test_every_script_is_short_and_opens_with_a_sentence() -> None:
    for path in scripts():
        lines = path.read_text(encoding="utf-8").splitlines()
        opening = lines[1] if lines[0].startswith("#!") else lines[0]
        assert re.match(r"# [A-Z].*[a-z.,:;]", opening), path
        assert len(lines) <= 180, path


def test_functions_are_short() -> None:
    for path in scripts():
        bodies = re.findall(
            r"^(\w+)\(\) \{[^}\n]*\n((?:.*\n)*?)\}", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        for name, body in bodies:
            assert body.count("\n") <= 17 or name == "usage", f"{path.name}: {name}"


def test_every_advice_of_the_tables_is_one_line_that_says_what_to_do() -> None:
    for name in ("stages.txt", "signatures.txt"):
        for row in (FLASH / name).read_text(encoding="utf-8").splitlines():
            if not row.startswith("#"):
                words, advice = row.rsplit("|", 1)
                assert len(advice) > 20, row
                re.compile(words.split("|", 4)[-1])


def test_the_watchdog_waits_longer_than_the_tool_of_nvidia() -> None:
    # NVIDIA's own loop gives up after 120 rounds of a second and says more than ours; ours is for when it does not.
    rows = (FLASH / "stages.txt").read_text(encoding="utf-8").splitlines()
    boot = next(row for row in rows if row.startswith("write|boot the Jetson"))
    assert int(boot.split("|")[2]) > 120


def loaded(name: str) -> ModuleType:
    """A program of the command as a module."""
    spec = importlib.util.spec_from_file_location(f"flash_{name}", FLASH / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


layout = loaded("layout")


def made(data_gib: int = 8, root_gib: int = 20, source: Path = LAYOUT) -> list[ET.Element]:
    """The partitions that come out."""
    tree = layout.with_data(ET.parse(source).getroot(), data_gib * GIB, root_gib * GIB)
    return list(tree.find("device").iter("partition"))


def test_the_data_is_the_last_partition_before_the_end_of_the_table() -> None:
    names = [partition.get("name") for partition in made()]
    assert names[-2:] == ["booth-data", "secondary_gpt"]
    assert names[:-2] == [p.get("name") for p in ET.parse(LAYOUT).getroot().iter("partition")][:-1]


def test_only_the_data_grows() -> None:
    growing = [p.get("name") for p in made() if int(p.findtext("allocation_attribute", "0"), 0) & 0x800]
    assert growing == ["booth-data"]


def test_the_data_has_a_number_of_its_own_and_an_image() -> None:
    data = made()[-2]
    taken = [p.get("id") for p in ET.parse(LAYOUT).getroot().iter("partition")]
    assert data.get("id") not in taken
    assert int(data.get("id", "0")) == 7, "three of the nine are not in the table"
    assert data.findtext("filename", "").strip() == "booth-data.img"


def test_what_nvidia_reserves_stays_as_it_is() -> None:
    before = {p.get("name"): p for p in ET.parse(LAYOUT).getroot().iter("partition")}
    after = {p.get("name"): p for p in made()}
    for name in ("UDA", "esp", "A_kernel", "RECNAME"):
        one, other = (
            ET.canonicalize(ET.tostring(x, "unicode"), strip_text=True) for x in (before[name], after[name])
        )
        assert one == other


def test_a_second_time_is_refused() -> None:
    tree = layout.with_data(ET.parse(LAYOUT).getroot(), 8 * GIB, 20 * GIB)
    with pytest.raises(layout.LayoutRefused, match="already"):
        layout.with_data(tree, 8 * GIB, 20 * GIB)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('type="external"', 'type="sdmmc_user"', "one external device"),
        ('sector_size="512"', 'sector_size="4096"', "4096 bytes"),
        ('name="APP_b"', 'name="OTHER"', "no partition APP_b"),
        ('name="UDA"', 'name="OTHER"', "no partition UDA"),
        ('type="secondary_gpt"', 'type="data"', "not the secondary_gpt"),
        ('name="esp"', 'name="UDA"', "the same name"),
        ("<size> RECSIZE </size>", "<size> SOMETHING </size>", "SOMETHING"),
    ],
)
def test_a_layout_that_is_not_nvidias_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    strange = tmp_path / "x.xml"
    strange.write_text(LAYOUT.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(layout.LayoutRefused, match=why):
        made(source=strange)


@given(data_gib=st.integers(1, 60), root_gib=st.integers(1, 40))
def test_what_does_not_fit_is_refused_and_what_fits_is_not(data_gib: int, root_gib: int) -> None:
    others = 512 + 19968 + 134217728 + 80 * 1024**2 + 67108864 + 419430400 + 33 * 512
    if others + (2 * root_gib + data_gib) * GIB <= 57 * GIB:
        assert int(made(data_gib, root_gib)[-2].findtext("size", "")) == data_gib * GIB
    else:
        with pytest.raises(layout.LayoutRefused, match="do not fit"):
            made(data_gib, root_gib)


def run_layout(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as the flash calls it."""
    command = [sys.executable, str(FLASH / "layout.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_program_says_why_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<partition_layout>", encoding="utf-8")
    done = run_layout(str(broken), str(tmp_path / "out"), "1", "1")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("broken.xml: ")
    assert not (tmp_path / "out").exists()
    assert run_layout("x").returncode == 2


def test_the_program_runs_on_the_python_of_ubuntu_20_04(tmp_path: Path) -> None:
    for name in ("layout.py", "summary.py"):
        compile((FLASH / name).read_text(encoding="utf-8"), name, "exec", dont_inherit=True)
        text = (FLASH / name).read_text(encoding="utf-8")
        assert not re.search(r"\bmatch \w+:|removeprefix|strict=| \| None", text), name
    assert run_layout(str(LAYOUT), str(tmp_path / "out.xml"), str(8 * GIB), str(20 * GIB)).returncode == 0
    assert ET.parse(tmp_path / "out.xml").getroot().tag == "partition_layout"


SECRETS = [
    "Password - {}, Autologin",
    "password={}",
    'psk="{}"',
    "wpa_passphrase = {}",
    "802-11-wireless-security.psk:{}",
    "l4t_create_default_user.sh -u x -p {} -n booth",
    "passphrase: '{}'",
    "token={}; more",
    "sshpass -p {} ssh root@host",
]
WORD = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=40)


@pytest.mark.parametrize("line", SECRETS)
def test_secrets_are_scrubbed(line: str) -> None:
    @given(WORD)
    def scrubbed(word: str) -> None:
        given_line = line.format(f"Zq{word}9x")
        done = subprocess.run(
            ["sed", "-E", "-f", str(FLASH / "scrub.sed")],
            input=given_line,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"Zq{word}9x" not in done.stdout

    scrubbed()


def test_what_is_no_secret_is_left(tmp_path: Path) -> None:
    text = "Waiting for target to boot-up...\nBR_CID: 0x80012344705DD5\nSerial Number: 1421523001234\nflash usb0 ok\n"
    command = ["sed", "-E", "-f", str(FLASH / "scrub.sed")]
    assert subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout == text


def test_every_module_has_a_name_of_its_own_and_an_id_of_the_orin_family() -> None:
    rows = [
        row.split("|")
        for row in (FLASH / "modules.txt").read_text(encoding="utf-8").splitlines()
        if row[0] != "#"
    ]
    assert len({row[1] for row in rows}) == len(rows) == 7
    for row in rows:
        assert len(row) == 9
        assert re.fullmatch(r"7[0-6]23", row[0])
        assert row[3] in {"3701", "3767"}
