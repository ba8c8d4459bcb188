"""How far a build is: TensorRT's nested phases go in, a share 0..1 that never falls comes out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

ROOT_SHARE = 0.9
"Of what is left, each phase without a parent takes this much: nobody says beforehand how many there will be."


@dataclass
class _Phase:
    parent: str | None
    steps: int
    done: int = 0


class Phases:
    """Progress of one build. TensorRT calls from several threads; see its IProgressMonitor."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        """`tell` gets the share each time it has grown by a hundredth."""
        self._tell = tell
        self._lock = threading.Lock()
        self._phases: dict[str, _Phase] = {}
        self._finished = 0.0
        self._told = 0.0

    def start(self, name: str, parent: str | None, steps: int) -> None:
        """A phase begins, inside the current step of its parent when it has one."""
        with self._lock:
            self._phases[name] = _Phase(parent, max(steps, 1))

    def step(self, name: str, step: int) -> None:
        """One step of a phase is complete; they count from 0 and may come in any order."""
        with self._lock:
            phase = self._phases.get(name)
            if phase:
                phase.done = min(max(phase.done, step + 1), phase.steps)
            self._say()

    def finish(self, name: str) -> None:
        """A phase ends, after all its steps or early."""
        with self._lock:
            phase = self._phases.pop(name, None)
            if phase and phase.parent is None:
                self._finished += (1 - self._finished) * ROOT_SHARE
            self._say()

    def _say(self) -> None:
        roots = [name for name, phase in self._phases.items() if phase.parent is None]
        running = max((self._share(name) for name in roots), default=0.0)
        now = self._finished + (1 - self._finished) * ROOT_SHARE * running
        if now >= self._told + 0.01:
            self._told = now
            self._tell(now)

    def _share(self, name: str, depth: int = 0) -> float:
        """Of a phase: its complete steps and what its running children have of the current one."""
        phase = self._phases[name]
        children = [
            child for child, its in self._phases.items() if its.parent == name and depth < len(self._phases)
        ]
        inside = max((self._share(child, depth + 1) for child in children), default=0.0)
        return min((phase.done + inside) / phase.steps, 1.0)
