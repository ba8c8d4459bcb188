"""Plans built by real child processes on a fake TensorRT: once, whole, and without harm when a child fails."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import BoothError, PlanRefused
from engines.build import build_plan, load_plan
from engines.cache import Cache
from engines.child import run_builder
from engines.plans import is_whole, plan_path, read_record, record_path, timing_path
from tests.engines.plan_orders import ORIN, ROOT, FakeTensorRT, plan_order
from tests.fakes_tensorrt.onnx_file import linear_network
from tests.fakes_tensorrt.versions import VERSIONS

BUILD_IT = """
import sys
from pathlib import Path
from engines.build import build_plan
from engines.cache import Cache
from tests.engines.plan_orders import ORIN, plan_order
folder = Path(sys.argv[1])
print("at work", flush=True)
print(build_plan(Cache(folder / "cache"), plan_order(folder), lambda share: None, ORIN), flush=True)
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def tensorrt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeTensorRT:
    return FakeTensorRT(monkeypatch, tmp_path / "builds.jsonl")


def ignore(share: float) -> None:
    """Progress that nobody looks at."""


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_builds_a_plan_with_its_record(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT, version: str
) -> None:
    tensorrt.be(version)
    order, machine, told = plan_order(tmp_path), replace(ORIN, tensorrt=VERSIONS[version]), list[float]()
    plan = build_plan(cache, order, told.append, machine)
    assert is_whole(plan)
    record = read_record(plan)
    assert record
    assert record.precision == ("fp32" if version == "11.4" else "fp16")
    assert (record.workspace_mb, record.layers) == (256, 3)
    assert record.order["onnx_sha256"] == order.onnx_sha256
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(set(told)) >= (3 if version == "8.6" else 10)


