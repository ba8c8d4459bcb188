"""Many eyes at once: all is collected, in an order that nobody's speed decides, and a fault is told."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import numpy as np
import pytest

from appliance.errors import BoothError
from appliance.verbs.witness import chosen
from appliance.verbs.witnesses import Word, collect, in_order
from calibration.audit.sight import NOBODY, Seen

NOTHING = Seen({}, NOBODY)


def said(*words: Word) -> Connection:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    for word in words:
        theirs.send(word)
    theirs.close()
    return ours


def test_what_all_see_is_collected_and_counted() -> None:
    steps: list[str] = []
    sights = collect(
        [said(("bank", "2", NOTHING), None), said(("normal", "1", NOTHING), ("bank", "1", NOTHING), None)],
        steps.append,
    )
    assert sorted(steps) == ["bank", "bank", "normal"]
    assert in_order(sights) == {"bank": {"1": NOTHING, "2": NOTHING}, "normal": {"1": NOTHING}}
    assert list(in_order(sights)["bank"]) == ["1", "2"]


def test_a_fault_of_one_is_told() -> None:
    with pytest.raises(BoothError, match="not a photo"):
        collect([said("a.jpg: not a photo")], lambda _: None)


def test_one_that_dies_is_told_with_a_cure() -> None:
    with pytest.raises(BoothError, match="try --people"):
        collect([said(("bank", "1", NOTHING))], lambda _: None)


def test_the_known_person_is_chosen_or_the_largest() -> None:
    boxes = np.array([[0, 0, 10, 20], [50, 0, 90, 80]], np.float32)
    assert chosen(boxes, (1, 0, 11, 20)) == 0
    assert chosen(boxes, None) == 1
    assert chosen(boxes, (200, 200, 220, 240)) is None
    assert chosen(boxes[:0], None) is None
