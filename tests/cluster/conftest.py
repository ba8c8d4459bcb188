"""One cluster for all tests that hurt it; each gets it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, why_not


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Cluster(Path(tmp_path_factory.mktemp("cluster"))) as running:
        yield running


@pytest.fixture
def cluster(started: Cluster) -> Iterator[Cluster]:
    yield started
    for node in started.nodes:
        if started.runs(node):
            started.mend(node)
        else:
            started.start_node(node)
    started.wait()
