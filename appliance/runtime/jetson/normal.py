"""How a network wants its pixels, for a kernel: the seam's record in, a structure out."""

from __future__ import annotations

import ctypes

from appliance.runtime.seam import Normal


class CNormal(ctypes.Structure):
    """Normal for a kernel: struct Normal of kernels/normal.cuh."""

    _fields_ = (("mean", ctypes.c_float * 3), ("scale", ctypes.c_float * 3))

    @classmethod
    def of(cls, normal: Normal) -> CNormal:
        """The same for a kernel."""
        return cls(normal.mean, normal.scale)
