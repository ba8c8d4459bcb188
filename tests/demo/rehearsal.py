"""A booth without a camera: `python rehearsal.py PROCESS --config F`; uplink and display are real.

Vision here obeys its source, a text file: "played 40" plays 40 frames at a pace, an exception every tenth;
"crash" dies of a bug, "mistake" of something that a person can mend, "stubborn" plays and ignores SIGTERM.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

from appliance.config import Settings
from appliance.config_file import load_settings
from appliance.demo.programs import Programs
from appliance.display.cards import CardSender
from appliance.display.process import run_display
from appliance.errors import BoothError
from appliance.health.vitals import write_vitals
from appliance.uplink.event import ExceptionEvent, payload_from_event
from appliance.uplink.outbox import Outbox
from appliance.uplink.process import run_uplink

FRAME_S = 0.05
EVERY = 10
"Frames from one exception to the next."


def run_vision(settings: Settings, stop: threading.Event) -> None:
    """Play the source, over and over when it repeats."""
    manner, _, length = Path(settings.camera.source).read_text().partition(" ")
    misbehave(manner)
    outbox = Outbox(settings.folders.state / "outbox.sqlite")
    cards = CardSender(settings.folders.runtime)
    vitals = {
        "state": "running",
        "calibrated": "ok",
        "frames_per_second": 1 / FRAME_S,
        "people": 2,
        "late": 0,
    }
    boot, exceptions, frames = f"{time.time_ns() & 0xFFFFFFFF:08x}", 0, 0
    while not stop.wait(FRAME_S) and (settings.camera.repeat or frames < int(length)):
        frames += 1
        if frames % EVERY == 0:
            exceptions += 1
            outbox.add("exception", event_payload(f"demo-{boot}-{exceptions}"))
            cards.send(0.95, ("red", "striped", "upper"), "street", time.monotonic())
        counts = {"frames": frames, "passages": frames // 3, "exceptions": exceptions, "abstained": 0}
        write_vitals(settings.folders.runtime, "vision", vitals | counts)
    write_vitals(settings.folders.runtime, "vision", vitals | counts | {"state": "ended"})


def misbehave(manner: str) -> None:
    """Do what `manner` says, unless it is to play."""
    if manner == "crash":
        raise RuntimeError("a bug")
    if manner == "mistake":
        raise BoothError("clip: no video in it; name a video")
    if manner == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def event_payload(event_id: str) -> bytes:
    """An event as vision would write it."""
    return payload_from_event(
        ExceptionEvent(
            id=event_id,
            city="new-york",
            booth="demo",
            at="2026-11-22T17:00:00Z",
            clock_synced=True,
            rarity=0.95,
            why=("red", "striped", "upper"),
            zone="street",
            bank="none",
            engine="none",
        )
    )


def programs() -> Programs:
    """What the demo starts in a rehearsal."""
    script = str(Path(__file__).resolve())
    return Programs(
        run=lambda process, config: (sys.executable, script, process, "--config", str(config)),
        learn=lambda _source, bank: ("touch", str(bank)),
    )


def main() -> int:
    """Run one process until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    processes = {"vision": run_vision, "uplink": run_uplink, "display": run_display}
    try:
        processes[sys.argv[1]](load_settings(Path(sys.argv[3])), stop)
    except BoothError as error:
        print(f"booth: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
