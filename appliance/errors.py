"""The one error that people see: a single line that names the culprit and the cure."""

from __future__ import annotations


class BoothError(Exception):
    """Something a person can mend; the message names the file, key or device and what to do."""

    exit_code = 1
    "Of the command that ends with it."


class UseError(BoothError):
    """Words of a command line that do not go together."""

    exit_code = 2


class ToldError(BoothError):
    """One that the field page tells, too, in the language of its reader: as a word of its tables, and figures."""

    def __init__(self, text: str, word: str, **values: str | float) -> None:
        """`text` as for every BoothError; `word` and `values` as the tables of the field page have them."""
        super().__init__(text)
        self.word = word
        self.values = values


class SourceError(BoothError):
    """A camera, video or photo that cannot be read."""


class PlanRefused(BoothError):
    """A TensorRT plan that does not load on this machine: build it anew."""
