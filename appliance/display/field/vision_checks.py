"""What vision tells of itself, for the self-test: its vitals, or None, in; one finding a question out."""

from __future__ import annotations

from appliance.display.field.finding import Finding, Vitals, figure_of, text_of

LEAST_RATE = 5.0
"Pictures a second below which people pass unseen between two."


def check_vision(vision: Vitals | None) -> Finding:
    """It runs."""
    state, reason = text_of(vision, "state"), text_of(vision, "reason")
    if vision is None:
        return Finding(
            "vision", "failed", "not running", "wait a minute; then sudo systemctl restart booth-vision"
        )
    if state in ("running", "paused"):
        return Finding("vision", "ok", state)
    if state == "starting":
        return Finding(
            "vision", "wait", reason or state, "wait: engines are built for minutes after an upgrade"
        )
    return Finding(
        "vision",
        "failed",
        reason or state or "unknown",
        "mend what it names; sudo systemctl restart booth-vision",
    )


def check_camera(vision: Vitals | None) -> Finding:
    """It delivers."""
    camera = text_of(vision, "camera")
    if camera == "ok":
        return Finding("camera", "ok", text_of(vision, "camera_path") or "delivers")
    cure = "check its cable and power; sudo systemctl restart booth-vision"
    return Finding("camera", "failed", camera or "unknown", cure)


def check_rate(vision: Vitals | None) -> Finding:
    """It delivers often enough."""
    rate = figure_of(vision, "frames_per_second")
    if rate is not None and rate >= LEAST_RATE:
        return Finding("rate", "ok", f"{rate:.1f} pictures a second")
    detail = "unknown" if rate is None else f"{rate:.1f} pictures a second"
    return Finding(
        "rate", "failed", detail, f"at least {LEAST_RATE:.0f} are needed: booth doctor says what is slow"
    )


def check_pause(vision: Vitals | None) -> Finding:
    """Nobody has closed the camera."""
    if text_of(vision, "state") == "paused":
        return Finding(
            "pause", "failed", text_of(vision, "reason") or "paused", "lift the pause where it was set"
        )
    return Finding("pause", "ok", "not paused")


def check_learning(vision: Vitals | None) -> Finding:
    """It knows enough to judge."""
    told = text_of(vision, "calibrated")
    if told == "ok":
        return Finding("learning", "ok", "knows what is normal here")
    if told.startswith(("too early", "learning")):
        return Finding("learning", "wait", told, "wait: the street teaches it, nobody has to stay")
    return Finding(
        "learning", "failed", told or "unknown", "set novelty.learning: true, or novelty.bank to a bank"
    )
