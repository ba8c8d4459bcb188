"""Networks on ONNX Runtime: an ONNX file in, a runner of named arrays out."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError

# ONNX Runtime (seen with 1.32) by default keeps a database about this machine and its programs under ~/.cache, and
# carries its maker's address; no sending was seen. It reads this switch once, while it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

DTYPES = {"tensor(float)": "float32", "tensor(uint8)": "uint8"}
"What ONNX Runtime calls the element types of our networks."


class CpuModel:
    """Model of the CPU wing. Thread-safe; outputs are fresh arrays that belong to the caller."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Load `path` (ONNX). `threads` 0 means one per core. Raises BoothError for a file it cannot run."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Spinning threads would steal the second core from the decoder between two frames.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own, unrelated to each other
            first = (str(error).splitlines() or ["unreadable"])[0]
            raise BoothError(f"{path}: not a network that can run here ({first}); run: make setup") from None
        self._inputs = {node.name: node for node in self._session.get_inputs()}
        self._outputs = [node.name for node in self._session.get_outputs()]

    def infer(
        self, inputs: Mapping[str, NDArray[Any]], figures: Collection[str] = ()
    ) -> dict[str, NDArray[np.float32]]:
        """See Model.infer."""
        self._check(inputs)
        unknown = sorted(set(figures) - set(self._outputs))
        if unknown:
            raise ValueError(f"figures {unknown} are no outputs, the network gives {sorted(self._outputs)}")
        return dict(zip(self._outputs, self._session.run(None, dict(inputs)), strict=True))

    def _check(self, inputs: Mapping[str, NDArray[Any]]) -> None:
        if set(inputs) != set(self._inputs):
            raise ValueError(f"inputs are {sorted(inputs)}, the network wants {sorted(self._inputs)}")
        for name, array in inputs.items():
            shape = self._inputs[name].shape
            fixed = [want if isinstance(want, int) else None for want in shape]
            fits = len(fixed) == array.ndim and all(
                want in (None, got) for want, got in zip(fixed, array.shape, strict=True)
            )
            kind = DTYPES.get(self._inputs[name].type)
            if array.dtype != kind or not fits:
                raise ValueError(f"{name} is {array.dtype} {array.shape}, the network wants {kind} {shape}")
