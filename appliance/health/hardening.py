"""What a process that sees frames gives up: core dumps, and being read by others."""

from __future__ import annotations

import ctypes
import resource

PR_SET_DUMPABLE = 4
"linux/prctl.h"


def forbid_dumps() -> bool:
    """No core file and no attaching debugger may ever hold a frame; False where the kernel refuses."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return bool(ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
