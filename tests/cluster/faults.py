"""What may happen to a booth on the cluster: one function per fault, and all at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import TypeAlias

from appliance.uplink.drain import GRACE_S
from tests.chaos.faults import BURST
from tests.chaos.mixture import Part, play, schedule
from tests.chaos.waiting import wait_for
from tests.chaos.world import World
from tests.cluster.city import ClusterCity

Blow: TypeAlias = Callable[[ClusterCity, World], None]
STEPS = 16
LONGEST_S = 3.0
"Between two of them."


def kill_a_node(kill: Callable[[ClusterCity], None], city: ClusterCity, world: World) -> None:
    """In the middle of a burst; it comes back while the next ones are sent."""
    world.write(BURST)
    time.sleep(0.2)
    kill(city)
    world.write(BURST)
    wait_for(world.written, "written while a node is dead")
    world.write(BURST)
    city.mend()


def kill_most(city: ClusterCity, world: World) -> None:
    """Two nodes, and the programs before anything could be taken."""
    world.write(BURST)
    time.sleep(0.2)
    city.kill_most()
    world.write(BURST)
    wait_for(world.written, "written without a majority")
    world.kill_programs()
    city.start()
    world.start_programs()


def kill_all(city: ClusterCity, world: World) -> None:
    """All nodes at once, while the backend is away."""
    world.kill_backend()
    city.save()
    kill_a_node(ClusterCity.cut_power, city, world)
    world.start_backend()


def cut_a_node_off(city: ClusterCity, world: World) -> None:
    """The booth's, until it has noticed and stopped; clients reach it all the time."""
    world.write(BURST)
    time.sleep(0.2)
    node = city.cut()
    world.write(BURST)
    wait_for(lambda: not city.cluster.answers(node), "the node that is cut off stops")
    world.write(BURST)
    wait_for(world.written, "written while a node is cut off")
    city.mend()


def refuse_events(city: ClusterCity, world: World) -> None:
    """The right to write exceptions is taken: RabbitMQ 4.0 hangs up. Statuses arrive in between, and say so."""
    world.write(BURST // 3)
    wait_for(world.written, "written before")
    _refuse(city, world)
    world.write(BURST // 3)
    wait_for(lambda: world.status().get("refused", 0) >= 1, lambda: f"the status says {world.status()}")
    assert "refuses" in world.status()["publishing"]
    before = world.heard.copies("desk", "status")
    wait_for(lambda: world.heard.copies("desk", "status") >= before + 2, "statuses go on arriving")
    city.allow()


def fill_the_queue(city: ClusterCity, world: World) -> None:
    """The backend is away and its queue full: reason code 131."""
    world.kill_backend()
    city.fill()
    world.write(BURST)
    wait_for(world.written, "written to a queue that is full")
    wait_for(lambda: world.booth.waiting() > BURST // 2, "events are kept in the booth")
    time.sleep(GRACE_S)
    assert world.booth.waiting() > BURST // 2
    city.widen()
    world.start_backend()


def all_at_once(city: ClusterCity, world: World) -> None:
    """Node after node, rights and programs, by the seed."""
    steps = count()
    parts = parts_of(city)
    play(world, schedule(world.seed, parts, LONGEST_S), parts, lambda: next(steps) >= STEPS)


def parts_of(city: ClusterCity) -> Mapping[str, Part]:
    """What can be broken; each blow to a node mends the one before."""

    def of_nodes(strike: Callable[[], object]) -> Part:
        return Part(lambda _world: (strike(), None)[1], lambda _world: city.mend())

    return {
        "booth's node": of_nodes(city.kill),
        "leader": of_nodes(city.kill_leader),
        "any node": of_nodes(city.kill_any),
        "cut": of_nodes(city.cut),
        "rights": Part(partial(_refuse, city), lambda _world: city.allow()),
        "uplink": Part(lambda world: world.booth.kill_uplink(), lambda world: world.booth.start_uplink()),
        "programs": Part(World.kill_programs, World.start_programs),
        "consumer": Part(World.kill_backend, World.start_backend),
    }


def _refuse(city: ClusterCity, world: World) -> None:
    """On connections that stand, too: a node remembers their rights."""
    city.refuse_events()
    assert world.relay
    world.relay.drop()


FAULTS: Mapping[str, Blow] = {
    "kill -9 of the booth's node": partial(kill_a_node, ClusterCity.kill),
    "kill -9 of the queue's leader": partial(kill_a_node, ClusterCity.kill_leader),
    "kill -9 of some node": partial(kill_a_node, ClusterCity.kill_any),
    "kill -9 of two nodes, vision and uplink": kill_most,
    "kill -9 of all nodes": kill_all,
    "node cut off from its peers": cut_a_node_off,
    "refused by its rights": refuse_events,
    "queue of the backend full": fill_the_queue,
    "all at once": all_at_once,
}
