"""Days along the paper."""

from __future__ import annotations

from datetime import date

import numpy as np

from appliance.analysis.ribbons import smoothed, spread_out
from appliance.analysis.timeline import GAP, days_between, stretched, thinned

FIRST = date(2026, 3, 1)


def test_a_day_alone_has_the_width_of_a_day() -> None:
    days = days_between(FIRST, date(2026, 3, 3))
    times, places = stretched(days, [False, True, False])
    assert places.tolist() == [1, 1, 1, GAP]
    assert times[2] - times[0] == np.timedelta64(24, "h")


def test_a_missing_day_parts_two_runs() -> None:
    days = days_between(FIRST, date(2026, 3, 5))
    _, places = stretched(days, [True, True, False, True, True])
    assert places.tolist() == [0, 0, 1, 1, GAP, 3, 3, 4, 4, GAP]


def test_no_day_is_no_point() -> None:
    times, places = thinned(*stretched(days_between(FIRST, FIRST), [False]))
    assert len(times) == len(places) == 0


def test_a_long_line_is_thinned_and_keeps_its_ends_and_gaps() -> None:
    days = days_between(date(2016, 1, 1), date(2025, 12, 31))
    told = [place % 1000 != 7 for place in range(len(days))]
    times, places = stretched(days, told)
    kept, left = thinned(times, places)
    assert len(left) < 460
    assert (kept[0], kept[-2]) == (times[0], times[-2])
    assert np.count_nonzero(left == GAP) == np.count_nonzero(places == GAP)
    short = stretched(days[:90], told[:90])
    assert [part.tolist() for part in thinned(*short)] == [part.tolist() for part in short]


def test_ribbons_are_means_of_the_days_around_and_missing_days_stay_missing() -> None:
    shares = np.array([[0.1, 0.2, np.nan, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]])
    found = smoothed(shares)[0]
    assert np.isnan(found[2])
    assert found[0] == np.mean([0.1, 0.2, 0.3])
    assert np.isclose(found[5], np.mean([0.3, 0.4, 0.5, 0.6, 0.7, 0.8]))


def test_names_at_the_end_keep_their_order_and_distance() -> None:
    placed = spread_out([0.1, 0.11, 0.12, 0.99, 1.0], 0.05)
    assert placed == sorted(placed)
    assert min(np.diff(placed)) >= 0.05 - 1e-9
    assert placed[-1] <= 1.02
