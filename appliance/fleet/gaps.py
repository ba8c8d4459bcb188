"""Sequence numbers of one boot: numbers go in, in any order and twice; which are missing comes out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

MOST_PIECES = 256
"Pieces remembered of one boot; a stream with more holes has its oldest ones counted and no longer named."


class Sequence:
    """What was heard of one boot, as pieces without holes: memory goes by the holes, not by the events.

    A listener may begin in the middle of a boot: what lies before the least number that it heard, or was told
    of, is not missing but unknown, see `lead`.
    """

    __slots__ = ("_firsts", "_given_up", "_held", "_lasts", "_pause", "_told")

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._held = 0
        "Numbers within the pieces."
        self._given_up = 0
        "Missing for good: their holes were closed to bound the memory."
        self._told: tuple[int, int] | None = None
        "Least and most number up to which the booth said that all had left it."
        self._pause: int | None = None
        "Nobody listened for a while after this number."

    def hear(self, number: int) -> bool:
        """Take in one number from 1; False when it was heard before."""
        self._resume(number - 1)
        at = bisect_right(self._firsts, number) - 1
        if at >= 0 and number <= self._lasts[at]:
            return False
        self._insert(at, number, number)
        return True

    def tell(self, number: int) -> None:
        """The booth says that all its numbers up to this one have left it: what is not here by now is missing."""
        self._resume(number)
        low, high = self._told or (number, number)
        self._told = min(low, number), max(high, number)

    def pause(self) -> None:
        """From here on nobody listens, until the next number that is heard or told."""
        self._pause = self._top()

    @property
    def lead(self) -> int:
        """Numbers before the least one: missing only if the listener was there when the boot began."""
        return max(0, self._base() - 1)

    @property
    def missing(self) -> int:
        """Numbers that never came, `lead` not counted."""
        return self._given_up + max(0, self._top() - self._base() + 1 - self._held)

    def holes(self) -> Iterator[tuple[int, int]]:
        """First and last number of each hole that is still named, rising, `lead` left out."""
        begin = self._base()
        for first, last in zip(self._firsts, self._lasts, strict=True):
            if begin < first:
                yield begin, first - 1
            begin = last + 1
        if begin <= self._top():
            yield begin, self._top()

    def _base(self) -> int:
        """Least number that counts."""
        told = [self._told[0] + 1] if self._told else []
        return min(self._firsts[:1] + told, default=1)

    def _top(self) -> int:
        """Greatest number that should be here."""
        told = [self._told[1]] if self._told else []
        return max(self._lasts[-1:] + told, default=0)

    def _resume(self, number: int) -> None:
        """Take what went by unheard, up to `number`, as heard; a number from before ends no pause."""
        if self._pause is None or number < self._pause:
            return
        if number > self._pause:
            self._insert(bisect_right(self._firsts, self._pause) - 1, self._pause + 1, number)
        self._pause = None

    def _insert(self, at: int, first: int, last: int) -> None:
        """Add a piece behind piece `at`, joined with its neighbours where they touch."""
        self._held += last - first + 1
        start = end = at + 1
        if at >= 0 and self._lasts[at] == first - 1:
            start, first = at, self._firsts[at]
        if end < len(self._firsts) and self._firsts[end] == last + 1:
            end, last = end + 1, self._lasts[end]
        self._firsts[start:end] = [first]
        self._lasts[start:end] = [last]
        if len(self._firsts) > MOST_PIECES:
            self._close_hole()

    def _close_hole(self) -> None:
        """Forget where the oldest hole is, not how large it is."""
        size = self._firsts[1] - self._lasts[0] - 1
        self._given_up += size
        self._held += size
        del self._firsts[1], self._lasts[0]
