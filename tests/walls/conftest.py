"""What several walls are tried with: a canary's video, and a vision process that looked at it under strace."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.artifacts import save_bank
from appliance.verbs.apprentice import KEPT
from appliance.vision.descriptor import MEASURES, VERSION
from calibration.bank import learn_bank
from tests.walls.canary import Canary, make_canary
from tests.walls.planted import Planted, read_planted
from tests.walls.tracing import Trace, require_strace, trace

FRAME_RATE = 6
"Of the canary's video: slow enough for a traced process on a busy machine to miss few frames."


@dataclass(frozen=True)
class Looked:
    """A booth that has learned noise, so that everybody is an exception, and goes on learning from who passes."""

    trace: Trace
    folder: Path
    planted: Planted


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory, street_video: Path) -> Canary:
    return make_canary(tmp_path_factory.mktemp("canary"), street_video, FRAME_RATE)


def write_settings(folder: Path, video: Path) -> Path:
    """The file of a booth that looks at `video` and keeps all it has in `folder`."""
    folders = {"state": str(folder / "state"), "runtime": str(folder / "run")}
    file = folder / "booth.yaml"
    file.write_text(json.dumps({"camera": {"source": str(video)}, "folders": folders}))
    return file


@pytest.fixture(scope="session")
def looked(canary: Canary, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """`booth run vision` to the end of the video, with a witness in it."""
    folder, rng = tmp_path_factory.mktemp("live"), np.random.default_rng(3)
    noise = {name: rng.random((120, length), np.float32) for name, length in MEASURES.items()}
    save_bank(learn_bank(noise, VERSION), folder / "state" / KEPT)
    truth, settings = folder.parent / "truth", write_settings(folder, canary.video)
    spied = [sys.executable, "-m", "tests.walls.spy", str(truth)]
    command = [*spied, "run", "vision", "--config", str(settings)]
    seen = trace(require_strace(), command, folder.parent / "live.strace", folder)
    assert seen.code == 0, seen.errors
    return Looked(without(seen, truth), folder, read_planted(truth, canary))


def without(seen: Trace, truth: Path) -> Trace:
    """The same without what the witness wrote."""
    writes = [write for write in seen.writes if Path(write.target).parent != truth]
    opened, named = (
        {file for file in files if truth not in (file, file.parent)} for files in (seen.opened, seen.named)
    )
    return Trace(**{**vars(seen), "writes": writes, "opened": opened, "named": named})
