"""The button on a pin: each press once, a held line again each minute, and a chip that is gone is a state, no end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from appliance.config import Button as ButtonSettings
from appliance.config import Settings
from appliance.display.button import HELD_EVERY_S, RETRY_S, Button, request_line

SETTINGS = ButtonSettings(chip="/dev/gpiochip0", line=7)


class FakeLine:
    """A line as the kernel has it: edges queue up behind a descriptor, a level stands, and a chip may be unplugged."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self.down = self.gone = False
        self.released = 0

    def push(self) -> None:
        self.down = True
        os.write(self._write, b"r")

    def let_go(self) -> None:
        self.down = False

    def unplug(self) -> None:
        self.gone = True
        os.write(self._write, b"!")

    def fileno(self) -> int:
        return self._read

    def read_edge_events(self) -> list[int]:
        self._check()
        return list(os.read(self._read, 64))

    def get_value(self, line: int | str) -> bool:
        assert line == 7
        self._check()
        return self.down

    def release(self) -> None:
        self.released += 1
        os.close(self._read)
        os.close(self._write)

    def _check(self) -> None:
        if self.gone:
            raise OSError(19, "No such device")


class Pin:
    """What a machine gives when the line is asked for: a fault first, if any, and then a line."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.lines: list[FakeLine] = []

    def request(self, _: ButtonSettings) -> FakeLine:
        if self.faults:
            raise self.faults.pop(0)
        self.lines.append(FakeLine())
        return self.lines[-1]


def run(scene: Callable[[Button, list[str]], Coroutine[Any, Any, None]], pin: Pin) -> Button:
    """Play a scene in an event loop with a button and its presses."""
    presses: list[str] = []
    button = Button(SETTINGS, lambda: presses.append("press"), pin.request)

    async def play() -> None:
        try:
            await scene(button, presses)
        finally:
            button.close()

    asyncio.run(play())
    return button


async def soon() -> None:
    """Let the loop see what is there."""
    for _ in range(3):
        await asyncio.sleep(0.001)


def test_each_press_acts_once_and_at_once() -> None:
    pin = Pin()

    async def scene(button: Button, presses: list[str]) -> None:
        button.tend(0.0)
        assert button.state == "ok"
        for count in (1, 2, 3):
            pin.lines[0].push()
            await soon()
            pin.lines[0].let_go()
            button.tend(count)
            assert len(presses) == count

    run(scene, pin)
    assert pin.lines[0].released == 1


def test_a_line_that_is_held_closes_again_each_minute() -> None:
    pin = Pin()

    async def scene(button: Button, presses: list[str]) -> None:
        button.tend(0.0)
        pin.lines[0].down = True
        for second in range(1, round(3 * HELD_EVERY_S)):
            button.tend(float(second))
        assert (len(presses), button.state) == (3, "held")
        pin.lines[0].let_go()
        button.tend(1000.0)
        assert (len(presses), button.state) == (3, "ok")

    run(scene, pin)


def test_a_chip_that_is_not_there_is_one_line_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    pin = Pin(*[FileNotFoundError(2, "No such file or directory")] * 3, ValueError("no such line"))

    async def scene(button: Button, presses: list[str]) -> None:
        for second in range(round(5 * RETRY_S)):
            button.tend(float(second))
            assert 4 - len(pin.faults) == min(4, 1 + second // RETRY_S)
            if second == 0:
                assert button.state.startswith(
                    "/dev/gpiochip0 line 7: No such file or directory; set display"
                )
        assert button.state == "ok"
        pin.lines[0].push()
        await soon()
        assert presses == ["press"]

    run(scene, pin)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_a_chip_that_is_pulled_out_is_a_state_and_comes_back() -> None:
    pin = Pin()

    async def scene(button: Button, presses: list[str]) -> None:
        button.tend(0.0)
        pin.lines[0].unplug()
        await soon()
        assert "No such device" in button.state
        assert pin.lines[0].released == 1
        button.tend(RETRY_S)
        pin.lines[1].push()
        await soon()
        assert (presses, button.state) == (["press"], "ok")

    run(scene, pin)


def test_where_no_button_is_set_there_is_nothing_to_do() -> None:
    button = Button(None, lambda: pytest.fail("pressed"), lambda _: pytest.fail("asked for"))
    button.tend(0.0)
    assert button.state == "none"


@pytest.mark.parametrize("chip", ["/dev/no-such-chip", "/dev/null"])
def test_the_real_library_says_of_what_is_no_chip_what_a_button_expects(chip: str) -> None:
    with pytest.raises(OSError, match=r".+") as raised:
        request_line(ButtonSettings(chip=chip, line="PQ.05"))
    assert raised.value.strerror


# ---- a chip of the kernel's own making, Documentation/admin-guide/gpio/gpio-sim.rst

SIMULATED = Path("/sys/kernel/config/gpio-sim")


@pytest.fixture
def simulated() -> Any:
    if not SIMULATED.is_dir() or os.geteuid() != 0:
        pytest.skip("no gpio-sim here: modprobe gpio-sim, mount configfs, and be root")
    bank = SIMULATED / "booth" / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text("8")
    (SIMULATED / "booth" / "live").write_text("1")
    name = (bank / "chip_name").read_text().strip()
    device = (SIMULATED / "booth" / "dev_name").read_text().strip()
    yield f"/dev/{name}", Path(f"/sys/devices/platform/{device}/{name}/sim_gpio7/pull")
    (SIMULATED / "booth" / "live").write_text("0")
    bank.rmdir()
    (SIMULATED / "booth").rmdir()


def test_a_pin_of_the_kernel_s_simulator_presses(simulated: tuple[str, Path]) -> None:
    chip, pull = simulated
    presses: list[str] = []

    async def scene() -> None:
        button = Button(ButtonSettings(chip=chip, line=7), lambda: presses.append("press"))
        pull.write_text("pull-up")
        button.tend(0.0)
        assert (button.state, presses) == ("ok", [])
        pull.write_text("pull-down")
        await asyncio.sleep(0.1)
        assert presses == ["press"]
        button.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "change",
    [{"chip": "gpiochip0"}, {"chip": "/dev/../etc"}, {"chip": "/dev/a b"}, {"line": -1}, {"line": ""}],
)
def test_a_line_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"display": {"pause_gpio": {"chip": "/dev/gpiochip0", "line": 7, **change}}})
