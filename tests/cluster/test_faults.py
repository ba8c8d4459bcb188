"""What the cluster has acknowledged arrives, whichever nodes die or are cut off; what it cannot keep it refuses."""

from __future__ import annotations

import time

import pytest

from tests.cluster.city import SESSION_SAVED_S
from tests.cluster.cluster import PORT, Cluster
from tests.peer import Peer

TOPIC = "booth/v1/new-york/desk/exception"
COUNT = 300


def backend(cluster: Cluster, session: str, node: int) -> Peer:
    return Peer(cluster.host(node), PORT, cluster.keys("backend"), session, session_s=600)


def booth(cluster: Cluster, node: int) -> Peer:
    return Peer(cluster.host(node), PORT, cluster.keys("new-york/desk"), "new-york/desk")


def subscribe(cluster: Cluster, session: str, node: int = 1) -> None:
    """A backend that has been there once and is away now."""
    with backend(cluster, session, node) as peer:
        assert peer.subscribe("booth/v1/+/+/exception") == 1


def publish(peer: Peer, count: int = COUNT, first: int = 0) -> list[bytes]:
    """Publish numbers from `first`, all on the way at once; those that were acknowledged as taken."""
    mids = {b"%d" % number: peer.send(TOPIC, b"%d" % number) for number in range(first, first + count)}
    peer.settle(mids.values())
    return [payload for payload, mid in mids.items() if peer.code_of(mid) == 0]


def received(cluster: Cluster, session: str, node: int, count: int) -> list[bytes]:
    """What a session is owed, in order and once each."""
    with backend(cluster, session, node) as peer:
        assert peer.resumed
        return list(dict.fromkeys(peer.payloads(count)))


def test_a_session_that_lasts_is_a_quorum_queue_on_every_node(cluster: Cluster) -> None:
    subscribe(cluster, "backend-kind")
    queue = cluster.queue("backend-kind")
    assert queue["type"] == "quorum"
    assert len(queue["members"]) == 3


@pytest.mark.parametrize("victims", ["the leader", "all"])
def test_acknowledged_messages_survive_a_kill(cluster: Cluster, victims: str) -> None:
    session = "backend-" + victims.replace(" ", "-")
    subscribe(cluster, session, node=2)
    if victims == "all":
        time.sleep(SESSION_SAVED_S)
    leader = cluster.leader(session)
    node = leader % 3 + 1
    with booth(cluster, node) as peer:
        taken = publish(peer)
        assert len(taken) == COUNT
        dead = list(cluster.nodes) if victims == "all" else [leader]
        for victim in dead:
            cluster.kill(victim)
    if victims == "all":
        for victim in dead:
            cluster.start_node(victim)
        cluster.wait()
    assert received(cluster, session, node, COUNT) == taken


def test_a_kill_in_the_midst_of_it_takes_nothing_acknowledged(cluster: Cluster) -> None:
    subscribe(cluster, "backend-midst", node=2)
    leader = cluster.leader("backend-midst")
    node = leader % 3 + 1
    with booth(cluster, node) as peer:
        mids = {}
        for number in range(2000):
            mids[b"%d" % number] = peer.send(TOPIC, b"%d" % number)
            if number == 1000:
                cluster.kill(leader)
        peer.settle(mids.values(), seconds=60)
    taken = {payload for payload, mid in mids.items() if peer.code_of(mid) == 0}
    got = received(cluster, "backend-midst", node, len(taken))
    assert taken <= set(got)
    assert len(taken) > 1000


def test_a_session_goes_on_at_another_node(cluster: Cluster) -> None:
    subscribe(cluster, "backend-moves", node=1)
    with backend(cluster, "backend-moves", node=1) as peer:
        with booth(cluster, node=2) as sender:
            publish(sender, 10)
            assert len(peer.payloads(10)) == 10
            cluster.kill(1)
            taken = publish(sender, 10, first=10)
        assert peer.lost.wait(20)
    assert len(taken) == 10
    assert received(cluster, "backend-moves", 3, 10)[-10:] == taken


def test_a_minority_refuses_and_the_majority_goes_on(cluster: Cluster) -> None:
    subscribe(cluster, "backend-cut", node=1)
    inside = Peer(cluster.host(1), PORT, cluster.keys("new-york/lab"), "new-york/lab")
    with booth(cluster, node=3) as outside, inside:
        before = publish(outside, 10)
        cluster.cut(3)
        mids = [outside.send(TOPIC, b"%d" % number) for number in range(10, 20)]
        topic = TOPIC.replace("desk", "lab")
        codes = [inside.publish(topic, b"lab %d" % number, seconds=60) for number in range(10)]
        assert codes == [0] * 10
        # Known cut off after net_ticktime, 20 s, and a quarter: then the node stops and with it the connection.
        assert outside.lost.wait(60)
        assert not any(outside.code_of(mid) == 0 for mid in mids)
        assert not cluster.answers(3)
    cluster.mend(3)
    cluster.wait(3)
    with booth(cluster, node=3) as again:
        resent = publish(again, 10, first=10)
    got = received(cluster, "backend-cut", 3, 30)
    assert len(before) == len(resent) == 10
    assert set(got) == {*before, *resent, *(b"lab %d" % number for number in range(10))}


def test_a_backend_that_is_full_makes_the_cluster_refuse(cluster: Cluster) -> None:
    subscribe(cluster, "backend-full")
    tiny = '{"max-length-bytes":3000,"overflow":"reject-publish"}'
    where = (
        "-p",
        "booth",
        "--apply-to",
        "queues",
        "--priority",
        "9",
        "tiny",
        "^mqtt-subscription-backend-full",
    )
    cluster.ctl(1, "set_policy", *where, tiny)
    with booth(cluster, node=2) as peer:
        codes = [peer.publish(TOPIC, b"%d " % number + b"x" * 100) for number in range(100)]
    cluster.ctl(1, "clear_policy", "-p", "booth", "tiny")
    taken = [number for number, code in enumerate(codes) if code == 0]
    assert 0 < len(taken) < 100
    assert {code for code in codes if code} == {131}
    got = {int(payload.split()[0]) for payload in received(cluster, "backend-full", 3, len(taken))}
    assert set(taken) <= got
