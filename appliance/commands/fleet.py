"""The commands that look at many booths from afar, or play many: watch, simulate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import AsJson, file_option

app = typer.Typer()

BrokerUrl = Annotated[str, typer.Option("--broker", help="mqtt://HOST:PORT or mqtts://HOST:PORT")]
Authorities = Annotated[Path | None, file_option("--ca", help="Who vouches for the broker; PEM.")]
Certificate = Annotated[Path | None, file_option("--cert", help="Who we are; PEM.")]
Key = Annotated[Path | None, file_option("--key", help="Key of the certificate; PEM.")]


@app.command()
def watch(
    broker: BrokerUrl = "mqtt://127.0.0.1:1883",
    city: Annotated[str | None, typer.Option("--city", help="Only this city.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0, help="End after so long.")] = None,
    ca: Authorities = None,
    cert: Certificate = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Subscribe to the broker and show the fleet."""
    from appliance.fleet.watch import watch as watch_fleet
    from appliance.uplink.address import Broker

    watch_fleet(Broker(broker, ca, cert, key), city, as_json, seconds)


@app.command()
def simulate(
    booths: Annotated[int, typer.Option("--booths", min=1, max=999_999, help="How many.")],
    rate: Annotated[float, typer.Option("--rate", min=0, help="Exceptions of one booth in an hour.")] = 6,
    broker: BrokerUrl = "mqtt://127.0.0.1:1883",
    city: Annotated[str, typer.Option("--city", help="Their city; each is sim-NUMBER in it.")] = "simulated",
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=0, help="People pass by for so long; until Ctrl-C without."),
    ] = None,
    drain: Annotated[float, typer.Option("--drain", min=0, help="Seconds to wait then for what waits.")] = 60,
    ramp: Annotated[float, typer.Option("--ramp", min=0.1, help="Booths that connect in a second.")] = 200,
    processes: Annotated[int, typer.Option("--processes", min=1, max=64, help="To spread them over.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same traffic; ids are new each time.")] = 7,
    outboxes: Annotated[
        Path | None, file_option("--outboxes", help="Folder for real outboxes; in memory without.")
    ] = None,
    ledger: Annotated[
        Path | None, file_option("--ledger", help="File for the ids of committed events, appended.")
    ] = None,
    ca: Authorities = None,
    cert: Certificate = None,
    key: Key = None,
    keys: Annotated[
        Path | None, file_option("--keys", help="Folder CITY/BOOTH with booth.crt and booth.key for each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play many booths against a broker; exit code 0 when each was let in and all events are acknowledged."""
    from appliance.simulation.simulation import Plan
    from appliance.simulation.simulator import settings_from_options
    from appliance.simulation.simulator import simulate as simulate_fleet

    plan = Plan(
        settings_from_options(broker, city, ca, cert, key),
        booths,
        rate,
        math.inf if seconds is None else seconds,
        seed,
        ramp,
        drain,
        outboxes,
        keys,
        ledger,
    )
    raise typer.Exit(0 if simulate_fleet(plan, processes, as_json=as_json) else 1)
