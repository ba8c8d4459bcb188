"""The commands of the demo's children: a process or a source goes in, the words of its command come out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FIRST_SHARE = 0.5
"Of a recording: what is learnt from."


def run_command(process: str, config: Path) -> tuple[str, ...]:
    """One process of the booth, as systemd runs it, but for no street."""
    return (sys.executable, "-m", "appliance", "run", process, "--config", str(config), "--desk")


def learn_command(source: str, bank: Path) -> tuple[str, ...]:
    """Learn the first part of `source` and show the progress."""
    share = ("--first-share", str(FIRST_SHARE))
    return (sys.executable, "-m", "appliance", "learn", source, "--bank", str(bank), *share)


@dataclass(frozen=True)
class Programs:
    """What the demo starts; a rehearsal starts something else."""

    run: Callable[[str, Path], tuple[str, ...]] = run_command
    learn: Callable[[str, Path], tuple[str, ...]] = learn_command


PROGRAMS = Programs()
