"""From candidate to what runs: only what passes, and the last good one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.config import Engines
from appliance.errors import BoothError, PlanRefused
from engines.active import INT8, Network, read_standing
from engines.cache import Cache, sha256_of
from engines.limits import BODY as BODY_ROLE
from engines.pictures import Shown
from engines.plan_workshop import plan_workshop, shape_of
from engines.plans import Machine, PlanOrder
from engines.verify import Runner
from engines.workshop import Workshop, bring_up, cpu_workshop, on_planes, role_of
from tests.engines.builders import put_network
from tests.engines.test_halve import FakeHalver
from tests.engines.test_quantize import FakeQuantizer
from tests.engines.test_verify import SIDE, body, masks, pictures

BODY = Network("blazepose", (256, 256))
PLANES = Network("blazepose", (256, 256), "planar")
ORIN = Machine("10.3.0", "8.7", 8, "36.4.3", "Orin")
THOR = Machine("11.4.0", "11.0", 20, "39.2", "Thor")
GOOD, BAD = body(), body(columns=10)


def shown() -> Shown:
    return Shown({BODY_ROLE: pictures(8)}, masks(8))


def ask_nobody() -> Shown:
    raise AssertionError("no picture is needed")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """Return a cache with a body network whose reference is a fake."""
    cache = Cache(tmp_path / "booth")
    for network in (BODY, PLANES):
        put_network(cache, network)
    monkeypatch.setattr("engines.workshop.reference_of", lambda cache, network: GOOD)
    return cache


class Bench:
    """A workshop whose candidates are files with a name, and runners by that name."""

    def __init__(self, cache: Cache, **runners: Runner) -> None:
        self.cache = cache
        self.runners = runners
        self.made = 0
        self.failure: BoothError | None = None

    def shop(self, name: str, *, must_be_faster: bool = False) -> Workshop:
        def make(network: Network, progress: Callable[[float], None]) -> Path:
            if self.failure:
                raise self.failure
            self.made += 1
            progress(1.0)
            path = self.cache.models / name
            path.write_bytes(name.encode())
            return path

        def open_it(network: Network, path: Path) -> Runner:
            return self.runners[path.name]

        return Workshop("packed", INT8, "here", make, open_it, must_be_faster)


def test_a_candidate_that_is_as_good_runs(cache: Cache) -> None:
    bench, told = Bench(cache, good=GOOD), list[float]()
    verdict = bring_up(cache, bench.shop("good"), BODY, shown, told.append)
    active = read_standing(cache, BODY).active
    assert verdict.runs
    assert verdict.report is not None
    assert active is not None
    assert (active.file, active.machine, active.note) == ("models/good", "here", verdict.why)
    assert len(told) > 1  # making, then every picture that is compared
    assert set(told) == {1.0}


def test_a_worse_one_never_runs_and_the_last_good_one_stays(cache: Cache) -> None:
    bench = Bench(cache, good=GOOD, bad=BAD)
    bring_up(cache, bench.shop("good"), BODY, shown)
    verdict = bring_up(cache, bench.shop("bad"), BODY, shown)
    standing = read_standing(cache, BODY)
    assert not verdict.runs
    assert standing.active is not None
    assert standing.active.file == "models/good"
    assert standing.refused == {INT8: verdict.why}
    assert "mask_iou 0.500, at least 0.95 is needed" in verdict.why


def test_what_runs_already_is_not_compared_again(cache: Cache) -> None:
    bench = Bench(cache, good=GOOD)
    first = bring_up(cache, bench.shop("good"), BODY, shown)
    again = bring_up(cache, bench.shop("good"), BODY, ask_nobody)
    assert (again.runs, again.why) == (True, first.why)


def test_what_passed_on_another_machine_is_compared_anew(cache: Cache) -> None:
    bench = Bench(cache, good=GOOD)
    bring_up(cache, bench.shop("good"), BODY, shown)
    elsewhere = replace(bench.shop("good"), machine="there")
    assert bring_up(cache, elsewhere, BODY, shown).report is not None


def test_a_candidate_that_cannot_be_made_is_a_verdict_and_no_crash(cache: Cache) -> None:
    bench = Bench(cache, good=GOOD)
    bring_up(cache, bench.shop("good"), BODY, shown)
    bench.failure = BoothError("out of memory")
    verdict = bring_up(cache, bench.shop("good"), BODY, shown)
    standing = read_standing(cache, BODY)
    assert (verdict.runs, verdict.why, verdict.report) == (False, "out of memory", None)
    assert standing.active is not None
    assert standing.refused == {INT8: "out of memory"}


def test_a_slower_one_passes_and_does_not_run(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    from engines.pace import Pace

    bench = Bench(cache, good=GOOD)
    for ratio, runs in ((0.8, False), (1.0, False), (1.5, True)):
        monkeypatch.setattr(
            "engines.workshop.measure_pace", lambda *_, ratio=ratio: Pace(10 * ratio, 10, 10 * ratio, 10)
        )
        verdict = bring_up(cache, bench.shop("good", must_be_faster=True), BODY, shown)
        assert verdict.runs == runs
        assert f"{ratio:.2f} times as fast" in verdict.why
        assert (read_standing(cache, BODY).active is not None) == runs


def test_a_network_that_no_booth_runs_has_no_role() -> None:
    assert role_of("blazepose") == BODY_ROLE
    with pytest.raises(BoothError, match="modnet is an alternative that no booth runs"):
        role_of("modnet")


def test_on_the_cpu_scales_come_from_pictures_of_their_own(cache: Cache) -> None:
    quantizer = FakeQuantizer()
    path = cpu_workshop(cache, shown, quantizer).make(BODY, lambda _: None)
    assert path.parent == cache.models
    assert path.name.startswith("blazepose-256x256-int8-")
    assert quantizer.given.shape == (8, SIDE, SIDE, 3)


def test_a_runner_of_planes_takes_packed_pictures() -> None:
    seen: list[NDArray[Any]] = []

    def run(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        seen.append(inputs["image"])
        return {}

    on_planes(PLANES, run)({"image": np.full((1, 4, 6, 3), 255, np.uint8)})
    assert seen[0].shape == (1, 3, 4, 6)
    assert seen[0] == pytest.approx(1)


class Plans:
    """Stands for engines.build.load_plan: notes the orders, writes a plan each."""

    def __init__(self) -> None:
        self.orders: list[PlanOrder] = []
        self.refusals = 0

    def __call__(
        self,
        cache: Cache,
        order: PlanOrder,
        progress: Callable[[float], None],
        load: Callable[[Path], Path],
        machine: Machine,
    ) -> Path:
        self.orders.append(order)
        cache.plans.mkdir(exist_ok=True)
        plan = cache.plans / f"{order.name}-{order.precision}.plan"
        plan.write_bytes(b"plan")
        progress(0.5)
        try:
            return load(plan)
        except PlanRefused:
            self.refusals += 1
            return load(plan)


@pytest.mark.parametrize(("wanted", "built"), [("auto", "fp16"), ("fp16", "fp16"), ("fp32", "fp32")])
def test_a_plan_is_ordered_from_the_planar_file(cache: Cache, wanted: str, built: str) -> None:
    plans = Plans()
    settings = Engines.model_validate({"precision": wanted, "workspace_mb": 512, "builder_level": 2})
    shop = plan_workshop(cache, settings, ORIN, lambda plan: GOOD, ask_nobody, plans)
    assert bring_up(cache, shop, PLANES, shown).runs
    (order,) = plans.orders
    assert order.onnx == cache.models / "blazepose-256x256-planar.onnx"
    assert (order.precision, order.builder_level, order.workspace_mb) == (built, 2, 512)
    active = read_standing(cache, PLANES).active
    assert active is not None
    assert active.file == f"plans/blazepose-256x256-planar-{built}.plan"
    assert active.machine == "Orin, TensorRT 10.3.0"


@pytest.mark.parametrize(("wanted", "halved"), [("auto", True), ("fp16", True), ("fp32", False)])
def test_where_the_file_says_the_types_an_fp16_plan_comes_from_a_halved_file_made_once(
    cache: Cache, wanted: str, halved: bool
) -> None:
    plans, halver = Plans(), FakeHalver()
    settings = Engines.model_validate({"precision": wanted})
    shop = plan_workshop(cache, settings, THOR, lambda plan: GOOD, ask_nobody, plans, run_half=halver)
    for _ in range(2):
        assert bring_up(cache, shop, PLANES, shown).runs
    order, again = plans.orders
    assert order == again
    assert order.onnx.name == f"blazepose-256x256-planar{'-fp16' if halved else ''}.onnx"
    assert order.onnx_sha256 == sha256_of(order.onnx)
    assert len(halver.floats) == int(halved)


def test_an_8_bit_plan_comes_from_a_quantized_planar_file_made_once(cache: Cache) -> None:
    plans, quantizer = Plans(), FakeQuantizer()
    settings = Engines(precision="int8")
    shop = plan_workshop(cache, settings, ORIN, lambda plan: GOOD, shown, plans, quantizer)
    bring_up(cache, shop, PLANES, shown)
    once = plan_workshop(cache, settings, ORIN, lambda plan: GOOD, ask_nobody, plans, quantizer)
    bring_up(cache, once, PLANES, shown)
    first, second = plans.orders
    assert quantizer.given.shape == (8, 3, SIDE, SIDE)
    assert first == second
    assert first.onnx_sha256 == sha256_of(first.onnx)
    assert first.onnx.name.startswith("blazepose-256x256-planar-int8-")


def test_a_plan_that_does_not_open_is_refused_to_its_builder(cache: Cache) -> None:
    plans, tries = Plans(), iter([PlanRefused("made by another TensorRT"), None, None])

    def open_plan(plan: Path) -> Runner:
        if error := next(tries):
            raise error
        return GOOD

    shop = plan_workshop(cache, Engines(), ORIN, open_plan, ask_nobody, plans)
    assert bring_up(cache, shop, PLANES, shown).runs
    assert plans.refusals == 1


def test_the_detector_takes_one_frame_and_the_others_any_number_of_people() -> None:
    assert shape_of(Network("picodet-s", (640, 384), "planar")) == (1, 3, 384, 640)
    assert shape_of(PLANES) == ((1, 3, 256, 256), (2, 3, 256, 256), (16, 3, 256, 256))
