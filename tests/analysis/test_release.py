"""The reader's record and the contract say the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from appliance.analysis.release import TABLES, release_from
from tests.analysis.builders import contract, example, message, plain_street

CHECK = Draft202012Validator(contract())
Path = tuple[str | int, ...]
OTHER: tuple[Any, ...] = (
    None,
    True,
    "",
    "x",
    "trend/1",
    -1,
    0,
    1,
    19,
    199,
    0.5,
    2.5,
    1e12,
    [],
    {},
    ["x"],
    {"x": 1},
)


def reads(values: Any) -> bool:
    with suppress(ValueError):
        release_from(values)
        return True
    return False


def paths(values: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a message, of lists the first two only."""
    yield at
    inside = (
        values.items()
        if isinstance(values, dict)
        else enumerate(values[:2])
        if isinstance(values, list)
        else ()
    )
    for key, value in inside:
        yield from paths(value, (*at, key))


PLACES = [path for path in paths(example()) if path]


def changed(path: Path, change: Any) -> Any:
    """The contract's example with one place set, or without it where `change` is the marker."""
    values = copy.deepcopy(example())
    place: Any = values
    for step in path[:-1]:
        place = place[step]
    if change is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = change
    return values


def test_the_contracts_example_is_read() -> None:
    assert reads(example())


def test_what_tests_build_is_by_the_contract() -> None:
    CHECK.validate(message("madrid", "b", 3, plain_street()))


def test_the_tables_are_those_of_the_contract() -> None:
    named = contract()["properties"]["tables"]["items"]["properties"]["name"]["enum"]
    assert tuple(named) == TABLES


@given(st.sampled_from(PLACES), st.sampled_from([..., *OTHER]))
def test_what_the_contract_refuses_is_not_read(path: Path, change: Any) -> None:
    values = changed(path, change)
    if not CHECK.is_valid(values):
        assert not reads(values)


@given(st.sampled_from(PLACES))
def test_no_key_too_many_is_read(path: Path) -> None:
    place: Any = (values := copy.deepcopy(example()))
    for step in path:
        place = place[step]
    if isinstance(place, dict):
        place["extra"] = 1
        assert not reads(values)
        assert not CHECK.is_valid(values)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (("day",), "2026-02-30"),
        (("day",), "9999-12-31"),
        (("day",), "0001-01-01"),
        (("tables", 1, "name"), "upper-colour"),
        (("tables", 0, "cells", 1, "label"), "black"),
        (("tables", 0, "cells", 0, "low"), 0.5),
        (("passages", "low"), 3010),
    ],
)
def test_what_no_schema_can_say_is_not_read_either(path: Path, change: Any) -> None:
    assert CHECK.is_valid(changed(path, change))
    assert not reads(changed(path, change))


def test_what_is_wrong_is_said_in_one_line_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"^tables\.0\.cells\.1\.share: [^\n]*$"):
        release_from(changed(("tables", 0, "cells", 1, "share"), 2))
