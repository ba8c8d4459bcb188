"""What the units and a technician begin with: this machine, this moment, and the journal settled at a boot."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.health.moment import boot_id
from appliance.update.courier import read_note
from appliance.update.lock import locked
from appliance.update.machine import this_machine
from appliance.update.manager import ask
from appliance.update.orders import Orders, read_orders
from appliance.update.places import NOTE, Places
from appliance.update.switch import settle
from appliance.update.switcher import Moment
from appliance.update.words import say, words_of

COURIER_UNIT = "booth-update.service"
COURIER_S = 3 * 3600 + 60.0
"Its TimeoutStartSec=, and a while: a large bundle over a slow link."
log = logging.getLogger(__name__)


def read_moment() -> Moment:
    """Now and here."""
    return Moment(read_clock(), datetime.now().astimezone(), boot_id(), this_machine())


def look_now(orders: Orders) -> None:
    """Have the courier look at once, as the user it is, and wait for it. Raises BoothError."""
    if orders.update.url is None:
        raise BoothError("update.url is not set; name the update server in /etc/booth/booth.yaml")
    try:
        (orders.places.courier / NOTE).unlink(missing_ok=True)
    except OSError as error:
        raise BoothError(f"{orders.places.courier}: {error.strerror}; say: sudo booth update ...") from None
    answer = ask("start", COURIER_UNIT, patience_s=COURIER_S)
    if answer.returncode:
        raise BoothError(f"{COURIER_UNIT} does not run; see: journalctl -u {COURIER_UNIT}")


def settle_boot(booth_file: Path) -> None:
    """Leave a whole program to run, whatever the settings say: a booth file with a mistake keeps no booth in half."""
    orders = None
    try:
        orders = read_orders(booth_file)
    except BoothError as error:
        print(f"booth: {error}", file=sys.stderr)
    places = orders.places if orders else Places()
    if not places.home.is_dir():
        return
    with locked(places):
        state = settle(places, this_machine(), boot_id())
    if orders:
        say(orders.folders.state, words_of(state, read_note(places), orders))
