"""One cluster for all tests that hurt it; each gets it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, why_not

collect_ignore_glob = ["test_*.py"] if why_not() else []
"`make test` has no cluster, and does not list its tests one by one as skipped."


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
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
