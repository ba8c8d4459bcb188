"""What the tests of the looking share: a booth in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verbs.booth import Booth


@pytest.fixture
def booth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    return Booth(tmp_path, monkeypatch)
