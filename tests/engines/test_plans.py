"""The names of plans: everything that decides a plan is in its key, and only whole plans count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from engines.cache import Cache, sha256_of
from engines.plans import (
    Machine,
    PlanOrder,
    PlanRecord,
    is_whole,
    plan_key,
    plan_path,
    quarantine_plan,
    read_record,
    record_path,
    record_text,
    timing_path,
)
from tests.engines.plan_orders import ORIN

ORDERS = st.builds(
    PlanOrder,
    name=st.just("net"),
    onnx=st.just(Path("net.onnx")),
    onnx_sha256=st.sampled_from(["a" * 64, "b" * 64]),
    precision=st.sampled_from(["fp32", "fp16", "int8"]),
    shapes=st.sampled_from(
        [{"image": (1, 3)}, {"image": (2, 3)}, {"picture": (1, 3)}, {"image": ((1, 3), (1, 3), (2, 3))}]
    ),
    builder_level=st.sampled_from([3, 5]),
    workspace_mb=st.sampled_from([None, 256, 512]),
)
MACHINES = st.builds(
    Machine,
    tensorrt=st.sampled_from(["10.3.0", "10.3.1"]),
    compute_capability=st.sampled_from(["8.7", "11.0"]),
    sm_count=st.sampled_from([8, 16]),
    l4t=st.sampled_from(["", "36.4.3"]),
    gpu=st.just("Orin"),
)


@given(ORDERS, MACHINES, ORDERS, MACHINES)
def test_keys_are_equal_when_and_only_when_all_that_decides_is(
    order: PlanOrder, machine: Machine, other: PlanOrder, elsewhere: Machine
) -> None:
    same = (order.profiles(), replace(order, shapes={}), machine) == (
        other.profiles(),
        replace(other, shapes={}),
        elsewhere,
    )
    assert (plan_key(order, machine) == plan_key(other, elsewhere)) == same


@given(ORDERS, MACHINES)
def test_neither_the_place_of_the_file_nor_the_name_of_the_gpu_decides(
    order: PlanOrder, machine: Machine
) -> None:
    moved = replace(order, onnx=Path("elsewhere.onnx"))
    assert plan_key(moved, replace(machine, gpu="another")) == plan_key(order, machine)


def test_one_shape_is_the_same_as_that_shape_thrice() -> None:
    once, thrice = (
        PlanOrder("net", Path("net.onnx"), "a", "fp16", {"image": shape})
        for shape in ((1, 3), ((1, 3), (1, 3), (1, 3)))
    )
    assert once.profiles() == thrice.profiles() == {"image": ((1, 3), (1, 3), (1, 3))}
    assert plan_key(once, ORIN) == plan_key(thrice, ORIN)


def test_timings_are_shared_by_the_plans_of_one_machine_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert timing_path(cache, ORIN) == timing_path(cache, replace(ORIN, gpu="another"))
    assert timing_path(cache, ORIN) != timing_path(cache, replace(ORIN, tensorrt="10.3.1"))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"precision": "fp8"}, "net: no plan has precision 'fp8'; choose of"),
        ({"shapes": {"image": ((2, 3), (1, 3), (4, 3))}}, "net: shapes .* of image do not ascend from 1"),
        ({"shapes": {"image": ((1, 3), (1, 3), (4, 3, 3))}}, "do not ascend"),
        ({"shapes": {"image": (0, 3)}}, "do not ascend from 1"),
    ],
)
def test_an_order_that_nobody_can_build_is_refused_at_birth(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(BoothError, match=words):
        PlanOrder(**{"name": "net", "onnx": Path("net.onnx"), "onnx_sha256": "a", "precision": "fp16",
                     "shapes": {"image": (1, 3)}, **parts})  # fmt: skip


def kept_plan(folder: Path, name: str, content: bytes = b"a plan") -> Path:
    plan = folder / f"{name}.plan"
    plan.write_bytes(content)
    record = PlanRecord("key", {"name": name}, {"sm_count": 8}, "fp16", 256, 12, 3.5, sha256_of(plan))
    record_path(plan).write_text(record_text(record))
    return plan


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = kept_plan(tmp_path, "net")
    record = read_record(plan)
    assert record
    assert (record.precision, record.layers, record.seconds) == ("fp16", 12, 3.5)
    assert record_text(record) == record_path(plan).read_text()


def test_only_a_plan_with_its_own_record_is_whole(tmp_path: Path) -> None:
    plan = kept_plan(tmp_path, "net")
    assert is_whole(plan)
    plan.write_bytes(b"a plam")
    assert not is_whole(plan)
    plan = kept_plan(tmp_path, "net")
    record_path(plan).write_text('{"key": "cut sh')
    assert not is_whole(plan)
    record_path(plan).unlink()
    assert not is_whole(plan)
    assert not is_whole(tmp_path / "none.plan")


def test_quarantine_keeps_the_newest_five_with_their_records(tmp_path: Path) -> None:
    for number in range(7):
        quarantine_plan(kept_plan(tmp_path, f"net-{number}"), "a test")
    kept = {path.name for path in (tmp_path / "quarantine").iterdir()}
    assert kept == {f"net-{number}{end}" for number in range(2, 7) for end in (".plan", ".json")}
    assert not list(tmp_path.glob("*.*"))


def test_quarantine_of_a_plan_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    quarantine_plan(tmp_path / "none.plan", "a test")
    assert not list((tmp_path / "quarantine").iterdir())


def test_the_file_is_named_by_the_network_and_the_key(tmp_path: Path) -> None:
    order = PlanOrder("net", Path("net.onnx"), "a", "fp16", {"image": (1, 3)})
    assert plan_path(Cache(tmp_path), order, ORIN).name == f"net-{plan_key(order, ORIN)[:12]}.plan"
