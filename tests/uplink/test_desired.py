"""Settings from afar: tried while the connection stands, proved or taken back, and never half of anything."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.logbook.chain import links_of
from appliance.remote import overlay
from appliance.remote_file import FILE, Kept, Remote, Version, read_kept, write_kept
from appliance.uplink.desired import MOST_BYTES, TRIAL_S, RemoteConfig
from tests.uplink.builders import CLOCK

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"Where thousands of durable writes do not wear the disk."
SV, ES = {"display": {"language": "sv"}}, {"display": {"language": "es"}}
BAD = {"display": {"language": "sv"}, "uplink": {"keepalive_s": 1}}


def files_in(folder: Path, **sections: Any) -> Settings:
    return Settings.model_validate({"folders": {"state": folder, "runtime": folder / "run"}, **sections})


def desired(version: Any, wish: Any, **changes: Any) -> bytes:
    return json.dumps({"schema": "desired/1", "version": version, "settings": wish, **changes}).encode()


def config_in(folder: Path) -> RemoteConfig:
    return RemoteConfig(files_in(folder), lambda: CLOCK)


def told(config: RemoteConfig) -> tuple[int, int, str]:
    """Version in force, wanted version and result of the report that is due."""
    report = config.report()
    assert report is not None
    return report["version"], report["wanted"], report["result"]


def test_a_booth_that_nobody_set_says_so_once_per_connection(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    assert config.report() == {
        "schema": "reported/1",
        "city": "new-york",
        "booth": "desk",
        "at": CLOCK.minute,
        "clock_synced": True,
        "version": 0,
        "wanted": 0,
        "result": "none",
        "reason": "",
        "settings": {},
    }
    assert config.report() is None
    config.lost(1.0)
    config.connected(2.0)
    assert told(config) == (0, 0, "none")


def test_a_good_version_is_in_force_at_once_and_applied_after_its_trial(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 10.0)
    assert (config.settings.display.language, config.version) == ("sv", 5)
    assert told(config) == (5, 5, "on trial")
    config.tend(10.0 + TRIAL_S - 0.1)
    assert config.report() is None
    config.tend(10.0 + TRIAL_S)
    assert told(config) == (5, 5, "applied")
    assert read_kept(tmp_path) == Kept(Version(5, SV), tried=5)


def test_a_connection_lost_on_trial_brings_the_last_settings_back_and_the_version_is_not_tried_again(
    tmp_path: Path,
) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(TRIAL_S)
    config.hear(desired(6, ES), 100.0)
    config.lost(130.0)
    assert (config.settings.display.language, config.version) == ("sv", 5)
    config.connected(140.0)
    assert told(config) == (5, 6, "reverted")
    config.hear(desired(6, ES), 141.0)
    assert (config.version, config.report()) == (5, None)
    config.hear(desired(7, ES), 142.0)
    assert told(config) == (7, 7, "on trial")


def test_the_logbook_has_what_was_proved_and_what_was_taken_back(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(1.0)
    assert list(links_of(tmp_path)) == []
    config.tend(TRIAL_S)
    config.hear(desired(6, ES), 100.0)
    config.lost(130.0)
    config.hear(desired(7, BAD), 140.0)
    config.tend(140.0)
    config.hear(b"", 150.0)
    config.tend(150.0)
    entries = [link.entry for link in links_of(tmp_path) if link.entry]
    assert [(entry.by, entry.now) for entry in entries] == [
        ("uplink", "applied 5"),
        ("uplink", "reverted 6"),
        ("uplink", "applied 0"),
    ]


def test_who_ends_during_a_trial_begins_with_the_last_settings(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(TRIAL_S)
    config.hear(desired(6, ES), 100.0)
    again = config_in(tmp_path)
    assert (again.settings.display.language, again.version) == ("sv", 5)
    assert told(again) == (5, 6, "reverted")
    assert told(config_in(tmp_path)) == (5, 6, "reverted")


def test_a_trial_takes_an_uninterrupted_connection(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.hear(desired(5, SV), 0.0)
    config.tend(1000.0)
    assert told(config) == (5, 5, "on trial")
    config.connected(1000.0)
    config.tend(1000.0 + TRIAL_S - 1)
    assert told(config) == (5, 5, "on trial")
    config.tend(1000.0 + TRIAL_S)
    assert told(config) == (5, 5, "applied")


def test_a_second_version_on_trial_goes_back_to_what_was_proved(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(1, SV), 0.0)
    config.hear(desired(2, ES), 30.0)
    config.tend(TRIAL_S)
    assert told(config) == (2, 2, "on trial")
    config.lost(70.0)
    assert (config.version, config.settings.display.language) == (0, "en")


def test_lower_versions_are_stale_and_equal_ones_are_nothing_new(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(TRIAL_S)
    assert told(config) == (5, 5, "applied")
    config.hear(desired(5, ES), 100.0)
    assert config.report() is None
    config.hear(desired(4, ES), 101.0)
    assert told(config) == (5, 4, "stale")
    config.hear(desired(5, SV), 102.0)
    assert told(config) == (5, 5, "applied")
    assert config.settings.display.language == "sv"


@pytest.mark.parametrize(
    ("payload", "wanted", "words"),
    [
        (desired(8, BAD), 8, "uplink.keepalive_s: "),
        (desired(8, {"booth": {"city": "madrid"}}), 8, "booth: cannot be set from afar"),
        (desired(8, []), 8, "settings: "),
        (desired(8, {}, more=1), 0, "no desired/1"),
        (desired(8, {}, schema="desired/2"), 0, "no desired/1"),
        (desired(0, {}), 0, "version: "),
        (desired(2**31, {}), 0, "version: "),
        (desired(True, {}), 0, "version: "),
        (desired("8", {}), 0, "version: "),
        (b"{", 0, "no desired/1"),
        (b"\xff\xfe", 0, "no desired/1"),
        (b"[" * 9000, 0, "no desired/1"),
        (desired(8, SV) + b" " * MOST_BYTES, 0, "longer than 16384 bytes"),
        (
            b'{"schema":"desired/1","version":8,"settings":' + b'{"a":' * 900 + b"1" + b"}" * 901,
            8,
            "settings: Invalid JSON",
        ),
    ],
)
def test_what_is_not_good_is_rejected_with_the_reason_and_changes_nothing(
    tmp_path: Path, payload: bytes, wanted: int, words: str
) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(TRIAL_S)
    before, kept = config.settings, (tmp_path / FILE).read_bytes()
    config.hear(payload, 100.0)
    report = config.report()
    assert report is not None
    assert (report["version"], report["wanted"], report["result"]) == (5, wanted, "rejected")
    assert report["reason"].startswith(words)
    assert config.settings is before
    assert (tmp_path / FILE).read_bytes() == kept


def test_a_rejected_version_is_judged_anew_when_the_files_allow_it(tmp_path: Path) -> None:
    wish = {"capture": {"mode": "open-street"}}
    mat = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
    strict = RemoteConfig(files_in(tmp_path, capture={"mode": "opt-in-zone", "zones": [mat]}))
    strict.hear(desired(5, wish), 0.0)
    assert told(strict) == (0, 5, "rejected")
    mended = config_in(tmp_path)
    mended.hear(desired(5, wish), 0.0)
    assert told(mended) == (5, 5, "on trial")


def test_an_empty_message_brings_the_files_back_and_versions_begin_anew(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    config.hear(desired(5, SV), 0.0)
    config.tend(TRIAL_S)
    config.hear(b"", 100.0)
    assert config.settings == files_in(tmp_path)
    assert told(config) == (0, 0, "none")
    assert read_kept(tmp_path) == Kept()
    config.hear(desired(1, ES), 101.0)
    assert told(config) == (1, 1, "on trial")


def test_no_settings_under_a_version_are_those_of_the_files(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.hear(desired(5, SV), 0.0)
    config.hear(desired(6, {}), 1.0)
    assert config.settings == files_in(tmp_path)
    assert told(config) == (6, 6, "on trial")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 100, b'{"schema":"remote/9"}'])
def test_a_store_that_cannot_be_read_is_set_aside_and_the_retained_version_tried_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(content)
    config = config_in(tmp_path)
    assert (config.version, config.settings) == (0, files_in(tmp_path))
    assert caplog.text.count("set aside") == 1
    assert (tmp_path / f"{FILE}.corrupt").read_bytes() == content
    config.hear(desired(5, SV), 0.0)
    assert told(config) == (5, 5, "on trial")


def test_a_kept_version_that_new_files_forbid_is_set_aside(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(5, {"capture": {"mode": "open-street"}}), tried=5))
    mat = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
    files = files_in(tmp_path, capture={"mode": "opt-in-zone", "zones": [mat]})
    config = RemoteConfig(files)
    assert (config.version, config.settings) == (0, files)
    config.hear(desired(5, {"capture": {"mode": "open-street"}}), 0.0)
    assert told(config) == (0, 5, "rejected")


def refuse(*_: object) -> None:
    raise BoothError("remote.json: No space left on device; free space")


def test_a_full_disk_rejects_and_what_has_to_come_comes_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_in(tmp_path)
    config.connected(0.0)
    with monkeypatch.context() as full:
        full.setattr("appliance.uplink.desired.write_kept", refuse)
        config.hear(desired(5, SV), 0.0)
        assert told(config) == (0, 5, "rejected")
        assert config.settings == files_in(tmp_path)
    config.hear(desired(5, SV), 1.0)
    assert told(config) == (5, 5, "on trial")
    with monkeypatch.context() as full:
        full.setattr("appliance.uplink.desired.write_kept", refuse)
        config.lost(2.0)
        for second in range(3, 10):
            config.tend(float(second))
        assert caplog.text.count("No space left") == 1
        assert Remote(files_in(tmp_path), 0.0).settings == config.settings
    config.connected(10.0)
    config.tend(10.0)
    assert told(config) == (0, 5, "reverted")


MESSAGES = st.binary(max_size=60) | st.builds(
    desired,
    st.integers(-1, 9) | st.none() | st.floats() | st.text(max_size=2),
    st.sampled_from(
        [SV, ES, BAD, {}, [], None, {"capture": {"mode": "opt-in-zone"}}, {"decision": {"wanted_share": 9}}]
    ),
)
CUTS = st.tuples(MESSAGES, st.integers(0, 200)).map(lambda both: both[0][: both[1]])


@settings(max_examples=300)
@given(st.lists(MESSAGES | CUTS, max_size=6))
def test_no_message_stops_the_uplink_and_none_is_applied_by_half(messages: list[bytes]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        config = config_in(Path(folder))
        config.connected(0.0)
        for message in messages:
            before = config.settings
            config.hear(message, 1.0)
            report = config.report()
            if report is not None and report["result"] in ("rejected", "stale"):
                assert config.settings is before
            assert config.settings == overlay(files_in(Path(folder)), read_kept(Path(folder)).force.settings)


class Crash(BaseException):
    """The power is cut."""


WISHES = [SV, ES, {}, {"uplink": {"keepalive_s": 99}}, {"capture": {"zones": []}}]


class RemoteLife(RuleBasedStateMachine):
    """An uplink that hears, loses, waits, and dies between any two steps of a write; what it proved stays."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.files = files_in(self.folder)
        self.now_s = 1000.0
        self.sent: dict[int, Any] = {0: {}}
        self.proved = {0}
        self.reverted: set[int] = set()
        self.steady_s: float | None = None
        "Since when the connection stood with the version on trial."
        self.dies: str = ""
        self.full = False
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("appliance.uplink.desired.write_kept", self.write)
        self.start()

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder)

    def write(self, state: Path, kept: Kept) -> None:
        if self.dies == "before":
            raise Crash
        if self.full:
            raise BoothError("full")
        write_kept(state, kept)
        if self.dies == "after":
            raise Crash

    def attempt(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Crash:
            self.start()

    @rule(point=st.sampled_from(["before", "after"]))
    def cut_the_power_at_the_next_write(self, point: str) -> None:
        self.dies = point

    @rule(full=st.booleans())
    def fill_or_free_the_disk(self, full: bool) -> None:
        self.full = full

    @rule()
    def start(self) -> None:
        """Whatever it did before: a version on trial must not be in force."""
        self.dies, self.full = "", False
        self.config = RemoteConfig(self.files, lambda: Clock(1.8e9, synced=True))
        assert self.config.version in self.proved
        self.connect()

    @rule(version=st.integers(1, 12), wish=st.sampled_from(WISHES))
    def hear(self, version: int, wish: Any) -> None:
        before = self.config.version
        wish = self.sent.setdefault(version, wish)
        self.attempt(lambda: self.config.hear(desired(version, wish), self.now_s))
        if self.config.version != before and self.config.version not in self.proved:
            assert self.config.version == version > max(self.reverted | (self.proved - {0}) | {0})
            self.steady_s = self.now_s if self.online else None

    @rule(wish=st.sampled_from(WISHES))
    def hear_the_next(self, wish: Any) -> None:
        self.hear(max(self.sent) + 1, wish)

    @rule()
    def hear_nonsense(self) -> None:
        before = self.config.settings
        self.attempt(lambda: self.config.hear(desired(99, BAD), self.now_s))
        assert self.config.settings is before

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda: self.config.hear(b"", self.now_s))
        if self.config.version == 0 and read_kept(self.folder) == Kept():
            self.sent, self.proved, self.reverted, self.steady_s = {0: {}}, {0}, set(), None

    @rule()
    def connect(self) -> None:
        self.config.connected(self.now_s)
        self.online = True
        self.steady_s = self.now_s

    @rule()
    def lose(self) -> None:
        self.online, self.steady_s, trial = False, None, self.config.version
        self.attempt(lambda: self.config.lost(self.now_s))
        if trial not in self.proved and not self.full:
            assert self.config.version in self.proved
            self.reverted.add(trial)

    @rule(seconds=st.sampled_from([1.0, TRIAL_S / 2, TRIAL_S, 500.0]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        version = self.config.version
        if self.steady_s is not None and self.now_s - self.steady_s >= TRIAL_S:
            self.proved.add(version)
        self.attempt(lambda: self.config.tend(self.now_s))
        report = self.config.report()
        if report is not None and report["result"] == "applied":
            assert report["version"] in self.proved

    @invariant()
    def vision_sees_what_the_uplink_means(self) -> None:
        assert Remote(self.files, 0.0).settings == self.config.settings

    @invariant()
    def what_is_in_force_is_one_whole_version(self) -> None:
        assert self.config.settings == overlay(self.files, self.sent[self.config.version])


TestRemoteLife = RemoteLife.TestCase
TestRemoteLife.settings = settings(max_examples=100, stateful_step_count=40)
