"""What the updater reads of a booth file, what it passes over, and when a booth may be interrupted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from appliance.config import Folders, Identity, Update
from appliance.config_file import load_settings
from appliance.errors import BoothError
from appliance.update.orders import Orders, read_orders


def orders(text: str, folder: Path) -> Orders:
    file = folder / "booth.yaml"
    file.write_text(text)
    return read_orders(file)


def test_updates_are_off_until_somebody_names_a_server(tmp_path: Path) -> None:
    assert orders("", tmp_path).update.url is None


def test_keys_of_a_newer_program_keep_no_update_out(tmp_path: Path) -> None:
    text = "later: {key: 1}\nupdate: {url: https://u.example/booth/, speed: 9}\nbooth: {id: a, colour: red}\n"
    found = orders(text, tmp_path)
    assert (found.update.url, found.booth.id) == ("https://u.example/booth", "a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("booth: {id: a}\nupdate:\n  url: ftp://x", r"booth.yaml:3: update.url: no web address"),
        ("update: {url: 'https://user:secret@x/'}", "no web address"),
        ("update: [1]", "update: a section is"),
        ("update: {window: [2, 25]}", "less than or equal to 24"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BoothError, match=words):
        orders(text, tmp_path)


def test_the_whole_program_reads_the_same_section(tmp_path: Path) -> None:
    file = tmp_path / "booth.yaml"
    file.write_text("update: {url: 'http://10.0.0.1:8000/site', ring: canary, window: [23, 4], every_h: 1}\n")
    assert load_settings(file).update == read_orders(file).update


@pytest.mark.parametrize(
    ("window", "hour", "inside"),
    [
        ((2, 5), 2, True), ((2, 5), 4.9, True), ((2, 5), 5, False), ((2, 5), 1.9, False),
        ((23, 4), 23.5, True), ((23, 4), 3, True), ((23, 4), 12, False), ((0, 24), 12, True),
    ],
)  # fmt: skip
def test_the_window_is_a_stretch_of_the_night_also_over_midnight(
    window: tuple[float, float], hour: float, inside: bool
) -> None:
    at = datetime(2026, 11, 26, int(hour), round(hour % 1 * 60))  # noqa: DTZ001
    given = Orders(Identity(), Update(window=window), Folders())
    assert given.in_window(at) == inside


def test_a_booth_draws_the_same_ring_each_time_and_few_are_canaries() -> None:
    drawn = [
        Orders(Identity(city="madrid", id=f"b{number}"), Update(), Folders()).ring for number in range(2000)
    ]
    counted = Counter(drawn)
    assert 0.03 < counted["canary"] / 2000 < 0.07
    assert 0.21 < counted["city"] / 2000 < 0.29
    assert Orders(Identity(city="madrid", id="b7"), Update(), Folders()).ring == drawn[7]
    assert Orders(Identity(id="b7"), Update(ring="canary"), Folders()).ring == "canary"
