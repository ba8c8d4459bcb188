"""An update server fills no disk: three bounds, each alone; and what nobody goes on with is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.update import offer, publish, quota
from appliance.update.places import BUNDLES, METADATA
from appliance.update.quota import STALE_S, sweep
from appliance.update.refusal import Refused
from tests.update.server import Server
from tests.update.world import NEW, Booth, Publisher


def bytes_in(folder: Path) -> int:
    return sum(size for _, size in quota.files_below(folder))


def cut_download(booth: Booth, server: Server) -> Path:
    """A part of NEW's bundle."""
    server.mode, server.cut_after = "cut", 5_000
    with pytest.raises(Refused):
        booth.fetch()
    server.mode = "good"
    (part,) = (booth.places.courier / BUNDLES).iterdir()
    return part


def test_the_couriers_folder_never_holds_more_than_its_quota(
    booth: Booth, server: Server, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = publisher.served_bundle(NEW).stat().st_size
    monkeypatch.setattr(quota, "QUOTA_BYTES", length)
    with pytest.raises(Refused, match=r"may hold .* publish a smaller bundle") as refused:
        booth.fetch()
    assert refused.value.name == "disk-full"
    assert server.bytes_sent == 0
    assert bytes_in(booth.places.courier) < length
    monkeypatch.setattr(quota, "QUOTA_BYTES", length + 100_000)
    assert booth.fetch().phase == "downloaded"


def test_a_part_that_is_there_does_not_count_twice(
    booth: Booth, server: Server, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_download(booth, server)
    length = publisher.served_bundle(NEW).stat().st_size
    metadata = bytes_in(booth.places.courier / METADATA)
    monkeypatch.setattr(quota, "QUOTA_BYTES", length + metadata + 2_000)
    assert booth.fetch().phase == "downloaded"


def test_a_disk_that_others_fill_meanwhile_gets_the_part_back(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage, calls = shutil.disk_usage(booth.home), []

    def shrinking(_: Path) -> object:
        calls.append(1)
        return usage if len(calls) < 4 else usage._replace(free=quota.SPARE_BYTES - 1)

    monkeypatch.setattr(shutil, "disk_usage", shrinking)
    with pytest.raises(Refused) as refused:
        booth.fetch()
    assert refused.value.name == "disk-full"
    assert len(calls) == 4
    assert not list((booth.places.courier / BUNDLES).iterdir())


def test_nothing_is_unpacked_where_it_would_take_the_booths_share(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.fetch()
    usage = shutil.disk_usage(booth.home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=quota.SPARE_BYTES + 100_000))
    with pytest.raises(Refused) as refused:
        booth.switch()
    assert refused.value.name == "disk-full"
    assert not list(booth.places.taken.glob("*"))
    monkeypatch.undo()
    assert booth.update().phase == "kept"


def test_a_part_of_a_release_that_was_withdrawn_is_gone(
    booth: Booth, server: Server, publisher: Publisher
) -> None:
    part = cut_download(booth, server)
    publisher.repository.change(NEW, None, publisher.signers)
    assert booth.fetch().phase == "none"
    assert not part.exists()


def test_a_part_that_nobody_has_gone_on_with_for_weeks_is_gone_and_a_fresh_one_stays(
    booth: Booth, server: Server
) -> None:
    part = cut_download(booth, server)
    sweep(booth.places, booth.clock)
    assert part.exists()
    long_ago = booth.clock.unix_s - STALE_S - 60
    os.utime(part, (long_ago, long_ago))
    sweep(booth.places, type(booth.clock)(booth.clock.unix_s, synced=False))
    assert part.exists(), "a clock that is not set makes nothing old"
    sweep(booth.places, booth.clock)
    assert not part.exists()


def test_what_cut_off_runs_have_left_is_swept_and_the_memory_of_versions_stays(booth: Booth) -> None:
    booth.fetch()
    courier = booth.places.courier
    kept = sorted(courier.rglob("*"))
    for name in (".note.json.77.part", "metadata/tmpx7_a", "core"):
        (courier / name).write_bytes(b"x" * 1000)
    (courier / "odd/folder").mkdir(parents=True)
    (courier / "link").symlink_to("/etc")
    sweep(booth.places, booth.clock)
    assert sorted(courier.rglob("*")) == kept
    assert Path("/etc/passwd").exists()


def test_a_bundle_that_no_booth_would_take_is_not_published(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = publisher.bundle("0.3.0")
    monkeypatch.setattr(offer, "QUOTA_BYTES", quota.METADATA_BYTES + 1000)
    with pytest.raises(BoothError, match="which no booth takes"):
        list(publish.publish(publisher.site, [bundle], publisher.keys, "all", None, None))
    assert not list((publisher.site / "targets/bundles").glob("*0.3.0*"))
