"""Engines before the first frame: how far they are is told, systemd waits, the last good one stays."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.app import networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.choose import Wing, cpu_wing
from appliance.verbs.figures import Figures
from appliance.verbs.preparation import (
    EXTEND_BY_S,
    EXTEND_EVERY_S,
    Stopped,
    Waiting,
    prepare,
    prepare_engines,
)
from appliance.verbs.vision import run_vision
from engines.active import Network, active_plan
from engines.cache import default_cache
from engines.workshop import Verdict, Workshop
from tests.engines.builders import put_network
from tests.engines.test_verify import body
from tests.fakes import FakeClock
from tests.verbs.test_engines import GOOD, SHOWN

PEOPLE = Network("picodet-s", (640, 384), "planar")
BODIES = Network("blazepose", (256, 256), "planar")
STEP_S = 2.0


class Desk:
    """Vitals, systemd and a clock, all of which remember what they were told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = FakeClock()
        self.vitals: list[dict[str, Any]] = []
        self.extended: list[tuple[float, float]] = []
        self.lines: list[str] = []
        self.stop = threading.Event()
        monkeypatch.setattr("appliance.verbs.figures.time", SimpleNamespace(monotonic=self.clock.monotonic))
        monkeypatch.setattr("appliance.verbs.figures.write_vitals", self._write)
        monkeypatch.setattr("appliance.health.notify.extend_start", self._extend)
        monkeypatch.setattr("appliance.health.notify.status", self.lines.append)
        self.waiting = Waiting(Figures(Path()), self.stop, self.clock.monotonic)

    def _write(self, _runtime: Path, process: str, vitals: dict[str, Any], now_s: float) -> None:
        assert process == "vision"
        self.vitals.append({**vitals, "written_s": now_s})

    def _extend(self, seconds: float) -> None:
        self.extended.append((self.clock.now_s, seconds))

    def builder(self, *steps: float, why: str = "") -> Callable[[Network, Callable[[float], None]], Verdict]:
        """Return a builder that reports these shares, STEP_S apart, and then passes, or fails with `why`."""

        def bring(network: Network, progress: Callable[[float], None]) -> Verdict:
            for share in steps:
                self.clock.now_s += STEP_S
                progress(share)
            return Verdict(network, "fp16", not why, why)

        return bring


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def shares(count: int) -> Iterator[float]:
    return (step / count for step in range(count + 1))


def test_how_far_it_is_is_told_over_all_networks(desk: Desk) -> None:
    assert prepare([PEOPLE, BODIES], desk.builder(0.0, 0.5, 1.0), lambda _: False, desk.waiting) == ""
    reasons = [f"building engines, {percent} %" for percent in (0, 25, 50, 75, 100)]
    assert [vitals["reason"] for vitals in desk.vitals if vitals["reason"]][:1] == reasons[:1]
    assert list(dict.fromkeys(vitals["reason"] for vitals in desk.vitals)) == reasons
    assert {vitals["state"] for vitals in desk.vitals} == {"starting"}
    assert desk.lines == reasons


def test_systemd_is_asked_for_time_at_intervals_and_never_runs_out_of_it(desk: Desk) -> None:
    prepare([PEOPLE], desk.builder(*shares(200)), lambda _: False, desk.waiting)
    at_s = [at_s for at_s, _ in desk.extended]
    gaps = [later - sooner for sooner, later in itertools.pairwise(at_s)]
    assert len(at_s) == pytest.approx(200 * STEP_S / EXTEND_EVERY_S, abs=2)
    assert EXTEND_EVERY_S <= min(gaps) <= max(gaps) < EXTEND_BY_S
    assert {seconds for _, seconds in desk.extended} == {EXTEND_BY_S}


def test_a_builder_that_says_nothing_more_gets_no_more_time(desk: Desk) -> None:
    prepare([PEOPLE], desk.builder(), lambda _: False, desk.waiting)
    assert not desk.extended


