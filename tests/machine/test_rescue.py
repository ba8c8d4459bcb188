"""The rescue: the daemon once, then people, and tries all along; the story ends when vision sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.config import Folders, Settings
from appliance.health.notices import tell, told
from appliance.health.rescued import FILE, end_rescue, steps_taken
from appliance.health.vitals import write_vitals
from appliance.machine.rescue import rescue
from appliance.verbs.ladder import Ladder

NOW_S = 1000.0


class Manager:
    """A service manager that writes down what it was asked for."""

    def __init__(self, **shown: str) -> None:
        self.asked: list[str] = []
        self.shown = {"LoadState": "not-found", "ExecMainCode": "2", "ExecMainStatus": "6", **shown}

    def __call__(self, *words: str) -> str:
        if words[0] == "show":
            return self.shown[words[1].partition("=")[2]]
        self.asked.append(" ".join(words))
        return ""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in ("state", "run"):
        (tmp_path / name).mkdir()
    return Folders(state=tmp_path / "state", runtime=tmp_path / "run")


def test_the_first_time_vision_is_started_again_at_once(folders: Folders) -> None:
    manager = Manager()
    rescue("vision", folders, NOW_S, manager)
    assert manager.asked == ["reset-failed booth-vision.service", "start --no-block booth-vision.service"]
    assert told(folders.state, "machine") == "ok"


def test_the_daemon_of_csi_cameras_is_restarted_before_where_there_is_one(folders: Folders) -> None:
    manager = Manager(LoadState="loaded")
    rescue("vision", folders, NOW_S, manager)
    assert manager.asked[0] == "restart nvargus-daemon.service"


def test_the_second_time_people_are_told_and_the_next_try_is_in_ten_minutes(folders: Folders) -> None:
    rescue("vision", folders, NOW_S, Manager(LoadState="loaded"))
    manager = Manager(LoadState="loaded")
    rescue("vision", folders, NOW_S, manager)
    assert told(folders.state, "machine").startswith("reboot required: ")
    assert manager.asked == ["reset-failed booth-vision.service", "restart booth-rescue@vision.timer"]


def test_the_timer_waits_ten_minutes() -> None:
    timer = (Path(__file__).parents[2] / "systemd/booth-rescue@.timer").read_text()
    assert "OnActiveSec=10min" in timer
    assert "Unit=booth-%i.service" in timer


def test_the_first_frame_ends_the_story(folders: Folders) -> None:
    for _ in range(3):
        rescue("vision", folders, NOW_S, Manager())
    Ladder(Settings(folders=folders)).climb(1)
    assert told(folders.state, "machine") == "ok"
    manager = Manager()
    rescue("vision", folders, NOW_S, manager)
    assert "start --no-block booth-vision.service" in manager.asked


def test_an_opening_without_a_frame_does_not_end_it(folders: Folders) -> None:
    for _ in range(2):
        rescue("vision", folders, NOW_S, Manager())
    Ladder(Settings(folders=folders)).climb(0)
    assert told(folders.state, "machine").startswith("reboot required")


def test_after_a_reboot_the_notice_goes_with_the_first_frame(folders: Folders) -> None:
    for _ in range(2):
        rescue("vision", folders, NOW_S, Manager())
    (folders.runtime / FILE).unlink()
    end_rescue(folders.runtime, folders.state)
    assert told(folders.state, "machine") == "ok"


def test_what_others_say_of_the_machine_stays(folders: Folders) -> None:
    tell(folders.state, "machine", "disk is wearing out: replace it")
    end_rescue(folders.runtime, folders.state)
    assert told(folders.state, "machine") == "disk is wearing out: replace it"


@pytest.mark.parametrize("part", ["inference", "camera"])
def test_last_words_about_anything_but_the_camera_ask_for_no_reboot(folders: Folders, part: str) -> None:
    reason = "picodet-s has no engine that may run"
    rescue("vision", folders, NOW_S, Manager())
    values = {"state": "failed", "reason": reason, "camera": "stopped", part: reason}
    write_vitals(folders.runtime, "vision", values, NOW_S - 5)
    rescue("vision", folders, NOW_S, Manager())
    notice = told(folders.state, "machine")
    assert notice.startswith("reboot required") == (part == "camera")
    assert (reason in notice) == (part == "inference")


def test_a_process_that_ended_itself_without_vitals_is_looked_up_in_the_journal(folders: Folders) -> None:
    rescue("vision", folders, NOW_S, Manager())
    rescue("vision", folders, NOW_S, Manager(ExecMainCode="1", ExecMainStatus="1"))
    assert told(folders.state, "machine") == "vision does not start: journalctl -u booth-vision says why"


@pytest.mark.parametrize("process", ["uplink", "display"])
def test_the_others_are_tried_again_and_nobody_is_sent(folders: Folders, process: str) -> None:
    manager = Manager(LoadState="loaded")
    rescue(process, folders, NOW_S, manager)
    assert manager.asked == [f"reset-failed booth-{process}.service", f"restart booth-rescue@{process}.timer"]
    assert told(folders.state, "machine") == "ok"


def test_a_count_that_somebody_has_spoiled_counts_as_one(folders: Folders) -> None:
    (folders.runtime / FILE).write_text("many")
    assert steps_taken(folders.runtime) == 1


def test_a_link_laid_into_the_runtime_folder_is_not_followed(folders: Folders) -> None:
    victim = folders.state / "victim"
    victim.write_text("whole")
    (folders.runtime / f".{FILE}.part").symlink_to(victim)
    rescue("vision", folders, NOW_S, Manager())
    assert victim.read_text() == "whole"
    assert steps_taken(folders.runtime) == 1


def test_where_nothing_can_be_counted_the_daemon_is_not_restarted_without_end(folders: Folders) -> None:
    folders.runtime.rmdir()
    manager = Manager(LoadState="loaded")
    rescue("vision", folders, NOW_S, manager)
    assert manager.asked == ["reset-failed booth-vision.service", "restart booth-rescue@vision.timer"]
