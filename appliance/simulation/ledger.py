"""What was committed, for whoever compares it with what arrived: ids of events go in, lines of a file come out."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.errors import BoothError


class Ledger:
    """Appends a line per id, at once, so that a simulation that is killed has told the truth. Raises BoothError."""

    def __init__(self, file: Path | None) -> None:
        """`file`: made when missing, never shortened; None: nothing is kept."""
        self._path = file
        try:
            self._file = file.open("ab", buffering=0) if file else None
        except OSError as error:
            raise self._explained(error, "name a file that can be written") from None

    def note(self, event_id: str) -> None:
        """An event is committed."""
        if self._file is None:
            return
        try:
            self._file.write(f"{event_id}\n".encode("ascii"))
        except OSError as error:
            raise self._explained(error, "free space there") from None

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _explained(self, error: OSError, cure: str) -> BoothError:
        return BoothError(f"--ledger {self._path}: {os.strerror(error.errno or 0)}; {cure}")
