"""The one error that people see: a single line that names the culprit and the cure; and the edge that prints it."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OWNER = "be the user that owns it: sudo, or su USER"
SPACE = "free space there"
CURES = {
    errno.EACCES: OWNER,
    errno.EPERM: OWNER,
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EROFS: "it is read-only: take off its write lock, or name another place",
    errno.EIO: "check its cable and plug, else take another disk or stick",
    errno.ENODEV: "check its cable and plug",
    errno.ENXIO: "check its cable and plug",
    errno.EBUSY: "end what uses it, then try again",
    errno.ETXTBSY: "end what uses it, then try again",
    errno.EMFILE: "end other programs, then try again",
    errno.ENFILE: "end other programs, then try again",
    errno.ENOENT: "name one that is there",
}
"What to do about a file or device, by what the kernel says of it (errno(3))."
OF_A_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
"Never a fault of the program, so they are told although the kernel names no file when it writes."


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


def cure_of(error: OSError) -> str:
    """What a person does about it."""
    return CURES.get(error.errno or 0, "name another one")


def line_of(error: OSError) -> str:
    """The file or device, what the kernel says of it, and the cure."""
    culprit = f"{error.filename}: " if error.filename is not None else ""
    return f"{culprit}{error.strerror or error}; {cure_of(error)}"


def is_mendable(error: OSError) -> bool:
    """Whether it is about a file or a disk, which a person can mend; else it is a fault of the program."""
    return error.filename is not None or error.errno in OF_A_DISK


@contextmanager
def told_in_a_line(program: str = "booth") -> Iterator[None]:
    """The edge of a program: what people can mend ends it with one line on stderr and exit code 1, or the error's own.

    A fault of the program keeps its traceback.
    """
    try:
        yield
    except BoothError as error:
        line, code = str(error), error.exit_code
    except OSError as error:
        if not is_mendable(error):
            raise
        line, code = line_of(error), BoothError.exit_code
    else:
        return
    print(f"{program}: {line}", file=sys.stderr)
    sys.exit(code)
