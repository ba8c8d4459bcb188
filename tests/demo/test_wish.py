"""Signals as wishes: counted, not obeyed on the spot, and given back."""

from __future__ import annotations

import os
import signal

import pytest

from appliance.demo.wish import Wish


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_asks_for_an_end_and_the_second_for_haste(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # Whoever runs the tests may have said nohup.
    try:
        told_twice(number)
    finally:
        signal.signal(number, before)


def told_twice(number: signal.Signals) -> None:
    with Wish() as wish:
        assert not wish.stop()
        os.kill(os.getpid(), number)
        assert (wish.stop(), wish.hurry()) == (True, False)
        os.kill(os.getpid(), number)
        assert wish.hurry()


def test_the_handlers_of_before_are_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Wish():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_what_was_started_with_nohup_stays_deaf_to_the_terminals_end() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Wish() as wish:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not wish.stop()
    finally:
        signal.signal(signal.SIGHUP, before)
