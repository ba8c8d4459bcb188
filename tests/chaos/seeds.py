"""The seed of a run: CHAOS_SEED goes in where somebody set it; it, or a new one, comes out."""

from __future__ import annotations

import os
import secrets


def seed_of_this_run() -> int:
    """A number below a million, said in every failure."""
    return int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
