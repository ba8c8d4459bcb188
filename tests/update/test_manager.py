"""What the journal has of a process: the words of its last start, or of the one before where that is silent yet."""

from __future__ import annotations

import subprocess

import pytest

from appliance.update import manager
from appliance.update.manager import Systemd

UNIT = "_SYSTEMD_UNIT=booth-display.service"
FATAL = "ModuleNotFoundError: No module named 'nothing_there'"


class Journal:
    """Answers for systemctl and journalctl: words by what they are asked for."""

    def __init__(self, words: dict[str, str], restarts: int) -> None:
        self.words, self.restarts = words, restarts

    def run(self, command: list[str], _patience_s: float = 0) -> subprocess.CompletedProcess[str]:
        if command[0] == "journalctl":
            return subprocess.CompletedProcess(command, 0, self.words.get(command[-1], ""), "")
        out = "now\n" if "InvocationID" in command else f"ActiveState=activating\nNRestarts={self.restarts}\n"
        return subprocess.CompletedProcess(command, 0, out, "")


@pytest.mark.parametrize(
    ("own", "restarts", "said"),
    [
        ("no such city\n", 4, "no such city"),
        ("", 4, FATAL),
        ("", 0, ""),
    ],
)
def test_a_start_that_is_silent_yet_is_told_by_the_one_before_it_of_the_same_program(
    monkeypatch: pytest.MonkeyPatch, own: str, restarts: int, said: str
) -> None:
    journal = Journal({"_SYSTEMD_INVOCATION_ID=now": own, UNIT: f"{FATAL}\n"}, restarts)
    monkeypatch.setattr(manager, "run", journal.run)
    assert Systemd().last_words("display") == said


@pytest.mark.parametrize("there", [True, False])
def test_with_another_program_the_booths_own_screen_starts_anew_too_and_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], _patience_s: float = 0) -> subprocess.CompletedProcess[str]:
        asked.append(command[1:])
        return subprocess.CompletedProcess(
            command, 5 if "try-restart" in command and not there else 0, "", ""
        )

    monkeypatch.setattr(manager, "run", run)
    Systemd().restart()
    assert asked[-1] == ["try-restart", "--no-block", "booth-screen.service"]
    assert asked[-2][:2] == ["restart", "--no-block"]
