"""Progress of a build: whatever TensorRT tells in whatever order, the share stays in 0..1 and never falls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engines.phases import Phases

NAMES = st.sampled_from(["a", "b", "c"])
CALLS = st.one_of(
    st.tuples(st.just("start"), NAMES, st.one_of(st.none(), NAMES), st.integers(-1, 9)),
    st.tuples(st.just("step"), NAMES, st.integers(-3, 12)),
    st.tuples(st.just("finish"), NAMES),
)


@given(st.lists(CALLS, max_size=60))
def test_the_share_never_falls_and_stays_within_bounds(calls: list[tuple[str, ...]]) -> None:
    told: list[float] = []
    phases = Phases(told.append)
    for kind, *arguments in calls:
        getattr(phases, kind)(*arguments)
    assert told == sorted(told)
    assert all(0 < share <= 1 for share in told)


def test_a_phase_inside_a_step_moves_the_share_by_a_part_of_that_step() -> None:
    told: list[float] = []
    phases = Phases(told.append)
    phases.start("whole", None, 2)
    phases.start("inner", "whole", 10)
    for step in range(5):
        phases.step("inner", step)
    quarter = told[-1]
    phases.finish("inner")
    phases.step("whole", 0)
    assert quarter < told[-1]
    assert abs(told[-1] - 2 * quarter) < 1e-9


def test_phases_without_a_parent_share_what_is_left() -> None:
    told: list[float] = []
    phases = Phases(told.append)
    for name in ("first", "second"):
        phases.start(name, None, 1)
        phases.finish(name)
    assert 0.9 <= told[0] < told[-1] < 1
