"""A frame's cost on paper: it grows with what is asked, and what is not asked costs nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.budget.board import ORIN_NANO_SUPER
from appliance.budget.frame import frames_per_second, shares_of, stage_ms
from appliance.budget.load import Load, Sight, sights_of
from appliance.budget.work import Work, work_of
from appliance.config import Garment

GARMENTS = Garment()
sides = st.integers(2, 60).map(lambda count: 32 * count)
sizes = st.tuples(sides, sides)
sights = st.builds(Sight, views=st.floats(0, 16), lights=st.floats(0, 1))
loads = st.builds(
    Load,
    size=sizes,
    detector=sizes,
    frame_rate=st.floats(1, 120),
    people=st.integers(0, 60),
    bank_rows=st.integers(0, 10**6),
    precision=st.sampled_from(["fp16", "int8"]),
)


def parts(load: Load, sight: Sight) -> dict[str, Work]:
    return {work.part: work for work in work_of(load, sight)}


def frame_s(load: Load, sight: Sight) -> float:
    return 1 / frames_per_second(shares_of(ORIN_NANO_SUPER, load, sight))


@given(loads, sights)
def test_nothing_costs_less_than_nothing(load: Load, sight: Sight) -> None:
    assert all(work.moved >= 0 and work.operations >= 0 for work in work_of(load, sight))


@given(loads, st.floats(0, 1))
def test_without_a_view_no_body_is_looked_at_and_no_bank_read(load: Load, lights: float) -> None:
    costs = parts(load, Sight(0, lights))
    for part in ("crops", "BlazePose", "dress", "cuts", "measures", "MobileNetV2", "neighbours"):
        assert (costs[part].moved, costs[part].operations) == (0, 0), part


@given(loads)
def test_an_empty_street_has_no_views(load: Load) -> None:
    assert all(sight.views == 0 for sight in sights_of(replace(load, people=0), GARMENTS).values())


@given(loads, st.floats(1, 16), st.floats(0, 1))
def test_a_view_more_costs_more(load: Load, views: float, lights: float) -> None:
    assert frame_s(load, Sight(views + 1, lights)) > frame_s(load, Sight(views, lights))


@given(loads, sights, st.integers(1, 10**6))
def test_a_longer_bank_never_costs_less(load: Load, sight: Sight, more: int) -> None:
    assert frame_s(replace(load, bank_rows=load.bank_rows + more), sight) >= frame_s(load, sight)


@given(loads, st.floats(1e-3, 16), st.integers(1, 10**5), st.integers(2, 10))
def test_the_time_of_the_search_is_proportional_to_the_bank(
    load: Load, views: float, rows: int, times: int
) -> None:
    once, often = (
        stage_ms(shares_of(ORIN_NANO_SUPER, replace(load, bank_rows=count), Sight(views, 0)))["novelty"]
        for count in (rows, times * rows)
    )
    assert often == pytest.approx(times * once)


@given(loads, sights, st.integers(1, 16))
def test_a_larger_picture_or_detector_costs_more(load: Load, sight: Sight, more: int) -> None:
    for key, (width, height) in (("size", load.size), ("detector", load.detector)):
        larger = replace(load, **{key: (width + 32 * more, height)})  # type: ignore[arg-type]
        assert frame_s(larger, sight) > frame_s(load, sight), key


@given(loads, sights)
def test_small_numbers_never_cost_more_than_half_floats(load: Load, sight: Sight) -> None:
    assert frame_s(replace(load, precision="int8"), sight) <= frame_s(replace(load, precision="fp16"), sight)


@given(loads)
def test_a_frame_takes_no_more_views_than_the_settings_allow(load: Load) -> None:
    known = sights_of(load, GARMENTS)
    assert known["steady"].views <= known["fullest"].views <= GARMENTS.per_frame
    assert known["fullest"].views <= known["everybody"].views == load.people


def test_eight_passers_by_want_three_views_each_in_ten_seconds() -> None:
    assert sights_of(Load(), GARMENTS)["steady"].views == pytest.approx(8 * 3 / 10 / 30)


def test_sixteen_queries_share_one_pass_over_the_bank() -> None:
    load = Load(bank_rows=1000, bank_length=256)
    moved = {views: parts(load, Sight(views, 0))["neighbours"].moved for views in (0.5, 1, 16, 17)}
    assert moved == {0.5: 256_000, 1: 512_000, 16: 512_000, 17: 1_024_000}


def test_every_part_belongs_to_a_stage_of_the_pipeline() -> None:
    stages = {work.stage for work in work_of(Load(), Sight(2, 1))}
    assert stages == {"camera", "letterbox", "detector", "decode", "garments", "descriptor", "novelty"}


@pytest.mark.parametrize("wrong", [{"size": (0, 1080)}, {"people": -1}, {"frame_rate": 0}, {"bank_rows": -5}])
def test_a_load_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Load(**wrong)  # type: ignore[arg-type]
