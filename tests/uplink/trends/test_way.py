"""A release on its way: what a booth keeps of its day is what a backend gets, by a real broker, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.uplink.broker import LocalBroker
from appliance.uplink.outbox import OUTBOX
from appliance.uplink.trends.press import Press
from tests.uplink.builders import booth_settings, check_schema
from tests.uplink.consumer import Consumer, wait_for
from tests.uplink.test_process import uplink
from tests.uplink.trends.builders import DAY, clock_at, desk_in, next_day, street


def test_what_is_kept_of_a_day_arrives_at_a_backend(broker: LocalBroker, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, broker.url)
    desk = replace(desk_in(settings.folders.state), outbox=settings.folders.state / OUTBOX)
    press = Press(desk)
    press.open(clock_at(DAY), DAY, [])
    press.release(street(1500), clock_at(next_day(DAY)), next_day(DAY), [])
    with Consumer(broker.port) as backend, uplink(settings):
        (message,) = wait_for(lambda: backend.of("trend"))
    assert message.topic == "booth/v1/new-york/desk/trend"
    assert (message.qos, message.retain) == (1, False)
    assert message.payload == (desk.folder / f"{DAY}.json").read_bytes()
    values = check_schema("trend", message.payload)
    assert values["day"] == str(DAY)
