"""`booth update status`: the journal and the courier's note in; a few lines, or JSON, out."""

from __future__ import annotations

import json

from appliance.update.courier import read_note
from appliance.update.orders import Orders
from appliance.update.places import PACKAGED, version_of
from appliance.update.switcher import current_state
from appliance.update.words import window_text, words_of


def report(orders: Orders, *, as_json: bool) -> None:
    """Print where the update of this booth stands."""
    values = standing_values(orders)
    if as_json:
        print(json.dumps(values, sort_keys=True))
        return
    for name, value in values.items():
        print(f"{name:<10} {value}")


def standing_values(orders: Orders) -> dict[str, str]:
    """Names and words, in the order a technician asks for them."""
    places = orders.places
    state, note, running = current_state(places), read_note(places), places.running()
    packaged = " (the packaged one)" if running == PACKAGED else ""
    return {
        "running": (version_of(places, running) or "unknown") + packaged,
        "update": words_of(state, note, orders),
        "phase": state.phase,
        "previous": version_of(places, state.previous) or "none",
        "failed": ", ".join(state.failed) or "none",
        "server": orders.update.url or "none: update.url is not set",
        "ring": orders.ring,
        "window": window_text(orders),
    }
