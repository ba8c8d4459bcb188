"""The sample street, learned and replayed: its figures change only by a deliberate command (make golden)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.app import Eyes
from appliance.demo.stage import WANTED_SHARE
from appliance.uplink.event import event_from_payload
from tests.command import Done, booth, loaded, remembering

GOLDEN = Path(__file__).with_name("street.json")
FIRST_HALF = 0.5


class Street:
    """What learning on the first half and replaying the whole gave."""

    def __init__(self, replayed: Done, tracks: Path, learned: Done) -> None:
        self.replayed = replayed
        self.learned = learned
        self.tally: dict[str, Any] = json.loads(replayed.out)
        self.rows = [line.split(",") for line in tracks.read_text().splitlines()]

    def figures(self) -> dict[str, Any]:
        """What must stay the same; under `about` what another processor may round otherwise."""
        counts = {key: self.tally[key] for key in ("frames", "passages", "scored", "abstained", "exceptions")}
        return {
            **counts,
            "tracks": len({row[1] for row in self.rows}),
            "why": [event["why"] for event in self.tally["events"]],
            "learned": self.learned.out.split(": ", 1)[1].strip(),
            "about": [len(self.rows), *(event["rarity"] for event in self.tally["events"])],
        }


def difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    """One line per figure that changed; empty where none did."""
    keys = [key for key in {**old, **new} if not same(old.get(key), new.get(key), near=key == "about")]
    return "\n".join(f"{key}: {old.get(key)} -> {new.get(key)}" for key in keys)


def same(old: Any, new: Any, *, near: bool) -> bool:
    return bool(new == pytest.approx(old, rel=0.02)) if near and old else bool(old == new)


@pytest.fixture(scope="module")
def street(eyes: Eyes, street_video: Path, tmp_path_factory: pytest.TempPathFactory) -> Street:
    folder = tmp_path_factory.mktemp("street")
    bank, tracks = folder / "street.bank", folder / "tracks.txt"
    wish = folder / "wish.yaml"
    wish.write_text(f"decision: {{wanted_share: {WANTED_SHARE}}}\n")
    with loaded(remembering(eyes)):
        learned = booth("learn", street_video, "--bank", bank, "--first-share", FIRST_HALF)
        replayed = booth(
            "replay", street_video, "--bank", bank, "--json", "--tracks", tracks, "--config", wish
        )
    return Street(replayed, tracks, learned)


def test_the_street_gives_the_golden_figures(street: Street, pytestconfig: pytest.Config) -> None:
    new = street.figures()
    old = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    changed = difference(old, new)
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(new, indent=1) + "\n")
        print(f"\n{GOLDEN.name}: {changed or 'unchanged'}")
        return
    assert not changed, f"the replay differs from {GOLDEN.name}; if that is meant: make golden\n{changed}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"a": 1, "about": [100, 0.96]}, {"a": 1, "about": [101, 0.961]}, ""),
        (
            {"a": 1, "about": [100, 0.96]},
            {"a": 2, "about": [110, 0.96]},
            "a: 1 -> 2\nabout: [100, 0.96] -> [110, 0.96]",
        ),
        ({}, {"a": 1, "about": [1]}, "a: None -> 1\nabout: None -> [1]"),
    ],
)
def test_a_change_is_shown_figure_by_figure(old: dict[str, Any], new: dict[str, Any], told: str) -> None:
    assert difference(old, new) == told


def test_every_event_of_the_street_is_of_the_closed_schema(street: Street) -> None:
    for event in street.tally["events"]:
        event_from_payload(json.dumps(event).encode())


def test_most_people_of_the_street_could_be_judged(street: Street) -> None:
    assert street.tally["scored"] > 0.7 * street.tally["passages"]


def test_few_of_the_street_are_exceptions(street: Street) -> None:
    # A bank of a dozen people gives a quarter only roughly.
    assert 0 < street.tally["exceptions"] <= 0.4 * street.tally["scored"]


def test_each_frame_has_a_track_once(street: Street) -> None:
    seen = [(row[0], row[1]) for row in street.rows]
    assert len(seen) == len(set(seen))
    assert {len(row) for row in street.rows} == {10}
    assert max(int(frame) for frame, _ in seen) <= street.tally["frames"]
