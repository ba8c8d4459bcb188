"""Who may do what on the cluster: certificates are the names, names are the topics, and MQTT 5 says no where it can."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.uplink.topics import DOWN, UP
from tests.cluster.cluster import PORT, Cluster
from tests.peer import Peer, RefusedError

NO_SUBSCRIBER = 0x10
REFUSED = 0x87
DESK = "booth/v1/new-york/desk"


def peer(cluster: Cluster, name: str, client_id: str = "", node: int = 1, session_s: int = 0) -> Peer:
    return Peer(cluster.host(node), PORT, cluster.keys(name), client_id, session_s)


def desk(cluster: Cluster, node: int = 1) -> Peer:
    return peer(cluster, "new-york/desk", "booth-new-york-desk", node)


def test_a_booth_writes_what_the_contract_names(cluster: Cluster) -> None:
    with desk(cluster) as booth:
        assert booth.capabilities["MaximumPacketSize"] == 34000
        for kind in UP:
            assert booth.publish(f"{DESK}/{kind}", b"{}") in (0, NO_SUBSCRIBER)


@pytest.mark.parametrize(
    "topic",
    [
        *(f"{DESK}/{kind}" for kind in DOWN),
        "booth/v1/new-york/lab/status",
        "booth/v1/toronto/desk/status",
        "booth.v1.new-york.lab.status",
        f"{DESK}/exception/more",
        "anything",
    ],
)
def test_a_booth_that_writes_elsewhere_is_hung_up_on_and_not_acknowledged(
    cluster: Cluster, topic: str
) -> None:
    """RabbitMQ 4.0 has no reason code 135 for a publisher (its discussion 12902): an uplink sees its connection end."""
    with desk(cluster) as booth:
        mid = booth.send(topic, b"{}")
        assert booth.lost.wait(10)
        assert booth.code_of(mid) is None


@pytest.mark.parametrize("topic", ["booth/v1/#", "booth/v1/new-york/lab/command", f"{DESK}/exception", "#"])
def test_a_booth_hears_nobody_else(cluster: Cluster, topic: str) -> None:
    with desk(cluster) as booth:
        assert booth.subscribe(topic) == REFUSED


def test_a_booth_hears_its_own_orders(cluster: Cluster) -> None:
    with desk(cluster, node=3) as booth, peer(cluster, "operator") as operator:
        assert booth.subscribe(f"{DESK}/command") == 1
        assert booth.subscribe(f"{DESK}/config/desired") == 1
        assert operator.publish(f"{DESK}/command", b"identify") == 0
        assert booth.payloads(1) == [b"identify"]


def test_a_booth_cannot_take_over_what_a_neighbour_is_owed(cluster: Cluster) -> None:
    with peer(cluster, "new-york/lab", "booth-new-york-lab", session_s=60) as lab:
        lab.subscribe("booth/v1/new-york/lab/command")
    with peer(cluster, "operator") as operator:
        assert operator.publish("booth/v1/new-york/lab/command", b"for lab") == 0
    try:
        with peer(cluster, "new-york/desk", "booth-new-york-lab", session_s=60) as thief:
            assert thief.payloads(1, seconds=1) == []
    except RefusedError:
        pass
    with peer(cluster, "new-york/lab", "booth-new-york-lab", session_s=60) as lab:
        assert lab.payloads(1) == [b"for lab"]


def test_a_backend_reads_everything_and_writes_nothing(cluster: Cluster) -> None:
    with peer(cluster, "backend", "backend-live") as backend:
        assert backend.subscribe("booth/v1/#") == 1
        with desk(cluster, node=2) as booth:
            assert booth.publish(f"{DESK}/exception", b"seen") == 0
        assert b"seen" in backend.payloads(1)
        mid = backend.send(f"{DESK}/exception", b"forged")
        assert backend.lost.wait(10)
        assert backend.code_of(mid) is None


def test_a_session_bears_the_name_of_its_owner(cluster: Cluster) -> None:
    with peer(cluster, "operator", "backend") as operator:
        assert operator.subscribe("booth/v1/#") == REFUSED


def test_a_wildcard_hears_no_retained_status(cluster: Cluster) -> None:
    """Why booths say their status again every five minutes: rabbitmq-server issues 8096 and 8824."""
    with desk(cluster) as booth:
        booth.publish(f"{DESK}/status", b"online", retain=True)
    with peer(cluster, "operator", "operator-1") as operator:
        operator.subscribe("booth/v1/+/+/status")
        assert operator.payloads(1, seconds=1) == []
        operator.subscribe(f"{DESK}/status")
        assert operator.payloads(1) == [b"online"]


def test_nobody_gets_in_without_a_certificate_that_is_in_force(cluster: Cluster, tmp_path: Path) -> None:
    shutil.copy(cluster.keys("backend") / "ca.crt", tmp_path)
    with pytest.raises(RefusedError), Peer(cluster.host(1), PORT, tmp_path):
        pass
    cluster.ca("booth", "new-york", "stolen")
    cluster.up()
    stolen = tmp_path / "stolen"
    shutil.copytree(cluster.keys("new-york/stolen"), stolen)
    with Peer(cluster.host(1), PORT, stolen, "booth-new-york-stolen") as booth:
        assert booth.publish("booth/v1/new-york/stolen/status", b"{}") in (0, NO_SUBSCRIBER)
    cluster.ca("revoke", "new-york/stolen")
    cluster.up()
    for node in cluster.nodes:
        with pytest.raises(RefusedError), Peer(cluster.host(node), PORT, stolen, "booth-new-york-stolen"):
            pass
