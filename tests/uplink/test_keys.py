"""Renewed keys: taken as a whole when they fit; when they do not, told why, while the old ones stay in use."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.address import Broker
from appliance.uplink.keys import LOOK_S, KeyWatch
from tests.uplink.authority import Authority, Pair

NOW = Clock(time.time(), synced=True)
UNSET = Clock(60.0, synced=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "keys")


def broker_of(authority: Authority, pair: Pair) -> Broker:
    return Broker("mqtts://broker.example", authority.ca, pair.cert, pair.key)


def watch_of(authority: Authority, clock: Clock = NOW, ends_days: float = 200.5) -> KeyWatch:
    return KeyWatch(broker_of(authority, authority.sign("booth", ends_days=ends_days)), lambda: clock)


def looks(watch: KeyWatch) -> Callable[[], bool]:
    """A look LOOK_S after the last one."""
    times = itertools.count(100, LOOK_S)
    return lambda: watch.look(next(times))


def test_without_tls_there_is_nothing_to_watch() -> None:
    watch = KeyWatch(Broker("mqtt://broker.example"))
    assert not watch.look(0)
    assert (watch.certificate(NOW), watch.days_left(NOW), watch.fault, watch.context) == (
        "none",
        None,
        "",
        None,
    )


def test_the_systems_authorities_are_not_ours_to_watch() -> None:
    watch = KeyWatch(Broker("mqtts://broker.example"))
    assert not watch.look(0)
    assert (watch.certificate(NOW), watch.days_left(NOW)) == ("none", None)
    assert watch.context is not None


def test_what_stays_is_no_news(authority: Authority) -> None:
    look = looks(watch_of(authority))
    assert [look() for _ in range(3)] == [False, False, False]


def test_files_are_looked_at_every_few_seconds_only(authority: Authority) -> None:
    watch = watch_of(authority)
    assert not watch.look(100)
    authority.sign("booth")
    assert not watch.look(100 + LOOK_S - 0.1)
    assert watch.look(100 + LOOK_S)
    assert not watch.look(100 + 2 * LOOK_S)


@pytest.mark.parametrize("first", ["cert", "key"])
def test_either_file_may_be_replaced_first(authority: Authority, first: str) -> None:
    watch = watch_of(authority)
    look, old = looks(watch), watch.context
    new = authority.sign("new")
    booth = authority.folder / "booth"
    files = [(booth.with_suffix(".crt"), new.cert), (booth.with_suffix(".key"), new.key)]
    if first == "key":
        files.reverse()
    files[0][1].replace(files[0][0])
    assert not look()
    assert watch.fault == "", "one look may fall in between"
    assert watch.context is old
    files[1][1].replace(files[1][0])
    assert look()
    assert watch.context is not old
    assert (watch.fault, watch.certificate(NOW)) == ("", "ok")
    assert not look()


def test_a_set_that_never_fits_is_told_once_and_the_old_one_stays(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    watch = watch_of(authority)
    look, old = looks(watch), watch.context
    authority.sign("new").cert.replace(authority.folder / "booth.crt")
    assert [look() for _ in range(4)] == [False] * 4
    assert watch.context is old
    assert watch.fault.startswith(
        "new key files do not fit: uplink.cert_file, key_file: the key does not belong"
    )
    assert watch.certificate(NOW) == watch.fault
    assert watch.days_left(NOW) == 200
    assert len([one for one in caplog.records if "do not fit" in one.message]) == 1
    authority.folder.joinpath("new.key").replace(authority.folder / "booth.key")
    assert look()
    assert (watch.fault, watch.certificate(NOW)) == ("", "ok")


def test_old_files_that_come_back_end_the_fault(authority: Authority) -> None:
    watch = watch_of(authority)
    look, file = looks(watch), authority.folder / "booth.crt"
    kept = file.read_bytes()
    file.unlink()
    assert not look()
    assert not look()
    assert f"{file}: no such file; mend uplink.cert_file" in watch.fault
    file.write_bytes(kept)
    assert not look()
    assert watch.fault == ""


@pytest.mark.parametrize(("begins_days", "ends_days", "why"), [(-9, -1, "expired"), (2, 9, "not yet valid")])
def test_new_keys_out_of_their_time_are_not_taken(
    authority: Authority, begins_days: float, ends_days: float, why: str
) -> None:
    watch = watch_of(authority)
    look = looks(watch)
    authority.sign("booth", begins_days=begins_days, ends_days=ends_days)
    assert not look()
    assert not look()
    assert watch.fault == f"new key files do not fit: uplink.cert_file: {why}; provision the keys anew"


def test_new_keys_that_begin_soon_are_taken_then(authority: Authority) -> None:
    clocks = [NOW]
    watch = KeyWatch(broker_of(authority, authority.sign("booth")), lambda: clocks[-1])
    look = looks(watch)
    authority.sign("booth", begins_days=1)
    assert not look()
    assert not look()
    clocks.append(Clock(NOW.unix_s + 2 * 86_400, synced=True))
    assert look()
    assert watch.fault == ""


def test_a_clock_that_is_not_set_judges_no_date(authority: Authority) -> None:
    watch = watch_of(authority, UNSET)
    authority.sign("booth", begins_days=-9, ends_days=-1.5)
    assert looks(watch)()
    assert (watch.certificate(UNSET), watch.days_left(UNSET)) == ("unknown: the clock is not set", None)
    assert (watch.certificate(NOW), watch.days_left(NOW)) == ("expired", -2)


def test_a_foreign_certificate_of_our_authoritys_name_is_not_taken(
    authority: Authority, tmp_path: Path
) -> None:
    watch = watch_of(authority)
    look, foreign = looks(watch), Authority(tmp_path / "foreign").sign("booth")
    foreign.cert.replace(authority.folder / "booth.crt")
    foreign.key.replace(authority.folder / "booth.key")
    assert not look()
    assert not look()
    assert "not signed by the authority in uplink.ca_file" in watch.fault


def test_a_new_authority_with_its_keys_is_taken(authority: Authority, tmp_path: Path) -> None:
    watch = watch_of(authority)
    other = Authority(tmp_path / "other")
    pair = other.sign("booth")
    for new in (other.ca, pair.cert, pair.key):
        new.replace(authority.folder / new.name)
    assert looks(watch)()


def test_the_end_of_the_authority_counts_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path, ends_days=5.5)
    watch = KeyWatch(broker_of(authority, authority.sign("booth")))
    assert (watch.certificate(NOW), watch.days_left(NOW)) == ("authority expires in 5 days", 5)
    assert watch.certificate(Clock(NOW.unix_s + 6 * 86_400, synced=True)) == "authority expired"
    alone = KeyWatch(Broker("mqtts://broker.example", authority.ca))
    assert (alone.certificate(NOW), alone.days_left(NOW)) == ("authority expires in 5 days", 5)


def test_an_authority_in_renewal_counts_by_its_longest(tmp_path: Path) -> None:
    old, new = Authority(tmp_path / "old", ends_days=5.5), Authority(tmp_path / "new")
    both = tmp_path / "both.crt"
    both.write_bytes(old.ca.read_bytes() + new.ca.read_bytes())
    assert KeyWatch(Broker("mqtts://broker.example", both)).days_left(NOW) == 400
    pair = old.sign("booth")
    assert KeyWatch(Broker("mqtts://broker.example", both, pair.cert, pair.key)).days_left(NOW) == 5


def test_what_a_certificate_comes_to_is_logged_once(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clocks = [NOW]
    watch = KeyWatch(broker_of(authority, authority.sign("booth")), lambda: clocks[-1])
    look = looks(watch)
    for days in (178, 180, 190, 200, 201, 202):
        clocks.append(Clock(NOW.unix_s + days * 86_400, synced=True))
        assert not look()
    assert [one.message for one in caplog.records] == [
        "certificate: expires in 22 days",
        "certificate: expired",
    ]


def test_a_key_that_others_can_read_is_logged_once_and_again_when_it_comes_back(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    pair = authority.sign("booth")
    pair.key.chmod(0o644)
    watch = KeyWatch(broker_of(authority, pair))
    look = looks(watch)
    for mode in (0o644, 0o600, 0o600, 0o640, 0o640):
        pair.key.chmod(mode)
        look()
    assert [one.message.rpartition("(")[2] for one in caplog.records] == [
        f"mode 644); chmod 600 {pair.key}",
        f"mode 640); chmod 600 {pair.key}",
    ]


def test_keys_that_cannot_be_used_at_the_start_are_an_error(authority: Authority) -> None:
    pair, other = authority.sign("booth"), authority.sign("other")
    with pytest.raises(BoothError, match="does not belong"):
        KeyWatch(Broker("mqtts://broker.example", authority.ca, pair.cert, other.key))


def test_files_that_change_while_they_are_read_are_left_for_the_next_look(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watch_of(authority)
    look = looks(watch)
    authority.sign("booth")
    context = Broker.tls_context

    def overtaken(broker: Broker) -> object:
        loaded = context(broker)
        monkeypatch.undo()
        authority.sign("booth")
        return loaded

    monkeypatch.setattr(Broker, "tls_context", overtaken)
    assert not look()
    assert look()
    assert watch.fault == ""
