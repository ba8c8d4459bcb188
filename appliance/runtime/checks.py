"""What a self-test is made of: short names of parts, each with a call that tells what it found or raises why not.

A check returns its finding. It raises BoothError when the part fails, with the cure in one line; Advice when the part
works and something about it is better changed; NotChecked when there is nothing to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

Check = Callable[[], str]
Checks = Iterator[tuple[str, Check]]
"Opens nothing until a check is called; whatever its checks open is closed when it is used up."


class NotChecked(Exception):
    """A check does not apply; the text says why."""


class Advice(Exception):
    """The part works; the text says what is better changed, and how."""
