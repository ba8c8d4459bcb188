"""A fresh booth and a city for every test that wants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.provision.builders import Booth, City, new_booth


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return new_booth(tmp_path / "booth")


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path / "city")
