"""Means of days: of cells that most days tell, as unsure as the rest leave them."""

from __future__ import annotations

from typing import Any

from appliance.analysis.means import mean_share
from tests.analysis.builders import history
from tests.analysis.test_city import cities


def test_a_cell_that_few_days_tell_has_no_mean() -> None:
    def rare(day: int) -> Any:
        return {"pattern": {"plain": 0.98, "striped": 0.02 if day < 4 else 0.001}}

    (city,) = cities(*history("madrid", "b", 20, rare))
    assert mean_share(city.days, "pattern", "striped") is None
    assert mean_share(city.days, "pattern", "plain") is not None


def test_days_that_do_not_tell_a_cell_leave_it_open() -> None:
    def rare(day: int) -> Any:
        return {"pattern": {"plain": 0.95, "striped": 0.001 if day % 4 == 0 else 0.03}}

    (city,) = cities(*history("madrid", "b", 28, rare))
    mean = mean_share(city.days, "pattern", "striped")
    assert mean is not None
    assert mean.slack > 0.002
    assert mean.low <= 0.0228 <= mean.high
