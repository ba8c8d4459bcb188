"""Networks written anew by a child process that has the onnx package: an ONNX file in, another one out.

The booth itself does without that package; quantize.py and halve.py name the child and say what it is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engines.cache import Cache
from engines.tools import bring_tools

ONNX_PACKAGES = ("ml_dtypes==0.5.3", "onnx==1.18.0", "protobuf==4.25.8", "typing_extensions==4.12.2")
"Builds for Python 3.10 to 3.12; what the children need and the booth itself does not."
TOOLS_DOWNLOAD_BYTES = 22_900_000
LIMIT_S = 900


def onnx_tools(cache: Cache) -> Path:
    """Return the folder with the children's packages, installed there when it is missing."""
    return bring_tools(cache, "quantizer", ONNX_PACKAGES, TOOLS_DOWNLOAD_BYTES)


def rewrite(
    cache: Cache, script: str, source: Path, target: Path, floats: tuple[str, ...], told: bytes = b""
) -> str:
    """Run a child such as 'engines.halver'; return its last words when it failed, else nothing.

    `floats` are the layers that stay float32; `told` reaches the child on its standard input and no disk.
    """
    options = [f"--tools={onnx_tools(cache)}", *(f"--float={name}" for name in floats)]
    command = [sys.executable, "-m", script, str(source), str(target), *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "ORT_DISABLE_TELEMETRY": "1"}
    # Whatever ONNX Runtime keeps for itself on the way goes with the target's folder.
    environment["TMPDIR"] = str(target.parent)
    with subprocess.Popen(
        command, env=environment, cwd=target.parent, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        try:
            _, said = child.communicate(told, LIMIT_S)
        except subprocess.TimeoutExpired:
            said = f"no end after {LIMIT_S} s".encode()
        finally:
            child.kill()
    if not child.returncode:
        return ""
    return (said.decode("utf-8", "replace").strip().splitlines() or [f"status {child.returncode}"])[-1]
