"""What a process that sees frames gives up: core dumps, being read by others, and memory that remembers."""

from __future__ import annotations

import ctypes
import resource

PR_SET_DUMPABLE = 4
"linux/prctl.h"
M_PERTURB = -6
"malloc.h of glibc"
WIPE = 0x5A
"Whatever byte but nought, which means no wiping."


def forbid_dumps() -> bool:
    """No core file and no attaching debugger may ever hold a frame; False where the kernel refuses."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return bool(ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def wipe_freed_memory() -> bool:
    """Have each block of memory overwritten when it is freed; False where the C library cannot, which is not glibc.

    Else crops and vectors of people would lie about in the heap until somebody else's take their place. Blocks below
    a kilobyte are kept aside and not wiped: see verbs/rinse.py.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(M_PERTURB, WIPE) == 1)
