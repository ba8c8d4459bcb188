"""What vision tells: a frame's step in; an event on disk and a card on the board for each exception out."""

from __future__ import annotations

from dataclasses import replace

from appliance.config import Settings
from appliance.display.cards import CardSender
from appliance.health.clock import read_clock
from appliance.records import Decision
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import payload_from_event
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings
from appliance.verbs.figures import Figures
from appliance.verbs.post import Post
from appliance.verbs.scribe import Scribe
from appliance.vision.pipeline import Step

DIGITS = 3
"Of a rarity that is shown, as of one in an event."


class Herald:
    """Owner of the ways out: the outbox, the board's socket, and the anonymizer before both."""

    def __init__(self, settings: Settings, engine: str, bank: str, scribe: Scribe, figures: Figures) -> None:
        """`engine` and `bank`: ids of what decides, as events name them."""
        self._figures = figures
        bounds = bounds_from_settings(settings.uplink)
        self._post = Post(scribe, lambda: Outbox(settings.folders.state / OUTBOX, bounds))
        self._cards = CardSender(settings.folders.runtime)
        self._anonymizer = Anonymizer(Origin(settings.booth.city, settings.booth.id, bank, engine))

    def name_bank(self, bank: str) -> None:
        """Name this one in events from now on."""
        self._anonymizer.origin = replace(self._anonymizer.origin, bank=bank)

    def tell(self, step: Step) -> None:
        """Tell of each exception, and answer whoever asked."""
        for decision in step.decisions:
            if decision.exception:
                self._send(decision)
        for decision in step.asked:
            self._answer(decision)

    def tell_kept(self) -> None:
        """Have the vitals say how the outbox is, and which event is the newest that it has."""
        self._post.tell(self._figures)

    def close(self) -> None:
        """Let go of the outbox, once all that waits is in it, and of the socket."""
        self._post.close()
        self._cards.close()

    def _send(self, decision: Decision) -> None:
        """The event first, it must not be lost; the card may be."""
        clock = read_clock()
        event = self._anonymizer.event(decision, clock)
        self._post.send(event.id, payload_from_event(event), clock)
        self.tell_kept()
        self._cards.send(
            event.rarity, event.why, event.zone, decision.at_s, decision.outfit, decision.heading
        )

    def _answer(self, decision: Decision) -> None:
        """A card for somebody who asked, and nothing else: no event, nothing on disk, nothing learned."""
        rarity = round(decision.rarity, DIGITS) if decision.judged else None
        words = decision.why, decision.zone, decision.at_s, decision.outfit, decision.heading
        self._cards.send(rarity, *words, asked=True)
