"""The broker kit as a city team meets it: one command, real keys, a real Mosquitto, nobody beyond his rights."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.uplink.broker import find_mosquitto, free_port
from appliance.uplink.message import Message
from appliance.uplink.topics import DOWN, UP
from tests.peer import Peer, RefusedError
from tests.uplink.consumer import wait_for

KIT = Path(__file__).parents[2] / "deploy" / "broker"
REFUSED = 0x87
NO_SUBSCRIBER = 0x10

pytestmark = pytest.mark.skipif(
    not (find_mosquitto() and shutil.which("openssl") and shutil.which("dpkg-query")),
    reason="needs Debian's mosquitto and openssl",
)


def kit(program: str, *arguments: object, fails: bool = False) -> str:
    """What one of its programs says, or on what it fails."""
    done = subprocess.run(
        [KIT / program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


def let_in(peer: Peer) -> bool:
    with contextlib.suppress(RefusedError), peer:
        return True
    return False


class City:
    """A broker on a free port of loopback with the keys of two booths."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.ca("init")
        for booth in ("desk", "lab"):
            self.ca("booth", "new-york", booth)
        self.told = self.up()

    def ca(self, *arguments: object, fails: bool = False) -> str:
        return kit("ca", "--folder", self.folder, *arguments, fails=fails)

    def up(self) -> str:
        return kit("up", "mosquitto", "--folder", self.folder, "--port", self.port, "--address", "127.0.0.1")

    def keys(self, name: str) -> Path:
        return self.folder / "keys" / name

    def peer(self, name: str, session_s: int = 0, will: Message | None = None) -> Peer:
        return Peer("localhost", self.port, self.keys(name), "a name of his own choice", session_s, will)

    def pid(self) -> int:
        return int((self.folder / "data" / "mosquitto.pid").read_text())


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    # Not pytest's folder: as root the broker runs as user mosquitto, who cannot get in there.
    with tempfile.TemporaryDirectory(prefix="booth-kit-") as name:
        Path(name).chmod(0o711)
        running = City(Path(name) / "broker")
        yield running
        kit("down", "--folder", running.folder)


def test_five_lines_say_what_to_do_next(city: City) -> None:
    lines = city.told.splitlines()
    assert [line.split()[0] for line in lines] == ["broker", "booth", "backend", "operator", "changes"]


def test_a_port_on_which_somebody_else_listens_is_told(city: City) -> None:
    other = city.folder.parent / "other"
    said = kit(
        "up", "mosquitto", "--folder", other, "--port", city.port, "--address", "127.0.0.1", fails=True
    )
    assert said == f"booth: port {city.port} is in use; end what listens there, or choose another --port\n"


@pytest.mark.parametrize("name", ["other.example.org", "10.0.0.1"])
def test_a_name_that_the_certificate_does_not_bear_is_told(city: City, name: str) -> None:
    said = kit("up", "mosquitto", "--folder", city.folder, "--port", city.port, "--name", name, fails=True)
    assert f"broker.crt is not for {name}; say --name as before" in said


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    said = kit("down", "--folder", tmp_path / "none", fails=True)
    assert said == f"booth: {tmp_path}/none: no such folder; name the one that up was given\n"


def test_no_key_is_readable_by_others(city: City) -> None:
    keys = sorted(city.folder.rglob("*.key"))
    assert {key.name for key in keys} == {"ca.key", "broker.key", "booth.key", "client.key"}
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert len({key.read_bytes() for key in keys}) == len(keys) == 6


@pytest.mark.parametrize("kind", UP)
def test_a_booth_writes_under_its_own_name_only(city: City, kind: str) -> None:
    with city.peer("new-york/desk") as booth:
        assert booth.publish(f"booth/v1/new-york/desk/{kind}", b"{}") in (0, NO_SUBSCRIBER)
        for other in ("new-york/lab", "toronto/desk", "new-york", "desk"):
            assert booth.publish(f"booth/v1/{other}/{kind}", b"{}") == REFUSED


