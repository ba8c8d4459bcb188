"""The commands about newer programs: what a technician asks of a booth, and what its units run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appliance.commands import update_publisher
from appliance.commands.options import AsJson, file_option
from appliance.errors import BoothError

if TYPE_CHECKING:
    from appliance.update.orders import Orders
    from appliance.update.trial import Trial

app = typer.Typer(no_args_is_help=True, help="Newer programs: bring, try, keep, go back; and publish them.")
app.add_typer(update_publisher.app)

BoothFile = Annotated[Path, file_option("--config", help="The booth's settings.")]
BOOTH_FILE = Path("/etc/booth/booth.yaml")
Reason = Annotated[str, typer.Option("--reason", help="For the city team.")]


@app.command()
def status(config: BoothFile = BOOTH_FILE, as_json: AsJson = False) -> None:
    """What runs, what is tried, what was refused and why."""
    from appliance.update.orders import read_orders
    from appliance.update.report import report

    report(read_orders(config), as_json=as_json)


@app.command()
def check(config: BoothFile = BOOTH_FILE) -> None:
    """Look for a newer program now and bring it; it starts when the hour is right (as root)."""
    from appliance.update.orders import read_orders
    from appliance.update.report import report
    from appliance.update.visit import look_now

    orders = read_orders(config)
    look_now(orders)
    report(orders, as_json=False)


@app.command()
def apply(config: BoothFile = BOOTH_FILE) -> None:
    """Look, bring, and start it whatever the hour; ends with the verdict, after minutes (as root)."""
    from appliance.update.orders import read_orders
    from appliance.update.report import report
    from appliance.update.switcher import advance
    from appliance.update.visit import look_now, read_moment

    orders = read_orders(config)
    look_now(orders)
    advance(orders, read_moment(), trial_of(orders), at_once=True)
    report(orders, as_json=False)


@app.command()
def keep(config: BoothFile = BOOTH_FILE) -> None:
    """End the trial: the new program stays (as root)."""
    from appliance.update.orders import read_orders
    from appliance.update.report import report
    from appliance.update.technician import keep_now

    orders = read_orders(config)
    keep_now(orders)
    report(orders, as_json=False)


@app.command()
def rollback(reason: Reason = "by a technician", config: BoothFile = BOOTH_FILE) -> None:
    """Let the program before run again, now; this version is not tried again here (as root)."""
    from appliance.update.orders import read_orders
    from appliance.update.report import report
    from appliance.update.technician import go_back

    orders = read_orders(config)
    go_back(orders, trial_of(orders), reason)
    report(orders, as_json=False)


@app.command(hidden=True)
def fetch(config: BoothFile = BOOTH_FILE) -> None:
    """Look and download, as booth-update.service does; a refusal is noted and no failure."""
    from appliance.health.clock import read_clock
    from appliance.update.courier import fetch as fetch_release
    from appliance.update.courier import is_due, read_note
    from appliance.update.machine import this_machine
    from appliance.update.orders import read_orders
    from appliance.update.refusal import Refused
    from appliance.update.web import Patience

    orders, clock = read_orders(config), read_clock()
    if not is_due(read_note(orders.places), orders, clock):
        return
    try:
        fetch_release(orders, this_machine(), clock, Patience(), orders.places)
    except Refused as error:
        print(f"booth: {error}", file=sys.stderr)


@app.command(hidden=True)
def switch(config: BoothFile = BOOTH_FILE) -> None:
    """Install and start what was brought, as booth-update-switch.service does."""
    from appliance.update.orders import read_orders
    from appliance.update.refusal import Refused
    from appliance.update.switcher import advance
    from appliance.update.visit import read_moment

    orders = read_orders(config)
    try:
        advance(orders, read_moment(), trial_of(orders))
    except Refused as error:
        print(f"booth: {error}", file=sys.stderr)


@app.command(hidden=True)
def boot(config: BoothFile = BOOTH_FILE) -> None:
    """Before the booth starts: finish or undo what was cut off, as booth-update-boot.service does."""
    from appliance.update.visit import settle_boot

    settle_boot(config)


def trial_of(orders: Orders) -> Trial:
    """A trial on this machine. Raises BoothError for all but root."""
    import os

    from appliance.update.manager import Systemd
    from appliance.update.trial import Trial

    if os.geteuid() != 0:
        raise BoothError("only root changes what runs; say: sudo booth update ...")
    return Trial(orders.places, orders.folders.runtime, Systemd())
