"""What becomes of settings from afar: what is kept and a version go in, the answer of reported/1 comes out."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.remote_file import Kept


@dataclass(frozen=True)
class Answer:
    """What became of the last desired version."""

    wanted: int
    "0: none was heard, or none that could be read."
    result: str
    "none, on trial, applied, rejected, reverted or stale."
    reason: str = ""


def answer_from(kept: Kept) -> Answer:
    """What became of the version that was tried last."""
    if kept.previous is not None:
        return Answer(kept.tried, "on trial")
    if kept.tried > kept.force.version:
        return Answer(kept.tried, "reverted", kept.reason)
    return Answer(kept.tried, "applied" if kept.tried else "none")


def answer_to(wanted: int, kept: Kept) -> Answer:
    """The answer to a version that is not above those that were tried."""
    if wanted == kept.tried:
        return answer_from(kept)
    return Answer(wanted, "stale", f"version {kept.tried} was tried already; send one above it")
