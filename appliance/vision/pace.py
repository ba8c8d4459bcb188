"""How large a share of the passages may be told: a wish and the times of passages in, the share wanted now out."""

from __future__ import annotations

import math

from appliance.config import Rule

USUAL_SHARE = 0.05
"Wanted where nothing is set, and taken for the wish per hour until passages have been counted."
WINDOW_S = 3600.0
"Passages count e times less for every so many seconds: slow enough that one busload moves nothing."
TRUST_S = 900.0
"The expected rate counts like so many seconds of counting at first, and fades like them."
LEAST_SHARE, MOST_SHARE = 0.002, 0.25
"Whatever the rate: rarer than this cannot be known of a street, and more than every fourth is no exception."


class Pace:
    """Owner of the passages counted lately; the decider's. Times are those of the frames, in seconds."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        "May be another from one passage to the next; those counted stay known."
        self._count = 0.0
        self._known_s = self._trust_s = TRUST_S
        self._now_s = -math.inf

    def count(self, at_s: float) -> None:
        """Note that a passage was judged at `at_s`."""
        self._advance(at_s)
        self._count += 1

    def share(self, now_s: float) -> float:
        """The share of passages to be told at `now_s`, 0..0.5."""
        if self.rule.wanted_per_hour is None:
            return self.rule.wanted_share or USUAL_SHARE
        self._advance(now_s)
        wanted_per_s = self.rule.wanted_per_hour / 3600
        expected = wanted_per_s / USUAL_SHARE * self._trust_s
        wanted = wanted_per_s * self._known_s / max(self._count + expected, 1e-9)
        # Two digits: whoever watches the state shall not see it flicker.
        return float(f"{min(max(wanted, LEAST_SHARE), MOST_SHARE):.2g}")

    def _advance(self, now_s: float) -> None:
        """Let all that was counted, and the trust in what was expected, fade; a clock that steps back stands still."""
        elapsed_s = max(0.0, now_s - self._now_s) if math.isfinite(self._now_s) else 0.0
        kept = math.exp(-elapsed_s / WINDOW_S)
        self._count *= kept
        self._trust_s *= kept
        self._known_s = self._known_s * kept + WINDOW_S * (1 - kept)
        self._now_s = max(now_s, self._now_s)
