"""All faults at once: a seed goes in, a schedule of blows and repairs comes out, the same one each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from tests.chaos.world import World


class Step(NamedTuple):
    """One line of a schedule."""

    part: str
    "What is broken, or mended if it is broken."
    events: int
    "Of each party, asked for before."
    pause_s: float
    "Before the next."


class Part(NamedTuple):
    """What can be broken."""

    strike: Callable[[World], None]
    mend: Callable[[World], None]


def schedule(seed: int, parts: Mapping[str, Part], longest_s: float = 0.6) -> Iterator[Step]:
    """Steps without end, with pauses of up to `longest_s`."""
    draw = Random(seed)
    names = sorted(parts)
    while True:
        yield Step(draw.choice(names), draw.choice((0, 20, 80, 200)), draw.uniform(0, longest_s))


def play(world: World, steps: Iterator[Step], parts: Mapping[str, Part], enough: Callable[[], bool]) -> None:
    """Do what the schedule says until `enough`, then mend everything."""
    broken: set[str] = set()
    while not enough():
        step = next(steps)
        world.write(step.events)
        part = parts[step.part]
        (part.mend if step.part in broken else part.strike)(world)
        broken ^= {step.part}
        time.sleep(step.pause_s)
    # The network before the programs, or starting the consumer would wait for what is not there.
    for name in sorted(broken, key=list(parts).index):
        parts[name].mend(world)


def _slow(world: World, bytes_s: float) -> None:
    assert world.relay
    world.relay.bytes_s = bytes_s


def _deafen(world: World, deaf: bool) -> None:
    assert world.relay
    world.relay.deaf = deaf
    if not deaf:
        world.relay.drop()


def _cable(world: World, cut: bool) -> None:
    assert world.cable
    (world.cable.cut if cut else world.cable.mend)()


def _address(world: World, take: bool) -> None:
    assert world.cable
    (world.cable.take_address if take else world.cable.give_address)()


def _fill_for_a_moment(world: World) -> None:
    """Not until the next step that says so: what the disk refuses is nothing that could be lost."""
    assert world.disk
    world.disk.fill()
    time.sleep(0.3)
    world.disk.free()


def _clock(world: World, wrong: bool) -> None:
    assert world.clock
    (world.clock.to_1970 if wrong else world.clock.right)()


PARTS = {
    "address": Part(lambda world: _address(world, True), lambda world: _address(world, False)),
    "cable": Part(lambda world: _cable(world, True), lambda world: _cable(world, False)),
    "disk": Part(_fill_for_a_moment, _fill_for_a_moment),
    "clock": Part(lambda world: _clock(world, True), lambda world: _clock(world, False)),
    "slow line": Part(lambda world: _slow(world, 3000), lambda world: _slow(world, float("inf"))),
    "dead line": Part(lambda world: _deafen(world, True), lambda world: _deafen(world, False)),
    "access": Part(lambda world: world.broker.refuse_events(), lambda world: world.broker.allow()),
    "broker": Part(lambda world: world.broker.kill(), lambda world: world.broker.start()),
    "uplink": Part(lambda world: world.booth.kill_uplink(), lambda world: world.booth.start_uplink()),
    "programs": Part(World.kill_programs, World.start_programs),
    "consumer": Part(World.kill_backend, World.start_backend),
}