@pytest.mark.parametrize("topic", [*(f"booth/v1/new-york/desk/{kind}" for kind in DOWN), "booth", "$SYS/x"])
def test_a_booth_writes_neither_its_own_orders_nor_anything_else(city: City, topic: str) -> None:
    with city.peer("new-york/desk") as booth:
        assert booth.publish(topic, b"{}") == REFUSED


def test_a_booth_hears_its_own_orders_and_nobody_else(city: City) -> None:
    with city.peer("new-york/desk") as booth, city.peer("operator") as operator:
        booth.subscribe("booth/v1/#")
        for name in ("new-york/lab", "new-york/desk"):
            assert operator.publish(f"booth/v1/{name}/command", name.encode()) in (0, NO_SUBSCRIBER)
        assert booth.payloads(1) == [b"new-york/desk"]


def test_a_backend_reads_everything_and_writes_nothing(city: City) -> None:
    with city.peer("backend") as backend, city.peer("new-york/desk") as booth:
        backend.subscribe("booth/v1/#")
        booth.publish("booth/v1/new-york/desk/exception", b"seen")
        assert b"seen" in backend.payloads(1)
        for kind in (*UP, *DOWN):
            assert backend.publish(f"booth/v1/new-york/desk/{kind}", b"{}") == REFUSED


def test_the_last_status_is_kept_for_those_who_come_later(city: City) -> None:
    with city.peer("new-york/lab") as booth:
        booth.publish("booth/v1/new-york/lab/status", b"online", retain=True)
    with city.peer("operator") as operator:
        operator.subscribe("booth/v1/+/lab/status")
        assert operator.payloads(1) == [b"online"]
        assert operator.messages[0].retain


def test_a_client_id_throws_no_neighbour_out(city: City) -> None:
    with city.peer("new-york/desk") as desk, city.peer("new-york/lab"):
        assert desk.publish("booth/v1/new-york/desk/health", b"{}") in (0, NO_SUBSCRIBER)
        assert not desk.lost.is_set()


def test_the_broker_says_how_much_it_takes_at_once(city: City) -> None:
    with city.peer("new-york/desk") as booth:
        assert booth.capabilities["ReceiveMaximum"] == 100
        assert booth.capabilities["MaximumPacketSize"] == 34000


def test_nobody_gets_in_without_a_certificate_of_this_authority(city: City, tmp_path: Path) -> None:
    shutil.copy(city.keys("backend") / "ca.crt", tmp_path)
    with pytest.raises(RefusedError), Peer("localhost", city.port, tmp_path):
        pass
    kit("ca", "--folder", tmp_path / "other", "init")
    kit("ca", "--folder", tmp_path / "other", "booth", "new-york", "desk")
    foreign = tmp_path / "other" / "keys" / "new-york" / "desk"
    shutil.copy(city.keys("backend") / "ca.crt", foreign)
    with pytest.raises(RefusedError), Peer("localhost", city.port, foreign):
        pass


def test_a_revoked_certificate_is_refused_and_a_new_one_let_in(city: City, tmp_path: Path) -> None:
    city.ca("booth", "new-york", "stolen")
    city.ca("renew", "new-york/stolen")
    stolen = tmp_path / "stolen"
    shutil.copytree(city.keys("new-york/stolen"), stolen)
    with Peer("localhost", city.port, stolen):
        pass
    city.ca("revoke", "new-york/stolen")
    city.up()
    wait_for(lambda: not let_in(Peer("localhost", city.port, stolen)))
    city.ca("booth", "new-york", "stolen")
    with city.peer("new-york/stolen"):
        pass


