"""What may happen: one function per fault, which goes on while events are made, and leaves the world mended."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from tests.chaos.mixture import PARTS, play, schedule
from tests.chaos.waiting import wait_for
from tests.chaos.world import World

EVERYTHING = frozenset({"cable", "relay", "clock", "disk"})
STEPS = 40
"Of the mixture."
BURST = 150
"Events of each party per stroke; a third of a second's worth."


class Fault(NamedTuple):
    """One line of the table."""

    name: str
    happen: Callable[[World], None]
    needs: frozenset[str] = frozenset()
    "Of the world: a cable (root), a relay, a clock that can be set, a disk that can be filled."


def kill_the_programs(world: World) -> None:
    """While there is no broker, so that what waits is in the booth alone."""
    world.write(BURST)
    world.broker.kill()
    world.write(BURST)
    wait_for(world.written, "written without a broker")
    world.write(BURST)
    time.sleep(0.1)
    world.kill_programs()
    world.broker.start()
    world.start_programs()


def kill_the_uplink(world: World) -> None:
    """Twice in the middle of sending."""
    for _ in range(2):
        world.write(BURST)
        time.sleep(0.3)
        world.booth.kill_uplink()
        world.booth.start_uplink()


def kill_the_broker(world: World) -> None:
    """Twice, the second time when it has just come up and the consumer may not be back."""
    for pause_s in (0.2, 0.5):
        world.write(BURST)
        time.sleep(pause_s)
        world.broker.kill()
        time.sleep(0.2)
        world.broker.start()


def cut_the_power_of_the_broker(world: World) -> None:
    """Its disk forgets half a second of what it acknowledged, while the consumer is away."""
    world.kill_backend()
    world.broker.save()
    world.write(BURST)
    wait_for(world.written, "written before the power cut")
    world.broker.cut_power()
    world.broker.start()
    world.start_backend()


def cut_the_power_of_the_city(world: World) -> None:
    """The same, and no packet says so: the network went with it, and is back only when the grace is over."""
    assert world.cable
    world.kill_backend()
    world.broker.save()
    world.write(BURST)
    wait_for(world.written, "written before the power cut")
    world.cable.cut()
    world.broker.cut_power()
    time.sleep(4)
    world.broker.start()
    world.start_backend()
    world.cable.mend()


def kill_the_backend(world: World) -> None:
    """The consumer, in the middle of receiving."""
    world.write(BURST)
    time.sleep(0.2)
    world.kill_backend()
    world.write(BURST)
    time.sleep(0.5)
    world.start_backend()


def cut_the_cable(world: World) -> None:
    """Silence: the keepalives of both ends find out, after at most twice its seconds."""
    assert world.cable
    world.write(BURST)
    time.sleep(0.2)
    world.cable.cut()
    world.write(BURST)
    wait_for(lambda: world.status().get("state") == "offline", "the broker has missed the booth")
    time.sleep(2)
    world.cable.mend()
    world.write(BURST)


def take_the_address(world: World) -> None:
    """The booth's network goes down, and says so."""
    assert world.cable
    world.write(BURST)
    time.sleep(0.2)
    world.cable.take_address()
    world.write(BURST)
    time.sleep(2)
    world.cable.give_address()


def slow_the_line(world: World) -> None:
    """A few kilobytes a second, then silence with the connection open, then reset."""
    assert world.relay
    world.relay.bytes_s = 4000
    world.write(BURST)
    time.sleep(2)
    world.relay.deaf = True
    world.write(BURST)
    time.sleep(3)
    world.relay.drop()
    world.relay.deaf = False
    world.relay.bytes_s = float("inf")


def fill_the_disk(world: World) -> None:
    """Vision goes on, is refused and says so; the uplink sends what is there."""
    assert world.disk
    world.write(2 * BURST)
    time.sleep(0.3)
    world.disk.fill()
    wait_for(world.written, "written with a full disk")
    assert world.booth.maker.ledger.refused
    world.disk.free()
    world.write(BURST)


def set_the_clock(world: World) -> None:
    """To 1970, to the year after next, and back: of the booth's programs, not of the city's."""
    assert world.clock
    for jump in (world.clock.to_1970, world.clock.far_ahead, world.clock.right):
        world.write(BURST)
        time.sleep(0.3)
        jump()
        time.sleep(0.7)
    world.write(BURST)
    assert world.heard.telling("desk", '"at":"1970-01-01T'), "nobody wrote in 1970"


def refuse_events(world: World) -> None:
    """The access list forbids exceptions for a while: reason code 135."""
    world.write(BURST // 3)
    wait_for(world.written, "written before")
    world.broker.refuse_events()
    world.write(BURST)
    wait_for(lambda: world.status().get("refused", 0) > 0, lambda: f"the status says {world.status()}")
    world.broker.allow()


def send_one_at_a_time(world: World) -> None:
    """The broker takes one message, then its acknowledgement, then the next: Receive Maximum 1."""
    world.write(BURST)


def all_at_once(world: World) -> None:
    """A short one of what `make chaos` does for as long as one likes."""
    steps = count()
    play(world, schedule(world.seed, PARTS), PARTS, lambda: next(steps) >= STEPS)


FAULTS = (
    # The longest first: they run side by side.
    Fault("all at once", all_at_once, EVERYTHING),
    Fault("kill -9 of vision and uplink", kill_the_programs),
    Fault("kill -9 of the uplink", kill_the_uplink),
    Fault("kill -9 of the broker", kill_the_broker),
    Fault("power cut of the broker", cut_the_power_of_the_broker),
    Fault("power cut of the city", cut_the_power_of_the_city, frozenset({"cable"})),
    Fault("kill -9 of the consumer", kill_the_backend),
    Fault("network silent", cut_the_cable, frozenset({"cable"})),
    Fault("network gone", take_the_address, frozenset({"cable"})),
    Fault("slow and stalling line", slow_the_line, frozenset({"relay"})),
    Fault("disk full", fill_the_disk, frozenset({"disk"})),
    Fault("clock to 1970 and back", set_the_clock, frozenset({"clock"})),
    Fault("Receive Maximum 1", send_one_at_a_time, frozenset({"narrow"})),
    Fault("refused by the access list", refuse_events),
)
