"""Orders of plans; children that find a fake TensorRT instead of a real one; plans built without a child."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from engines.builder import build
from engines.plans import Machine, PlanOrder
from engines.reports import Reports
from tests.engines.builders import sha256
from tests.fakes_tensorrt.onnx_file import linear_network

ROOT = Path(__file__).parents[2]
FAKES = ROOT / "tests" / "fakes_tensorrt"
ORIN = Machine("10.3.0", "8.7", 8, "36.4.3", "Orin")
ANY_BATCH = ((1, 3, 4, 4), (4, 3, 4, 4), (8, 3, 4, 4))


class FakeTensorRT:
    """What children of this test find as TensorRT, and what they did with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
        self._monkeypatch = monkeypatch
        self._log = log
        monkeypatch.setenv("PYTHONPATH", f"{FAKES}{os.pathsep}{ROOT}")
        monkeypatch.setenv("FAKE_TENSORRT_LOG", str(log))
        self.be("10.3")

    def be(self, version: str, fault: str = "") -> None:
        """Be this version from now on, and fail like this."""
        self._monkeypatch.setenv("FAKE_TENSORRT", version)
        self._monkeypatch.setenv("FAKE_TENSORRT_FAULT", fault)

    def builds(self) -> list[list[Any]]:
        """Of each build so far: process, workspace in MB, flags, level, builds that the timings knew."""
        return [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []

    def workspaces_mb(self) -> list[int]:
        """Of each build."""
        return [build[1] for build in self.builds()]


def plan_order(folder: Path, model: bytes | None = None, **parts: Any) -> PlanOrder:
    """An order of the small network, which is written into the folder."""
    content = linear_network() if model is None else model
    onnx = folder / f"small-{sha256(content)[:6]}.onnx"
    onnx.write_bytes(content)
    wanted = {"precision": "fp16", "shapes": {"image": ANY_BATCH}, "workspace_mb": 256, **parts}
    return PlanOrder("small", onnx, sha256(content), **wanted)


def task_of(folder: Path, model: bytes, precision: str, shapes: Any) -> dict[str, Any]:
    """An order as the child gets it; its files lie in the folder: net.onnx, plan, timings."""
    onnx = folder / "net.onnx"
    onnx.write_bytes(model)
    return {
        "onnx": str(onnx), "precision": precision, "shapes": shapes, "workspace_mb": 64, "builder_level": 2,
        "plan": str(folder / "plan"), "timings": str(folder / "none"), "new_timings": str(folder / "timings"),
    }  # fmt: skip


def built(trt: Any, folder: Path, model: bytes, precision: str, shapes: Any) -> dict[str, Any]:
    """Build `folder / "plan"` in this process; what the child would say of it."""
    sink = io.StringIO()
    build(trt, task_of(folder, model, precision, shapes), Reports(sink))
    report: dict[str, Any] = json.loads(sink.getvalue().splitlines()[-1])["built"]
    return report
