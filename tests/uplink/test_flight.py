"""What is on the way never exceeds what the broker takes, and leaves in the order in which it was sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.flight import MOST_WAITING, Flight
from appliance.uplink.message import Message


@given(most=st.integers(1, 5), steps=st.lists(st.booleans(), max_size=60))
def test_order_is_kept_and_the_broker_never_has_more_than_it_takes(most: int, steps: list[bool]) -> None:
    flight = Flight(most, 0.0)
    sent: list[int] = []
    landed: list[int] = []
    departed = 0

    def depart(number: int) -> None:
        nonlocal departed
        departed += 1
        flight.depart(number, departed, 0.0)

    for send in steps:
        if send:
            sent.append(flight.number())
            if flight.full():
                assert flight.hold(sent[-1], Message("t", b""))
            else:
                depart(sent[-1])
        else:
            number = flight.land(len(landed) + 1, 0.0)
            if number is not None:
                landed.append(number)
            waiting = flight.next()
            if waiting:
                depart(waiting[0])
        assert departed - len(landed) <= most
    assert landed == sent[: len(landed)]


def test_silence_counts_only_while_something_is_on_the_way() -> None:
    flight = Flight(2, 0.0)
    assert flight.silent_s(1000.0) == 0
    flight.depart(flight.number(), 7, 1000.0)
    assert flight.silent_s(1030.0) == 30
    assert flight.land(9, 1040.0) is None, "an answer to nobody is no sign of life"
    assert flight.silent_s(1050.0) == 50
    assert flight.land(7, 1050.0) == 1
    assert flight.silent_s(2000.0) == 0


def test_a_queue_that_nobody_serves_is_bounded() -> None:
    flight = Flight(1, 0.0)
    assert all(flight.hold(flight.number(), Message("t", b"")) for _ in range(MOST_WAITING))
    assert not flight.hold(flight.number(), Message("t", b""))
