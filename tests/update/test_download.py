"""Downloads: what was there is not fetched again, whatever ended the last try; and only the signed bytes are kept."""

from __future__ import annotations

import pytest

from appliance.update.courier import is_due, read_note
from appliance.update.download import MOST_TRIES
from appliance.update.places import NOTE
from appliance.update.refusal import Refused
from tests.update.server import Server
from tests.update.world import NEW, Booth, Publisher


def length_of(publisher: Publisher) -> int:
    return publisher.served_bundle(NEW).stat().st_size


def test_a_download_that_is_cut_again_and_again_fetches_each_byte_once(
    booth: Booth, server: Server, publisher: Publisher
) -> None:
    server.mode, server.cut_after = "cut", 50_000
    assert booth.fetch().phase == "downloaded"
    assert server.bytes_sent == length_of(publisher)
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in server.ranges]
    assert starts == list(range(50_000, length_of(publisher), 50_000))


def test_a_download_goes_on_after_a_restart_of_the_machine(
    booth: Booth, server: Server, publisher: Publisher
) -> None:
    server.mode, server.cut_after = "cut", 10_000
    with pytest.raises(Refused) as refused:
        booth.fetch()
    assert refused.value.name == "truncated"
    assert server.bytes_sent == MOST_TRIES * 10_000
    assert read_note(booth.places).phase == "refused"
    server.mode = "good"
    again = Booth(booth.home, booth.url, publisher.root)
    assert again.fetch().phase == "downloaded"
    assert server.bytes_sent == length_of(publisher)


def test_a_server_without_ranges_starts_anew_and_ends_whole(booth: Booth, server: Server) -> None:
    server.mode, server.cut_after = "cut", 10_000
    with pytest.raises(Refused):
        booth.fetch()
    server.mode = "no-range"
    assert booth.fetch().phase == "downloaded"
    assert booth.switch().phase == "kept"


def test_an_endless_answer_costs_no_more_than_a_little_above_what_is_signed(
    booth: Booth, server: Server, publisher: Publisher
) -> None:
    server.mode = "endless"
    with pytest.raises(Refused):
        booth.fetch()
    parts = list((booth.places.courier / "bundles").iterdir())
    assert sum(part.stat().st_size for part in parts) <= length_of(publisher)


def test_the_part_of_another_release_is_forgotten(booth: Booth, server: Server, publisher: Publisher) -> None:
    server.mode, server.cut_after = "cut", 10_000
    with pytest.raises(Refused):
        booth.fetch()
    server.mode = "good"
    publisher.publish("0.3.0")
    booth.fetch()
    assert len(list((booth.places.courier / "bundles").iterdir())) == 1
    assert booth.switch().version == "0.3.0"


def test_the_server_is_asked_again_when_it_is_time_or_the_last_time_failed(booth: Booth) -> None:
    note, hour_s = booth.fetch(), 3600
    now = booth.clock

    def at(hours: float) -> bool:
        return is_due(note, booth.orders, type(now)(now.unix_s + hours * hour_s, synced=True))

    assert not at(0)
    assert not at(5)
    assert at(6)
    assert at(-1), "a clock that went back asks"
    refused = note.model_copy(update={"phase": "refused"})
    assert is_due(refused, booth.orders, now)


def test_without_an_address_nothing_is_asked(booth: Booth, server: Server) -> None:
    booth.url = None
    assert booth.fetch().phase == "none"
    assert server.bytes_sent == 0


@pytest.mark.parametrize("junk", [b"", b"{", b"[1]", b"\xff\xfe", b'{"schema":"courier/1","phase":"mad"}'])
def test_a_note_that_cannot_be_read_is_an_empty_one(booth: Booth, junk: bytes) -> None:
    (booth.places.courier / NOTE).write_bytes(junk)
    assert read_note(booth.places).phase == "none"
