"""An update from the publisher's keys to the verdict: what is fetched, installed, started, kept, and said."""

from __future__ import annotations

import shutil

import pytest

from appliance.errors import BoothError
from appliance.health.notices import told
from appliance.update.machine import Machine
from appliance.update.refusal import Refused
from appliance.update.rotation import draft_root, sign_draft
from appliance.update.technician import go_back, keep_now
from tests.update.server import Server
from tests.update.world import DAY, MACHINE, NEW, NIGHT, OLD, Booth, Publisher, make_tree


def said(booth: Booth) -> str:
    return told(booth.orders.folders.state, "update")


def test_a_booth_goes_to_the_new_version_and_keeps_it(booth: Booth) -> None:
    assert booth.fetch().phase == "downloaded"
    state = booth.switch()
    assert (state.phase, state.version, booth.runs) == ("kept", NEW, NEW)
    assert booth.systemd.restarts == 1
    assert said(booth) == f"kept {NEW}"


def test_by_day_it_is_only_made_ready(booth: Booth) -> None:
    booth.fetch()
    assert booth.switch(DAY).phase == "unpacked"
    assert (booth.runs, booth.systemd.restarts) == (OLD, 0)
    assert said(booth) == f"{NEW} is ready and starts between 02:00 and 05:00"
    assert booth.switch(NIGHT).phase == "kept"


def test_a_technician_need_not_wait_for_the_night(booth: Booth) -> None:
    booth.fetch()
    assert booth.switch(DAY, at_once=True).phase == "kept"


def test_nothing_new_changes_nothing_and_says_nothing(booth: Booth) -> None:
    booth.update()
    for _ in range(3):
        booth.fetch()
        assert booth.switch().phase == "kept"
    assert booth.systemd.restarts == 1
    assert said(booth) == f"kept {NEW}"


def test_a_version_that_is_ready_is_not_fetched_again(booth: Booth, server: Server) -> None:
    booth.fetch()
    booth.switch(DAY)
    sent = server.bytes_sent
    booth.fetch()
    assert server.bytes_sent == sent


def test_both_copies_of_the_bundle_go_when_it_is_unpacked(booth: Booth) -> None:
    booth.update()
    assert not list((booth.places.courier / "bundles").iterdir())
    assert not list(booth.places.taken.iterdir())


def test_a_version_withdrawn_in_time_is_not_started(booth: Booth, publisher: Publisher) -> None:
    booth.fetch()
    booth.switch(DAY)
    publisher.repository.change(NEW, None, publisher.signers)
    booth.fetch()
    assert booth.switch().phase == "idle"
    assert (booth.runs, booth.systemd.restarts) == (OLD, 0)
    assert not booth.places.tree(NEW).exists()


def test_the_current_and_the_previous_version_stay_and_no_other(booth: Booth, publisher: Publisher) -> None:
    for version in (NEW, "0.3.0", "0.4.0"):
        publisher.publish(version)
        assert booth.update().phase == "kept"
    assert {tree.name for tree in booth.places.versions.iterdir()} == {"0.3.0", "0.4.0"}


def test_a_ring_gets_only_what_is_meant_for_it(booth: Booth, publisher: Publisher) -> None:
    publisher.publish("0.3.0", ring="canary")
    assert booth.update().version == NEW
    publisher.repository.change("0.3.0", "city", publisher.signers)
    booth.fetch()
    assert booth.switch().version == NEW
    publisher.repository.change("0.3.0", "all", publisher.signers)
    assert booth.update().version == "0.3.0"


def test_a_canary_gets_it_first(booth: Booth, publisher: Publisher) -> None:
    publisher.publish("0.3.0", ring="canary")
    booth.ring = "canary"
    assert booth.update().version == "0.3.0"


def test_a_rotated_root_is_followed_over_several_versions(booth: Booth, publisher: Publisher) -> None:
    for _ in range(3):
        draft_root(publisher.repository, [], [])
        assert sign_draft(publisher.repository, publisher.roots[1:]) == ""
    assert booth.update().phase == "kept"


def test_the_tree_can_be_read_by_the_booths_users_and_is_compiled(booth: Booth) -> None:
    booth.update()
    tree = booth.places.tree(NEW)
    assert all(path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644) for path in tree.rglob("*"))
    assert list(tree.rglob("__pycache__/*.pyc"))


def test_a_technician_may_keep_go_back_and_is_heard_during_a_trial(booth: Booth) -> None:
    booth.fetch()
    real, calls = booth.systemd.sleep, []

    def sleep(seconds: float) -> None:
        real(seconds)
        calls.append(seconds)
        if len(calls) == 2:
            keep_now(booth.orders)

    booth.systemd.sleep = sleep  # type: ignore[method-assign]
    assert booth.switch().phase == "kept"
    assert len(calls) == 2
    state = go_back(booth.orders, booth.trial, "by a technician")
    assert (state.phase, booth.runs, said(booth)) == (
        "rolled-back",
        OLD,
        f"rolled back {NEW}: by a technician",
    )
    with pytest.raises(BoothError, match="nothing to go back to"):
        go_back(booth.orders, booth.trial, "again")


def test_keep_needs_a_trial(booth: Booth) -> None:
    with pytest.raises(BoothError, match="no version is on trial"):
        keep_now(booth.orders)


def test_a_package_newer_than_the_update_runs_after_the_next_start(booth: Booth) -> None:
    booth.update()
    shutil.rmtree(booth.places.packaged)
    make_tree(booth.places.packaged, "0.3.0")
    state = booth.start("boot-2")
    assert booth.places.running() == ""
    assert state.reason == f"{NEW}: the package brought 0.3.0"


def test_an_update_for_another_python_gives_way_to_the_package(booth: Booth) -> None:
    booth.update()
    booth.machine = Machine("3.12", MACHINE.arch)
    booth.start("boot-2")
    assert booth.runs == OLD


def test_a_tree_that_is_gone_gives_way_to_the_package(booth: Booth) -> None:
    booth.update()
    shutil.rmtree(booth.places.tree(NEW))
    booth.start("boot-2")
    assert not booth.places.current.is_symlink()


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"schema": "update/9"}', b"\0" * 100, b"x" * 100_000])
def test_a_journal_that_cannot_be_read_lets_the_package_run_and_the_update_come_again(
    booth: Booth, junk: bytes
) -> None:
    booth.update()
    booth.places.state.write_bytes(junk)
    booth.start("boot-2")
    assert booth.runs == OLD
    assert booth.update().phase == "kept"
    assert booth.runs == NEW


def test_the_courier_is_asked_again_when_the_bundle_was_spoilt_on_the_booth(booth: Booth) -> None:
    booth.fetch()
    bundle = next((booth.places.courier / "bundles").iterdir())
    bundle.write_bytes(b"x" * bundle.stat().st_size)
    with pytest.raises(Refused, match="not the signed bundle"):
        booth.switch()
    assert said(booth).startswith("refused (tampered)")
    assert booth.update().phase == "kept"


def test_a_switch_that_systemd_refuses_is_undone(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise BoothError("systemd does not start the booth (['access denied'])")

    booth.fetch()
    monkeypatch.setattr(booth.systemd, "restart", refuse)
    state = booth.switch()
    assert (state.phase, booth.runs) == ("rolled-back", OLD)
    assert "access denied" in state.reason
