"""`booth simulate`: a plan goes in, the traffic of its booths goes to the broker, and whether all arrived comes out."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.status import Status

from appliance.config import Identity, Settings, Uplink
from appliance.errors import BoothError
from appliance.simulation.simulation import Plan, Simulation
from appliance.simulation.spread import Spread, Wish
from appliance.simulation.tally import Tally, line_from_tally, values_from_tally
from appliance.uplink.address import Broker
from appliance.uplink.topics import NAME

SESSION_S = 60


def simulate(plan: Plan, processes: int = 1, as_json: bool = False) -> bool:
    """Run `plan` to its end or until SIGINT or SIGTERM; True when every booth was let in and every event is safe.

    A second signal ends it at once. Says how it goes each second on a terminal, and prints the sum at the end.
    """
    logging.getLogger("appliance.uplink").setLevel(logging.CRITICAL)  # thousands of booths say the same
    began_s = time.monotonic()
    wish = Wish()
    with Progress() as progress:
        if processes == 1:
            tally = Simulation(plan, range(1, plan.booths + 1), wish.stop).run(progress.show)
        else:
            tally = Spread(plan, processes).run(wish.stop, progress.show)
    seconds = time.monotonic() - began_s
    print(json.dumps(values_from_tally(tally, seconds)) if as_json else line_from_tally(tally))
    return tally.complete


def settings_from_options(
    broker: str, city: str, ca: Path | None, cert: Path | None, key: Path | None
) -> Settings:
    """Settings that all booths share. Raises BoothError for an address, a city or a file that cannot be."""
    Broker(broker, ca, cert, key).tls_context()
    if not NAME.fullmatch(city):
        raise BoothError(f"--city {city}: no name of a city; write it as in booth.city, such as new-york")
    # What is kept for a simulated booth that is gone serves nobody.
    try:
        uplink = Uplink(broker=broker, ca_file=ca, cert_file=cert, key_file=key, session_s=SESSION_S)
    except ValidationError:
        raise BoothError(
            f"--broker {broker}: no address that a booth takes; write mqtt://HOST:PORT"
        ) from None
    return Settings(booth=Identity(city=city), uplink=uplink)


class Progress:
    """One line on a terminal that is written over; nothing elsewhere."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._status = Status("connecting", console=console) if console.is_terminal else None
        self._last = (time.monotonic(), 0)

    def show(self, tally: Tally) -> None:
        """Say how it stands, and how fast it went since the last time."""
        before_s, gone = self._last
        self._last = now_s, _ = time.monotonic(), tally.gone
        if self._status:
            rate = (tally.gone - gone) / max(now_s - before_s, 1e-3)
            self._status.update(f"{line_from_tally(tally)}; {rate:.0f} events/s")

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_all: object) -> None:
        if self._status:
            self._status.stop()
