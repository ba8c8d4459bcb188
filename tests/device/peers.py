"""What others take for the same search: queries and a bank on the device in, milliseconds of torch and CuPy out."""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from appliance.records import FloatArray
from tests.device.timed import TIMES, WARM_UP


def peers_ms(bank: FloatArray, queries: FloatArray, k: int) -> dict[str, float]:
    """Median milliseconds of a half-precision product and top-k, for each library that is installed here."""
    found = {}
    for name, prepare in (("torch", torch_search), ("cupy", cupy_search)):
        try:
            library = importlib.import_module(name)
        except ImportError:
            continue
        work, wait = prepare(library, bank, queries, k)
        found[name] = wall_ms(work, wait)
    return found


def torch_search(torch: Any, bank: FloatArray, queries: FloatArray, k: int) -> tuple[Callable[[], Any], Any]:
    """Squared distances without the queries' own length, as everybody writes them."""
    rows, asked = (torch.from_numpy(array).cuda().half() for array in (bank, queries))
    squares = (rows.float() ** 2).sum(dim=1)
    return lambda: torch.topk(
        squares - 2 * (asked @ rows.T).float(), k, largest=False
    ), torch.cuda.synchronize


def cupy_search(cupy: Any, bank: FloatArray, queries: FloatArray, k: int) -> tuple[Callable[[], Any], Any]:
    """The same; CuPy has no top-k, so the nearest are found by partition and sorted."""
    rows, asked = (cupy.asarray(array).astype(cupy.float16) for array in (bank, queries))
    squares = (rows.astype(cupy.float32) ** 2).sum(axis=1)

    def search() -> Any:
        away = squares - 2 * (asked @ rows.T).astype(cupy.float32)
        near = cupy.argpartition(away, k, axis=1)[:, :k]
        return cupy.take_along_axis(near, cupy.argsort(cupy.take_along_axis(away, near, 1), 1), 1)

    return search, cupy.cuda.Device().synchronize


def wall_ms(work: Callable[[], object], wait: Callable[[], object], times: int = TIMES) -> float:
    """Median milliseconds from the call to the result on the device."""
    spans = []
    for _ in range(times + WARM_UP):
        wait()
        begin_s = time.perf_counter()
        work()
        wait()
        spans.append(1000 * (time.perf_counter() - begin_s))
    return statistics.median(spans[WARM_UP:])
