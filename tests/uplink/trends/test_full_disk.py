"""A disk that takes so many bytes of a file and no more: nothing is drawn twice, and nothing is lost that was drawn."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.uplink.trends import press as module
from appliance.uplink.trends.ledger import read_account
from appliance.uplink.trends.noise import Noisy, Questions, draw
from appliance.uplink.trends.press import Press
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import DAY, clock_at, desk_in, next_day, street

TODAY = next_day(DAY)
LIMITS = (0, 100, 250, 300, 450, 600, 900, 2000, 5000, 9000, 20_000, 40_000)


@contextmanager
def taking(size: int) -> Iterator[None]:
    """The kernel refuses every byte of a file beyond `size` (setrlimit(2)), as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("lives", [True, False], ids=["and the process lives", "and it is killed"])
def test_a_disk_that_fills_at_any_byte_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lives: bool
) -> None:
    drawn: list[Noisy] = []

    def counted(tally: Tally, questions: Questions) -> Noisy:
        drawn.append(draw(tally, questions))
        return drawn[-1]

    monkeypatch.setattr(module, "draw", counted)
    said = [fill(tmp_path / str(limit), limit, drawn, lives) for limit in LIMITS]
    assert set(said) == ({"released"} if lives else {"released", "lost: interrupted"})


def fill(folder: Path, limit: int, drawn: list[Noisy], lives: bool) -> str:
    """What becomes of a day over a disk that is full at first and then is not."""
    press = Press(desk_in(folder))
    press.open(clock_at(DAY), DAY, [])
    drawn.clear()
    with taking(limit), suppress(BoothError, OSError):
        press.release(street(400), clock_at(TODAY), TODAY, [])
    account = read_account(folder / "trends")
    assert account is not None
    assert bool(drawn) == (account.last_day == DAY), "drawn if and only if it is spent"
    press = press if lives else Press(desk_in(folder))
    said = press.release(street(400), clock_at(TODAY), TODAY, [])
    assert len(drawn) == 1
    return said.removeprefix(f"{DAY} ")
