"""Reaching a broker in a thread: whoever gives up waiting leaves no connection behind."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from appliance.uplink.dial import Dial
from appliance.uplink.message import LinkLostError
from appliance.uplink.mqtt import Link
from tests.uplink.consumer import wait_for


class SlowLink:
    """Reaches its broker when it is told to."""

    def __init__(self, error: LinkLostError | None = None) -> None:
        self.reach = threading.Event()
        self.closed = threading.Event()
        self._error = error

    def dial(self) -> None:
        assert self.reach.wait(10)
        if self._error:
            raise self._error

    def close(self) -> None:
        self.closed.set()


def test_it_is_done_once_the_broker_was_reached() -> None:
    link = SlowLink()
    dial = Dial(cast("Link", link))
    assert not dial.done()
    link.reach.set()
    wait_for(dial.done)
    assert not link.closed.is_set()


def test_why_it_was_not_reached_is_told_to_whoever_asks() -> None:
    link = SlowLink(LinkLostError("nobody there"))
    dial = Dial(cast("Link", link))
    link.reach.set()
    with pytest.raises(LinkLostError, match="nobody there"):
        wait_for(dial.done)


def test_one_that_is_given_up_closes_what_it_reaches_later() -> None:
    link = SlowLink()
    Dial(cast("Link", link)).abandon()
    assert not link.closed.is_set()
    link.reach.set()
    assert link.closed.wait(10)


def test_one_that_is_given_up_too_late_closes_what_it_has_reached() -> None:
    link = SlowLink()
    dial = Dial(cast("Link", link))
    link.reach.set()
    wait_for(dial.done)
    dial.abandon()
    assert link.closed.is_set()
