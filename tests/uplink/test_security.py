"""A guarded broker against intruders and mistakes: all are refused, each is told why, and no log knows a key."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appliance.health.clock import read_clock
from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker, find_mosquitto
from appliance.uplink.drain import Drain
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import Ack, LinkLostError, Message
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Outbox
from appliance.uplink.topics import topic
from tests.uplink.authority import LOOPBACK, Authority, Pair, lock
from tests.uplink.builders import payloads
from tests.uplink.consumer import wait_for

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
BOOTH = "new-york/desk"
ACCESS = (
    "pattern write booth/v1/%u/#\npattern read booth/v1/%u/config/desired\npattern read booth/v1/%u/command\n"
)


@dataclass(frozen=True)
class PinnedBroker(Broker):
    """Speaks one version of TLS."""

    version: ssl.TLSVersion = TLS_1_3

    def tls_context(self) -> ssl.SSLContext:
        context = super().tls_context()
        context.maximum_version = context.minimum_version = self.version
        return context


class Fortress:
    """A Mosquitto with certificates, one booth per name, and a list of the revoked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder / "ours")
        self.foreign = Authority(folder / "theirs", "somebody else")
        self.revoked = self.authority.sign("revoked", BOOTH)
        self.revocations = self.authority.revocations(self.revoked)
        self.booth = self.authority.sign("booth", BOOTH)
        self.access = folder / "access"
        self.access.write_text(ACCESS)
        self.access.chmod(0o644)

    def broker(self, name: str = "broker", **server: Any) -> LocalBroker:
        """Its certificate is valid for loopback unless `server` says otherwise."""
        pair = self.authority.sign(name, **{"host": LOOPBACK, **server})
        lines = [
            *(f"cafile {self.authority.ca}", f"certfile {pair.cert}", f"keyfile {pair.key}"),
            *("require_certificate true", "use_identity_as_username true", "tls_version tlsv1.2"),
            *(f"crlfile {self.revocations}", f"acl_file {self.access}"),
        ]
        return LocalBroker(self.folder / name, extra="\n".join(lines))

    def seen_by(
        self, port: int, pair: Pair | None, version: ssl.TLSVersion = TLS_1_3, host: str = LOOPBACK
    ) -> PinnedBroker:
        """The broker at `port` as somebody with the keys of `pair` sees it."""
        cert, key = (pair.cert, pair.key) if pair else (None, None)
        return PinnedBroker(f"mqtts://{host}:{port}", self.authority.ca, cert, key, version=version)


@pytest.fixture(scope="module")
def fortress(tmp_path_factory: pytest.TempPathFactory) -> Fortress:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    return Fortress(tmp_path_factory.mktemp("fortress"))


@pytest.fixture(scope="module")
def port(fortress: Fortress) -> Iterator[int]:
    with fortress.broker() as broker:
        yield broker.port


def refusal_of(broker: Broker, keys: KeyWatch | None = None) -> str:
    """Why it does not let us in; an AssertionError when it does."""
    with closing(Link(broker, "intruder", keys=keys)) as link:
        try:
            link.open()
        except LinkLostError as error:
            return str(error)
    raise AssertionError("was let in")


def send(link: Link, message: Message) -> Ack:
    """Publish, and wait for the answer to it."""
    number = link.send(message)
    for _ in range(200):
        link.turn(0.05)
        for ack in link.take_acks():
            if ack.mid == number:
                return ack
    raise AssertionError("no answer")


@pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3])
def test_a_booth_with_its_keys_is_let_in(fortress: Fortress, port: int, version: ssl.TLSVersion) -> None:
    with closing(Link(fortress.seen_by(port, fortress.booth, version), "booth")) as link:
        link.open()
        assert send(link, Message(topic("new-york", "desk", "status"), b"{}")).code < 0x80


WRONG_KEYS: dict[str, tuple[Callable[[Fortress], Pair | None], str]] = {
    "expired": (
        lambda fortress: fortress.authority.sign("expired", BOOTH, begins_days=-9, ends_days=-1),
        "the broker says that our certificate has expired; provision",
    ),
    "not yet valid": (
        lambda fortress: fortress.authority.sign("early", BOOTH, begins_days=2),
        "by its clock it may not be valid yet; compare both clocks",
    ),
    "foreign": (
        lambda fortress: fortress.foreign.sign("booth", BOOTH),
        "does not know the authority of our certificate; provision",
    ),
    "revoked": (lambda fortress: fortress.revoked, "the broker says that our certificate is revoked"),
    "none": (
        lambda fortress: None,
        "the broker wants a certificate and was shown none; set uplink.cert_file",
    ),
}


@pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3])
@pytest.mark.parametrize("keys", WRONG_KEYS)
def test_wrong_keys_are_refused_each_with_its_own_words(
    fortress: Fortress, port: int, keys: str, version: ssl.TLSVersion
) -> None:
    make, told = WRONG_KEYS[keys]
    text = refusal_of(fortress.seen_by(port, make(fortress), version))
    assert [text_of for _, text_of in WRONG_KEYS.values() if text_of in text] == [told]
    assert text.startswith(f"mqtts://{LOOPBACK}:{port}: ")


@pytest.mark.parametrize(
    ("begins_days", "ends_days", "known"), [(-9, -1, "expired"), (2, 9, "not yet valid")]
)
def test_what_is_wrong_with_our_own_dates_is_known_before_the_broker_says_it(
    fortress: Fortress, port: int, begins_days: float, ends_days: float, known: str
) -> None:
    pair = fortress.authority.sign("dated", BOOTH, begins_days=begins_days, ends_days=ends_days)
    broker = fortress.seen_by(port, pair)
    watch = KeyWatch(broker)
    assert watch.certificate(read_clock()) == known
    told = {
        "expired": "our certificate has expired; pro",
        "not yet valid": "is not valid yet by this machine's clock",
    }
    assert told[known] in refusal_of(broker, watch)


def test_a_broker_of_another_authority_is_not_trusted(fortress: Fortress, port: int) -> None:
    broker = Broker(f"mqtts://{LOOPBACK}:{port}", fortress.foreign.ca, *fortress.booth[:2])
    assert "its certificate is not trusted (" in refusal_of(broker)
    assert "mend uplink.ca_file" in refusal_of(broker)
    assert "not trusted" in refusal_of(Broker(f"mqtts://{LOOPBACK}:{port}"))


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ({"begins_days": -9, "ends_days": -1}, "its certificate has expired"),
        ({"begins_days": 2}, "its certificate is not valid yet"),
        ({"host": "10.1.2.3"}, "its certificate is for another name"),
        ({"host": "broker.example"}, "its certificate is for another name"),
    ],
)
def test_a_broker_with_a_wrong_certificate_is_not_talked_to(
    fortress: Fortress, server: dict[str, Any], told: str
) -> None:
    with fortress.broker("wrong", **server) as broker:
        for version in (TLS_1_2, TLS_1_3):
            assert told in refusal_of(fortress.seen_by(broker.port, fortress.booth, version))


def test_a_broker_whose_list_of_the_revoked_is_too_old_is_suspected(tmp_path: Path) -> None:
    stale = Fortress(tmp_path)
    stale.authority.revocations(ends_days=-1)
    with stale.broker() as broker:
        seen = stale.seen_by(broker.port, stale.booth)
        text = refusal_of(seen, KeyWatch(seen))
    assert "by our clock it has not; set the broker's clock, or renew its list" in text


def test_plaintext_at_the_port_for_tls_is_refused(fortress: Fortress, port: int) -> None:
    assert "if the port is the one for TLS, write mqtts://" in refusal_of(Broker(f"mqtt://{LOOPBACK}:{port}"))


def test_tls_at_a_plain_port_is_refused(broker: LocalBroker) -> None:
    url = broker.url.replace("mqtt:", "mqtts:")
    assert "is the port the one for mqtts?" in refusal_of(Broker(url))


def old_context(*, server: bool) -> ssl.SSLContext:
    """TLS 1.1 and nothing else, with all that OpenSSL can still do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_a_booth_with_an_old_tls_is_refused(fortress: Fortress, port: int) -> None:
    context = old_context(server=False)
    context.load_cert_chain(*fortress.booth[:2])
    with socket.create_connection((LOOPBACK, port), 5) as line, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(line)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_a_broker_with_an_old_tls_is_refused(fortress: Fortress) -> None:
    context = old_context(server=True)
    context.load_cert_chain(*fortress.authority.sign("old", host=LOOPBACK)[:2])
    with socket.create_server((LOOPBACK, 0)) as server, ThreadPoolExecutor(1) as threads:

        def answer() -> None:
            line, _ = server.accept()
            with line, pytest.raises(OSError, match="SSL"):
                context.wrap_socket(line, server_side=True)

        answered = threads.submit(answer)
        broker = Broker(f"mqtts://{LOOPBACK}:{server.getsockname()[1]}", fortress.authority.ca)
        assert "set it to 1.2 or newer" in refusal_of(broker)
        answered.result(5)


def test_a_booth_writes_nowhere_but_under_its_own_name(
    fortress: Fortress, port: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    drain = Drain(outbox, lambda kind: topic("new-york", "other", kind))
    with closing(outbox), closing(Link(fortress.seen_by(port, fortress.booth), "booth")) as link:
        link.open()
        for foreign in (
            "booth/v1/new-york/other/status",
            "booth/v1/toronto/desk/status",
            "booth/v1/new-york/x",
        ):
            assert send(link, Message(foreign, b"{}")).code == 135
        assert send(link, Message("booth/v1/new-york/desk/exception", b"{}")).code < 0x80
        outbox.add("exception", payloads(1)[0])
        while not drain.refused:
            drain.step(link, link.take_acks(), time.monotonic())
            link.turn(0.05)
        assert outbox.rows() == 1, "what the broker refuses is kept"
    assert "broker refuses messages: not authorized (135); kept; mend its access list" in caplog.text


def test_a_booth_hears_nothing_of_others(fortress: Fortress, port: int) -> None:
    with closing(Link(fortress.seen_by(port, fortress.booth), "booth")) as link:
        link.open()
        link.subscribe("booth/v1/#")
        link.turn(0.2)
        assert send(link, Message("booth/v1/new-york/desk/exception", b"{}")).code < 0x80
        link.turn(0.2)
        assert link.take_messages() == []


TALKATIVE = """
import logging, sys
from paho.mqtt.client import Client
from appliance.__main__ import main

logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
made = Client.__init__
def talking(self, *words, **more):
    made(self, *words, **more)
    self.enable_logger()
Client.__init__ = talking
sys.argv = ["booth", "run", "uplink", "--config", sys.argv[1]]
main()
"""
"Everything that anybody in the process has to say."


class TalkingUplink:
    """`booth run uplink`, with all that can be logged in `said`; killed at the end if it still runs."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self._said = folder / "said"
        files = {key: str(getattr(broker, key)) for key in ("ca_file", "cert_file", "key_file")}
        folders = {"state": str(folder / "state"), "runtime": str(folder / "run")}
        settings = folder / "booth.yaml"
        settings.write_text(json.dumps({"folders": folders, "uplink": {"broker": broker.url, **files}}))
        with self._said.open("w") as stderr:
            self.child = subprocess.Popen(
                [sys.executable, "-c", TALKATIVE, settings], stderr=stderr, start_new_session=True
            )

    def said(self) -> str:
        return self._said.read_text()

    def __enter__(self) -> TalkingUplink:
        return self

    def __exit__(self, *_all: object) -> None:
        self.child.kill()
        self.child.wait()


def assert_no_secret(said: str, *secrets: Path) -> None:
    """No line of a key, nor a part of one."""
    for file in secrets:
        for line in file.read_text().splitlines():
            for part in [line[at : at + 12] for at in range(0, len(line), 12)] if "-----" not in line else ():
                assert part not in said, file
    assert "PRIVATE KEY" not in said


def test_no_log_knows_a_key_or_a_payload(fortress: Fortress, port: int, tmp_path: Path) -> None:
    pair, other = fortress.authority.sign("logged", BOOTH), fortress.authority.sign("unlogged", BOOTH)
    messages = payloads(20)
    with closing(Outbox(tmp_path / "state" / "outbox.sqlite")) as outbox:
        for message in messages:
            outbox.add("exception", message)
        with TalkingUplink(tmp_path, fortress.seen_by(port, pair)) as uplink:
            wait_for(lambda: outbox.rows() == 0)
            pair.key.write_bytes(other.key.read_bytes())
            uplink.child.send_signal(signal.SIGTERM)
            assert uplink.child.wait(20) == 0
    said = uplink.said()
    assert "Sending PUBLISH" in said, "all that can be said was said"
    assert_no_secret(said, pair.key, other.key)
    for message in messages:
        assert message.decode() not in said
        assert json.loads(message)["id"] not in said
    assert "rarity" not in said


@pytest.mark.parametrize("damage", ["cut", "swapped", "foreign", "locked"])
def test_keys_that_do_not_fit_end_the_process_in_one_line_without_them(
    fortress: Fortress, port: int, tmp_path: Path, damage: str
) -> None:
    pair = Authority(tmp_path / "keys").sign("booth")
    key = pair.key.read_text()
    if damage == "cut":
        pair.key.write_text(key[: len(key) // 2])
    elif damage == "swapped":
        pair.cert.write_text(key)
    elif damage == "locked":
        lock(pair.key)
    else:
        pair.key.write_text(fortress.booth.key.read_text())
    with TalkingUplink(tmp_path, fortress.seen_by(port, pair)) as uplink:
        assert uplink.child.wait(20) == 1
    said = uplink.said()
    assert "uplink.cert_file" in said.splitlines()[-1]
    assert "provision" in said.splitlines()[-1]
    assert "Traceback" not in said
    assert "pass phrase" not in said, "nobody sits at a booth's terminal"
    assert_no_secret(said, pair.key, fortress.booth.key)