def test_a_booth_at_work_outlives_the_end_of_its_older_certificate(city: City, tmp_path: Path) -> None:
    """As after `booth provision --again`: one name, two certificates, and the old one is to end."""
    city.ca("booth", "new-york", "twice")
    shutil.copytree(city.keys("new-york/twice"), tmp_path / "old")
    city.ca("renew", "new-york/twice")
    city.ca("revoke", "new-york/twice", "--old")
    city.up()
    wait_for(lambda: not let_in(Peer("localhost", city.port, tmp_path / "old")))
    assert let_in(city.peer("new-york/twice"))
    assert "0 revoked" in city.ca("revoke", "new-york/twice", "--old"), "and is nobody's end when said again"
    city.up()
    assert let_in(city.peer("new-york/twice"))
    assert "new-york/twice booth\n" in city.ca("list")


def test_a_stick_that_got_lost_takes_no_booth_down(city: City, tmp_path: Path) -> None:
    city.ca("booth", "new-york", "lost")
    before = (city.keys("new-york/lost") / "booth.crt").read_bytes()
    city.ca("renew", "new-york/lost")
    shutil.copytree(city.keys("new-york/lost"), tmp_path / "lost")
    city.ca("revoke", "new-york/lost", "--newest")
    city.up()
    wait_for(lambda: not let_in(Peer("localhost", city.port, tmp_path / "lost")))
    assert (city.keys("new-york/lost") / "booth.crt").read_bytes() == before
    assert let_in(city.peer("new-york/lost"))


@pytest.mark.parametrize(("life_days", "due"), [(123, (12, 12)), (138, (1, 11)), (153, (0, 0))])
def test_certificates_are_due_at_two_thirds_of_a_year_each_on_a_day_of_its_own(
    tmp_path: Path, life_days: int, due: tuple[int, int]
) -> None:
    shutil.copytree(KIT, tmp_path / "kit")
    settings = tmp_path / "kit" / "ca.cnf"
    settings.write_text(settings.read_text().replace("default_days = 365", f"default_days = {life_days}"))

    def ca(*words: object) -> str:
        command = [str(tmp_path / "kit" / "ca"), "--folder", str(tmp_path / "city"), *map(str, words)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    ca("init")
    for number in range(12):
        ca("booth", "new-york", f"b{number}")
    assert due[0] <= len(ca("due").split()) <= due[1]


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to be somebody else")
@pytest.mark.parametrize("words", ["ca --folder DIR init", "up mosquitto --folder DIR"])
def test_whoever_may_not_write_there_is_told_in_one_line(words: str) -> None:
    with tempfile.TemporaryDirectory(prefix="booth-kit-") as name:
        Path(name).chmod(0o755)
        shutil.copytree(KIT, Path(name) / "broker")
        command = f"{name}/broker/{words.replace('DIR', name)}".split()
        done = subprocess.run(command, user=65534, capture_output=True, text=True, check=False, timeout=20)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"booth: {name}: cannot be written; be who owns it, as by sudo\n"


@pytest.mark.parametrize("words", ["list", "due", "booth new-york desk", "revoke new-york/desk"])
def test_a_mistyped_folder_is_told_and_not_made(words: str, tmp_path: Path) -> None:
    command = [str(KIT / "ca"), "--folder", str(tmp_path / "ctiy"), *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"booth: {tmp_path}/ctiy: no authority is there that you may use; name the folder"
    )
    assert not list(tmp_path.iterdir())


def test_new_people_come_in_with_the_rights_of_their_role(city: City) -> None:
    city.ca("client", "anna", "operator")
    city.up()
    with city.peer("anna") as anna:
        wait_for(lambda: anna.publish("booth/v1/new-york/desk/command", b"{}") in (0, NO_SUBSCRIBER))
        assert anna.publish("booth/v1/new-york/desk/exception", b"{}") == REFUSED


def test_a_key_that_never_left_its_booth_is_signed_under_its_name_only(city: City, tmp_path: Path) -> None:
    def request(name: str) -> Path:
        key: list[str | Path] = ["openssl", "req", "-new", "-nodes", "-newkey", "ec"]
        key += ["-pkeyopt", "ec_paramgen_curve:P-256"]
        subject: list[str | Path] = ["-subj", f"/O=anything/CN={name}", "-keyout", tmp_path / "booth.key"]
        subprocess.run(
            [*key, *subject, "-out", tmp_path / "booth.csr"], check=True, capture_output=True, timeout=20
        )
        return tmp_path / "booth.csr"

    assert "no request for CITY/BOOTH" in city.ca("sign", request("operator"), fails=True)
    assert "is there already" in city.ca("sign", request("new-york\\/desk"), fails=True)
    assert "a name is" in city.ca("sign", request("..\\/desk"), fails=True)
    city.ca("sign", request("new-york\\/far"))
    for file in ("booth.crt", "ca.crt"):
        shutil.copy(city.keys("new-york/far") / file, tmp_path)
    with Peer("localhost", city.port, tmp_path) as booth:
        assert booth.publish("booth/v1/new-york/far/status", b"{}") in (0, NO_SUBSCRIBER)


def test_what_was_signed_is_not_overwritten(city: City) -> None:
    before = {file: file.read_bytes() for file in city.folder.rglob("*.crt")}
    for arguments in (("init",), ("broker", "elsewhere"), ("booth", "new-york", "desk")):
        assert "is there already" in city.ca(*arguments, fails=True)
    assert before == {file: file.read_bytes() for file in before}


def test_a_real_authority_is_taken_as_it_is(city: City, tmp_path: Path) -> None:
    shutil.copytree(city.folder / "pki", tmp_path / "own" / "pki")
    (tmp_path / "own" / "pki" / "ca.crl").unlink()
    said = kit("up", "mosquitto", "--folder", tmp_path / "own", fails=True)
    assert f"{tmp_path}/own/pki/ca.crl: no such file" in said
    assert not (tmp_path / "own" / "ca").exists()


def test_acknowledged_messages_survive_the_death_of_the_broker(city: City) -> None:
    with city.peer("backend", session_s=600) as backend:
        backend.subscribe("booth/v1/+/+/exception")
    with city.peer("new-york/desk") as booth:
        for number in range(20):
            assert booth.publish("booth/v1/new-york/desk/exception", b"%d" % number) == 0
        # The last of them may be on its way to the disk: README.md tells how long that takes.
        time.sleep(1)
        subprocess.run(["kill", "-9", str(city.pid())], check=True)
    city.up()
    with city.peer("backend", session_s=600) as backend:
        assert backend.resumed
        assert backend.payloads(20) == [b"%d" % number for number in range(20)]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_for_a_machine_that_stays_is_sound(city: City) -> None:
    unit = str(city.folder / "booth-broker.service")
    verify = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False, timeout=60
    )
    assert verify.stdout + verify.stderr == ""