def test_the_vitals_stay_fresh_while_the_share_stands_still(desk: Desk) -> None:
    prepare([PEOPLE], desk.builder(*[0.4] * 30), lambda _: False, desk.waiting)
    written_s = [vitals["written_s"] for vitals in desk.vitals]
    assert max(b - a for a, b in itertools.pairwise(written_s)) <= STEP_S
    assert desk.lines == ["building engines, 40 %"]


def test_a_failure_keeps_the_last_good_engine_and_says_so(desk: Desk) -> None:
    fault = prepare([PEOPLE, BODIES], desk.builder(why="out of memory"), lambda _: True, desk.waiting)
    assert fault == (
        "picodet-s 640x384 runs its last good engine (out of memory); "
        "blazepose 256x256 runs its last good engine (out of memory)"
    )


def test_without_any_engine_the_booth_says_what_to_mend(desk: Desk) -> None:
    with pytest.raises(
        BoothError, match=r"picodet-s 640x384 has no engine .*\(no GPU\).*booth engines build"
    ):
        prepare([PEOPLE], desk.builder(why="no GPU"), lambda _: False, desk.waiting)


def test_a_stop_ends_the_build(desk: Desk) -> None:
    desk.stop.set()
    with pytest.raises(Stopped):
        prepare([PEOPLE], desk.builder(0.1, 0.2), lambda _: True, desk.waiting)
    assert not desk.vitals


@pytest.mark.parametrize("fails", [False, True])
def test_the_engines_of_a_wing_are_built_compared_and_active(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: bool
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("engines.workshop.reference_of", lambda cache, network: GOOD[network.name])
    monkeypatch.setattr("appliance.verbs.preparation.shown_once", lambda *_: lambda: SHOWN)
    cache, networks = default_cache(), networks_of(Settings(), "planar")
    for network in networks:
        put_network(cache, network)

    def make(network: Network, progress: Callable[[float], None]) -> Path:
        progress(0.5)
        plan = cache.models / f"{network.stem}.plan"
        plan.write_bytes(b"plan")
        return plan

    runners = {**GOOD, "blazepose": body(columns=10)} if fails else GOOD
    shop = Workshop("planar", "fp16", "Orin", make, lambda network, _: runners[network.name], False)
    monkeypatch.setattr("appliance.verbs.preparation.workshop_of", lambda *_: shop)
    wing, figures = replace(cpu_wing(), open_plan=lambda plan: lambda inputs: {}), Figures(Path())
    if fails:
        with pytest.raises(
            BoothError, match=r"blazepose 256x256 has no engine that may run \(failed \(mask_iou"
        ):
            prepare_engines(Settings(), wing, figures, desk.stop)
    else:
        assert prepare_engines(Settings(), wing, figures, desk.stop) == ""
        assert all(active_plan(cache, network).suffix == ".plan" for network in networks)
    assert desk.lines[0] == "building engines, 17 %"


@pytest.mark.parametrize("stopped", [False, True])
def test_vision_prepares_a_wing_of_plans_before_it_loads_anything(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stopped: bool
) -> None:
    wing = replace(cpu_wing(), open_plan=lambda plan: lambda inputs: {})

    def prepared(*_: Any) -> str:
        if stopped:
            desk.stop.set()
            raise Stopped
        return ""

    def load(settings: Settings, wing: Wing) -> Any:
        raise BoothError("loaded too late")

    monkeypatch.setattr("appliance.verbs.vision.choose_wing", lambda wanted: wing)
    monkeypatch.setattr("appliance.verbs.preparation.prepare_engines", prepared)
    monkeypatch.setattr("appliance.verbs.vision.load_eyes", load)
    if stopped:
        run_vision(Settings(), desk.stop)
        assert desk.vitals[-1]["state"] == "stopped"
    else:
        with pytest.raises(BoothError, match="loaded too late"):
            run_vision(Settings(), desk.stop)
