"""`booth run vision`: settings in; a lookout that is ready, or in one line why there is none, out."""

from __future__ import annotations

import threading
import time

from appliance.app import load_eyes
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health import notify
from appliance.law.desk import is_booth
from appliance.law.disclosure import looks_at_people, require_disclosure
from appliance.remote_file import Remote
from appliance.runtime.choose import Wing, choose_wing
from appliance.verbs.apprentice import load_known
from appliance.verbs.figures import Figures
from appliance.verbs.lookout import Lookout
from appliance.vision.pipeline import NO_BANK


def run_vision(settings: Settings, stop: threading.Event) -> None:
    """Look until `stop` or the end of a file, by the files' `settings` and what is set from afar.

    Raises BoothError for what only a new process or a person can mend: a device that failed or cannot be opened, a
    missing network, bank or file. The vitals say so too, and whoever watches the process starts it again. An installed
    booth looks at nobody before its sign can say all that the law of the city wants.
    """
    figures = Figures(settings.folders.runtime)
    figures.set(state="starting", reason="loading networks", camera="starting", inference="starting")
    try:
        if is_booth() and looks_at_people(settings.camera):
            require_disclosure(settings)
        lookout = get_ready(settings, figures, stop)
    except BoothError as error:
        figures.fail("inference", str(error))
        raise
    if lookout is None:
        figures.set(state="stopped", reason="told to stop")
    else:
        lookout.run(stop)
    notify.stopping()


def get_ready(settings: Settings, figures: Figures, stop: threading.Event) -> Lookout | None:
    """Open the device, have its engines, load networks and bank; None when told to stop. Raises BoothError."""
    wing = choose_wing(settings.wing)
    fault = ready_engines(settings, wing, figures, stop)
    if stop.is_set():
        return None
    eyes = load_eyes(settings, wing)
    judge = load_known(Remote(settings, time.monotonic()).settings, eyes.wing)
    figures.set(inference=fault or "ok", calibrated="starting" if judge else NO_BANK)
    figures.watch(eyes.wing.sensors())
    figures.set(wing=eyes.wing.name, engine=eyes.engine, bank=judge.bank.id if judge else "none")
    return Lookout(settings, eyes, judge, figures)


def ready_engines(settings: Settings, wing: Wing, figures: Figures, stop: threading.Event) -> str:
    """Engines of a wing that has to build them, or none on `stop`; returns what is wrong, empty when nothing is."""
    if wing.open_plan is None:
        return ""
    from appliance.verbs.preparation import Stopped, prepare_engines

    try:
        return prepare_engines(settings, wing, figures, stop)
    except Stopped:
        return ""
