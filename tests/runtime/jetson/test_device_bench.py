"""The benchmark of real GPUs, tried where there is none: it runs to its end and its figures are what they say."""

from __future__ import annotations

import time

import pytest
from rich.console import Console

from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.neighbours import bytes_read
from tests.device import bench, chain, ready, searches
from tests.device.geometry import operations
from tests.device.timed import TimedDriver, copy_bandwidth, kernel_ms
from tests.runtime.jetson.shim.driver import ShimDriver


@pytest.fixture
def timed(driver: ShimDriver) -> TimedDriver:
    return TimedDriver(driver)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two repetitions instead of twenty: nothing is measured here."""
    for module in ("timed", "chain", "peers"):
        monkeypatch.setattr(f"tests.device.{module}.WARM_UP", 1)
    monkeypatch.setattr(kernel_ms, "__defaults__", (1,))
    monkeypatch.setattr("tests.device.chain.TIMES", 1)


def test_time_in_kernels_is_time_of_the_device(timed: TimedDriver) -> None:
    spent_ms = kernel_ms(timed, lambda: timed.launch_graph(slow_graph(timed)))
    assert spent_ms == pytest.approx(20, rel=0.5)


def slow_graph(timed: TimedDriver) -> int:
    timed.begin_capture()
    timed._driver.do(lambda: time.sleep(0.02))  # type: ignore[attr-defined]
    return timed.end_capture()


def test_a_copy_moves_something(timed: TimedDriver) -> None:
    assert copy_bandwidth(timed, 1 << 20) > 0


def test_searches_are_put_beside_the_bandwidth(timed: TimedDriver) -> None:
    (few, more) = searches.searches(timed, 1e9, banks=(500,), asked=(1, 3))
    assert (few.rows, few.queries, more.queries) == (500, 1, 3)
    assert few.kernels_ms > 0
    assert few.of_bandwidth == pytest.approx(bytes_read(500, 256, 1, 5) / few.kernels_ms * 1000 / 1e9)


def test_operations_are_put_beside_the_bandwidth(timed: TimedDriver) -> None:
    done = list(operations(timed, 1e9, (96, 64)))
    assert [one.name for one in done][:1] == ["letterbox 640x384"]
    assert all(one.of_bandwidth > 0 for one in done)


def test_the_chain_goes_from_frame_to_neighbours_without_a_pixel_crossing(driver: ShimDriver) -> None:
    gpu = Gpu(driver)
    step = chain.street_step(gpu, people=2, bank_rows=50, size=(320, 240))
    before = len(driver.launched)
    distances, _ = step()
    assert distances.shape == (2, 1)
    assert {"letterbox", "crop", "cut_garments", "pool_features"} <= set(driver.launched[before:])
    assert gpu.copies.pixels_in == 0


def test_without_a_gpu_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ready, "missing_device", lambda: "no NVIDIA driver here")
    assert bench.main() == 0
    assert capsys.readouterr().out == "skipped: no NVIDIA driver here\n"


def test_tables_say_what_was_measured(timed: TimedDriver, capsys: pytest.CaptureFixture[str]) -> None:
    bench.show_operations(timed, 1e9, Console(width=120))
    assert "of bandwidth" in capsys.readouterr().out
