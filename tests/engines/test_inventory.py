"""The list of networks: what is there, what runs, and why the rest does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.active import Network, activate, refuse
from engines.cache import Cache
from engines.entries import read_manifest
from engines.inventory import Row, inventory, rows_of
from tests.engines.builders import active_of, put_network

BODY = Network("blazepose", (256, 256))
MODEL = read_manifest().model("blazepose")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "booth")


def rows(cache: Cache) -> list[Row]:
    return list(rows_of(cache, MODEL, "here"))


def test_what_is_missing_says_how_it_comes(cache: Cache) -> None:
    packed, planar = rows(cache)
    assert (packed.layout, packed.state, packed.runs, packed.why) == (
        "packed",
        "missing",
        False,
        "run: make setup",
    )
    assert (planar.state, planar.why) == ("missing", "run: booth engines convert --layout planar")


def test_the_packed_network_runs_when_nothing_else_does(cache: Cache) -> None:
    put_network(cache, BODY)
    refuse(cache, BODY, "int8", "not faster here")
    packed, refused, _ = rows(cache)
    assert (packed.state, packed.runs) == ("ready", True)
    assert (refused.precision, refused.state, refused.runs, refused.why) == (
        "int8",
        "refused",
        False,
        "not faster here",
    )


def test_what_is_active_runs_in_its_place_until_it_no_longer_fits(cache: Cache) -> None:
    put_network(cache, BODY)
    path = cache.models / "eight.onnx"
    path.write_bytes(b"eight bits")
    activate(cache, BODY, active_of(cache, BODY, path))
    packed, active, _ = rows(cache)
    assert (packed.runs, active.runs, active.state, active.file) == (False, True, "ready", str(path))
    path.write_bytes(b"eight bitz")
    packed, active, _ = rows(cache)
    assert (packed.runs, active.runs, active.state) == (True, False, "unfit")
    assert active.why == "eight.onnx is damaged; run: booth engines build"


def test_planes_alone_never_run(cache: Cache) -> None:
    put_network(cache, Network("blazepose", (256, 256), "planar"))
    _, planar = rows(cache)
    assert (planar.state, planar.runs) == ("ready", False)


def test_the_inventory_has_every_network_that_somebody_brings(cache: Cache) -> None:
    found = list(inventory(cache, read_manifest(), "here"))
    assert {row.name for row in found} == {"picodet-s", "modnet", "blazepose", "mobilenet-v2"}
    assert not any(row.runs for row in found)
    assert [row.size for row in found if row.name == "modnet"] == ["any size"]
