"""Engines before the first frame: networks in, active plans out; meanwhile the booth says how far it is.

The first build takes minutes. Who waits learns it from the vitals and from systemd, which also gets asked for more
time, by work done and never by a timer: a builder that says nothing more is given up on.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.app import networks_of
from appliance.config import Settings
from appliance.errors import BoothError, PlanRefused
from appliance.health import notify
from appliance.runtime.choose import Wing
from appliance.verbs.engines import shown_once, workshop_of
from appliance.verbs.figures import Figures
from engines.active import Network, active_plan, read_standing
from engines.attempts import Progress
from engines.cache import Cache, default_cache
from engines.plans import quarantine_plan
from engines.workshop import Verdict, bring_up

EXTEND_EVERY_S, EXTEND_BY_S = 10.0, 30.0
"Systemd gets asked for so much more, so often."
log = logging.getLogger(__name__)

Bring = Callable[[Network, Progress], Verdict]
"Makes, compares and activates the engine of one network, and tells how far it is."


class Stopped(Exception):
    """The booth was told to stop while it was getting ready."""


class Waiting:
    """Tells how far the engines are: the vitals, systemd's status line, and more time to start."""

    def __init__(
        self, figures: Figures, stop: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._figures = figures
        self._stop = stop
        self._clock = clock
        self._extended_s = float("-inf")

    def tell(self, share: float) -> None:
        """Take a share 0..1 of the whole work; called several times a second. Raises Stopped."""
        self._heed_stop()
        reason = f"building engines, {share:.0%}".replace("%", " %")
        if self._figures.set(state="starting", reason=reason):
            notify.status(reason)
        self.pulse()

    def pulse(self) -> None:
        """Say that the work goes on, at whatever share it was. Raises Stopped."""
        self._heed_stop()
        if self._clock() - self._extended_s >= EXTEND_EVERY_S:
            self._extended_s = self._clock()
            notify.extend_start(EXTEND_BY_S)
        self._figures.publish()

    def _heed_stop(self) -> None:
        if self._stop.is_set():
            raise Stopped


def prepare(
    networks: Sequence[Network], bring: Bring, stands: Callable[[Network], bool], waiting: Waiting
) -> str:
    """Bring up every network; returns what failed while its last good engine runs on, empty when nothing did.

    Raises BoothError for a network without any engine, and Stopped.
    """
    faults = []
    for place, network in enumerate(networks):

        def tell(share: float, place: int = place) -> None:
            waiting.tell((place + share) / len(networks))

        verdict = bring(network, tell)
        if verdict.runs:
            continue
        if not stands(network):
            raise BoothError(
                f"{network.label} has no engine that may run ({verdict.why}); mend that, then: booth engines build"
            )
        faults.append(f"{network.label} runs its last good engine ({verdict.why})")
        log.warning("%s", faults[-1])
    return "; ".join(faults)


def prepare_engines(settings: Settings, wing: Wing, figures: Figures, stop: threading.Event) -> str:
    """Have a compared plan for each network, built now where there is none; see prepare."""
    cache = default_cache()
    waiting = Waiting(figures, stop)
    shown = shown_once(cache, settings, None, waiting.pulse)
    shop = workshop_of(cache, settings, wing, shown)

    def bring(network: Network, progress: Progress) -> Verdict:
        before = read_standing(cache, network).active
        verdict = bring_up(cache, shop, network, lambda: shown().part(1), progress)
        if verdict.runs and before and before.machine != shop.machine:
            retire(cache.root / before.file, f"it was built for {before.machine}, this is {shop.machine}")
        return verdict

    networks = networks_of(settings, shop.layout)
    return prepare(networks, bring, lambda network: has_plan(cache, wing, network), waiting)


def has_plan(cache: Cache, wing: Wing, network: Network) -> bool:
    """Whether a plan is active that this machine can run; one that TensorRT refuses is taken out of use."""
    try:
        plan = active_plan(cache, network)
        if wing.open_plan:
            wing.open_plan(plan)
    except PlanRefused as error:
        retire(plan, str(error))
        return False
    except BoothError:
        return False
    return True


def retire(plan: Path, why: str) -> None:
    """Put a plan of another TensorRT or GPU into quarantine; where the disk refuses, it is in nobody's way either."""
    with contextlib.suppress(OSError):
        if plan.exists():
            quarantine_plan(plan, why)