def test_down_leaves_nothing_running(city: City) -> None:
    command = Path(f"/proc/{city.pid()}/cmdline")
    assert str(city.folder) in command.read_text()
    kit("down", "--folder", city.folder)
    # What nobody has waited for yet has no command any more.
    assert not command.exists() or command.read_text() == ""
    with pytest.raises(RefusedError), city.peer("backend"):
        pass
    assert kit("down", "--folder", city.folder) == ""
    city.up()


@pytest.mark.parametrize("role", ["backend", "operator"])
def test_no_name_of_a_person_is_the_beginning_of_a_booths_session(role: str) -> None:
    """A client of RabbitMQ that opens a session of that identifier throws its owner out and hears his messages."""
    names = f"new-york/desk booth\nnew {role}\n"
    told = subprocess.run(
        ["sh", KIT / "rabbitmq-definitions.sh"], input=names, capture_output=True, text=True, check=True
    )
    definitions = json.loads(told.stdout)
    rights = {right["user"]: right["configure"] for right in definitions["permissions"]}
    session = "mqtt-subscription-new-york/deskqos1"
    assert [name for name, pattern in rights.items() if re.search(pattern, session)] == ["new-york/desk"]
    assert re.search(rights["new"], "mqtt-subscription-new-reportsqos1")
    bounds = [each["pattern"] for each in definitions["policies"] if each["priority"] > 1]
    assert not any(re.search(pattern, session) for pattern in bounds)
