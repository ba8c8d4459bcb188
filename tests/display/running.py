"""A display process in a thread, as a browser meets it: settings go in, its address and folders come out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from appliance.config import Settings
from appliance.display.process import run_display
from appliance.health.vitals import read_vitals

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Running:
    """A display process in a thread."""

    runtime: Path
    state: Path
    url: str
    stop: threading.Event
    thread: threading.Thread


def settings_for(
    runtime: Path, capture: dict[str, Any] | None = None, state: Path | None = None, **display: Any
) -> Settings:
    """Those of a booth on this machine, `capture` its section and `display` keys of its section."""
    folders = {"runtime": str(runtime), "state": str(state or runtime)}
    values: dict[str, Any] = {"folders": folders, "display": {"port": 0, **display}}
    return Settings.model_validate({**values, **({"capture": capture} if capture else {})})


def until(what: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    deadline_s = time.monotonic() + patience_s
    while not (found := what()) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert found
    return found


@contextmanager
def display(
    runtime: Path, capture: dict[str, Any] | None = None, state: Path | None = None, **keys: Any
) -> Iterator[Running]:
    stop = threading.Event()
    settings = settings_for(runtime, capture, state, **keys)
    thread = threading.Thread(target=run_display, args=(settings, stop))
    thread.start()
    try:
        url = until(lambda: read_vitals(runtime, "display"))["url"]
        until(lambda: reachable(url))
        yield Running(runtime, settings.folders.state, url, stop, thread)
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def reachable(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False
