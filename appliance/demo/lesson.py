"""The demo's bank: a source goes in, what its first half wears comes out as a file kept for the next demo."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from appliance.artifacts import BankError
from appliance.demo.child import Child
from appliance.demo.programs import FIRST_SHARE
from appliance.errors import BoothError
from appliance.law.desk import require_desk
from appliance.vision.banks import read_bank
from appliance.vision.descriptor import VERSION
from engines.cache import default_cache

LIVE = ("rtsp://", "v4l2:", "csi:", "test:")
STOP_S = 5.0


class LessonError(BoothError):
    """Learning failed and has already said why."""


def is_file_source(source: str) -> bool:
    """True for a recording, False for a camera."""
    return not source.startswith(LIVE)


def check_source(source: str) -> str:
    """`source`, a file with its full path. Raises BoothError: no such file, or a booth's camera."""
    require_desk([source])
    if not is_file_source(source):
        return source
    path = Path(source).expanduser()
    if not path.is_file():
        wrong = "is a folder" if path.is_dir() else "no such file"
        raise BoothError(f"{source}: {wrong}; name a video file or a camera ({', '.join(LIVE)})")
    return str(path.resolve())


def bank_place(source: Path, version: str = VERSION) -> Path:
    """Where the bank of this very file (by size and time of change) is kept, whether it is there or not."""
    facts = source.stat()
    key = f"{source.resolve()} {facts.st_size} {facts.st_mtime_ns} {FIRST_SHARE} {version}"
    name = hashlib.sha256(os.fsencode(key)).hexdigest()[:16]
    return default_cache().root / "demo" / f"{name}.bank"


def is_sound(bank: Path) -> bool:
    """False for a bank that this version of the booth does not read."""
    try:
        read_bank(bank)
    except BankError:
        return False
    return True


def learn(
    source: str,
    command: Callable[[str, Path], tuple[str, ...]],
    stop: Callable[[], bool],
    sound: Callable[[Path], bool] = is_sound,
) -> Path | None:
    """The bank of `source`, learnt now unless a `sound` one is kept; None when `stop` came true meanwhile.

    Raises LessonError when the child failed (it has printed why), BrokenPipeError when nobody reads our output.
    """
    place = bank_place(Path(source))
    if place.is_file() and sound(place):
        return place
    print(f"learning what {source} normally wears; the next demo of it starts at once", flush=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    # Learnt in another folder first: a bank that was interrupted must never look like one.
    with tempfile.TemporaryDirectory(prefix="partial-", dir=place.parent) as folder:
        draft = Path(folder) / "street.bank"
        code = teach(command(source, draft), stop)
        if code == 0:
            draft.replace(place)
    if code is not None and code != 0:
        raise LessonError(f"{source}: nothing could be learnt from it; see the line above")
    return None if code is None else place


def teach(command: Sequence[str], stop: Callable[[], bool]) -> int | None:
    """Exit code of the child that learns and shows its progress; None when `stop` came true meanwhile."""
    child = Child(command, quiet=False)
    try:
        return wait(child, stop)
    finally:
        child.wipe()
        # A child that was killed in the middle of its progress bar has left the cursor hidden.
        Console().show_cursor(True)


def wait(child: Child, stop: Callable[[], bool]) -> int | None:
    """Exit code of `child`; None when `stop` came true first and it was asked to end."""
    while (code := child.code()) is None:
        if stop():
            child.ask()
            deadline_s = time.monotonic() + STOP_S
            while child.code() is None and time.monotonic() < deadline_s:
                time.sleep(0.05)
            return None
        time.sleep(0.05)
    return code
