"""Status and health: vitals go in, the values of contract/status.json and contract/health.json come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from appliance.config import Identity
from appliance.health.clock import Clock
from appliance.health.notices import QUIET
from appliance.uplink.event import ID
from appliance.uplink.said import said_by, text_of

Values = dict[str, Any]
FIGURES = ("frames_per_second", "frames", "late", "passages", "exceptions", "abstained", "armed_s")
"Of vision, as they are; how many people are in view at this moment is nobody's business."
BOARD_FIGURES = ("cards", "greeted", "not_found", "disagree")
"Of the staff board: what became of its cards, and of no one of them."
MACHINE_FIGURES = ("memory_free_mb", "power_w", "throttled", "overcurrent_events")
TEMPERATURES = ("temperature_c", "gpu_temperature_c")
"Of the machine, by its sensors; may be below zero. Its load is not told: it moves with the people in view."
COLDEST_C = -60.0
MOST_FIGURE = 1e15
START_S = 60.0
"For so long after its own start the uplink calls a silent vision process 'starting', later 'not running'."
SILENT = "vision is not running"
STATES = ("starting", "running", "paused", "blind", "failed", "ended", "stopped")
"Of vision."


@dataclass(frozen=True)
class Sending:
    """What the uplink knows of itself."""

    rows: int
    "Messages that wait in the outbox."
    sent: int
    "Messages the broker took since the uplink started."
    dropped: int
    "Messages lost to the outbox's bounds, a full disk or rot."
    refused: int
    "Messages that the broker refuses now."
    fault: str
    "Why the outbox refuses; '' while all is well."
    bytes: int = 0
    "Of the payloads that wait."
    oldest_s: float | None = None
    "Age of the oldest message that waits; None where none does. Told in whole minutes, as events are."
    unheard: int = 0
    "Messages that the broker took although nobody subscribed to them."
    reconnects: int = 0
    "Connections after the first."
    certificate: str = "none"
    "In words; 'none' without TLS."
    certificate_days: int | None = None
    "Until our own or its authority ends; negative after that, None where unknown."
    config: int = 0
    "Version of the remote settings in force, 0 for none."
    notices: Mapping[str, str] = field(default_factory=dict)
    "Subject -> line, see health/notices.py."
    logbook: str = "none"
    "Its head, N:HASH12: whoever keeps it sees when the end of the logbook was cut off later."

    @property
    def publishing(self) -> str:
        """'ok', or why messages do not arrive."""
        if self.fault:
            return self.fault
        return f"broker refuses {self.refused} messages" if self.refused else "ok"


def status_values(
    booth: Identity, state: str, reason: str, vision: Values | None, *, sending: Sending, clock: Clock
) -> Values:
    """Status by schema status/1; `state` is online, offline or starting; `vision` None: nothing is known."""
    seen = vision or {}
    unknown = SILENT if vision is None and state != "offline" else "unknown"
    return {
        "schema": "status/1",
        "city": booth.city,
        "booth": booth.id,
        "state": state,
        "reason": _text(reason, ""),
        **{key: said_by(seen, key, unknown) for key in ("camera", "inference", "calibrated", "trends")},
        "camera_path": said_by(seen, "camera_path", "unknown"),
        "publishing": _text(_publishing(seen, sending), "ok"),
        "certificate": _text(sending.certificate, "none"),
        "config": sending.config,
        **{subject: _text(sending.notices.get(subject), quiet) for subject, quiet in QUIET.items()},
        "logbook": _text(sending.logbook, "none"),
        "versions": {
            "booth": _version(),
            **{key: said_by(seen, key, "none") for key in ("engine", "bank")},
        },
        "at": clock.minute,
        "clock_synced": clock.synced,
        "dropped": sending.dropped,
        "refused": sending.refused,
    }


def _publishing(seen: Values, sending: Sending) -> str:
    """'ok', or why messages do not arrive; vision alone knows whether the disk took its newest event."""
    kept = said_by(seen, "outbox", "ok")
    return sending.publishing if kept == "ok" or sending.fault else f"the newest event is lost: {kept}"


def booth_state(vision: Values | None, age_s: float) -> tuple[str, str]:
    """State and reason of a connected booth, `age_s` seconds after the uplink's start."""
    if vision is None:
        return ("starting", "") if age_s < START_S else ("online", SILENT)
    state = vision.get("state") if vision.get("state") in STATES else "unknown"
    fallback = "" if state in ("starting", "running") else str(state)
    return "starting" if state == "starting" else "online", said_by(vision, "reason", fallback)


def health_values(
    booth: Identity,
    vision: Values | None,
    board: Values | None = None,
    *,
    sending: Sending,
    uptime_s: float,
    clock: Clock,
) -> Values:
    """Figures by schema health/1; None where vision, or display for the `board`, gives none."""
    seen, shown = vision or {}, board or {}
    return {
        "schema": "health/1",
        "city": booth.city,
        "booth": booth.id,
        "at": clock.minute,
        "clock_synced": clock.synced,
        **{key: _figure(seen.get(key)) for key in (*FIGURES, *MACHINE_FIGURES)},
        **{key: _count(shown.get(key)) for key in BOARD_FIGURES},
        **{key: _figure(seen.get(key), COLDEST_C) for key in TEMPERATURES},
        "last_event": _event(seen.get("last_event")),
        "outbox_rows": sending.rows,
        "outbox_bytes": sending.bytes,
        "outbox_oldest_s": None if sending.oldest_s is None else int(sending.oldest_s // 60) * 60,
        "sent": sending.sent,
        "unheard": sending.unheard,
        "dropped": sending.dropped,
        "refused": sending.refused,
        "reconnects": sending.reconnects,
        "certificate_days": sending.certificate_days,
        "uptime_s": round(uptime_s),
    }


def _text(value: object, instead: str) -> str:
    """What is said here, as the contract takes it; `instead` where it is no text or empty."""
    return text_of(value if isinstance(value, str) and value else instead)


def _figure(value: object, least: float = 0) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Refuses NaN and infinity, too; math.isfinite() fails over an integer beyond all floats.
    if not least <= value < MOST_FIGURE:
        return None
    return value if isinstance(value, int) else round(value, 2)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _event(value: object) -> str:
    """`value` if it is the id of an event, else empty."""
    return value if isinstance(value, str) and ID.fullmatch(value) else ""


@cache
def _version() -> str:
    """Of this program; read once, because the package's metadata take half a millisecond."""
    try:
        return metadata.version("booth")
    except metadata.PackageNotFoundError:
        return "unknown"
