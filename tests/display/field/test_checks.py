"""The self-test: green only where each part says so itself, and with a cure for everything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.field.checks import Evidence, findings
from appliance.display.field.finding import Finding
from appliance.display.field.known import told
from appliance.display.field.words import LANGUAGES, said, words_in
from appliance.health.clock import Clock
from appliance.health.notices import QUIET
from appliance.uplink.certificate import Validity
from appliance.vision.pipeline import NO_BANK
from tests.display.field.sayings import written

VISION = {"state": "running", "camera": "ok", "calibrated": "ok", "frames_per_second": 14.0}
UPLINK = {"state": "online", "reason": "", "outbox_rows": 0, "refused": 0, "certificate": "ok"}
DONE: dict[str, Any] = dict.fromkeys(("aim", "focus", "zones", "ground"), said("confirmed"))


def evidence(tmp_path: Path, **changes: Any) -> Evidence:
    quiet = {str(subject): line for subject, line in QUIET.items()}
    well = Evidence(VISION, UPLINK, quiet, Clock(1_795_000_000.0, True), tmp_path, DONE, None)
    return replace(well, **changes)


def red(seen: Evidence) -> set[str]:
    return {finding.name for finding in findings(seen) if finding.state != "ok"}


def test_a_booth_that_is_well_is_green(tmp_path: Path) -> None:
    assert red(evidence(tmp_path)) == set()


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"vision": None}, {"vision", "camera", "rate", "learning"}),
        ({"vision": {**VISION, "state": "starting", "reason": "building engines, 40 %"}}, {"vision"}),
        ({"vision": {**VISION, "state": "failed", "reason": "no GPU"}}, {"vision"}),
        ({"vision": {**VISION, "state": "paused", "reason": "paused by operator"}}, {"pause"}),
        ({"vision": {**VISION, "camera": "no frame for 5 s"}}, {"camera"}),
        ({"vision": {**VISION, "frames_per_second": 2.0}}, {"rate"}),
        ({"vision": {**VISION, "frames_per_second": True}}, {"rate"}),
        ({"vision": {**VISION, "calibrated": "too early to tell: 43 of 66 passages"}}, {"learning"}),
        ({"vision": {**VISION, "calibrated": "no bank"}}, {"learning"}),
        ({"uplink": None}, {"broker", "outbox", "certificate"}),
        ({"uplink": {**UPLINK, "state": "offline", "reason": "no route"}}, {"broker"}),
        ({"uplink": {**UPLINK, "state": "offline", "outbox_rows": 3}}, {"broker", "outbox"}),
        ({"uplink": {**UPLINK, "outbox_rows": 500}}, {"outbox"}),
        ({"uplink": {**UPLINK, "refused": 2}}, {"outbox"}),
        ({"uplink": {**UPLINK, "certificate": "none"}}, {"certificate"}),
        ({"uplink": {**UPLINK, "certificate": "expires in 3 days"}}, {"certificate"}),
        ({"uplink": {**UPLINK, "certificate": "expires in 21 days"}}, set()),
        ({"uplink": {**UPLINK, "certificate": "expires in 20 days"}}, {"certificate"}),
        ({"clock": Clock(1_795_000_000.0, False)}, {"clock"}),
        ({"done": {**DONE, "focus": None}}, {"focus"}),
        ({"done": {}}, {"aim", "focus", "zones", "ground"}),
        ({"site_fault": said("site-fault", why="site.json: no site/1")}, {"zones"}),
        ({"notices": {**QUIET, "update": "rolled back from 1.3: no frames"}}, {"update"}),
        ({"notices": {**QUIET, "provision": "refused: this stick was used"}}, {"provision"}),
        ({"notices": {**QUIET, "machine": "reboot required"}}, {"machine"}),
        ({"lan": "192.168.213.77"}, {"lan"}),
        ({"lan": "127.0.0.1"}, set()),
        ({"notices": {**QUIET, "provision": "applied: new-york/b7", "update": "kept 1.2"}}, set()),
    ],
)  # fmt: skip
def test_each_fault_is_red_alone(tmp_path: Path, changes: dict[str, Any], names: set[str]) -> None:
    assert red(evidence(tmp_path, **changes)) == names


def test_a_folder_without_a_disk_is_red(tmp_path: Path) -> None:
    assert red(evidence(tmp_path, state=tmp_path / "gone")) == {"disk"}


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300) | st.lists(st.integers())
)


@given(
    st.none() | st.dictionaries(st.sampled_from([*VISION, *UPLINK]), VALUES),
    st.none() | st.dictionaries(st.sampled_from([*VISION, *UPLINK]), VALUES),
)
def test_any_vitals_give_one_line_a_check_with_a_cure_where_it_is_red(
    tmp_path_factory: pytest.TempPathFactory, vision: dict[str, Any] | None, uplink: dict[str, Any] | None
) -> None:
    found = findings(evidence(Path("/"), vision=vision, uplink=uplink))
    assert len(found) == len({finding.name for finding in found}) == 17
    for finding in found:
        lines = [
            written(one, language) for language in LANGUAGES for one in (finding.detail, finding.cure) if one
        ]
        assert all(line and "\n" not in line for line in lines)
        assert bool(finding.cure) == (finding.state != "ok")


def test_the_page_has_a_word_for_every_check(tmp_path: Path) -> None:
    words = {f"check-{finding.name}" for finding in findings(evidence(tmp_path))}
    assert words <= words_in("en").keys()


TOLD = [
    ("too early to tell: 43 of 66 passages", "43 av 66 passager"),
    ("learning: 20 people so far", "20 personer hittills"),
    ("learning: fewer than ten people so far", "färre än tio personer hittills"),
    ("expires in 1 day", "går ut om 1 dagar"),
    ("paused by operator", "pausad av operator"),
    ("csi 0: no frame for 5 s; check cable and power", "csi 0: ingen bild på 5 s; se över kabel och ström"),
    ("online", "uppkopplad"),
    ("", "okänt"),
    ("the GPU is on fire", "the GPU is on fire"),
]


@pytest.mark.parametrize(("line", "swedish"), TOLD)
def test_what_other_processes_say_is_translated_where_it_is_known(line: str, swedish: str) -> None:
    assert written(told(line), "sv") == swedish
    assert (told(line)["word"] == "quoted") == (line == "the GPU is on fire")


def test_vision_and_uplink_still_say_what_is_known_of_them() -> None:
    validity = Validity(0.0, 1_795_000_000.0 + 3 * 86_400)
    late = replace(validity, ends_unix_s=0.0)
    now = Clock(1_795_000_000.0, True)
    lines = [NO_BANK, validity.words(now), late.words(now), validity.words(Clock(0.0, False))]
    assert [told(line)["word"] for line in lines] == ["no-bank", "expires-in", "expired", "clock-not-set"]


def test_a_finding_is_named_as_it_can_be_signed(tmp_path: Path) -> None:
    from appliance.site import CheckDone

    for finding in findings(evidence(tmp_path)):
        assert isinstance(finding, Finding)
        assert CheckDone(name=finding.name, passed=True).name == finding.name
