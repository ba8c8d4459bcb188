"""`booth simulate` against a real broker: fifty booths by the real uplink, nothing lost, and a verdict."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.fleet.fleet import Fleet
from appliance.simulation.simulation import Plan, Simulation
from appliance.simulation.simulator import settings_from_options
from appliance.uplink.broker import LocalBroker, find_mosquitto, free_port
from appliance.uplink.topics import split_topic
from tests.uplink.authority import LOOPBACK, Authority
from tests.uplink.builders import check_schema
from tests.uplink.consumer import Consumer, wait_for

BUSY = ("--rate", "3600", "--seconds", "1", "--json")


def simulate(*options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "appliance", "simulate", *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result_of(child: subprocess.Popen[str]) -> tuple[int, dict[str, object]]:
    out, err = child.communicate(timeout=60)
    assert err == ""
    return child.returncode, json.loads(out)


def test_fifty_booths_behind_mutual_tls_lose_nothing_and_keep_the_contract(tmp_path: Path) -> None:
    """In two processes, each booth with its own keys and confined to its own place."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    authority = authority_of(tmp_path / "keys", booths=50)
    port = free_port()
    acl = tmp_path / "acl"
    acl.write_text("topic read booth/#\npattern readwrite booth/v1/%u/#\n")
    acl.chmod(0o644)
    ledger = tmp_path / "ledger"
    options = ("--booths", 50, "--processes", 2, "--broker", f"mqtts://{LOOPBACK}:{port}", "--ledger", ledger)
    with (
        LocalBroker(tmp_path / "broker", extra=strict_listener(authority, port, acl)) as broker,
        Consumer(broker.port) as backend,
    ):
        code, values = result_of(simulate(*options, "--ca", authority.ca, "--keys", authority.folder, *BUSY))
        wait_for(lambda: len(backend.of("status")) >= 100)
        committed = ledger.read_text(encoding="ascii").split()
        assert (code, values["booths"], values["waiting"]) == (0, 50, 0)
        assert values["made"] == values["acknowledged"] == len(committed) > 0
        assert sorted(backend.ids()) == sorted(committed)
        assert_contract_is_kept(backend)


def assert_contract_is_kept(backend: Consumer) -> None:
    """Each message by its schema, no gaps, keys in order, and a good-bye of all."""
    fleet = Fleet()
    for message in backend.messages:
        fleet.hear(message, 1.0)
        topic = split_topic(message.topic)
        assert topic is not None
        check_schema(topic.kind.rpartition("/")[2], message.payload)
    assert sum(booth.gaps for booth in fleet.booths.values()) == 0
    assert Counter(booth.words["reason"] for booth in fleet.booths.values()) == {"stopped": 50}
    assert {booth.words["certificate"] for booth in fleet.booths.values()} == {"ok"}


def authority_of(folder: Path, booths: int) -> Authority:
    """With own.crt and own.key in CITY/BOOTH for as many simulated booths."""
    authority = Authority(folder)
    for number in range(1, booths + 1):
        name = f"simulated/sim-{number:06}"
        (folder / name).mkdir(parents=True)
        authority.sign(f"{name}/own", name)
    return authority


def strict_listener(authority: Authority, port: int, acl: Path) -> str:
    """Lines for a broker that confines each booth by the name in its certificate."""
    pair = authority.sign("broker", host=LOOPBACK)
    lines = [f"listener {port} {LOOPBACK}", f"cafile {authority.ca}", f"certfile {pair.cert}"]
    lines += [f"keyfile {pair.key}", "require_certificate true", "use_identity_as_username true"]
    return "\n".join([*lines, f"acl_file {acl}"])


def test_events_outlive_a_broker_that_is_killed(broker: LocalBroker, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with Consumer(broker.port) as backend:
        wait_for((broker.folder / "mosquitto.db").is_file)
        time.sleep(1.2)
        child = simulate("--booths", 20, "--broker", broker.url, "--ledger", ledger, *BUSY)
        wait_for(lambda: len(backend.of("exception")) > 5)
        broker.kill()
        time.sleep(0.5)
        backend.subscribed = 0
        broker.start()
        code, values = result_of(child)
        committed = ledger.read_text(encoding="ascii").split()
        wait_for(lambda: set(backend.ids()) == set(committed))
    assert code == 0
    assert isinstance(values["reconnects"], int)
    assert values["reconnects"] >= 20


def test_a_killed_simulation_with_real_outboxes_goes_on_where_it_was(
    broker: LocalBroker, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    options = ("--booths", 5, "--broker", broker.url, "--ledger", ledger, "--outboxes", tmp_path / "state")
    with Consumer(broker.port) as backend:
        child = simulate(*options, "--rate", 3600)
        wait_for(lambda: len(backend.ids()) > 10)
        child.kill()
        child.communicate()
        code, values = result_of(simulate(*options, "--rate", 0, "--seconds", 0, "--json"))
        assert (code, values["made"]) == (0, 0)
        assert set(ledger.read_text(encoding="ascii").split()) <= set(backend.ids())


@pytest.mark.parametrize("processes", [1, 2])
def test_a_signal_ends_it_with_a_good_bye(broker: LocalBroker, processes: int) -> None:
    with Consumer(broker.port) as backend:
        child = simulate("--booths", 4, "--broker", broker.url, "--json", "--processes", processes)
        wait_for(lambda: len(backend.of("status")) >= 4)
        child.send_signal(signal.SIGTERM)
        code, _ = result_of(child)
        assert code == 0
        wait_for(lambda: len(backend.of("status")) >= 8)
        assert backend.last_status()["reason"] == "stopped"


def test_without_a_broker_it_fails_and_says_why() -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    options = ("--booths", 3, "--broker", url, "--rate", 3600, "--seconds", 1, "--drain", 1, "--json")
    code, values = result_of(simulate(*options))
    assert code == 1
    assert "connection refused" in str(values["trouble"])
    assert values["acknowledged"] == 0


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("http://here", "new-york"), "http://here"),
        (("mqtt://here", "New York"), "--city New York"),
        (("mqtt://[::1]:1883", "new-york"), r"--broker mqtt://\[::1\]"),
    ],
)
def test_what_cannot_be_is_named(options: tuple[str, str], named: str) -> None:
    with pytest.raises(BoothError, match=named):
        settings_from_options(*options, None, None, None)


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    settings = settings_from_options("mqtt://127.0.0.1", "new-york", None, None, None)
    plan = Plan(settings, booths=1, rate_per_h=0, seconds=0, ledger=tmp_path / "none" / "ledger")
    with pytest.raises(BoothError, match="ledger: No such file or directory"):
        Simulation(plan, range(1, 2), lambda: True)


def test_the_same_seed_gives_the_same_traffic(tmp_path: Path) -> None:
    """Without a broker: chance alone decides what is made and when."""
    settings = settings_from_options(f"mqtt://127.0.0.1:{free_port()}", "new-york", None, None, None)

    def drawn(seed: int) -> list[tuple[float, float, list[str]]]:
        plan = Plan(settings, booths=3, rate_per_h=3600, seconds=0, seed=seed)
        simulation = Simulation(plan, range(1, 4), lambda: True)
        made = []
        for booth in simulation.crowd.booths:
            booth.step(booth._next_s + 5)
            start_s = simulation._began_s
            for payload, born_s in booth.outbox._born_s.items():
                values = json.loads(payload)
                made.append((round(born_s - start_s, 6), values["rarity"], values["why"]))
        simulation.close()
        return made

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
