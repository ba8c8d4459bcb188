"""A fresh booth and a city for every test that wants them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provision.builders import Booth, City, new_booth

MEMORY = Path("/dev/shm")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder that costs no disk, where there is such a place: for thousands of small files."""
    place = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix="booth-test-", dir=place) as folder:
        yield Path(folder)


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return new_booth(tmp_path / "booth")


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path / "city")
