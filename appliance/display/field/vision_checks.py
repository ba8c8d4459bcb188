"""What vision tells of itself, for the self-test: its vitals, or None, in; one finding a question out."""

from __future__ import annotations

from appliance.display.field.finding import Finding, Vitals, figure_of, text_of
from appliance.display.field.known import told
from appliance.display.field.words import said

LEAST_RATE = 5.0
"Pictures a second below which people pass unseen between two."


def check_vision(vision: Vitals | None) -> Finding:
    """It runs."""
    state, reason = text_of(vision, "state"), text_of(vision, "reason")
    if vision is None:
        return Finding("vision", "failed", said("not-running"), said("cure-vision"))
    if state in ("running", "paused"):
        return Finding("vision", "ok", told(state))
    if state == "starting":
        return Finding("vision", "wait", told(reason or state), said("cure-engines"))
    return Finding("vision", "failed", told(reason or state), said("cure-mend"))


def check_camera(vision: Vitals | None) -> Finding:
    """It delivers."""
    camera = text_of(vision, "camera")
    if camera == "ok":
        return Finding("camera", "ok", told(text_of(vision, "camera_path"), "delivers"))
    return Finding("camera", "failed", told(camera), said("cure-camera"))


def check_rate(vision: Vitals | None) -> Finding:
    """It delivers often enough."""
    rate = figure_of(vision, "frames_per_second")
    detail = said("unknown") if rate is None else said("rate", n=round(rate, 1))
    if rate is not None and rate >= LEAST_RATE:
        return Finding("rate", "ok", detail)
    return Finding("rate", "failed", detail, said("cure-rate", n=round(LEAST_RATE)))


def check_pause(vision: Vitals | None) -> Finding:
    """Nobody has closed the camera."""
    if text_of(vision, "state") == "paused":
        return Finding("pause", "failed", told(text_of(vision, "reason"), "is-paused"), said("cure-pause"))
    return Finding("pause", "ok", said("not-paused"))


def check_learning(vision: Vitals | None) -> Finding:
    """It knows enough to judge."""
    words = text_of(vision, "calibrated")
    if words == "ok":
        return Finding("learning", "ok", said("knows-normal"))
    if words.startswith(("too early", "learning")):
        return Finding("learning", "wait", told(words), said("cure-learning"))
    return Finding("learning", "failed", told(words), said("cure-bank"))
