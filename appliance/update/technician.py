"""A technician's word: a decision at the booth in; the version that runs now, and the journal that says so, out."""

from __future__ import annotations

from appliance.errors import BoothError
from appliance.update.courier import read_note
from appliance.update.lock import locked
from appliance.update.orders import Orders
from appliance.update.places import PACKAGED
from appliance.update.state import State
from appliance.update.switch import keep, roll_back
from appliance.update.switcher import current_state
from appliance.update.trial import Trial
from appliance.update.words import say, words_of


def go_back(orders: Orders, trial: Trial, reason: str) -> State:
    """A technician's roll-back to the version before, or the packaged one. Raises BoothError where none runs."""
    places = trial.places
    with locked(places):
        running = places.running()
        if running == PACKAGED:
            raise BoothError("the packaged program runs, there is nothing to go back to")
        state = current_state(places)
        previous = state.previous if state.version == running else PACKAGED
        change = {"version": running, "previous": previous}
        done = roll_back(places, state.model_copy(update=change), f"{running}: {reason}")
        say(orders.folders.state, words_of(done, read_note(places), orders))
        trial.manager.restart()
    return done


def keep_now(orders: Orders) -> State:
    """A technician's word that the version on trial is good. Raises BoothError where none is."""
    places = orders.places
    with locked(places):
        state = current_state(places)
        if state.phase != "trying":
            raise BoothError("no version is on trial; see: booth update status")
        kept = keep(places, state)
        say(orders.folders.state, words_of(kept, read_note(places), orders))
    return kept
