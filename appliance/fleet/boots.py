"""The numbered messages of one booth: boot and number go in, in any order and twice; how many are missing comes out."""

from __future__ import annotations

from appliance.fleet.gaps import Sequence

MOST_BOOTS = 16
"Starts of vision that are remembered of one booth; the oldest leaves its gaps as a number."


class Boots:
    """The sequences of one kind of message, one for each start of vision."""

    __slots__ = ("_boots", "_given_up", "_joins")

    def __init__(self) -> None:
        self._boots: dict[str, Sequence] = {}
        self._given_up = 0
        self._joins = 1
        "How often somebody began to listen, each time in the middle of a boot."

    @property
    def missing(self) -> int:
        """Messages that were numbered and never came.

        The beginning of a boot counts as well, except of as many boots as somebody began to listen in: those
        with the longest unknown beginning. So the order in which messages come plays no role.
        """
        leads = sorted(sequence.lead for sequence in self._boots.values())
        inside = sum(sequence.missing for sequence in self._boots.values())
        return self._given_up + inside + sum(leads[: -self._joins])

    def hear(self, boot: str, number: int) -> bool:
        """Take in one number; False when it was heard before."""
        return self._sequence(boot).hear(number)

    def tell(self, boot: str, number: int) -> None:
        """The booth says that all up to `number` have left it."""
        self._sequence(boot).tell(number)

    def pause(self) -> None:
        """The listener goes away: what passes until it is back is unknown, not missing."""
        self._joins += 1
        for sequence in self._boots.values():
            sequence.pause()

    def _sequence(self, boot: str) -> Sequence:
        known = self._boots.get(boot)
        if known is None:
            if len(self._boots) >= MOST_BOOTS:
                self._given_up += self._boots.pop(next(iter(self._boots))).missing
            known = self._boots[boot] = Sequence()
        return known
