"""A publisher with two signed releases, his server, and a booth that runs the older."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.update.server import Server, serving
from tests.update.world import NEW, Booth, Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path / "publisher")
    made.publish(NEW)
    return made


@pytest.fixture
def server(publisher: Publisher) -> Iterator[Server]:
    with serving(publisher.site) as running:
        yield running


@pytest.fixture
def booth(tmp_path: Path, server: Server, publisher: Publisher) -> Booth:
    return Booth(tmp_path / "booth", server.url, publisher.root)
