"""Both ends of a unix datagram socket of the runtime folder: records that travel at once or not at all.

The sender never waits, the reader never trusts: what does not parse is dropped, and told once until something does.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from appliance.disk import OWN_MODE
from appliance.errors import BoothError

Letter = TypeVar("Letter")
log = logging.getLogger(__name__)

CREDENTIALS = struct.Struct("3i")
"Process, user and group of a sender, by the word of the kernel (unix(7), struct ucred)."


@dataclass(frozen=True)
class Kind(Generic[Letter]):
    """What travels through one socket."""

    file: str
    "Path of the socket below the runtime folder, in the folder of the process that reads."
    letters: str
    "What the records are called, in the words of a log."
    reader: str
    "Who reads them, in the words of an error."
    mode: int
    "Of the socket's file: who may write to it may send; only the process that made it can read."
    parse: Callable[[bytes], Letter]
    "Raises ValueError for what is no such record."
    most_bytes: int
    "Of one datagram."
    most_at_once: int
    "Datagrams read in one go; a flood must not starve the page."
    is_from: Callable[[int], bool]
    "Judges a sender's user: whoever is of the folder's group may write to the socket."


class Outgoing:
    """The sender's end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = datagram_socket()

    def send(self, data: bytes) -> bool:
        """Send one datagram; False, and no error, when nobody listens or the reader is behind."""
        try:
            self._socket.sendto(data, str(self.path))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class Mailbox(Generic[Letter]):
    """The reader's end: owns the socket's file."""

    def __init__(self, runtime: Path, kind: Kind[Letter]) -> None:
        """Raises BoothError when the folder cannot be used or another such reader listens there already."""
        self.path = runtime / kind.file
        self._kind = kind
        self._refusing = False
        self._socket = datagram_socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            self.path.parent.mkdir(OWN_MODE, parents=True, exist_ok=True)
            self._bind()
        except OSError as error:
            self._socket.close()
            cure = "set folders.runtime to a short path that this user may write"
            raise BoothError(f"{self.path}: {error.strerror or error}; {cure}") from None
        except BoothError:
            self._socket.close()
            raise

    def _bind(self) -> None:
        if answers(self.path):
            raise BoothError(f"{self.path}: another {self._kind.reader} runs here; stop it first")
        self.path.unlink(missing_ok=True)
        self._socket.bind(str(self.path))
        # Until here a stranger could have sent something, which the check of each datagram would have met. In a booth
        # vision is a user of its own and sends as one of the folder's group; strangers are in no such group.
        self.path.chmod(self._kind.mode)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._socket.fileno()

    def read(self) -> Iterator[Letter]:
        """Records among the first datagrams there; never waits, skips what is none."""
        for _ in range(self._kind.most_at_once):
            try:
                data, sender = received(self._socket, self._kind.most_bytes + 1)
            except OSError:
                return
            letter = self._checked(data, sender)
            if letter is not None:
                yield letter

    def _checked(self, data: bytes, sender: int | None) -> Letter | None:
        try:
            if sender is None or not self._kind.is_from(sender):
                raise ValueError("sent by another user")
            letter = self._kind.parse(data)
        except ValueError as error:
            if not self._refusing:
                log.warning(
                    "%s: ignoring datagrams that are no %s (%s)", self.path, self._kind.letters, error
                )
            self._refusing = True
            return None
        self._refusing = False
        return letter

    def close(self) -> None:
        """Let go of the socket and take its file away."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


def datagram_socket() -> socket.socket:
    """A socket that never waits."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def received(there: socket.socket, most_bytes: int) -> tuple[bytes, int | None]:
    """A datagram and its sender's user, None where the kernel does not say. Raises OSError where none is there."""
    # Room for the sender alone: files that somebody passes along are closed by the kernel.
    data, notes, _, _ = there.recvmsg(most_bytes, socket.CMSG_LEN(CREDENTIALS.size))
    for level, kind, note in notes:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS) and len(note) == CREDENTIALS.size:
            return data, CREDENTIALS.unpack(note)[1]
    return data, None


def answers(path: Path) -> bool:
    """True when somebody reads from the datagram socket at `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