def test_the_same_order_is_built_once(cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    order = plan_order(tmp_path)
    assert build_plan(cache, order, ignore, ORIN) == build_plan(cache, order, ignore, ORIN)
    assert len(tensorrt.builds()) == 1


def test_timings_of_one_build_help_the_next(cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    build_plan(cache, plan_order(tmp_path), ignore, ORIN)
    build_plan(cache, plan_order(tmp_path, builder_level=5), ignore, ORIN)
    timing_path(cache, ORIN).write_bytes(b"not timings")
    build_plan(cache, plan_order(tmp_path, builder_level=4), ignore, ORIN)
    assert [build[3:] for build in tensorrt.builds()] == [[3, 0], [5, 1], [4, 0]]


def test_two_processes_build_one_plan(cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    command = [sys.executable, "-c", BUILD_IT, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    said = [process.communicate()[0].splitlines() for process in both]
    assert said[0] == said[1] == ["at work", str(plan_path(cache, plan_order(tmp_path), ORIN))]
    assert len(tensorrt.builds()) == 1


def test_a_damaged_plan_is_built_anew_and_the_bad_one_kept_aside(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    order = plan_order(tmp_path)
    plan = build_plan(cache, order, ignore, ORIN)
    good = plan.read_bytes()
    plan.write_bytes(good[:-1])
    assert build_plan(cache, order, ignore, ORIN).read_bytes() == good
    assert (cache.plans / "quarantine" / plan.name).read_bytes() == good[:-1]
    assert len(tensorrt.builds()) == 2


def test_a_plan_without_its_record_was_never_built(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    plan = build_plan(cache, plan_order(tmp_path), ignore, ORIN)
    record_path(plan).unlink()
    assert is_whole(build_plan(cache, plan_order(tmp_path), ignore, ORIN))
    assert len(tensorrt.builds()) == 2


@pytest.mark.parametrize("fault", ["memory:100", "kill:100"])
def test_a_child_short_of_memory_is_tried_again_with_half_the_workspace(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT, fault: str
) -> None:
    tensorrt.be("10.3", fault)
    told = list[float]()
    plan = build_plan(cache, plan_order(tmp_path), told.append, ORIN)
    assert tensorrt.workspaces_mb() == [256, 128, 64]
    record = read_record(plan)
    assert record
    assert record.workspace_mb == 64
    assert told == sorted(told)


def test_after_a_quarter_of_the_workspace_memory_is_too_short(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    tensorrt.be("10.3", "kill")
    with pytest.raises(
        BoothError, match=r"small: memory is too short .* 64 MB .*SIGKILL.*; end other programs"
    ):
        build_plan(cache, plan_order(tmp_path), ignore, ORIN)
    assert tensorrt.workspaces_mb() == [256, 128, 64]
    assert not list(cache.plans.glob("*.plan"))
    assert not list(cache.plans.glob("partial-*"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("none", r"small: no plan was built: .*onnx: TensorRT 10.3.0 gave no plan: .*any implementation"),
        (
            "refused",
            r"small: no plan was built: TensorRT 10.3.0 refuses the plan it has just built: the engine is",
        ),
        ("leaves", "small: no plan was built: ended with status 3"),
    ],
)
def test_a_failed_build_is_one_line_and_not_tried_again(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT, fault: str, words: str
) -> None:
    tensorrt.be("10.3", fault)
    with pytest.raises(BoothError, match=words) as raised:
        build_plan(cache, plan_order(tmp_path), ignore, ORIN)
    assert len(str(raised.value).splitlines()) == 1
    assert len(tensorrt.builds()) == 1


def test_a_build_that_hangs_is_ended_and_pulses_until_then(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    tensorrt.be("8.6", "hang")
    told = list[float]()
    with pytest.raises(BoothError, match="small: no plan was built: TensorRT came to no end within 2 s"):
        build_plan(cache, plan_order(tmp_path), told.append, ORIN, limit_s=2)
    assert not [build for build in tensorrt.builds() if runs(build[0])]
    assert len(told) >= 3


def test_without_tensorrt_the_package_is_named(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with pytest.raises(BoothError, match=r"TensorRT's Python package does not load .*apt install"):
        build_plan(cache, plan_order(tmp_path), ignore, ORIN)


def test_a_folder_that_cannot_be_written_is_told_before_the_build(
    tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BoothError, match=r"cannot write into .*file/plans .*XDG_CACHE_HOME"):
        build_plan(Cache(tmp_path / "file"), plan_order(tmp_path), ignore, ORIN)
    assert not tensorrt.builds()


def test_a_full_disk_is_named_with_the_cure(tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    task = {
        "onnx": str(plan_order(tmp_path).onnx), "precision": "fp16", "workspace_mb": 64, "builder_level": 3,
        "shapes": plan_order(tmp_path).profiles(), "plan": "/dev/full", "timings": "", "new_timings": "/dev/null",
    }  # fmt: skip
    outcome = run_builder([], task, lambda _: None, 60)
    assert outcome.complaint.startswith("cannot write /dev/full (No space left on device); make room there")
    assert not outcome.memory_short


def test_the_child_ends_with_its_parent(tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    tensorrt.be("10.3", "hang")
    parent = subprocess.Popen(
        [sys.executable, "-c", BUILD_IT, str(tmp_path)], stdout=subprocess.DEVNULL, cwd=ROOT
    )
    try:
        child = wait_for_build(tensorrt)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 10
        while runs(child) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not runs(child)
    finally:
        parent.kill()
        parent.wait()


def wait_for_build(tensorrt: FakeTensorRT) -> int:
    """The process of the first build."""
    deadline = time.monotonic() + 30
    while not tensorrt.builds():
        assert time.monotonic() < deadline, "no build began"
        time.sleep(0.02)
    return int(tensorrt.builds()[0][0])


def runs(process: int) -> bool:
    """Tell whether a process runs; one that waits to be buried does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_a_killed_build_left_goes_away(cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT) -> None:
    order = plan_order(tmp_path)
    leftover = cache.plans / f"partial-{plan_path(cache, order, ORIN).stem}-abc"
    other = cache.plans / "partial-another-net-abc"
    for folder in (leftover, other):
        folder.mkdir(parents=True)
    build_plan(cache, order, ignore, ORIN)
    assert not leftover.exists()
    assert other.exists()


def test_a_plan_that_is_refused_when_loaded_is_built_anew_once(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    refusals = [1]

    def load(plan: Path) -> str:
        assert is_whole(plan)
        if refusals:
            refusals.pop()
            raise PlanRefused(f"{plan}: no")
        return "loaded"

    assert load_plan(cache, plan_order(tmp_path), ignore, load, ORIN) == "loaded"
    assert len(tensorrt.builds()) == 2
    refusals += [1, 1]
    with pytest.raises(PlanRefused):
        load_plan(cache, plan_order(tmp_path), ignore, load, ORIN)
    assert len(tensorrt.builds()) == 3


def test_a_network_that_tensorrt_cannot_read_is_named_by_its_node(
    cache: Cache, tmp_path: Path, tensorrt: FakeTensorRT
) -> None:
    order = plan_order(tmp_path, linear_network()[:-9])
    with pytest.raises(
        BoothError, match=r"small: no plan was built: .*small-.*onnx: TensorRT 10.3.0 cannot read"
    ):
        build_plan(cache, order, ignore, ORIN)
    assert not list(cache.plans.glob("*.plan"))
