"""`booth learn` and `booth bank`: interrupted runs go on, broken sources are told, and figures hold nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.artifacts import load_bank, save_bank
from appliance.errors import SourceError
from appliance.verbs.learn import STOPPED_BY_HAND
from appliance.verbs.people import Person
from appliance.vision.descriptor import VERSION
from tests.command import Done, booth
from tests.streets import passage, random_bank, random_measures

PEOPLE = 15
"In each source."


class Cinema:
    """Sources that show PEOPLE each; one can be broken, and the switch can be pulled at a person."""

    def __init__(self, folder: Path) -> None:
        self.sources = [folder / f"{day}.mp4" for day in ("monday", "tuesday", "wednesday")]
        for source in self.sources:
            source.write_bytes(source.name.encode())
        self.bank = folder / "street.bank"
        self.broken: set[str] = set()
        self.pulled_at: int | None = None
        self.shown: list[str] = []

    def people_of(self, source: str, *_: Any) -> Iterator[Person]:
        name = Path(source).name
        if name in self.broken:
            raise SourceError(f"{source}: broken; make it anew")
        rng = np.random.default_rng(len(name))
        for i in range(PEOPLE):
            if self.pulled_at == len(self.shown):
                raise KeyboardInterrupt
            self.shown.append(name)
            yield Person(source, passage(i, random_measures(rng) if i else None, at_s=float(i)))

    def learn(self, *words: object) -> Done:
        return booth("learn", *self.sources, "--bank", self.bank, *words)


@pytest.fixture
def cinema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cinema:
    made = Cinema(tmp_path)
    monkeypatch.setattr("appliance.verbs.learn.load_eyes", lambda _: None)
    monkeypatch.setattr("appliance.verbs.learn.people_of", made.people_of)
    monkeypatch.setattr("appliance.verbs.learn.SAVE_EVERY_S", 0.0)
    return made


def test_all_sources_are_learned_once(cinema: Cinema) -> None:
    done = cinema.learn()
    assert done.code == 0
    assert done.out.startswith(
        f"{cinema.bank}: learned from {3 * (PEOPLE - 1)} people (3 abstained); prototypes: "
    )
    assert load_bank(cinema.bank, VERSION).passages == 3 * (PEOPLE - 1)


@pytest.mark.parametrize("pulled_at", [0, 7, 20, 25, 40])
def test_after_ctrl_c_the_same_command_goes_on_and_counts_nobody_twice(
    cinema: Cinema, pulled_at: int
) -> None:
    cinema.pulled_at = pulled_at
    stopped = cinema.learn()
    assert stopped.code == STOPPED_BY_HAND
    assert "the same command goes on from here" in stopped.err
    cinema.pulled_at = None
    assert cinema.learn().code == 0
    assert load_bank(cinema.bank, VERSION).passages == 3 * (PEOPLE - 1)


def test_sources_that_are_learned_are_not_played_again(cinema: Cinema) -> None:
    first = cinema.learn()
    shown, content = len(cinema.shown), cinema.bank.read_bytes()
    second = cinema.learn()
    assert second.out == first.out
    assert "3 of 3 sources are learned already; --again starts afresh" in second.err
    assert len(cinema.shown) == shown
    assert cinema.bank.read_bytes() == content


def test_a_new_source_is_added_to_what_is_known(cinema: Cinema) -> None:
    booth("learn", *cinema.sources[:2], "--bank", cinema.bank)
    assert cinema.learn().code == 0
    assert cinema.shown.count("monday.mp4") == PEOPLE
    assert load_bank(cinema.bank, VERSION).passages == 3 * (PEOPLE - 1)


def test_afresh_plays_all_again(cinema: Cinema) -> None:
    cinema.learn()
    assert cinema.learn("--again").code == 0
    assert cinema.shown.count("monday.mp4") == 2 * PEOPLE
    assert load_bank(cinema.bank, VERSION).passages == 3 * (PEOPLE - 1)


def test_another_part_of_a_source_is_another_source(cinema: Cinema) -> None:
    cinema.learn("--first-share", "0.5")
    cinema.learn()
    assert cinema.shown.count("monday.mp4") == 2 * PEOPLE


def test_a_broken_source_is_told_and_learned_once_it_is_mended(cinema: Cinema) -> None:
    cinema.broken = {"tuesday.mp4"}
    done = cinema.learn()
    assert done.code == 0
    assert "tuesday.mp4: broken; make it anew" in done.err
    cinema.broken = set()
    cinema.learn()
    assert load_bank(cinema.bank, VERSION).passages == 3 * (PEOPLE - 1)


def test_nothing_but_broken_sources_is_an_error(cinema: Cinema) -> None:
    cinema.broken = {source.name for source in cinema.sources}
    done = cinema.learn()
    assert (done.code, cinema.bank.exists()) == (1, False)
    assert len(done.err.splitlines()) == 3


def test_a_bank_of_another_version_is_not_overwritten_unless_asked(cinema: Cinema) -> None:
    cinema.bank.write_bytes(b"precious")
    done = cinema.learn()
    assert (done.code, cinema.bank.read_bytes()) == (1, b"precious")
    assert "start afresh: booth learn --again" in done.err
    assert cinema.learn("--again").code == 0


def test_a_bank_of_other_vectors_is_neither_gone_on_with_nor_shown_nor_merged(
    cinema: Cinema, tmp_path: Path
) -> None:
    save_bank(random_bank(lengths={"colour": 7}), cinema.bank)
    content = cinema.bank.read_bytes()
    merge = ("bank", "merge", cinema.bank, cinema.bank, "--out", tmp_path / "city.bank")
    for done in (cinema.learn(), booth("bank", "show", cinema.bank), booth(*merge)):
        assert done.code == 1
        assert f"{cinema.bank}: measures {{'colour': 7}}" in done.err
        assert done.err.count("\n") == 1
    assert cinema.bank.read_bytes() == content
    assert cinema.learn("--again").code == 0


def test_the_figures_of_a_bank_are_versions_dates_and_counts(cinema: Cinema) -> None:
    cinema.learn()
    shown = json.loads(booth("bank", "show", cinema.bank, "--json").out)
    assert shown["people"] == 3 * (PEOPLE - 1)
    assert shown["learns_on"] is True
    assert set(shown["measures"]["colour"]) == {"prototypes", "length", "fewest", "most", "lately"}
    assert shown["measures"]["colour"]["fewest"] >= 10
    told = booth("bank", "show", cinema.bank)
    assert (told.code, f"bank {shown['bank']}" in told.out) == (0, True)


def test_banks_are_merged_into_a_file(cinema: Cinema, tmp_path: Path) -> None:
    for number, source in enumerate(cinema.sources[:2]):
        booth("learn", source, "--bank", tmp_path / str(number))
    done = booth("bank", "merge", tmp_path / "0", tmp_path / "1", "--out", tmp_path / "city.bank")
    assert done.code == 0
    assert load_bank(tmp_path / "city.bank", VERSION).passages == 2 * (PEOPLE - 1)


def test_one_bank_alone_is_not_merged(cinema: Cinema, tmp_path: Path) -> None:
    cinema.learn()
    done = booth("bank", "merge", cinema.bank, "--out", tmp_path / "city.bank")
    assert done.code == 1
    assert "name at least two banks" in done.err
