"""The one error that people see: a single line that names the culprit and the cure."""

from __future__ import annotations


class BoothError(Exception):
    """Something a person can mend; the message names the file, key or device and what to do."""


class SourceError(BoothError):
    """A camera, video or photo that cannot be read."""


class PlanRefused(BoothError):
    """A TensorRT plan that does not load on this machine: build it anew."""
