"""Runs of a plan as CUDA graphs: inputs that have settled go in, one call instead of a hundred launches comes out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from appliance.errors import BoothError
from appliance.runtime.jetson.gpu import Gpu, Graph
from appliance.runtime.jetson.tensor import Tensor

log = logging.getLogger(__name__)

Key = tuple[tuple[int, tuple[int, ...]], ...]
"Address and shape of each input: a graph holds for these alone."
SETTLED_RUNS = 8
"A recording costs as much as several runs, and the pool hands out other addresses at first."
MOST_GRAPHS = 4
"Each graph of a plan with changing shapes holds a context, tens of megabytes."
MOST_COUNTED = 64


@dataclass(frozen=True)
class Replay:
    """One recording, and the context that its memory belongs to."""

    graph: Graph
    context: Any
    outputs: Mapping[str, Tensor]


class Replays:
    """The recordings of one plan."""

    def __init__(self, gpu: Gpu, name: str) -> None:
        """`name` is for the log."""
        self._gpu = gpu
        self._name = name
        self._counted: Counter[Key] = Counter()
        self._kept: dict[Key, Replay] = {}
        self._possible = True

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Key) -> Replay | None:
        """Return the recording for these inputs, when there is one."""
        return self._kept.get(key)

    def is_due(self, key: Key) -> bool:
        """Count a run without a recording; tell whether these inputs are now worth one."""
        if not self._possible or len(self._kept) >= MOST_GRAPHS:
            return False
        if len(self._counted) >= MOST_COUNTED:
            self._counted.clear()
        self._counted[key] += 1
        return self._counted[key] > SETTLED_RUNS

    def record(
        self, key: Key, context: Any, outputs: Mapping[str, Tensor], enqueue: Callable[[], bool]
    ) -> None:
        """Record `enqueue`, which has run with these inputs in this context just before, as TensorRT wants it.

        A plan that cannot be recorded runs without, and says so once.
        """
        try:
            with self._gpu.capture() as graph:
                complete = enqueue()
        except BoothError as error:
            self.give_up(str(error))
            return
        if complete:
            self._kept[key] = Replay(graph, context, outputs)
        else:
            graph.close()
            self.give_up("TensorRT refuses")

    def give_up(self, reason: str) -> None:
        """Record nothing more, and say so once; what is recorded goes on."""
        self._possible = False
        log.warning("%s runs without CUDA graphs, a little slower: %s", self._name, reason)
