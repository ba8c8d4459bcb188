"""A network on the device as a function of host arrays, to compare plans with: never part of the frame loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.model import JetsonModel

Hosted = Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]]


def hosted(gpu: Gpu, model: JetsonModel) -> Hosted:
    """A runner of named arrays (N, ...), N >= 1: row by row, as all outputs of many are too much to copy."""

    def run(inputs: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        count = len(next(iter(inputs.values())))
        rows = []
        for row in range(count):
            tensors = {name: gpu.put(array[row : row + 1]) for name, array in inputs.items()}
            rows.append(model.infer(tensors, model.outputs))
        return {name: np.concatenate([one[name] for one in rows]) for name in model.outputs}

    return run
