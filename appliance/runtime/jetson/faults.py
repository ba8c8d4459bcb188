"""Faults of the device: a driver's method that may meet one in, the same that names it in one line out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from appliance.errors import BoothError

Call = TypeVar("Call", bound=Callable[..., Any])


def told(call: Call) -> Call:
    """Let a method of a driver raise BoothError for its `errors`.

    A kernel's fault is told by any later call, and by all from then on: the context is lost with all that is in it,
    so that only a new process helps (CUDA driver API, CUDA_ERROR_ILLEGAL_ADDRESS and those after it).
    """

    @functools.wraps(call)
    def guarded(driver: Any, *arguments: Any) -> Any:
        try:
            return call(driver, *arguments)
        except driver.errors as error:
            raise BoothError(
                f"{driver.name}: the device failed ({line_of(error)}); restart the booth"
            ) from None

    return cast("Call", guarded)


def line_of(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())
