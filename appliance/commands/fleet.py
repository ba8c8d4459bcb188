"""The commands that look at many booths from afar: watch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import AsJson

app = typer.Typer()

BrokerUrl = Annotated[str, typer.Option("--broker", help="mqtt://HOST:PORT or mqtts://HOST:PORT")]
Authorities = Annotated[Path | None, typer.Option("--ca", help="Who vouches for the broker; PEM.")]
Certificate = Annotated[Path | None, typer.Option("--cert", help="Who we are; PEM.")]
Key = Annotated[Path | None, typer.Option("--key", help="Key of the certificate; PEM.")]


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
    from appliance.uplink.address import Broker
    from appliance.uplink.watch import watch as watch_fleet

    watch_fleet(Broker(broker, ca, cert, key), city, as_json, seconds)
