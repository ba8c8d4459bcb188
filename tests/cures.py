"""What the texts of `booth doctor` must be: one line that a field technician can act on."""

from __future__ import annotations

import re

from appliance.verbs.doctor import ADVICE, FAILED, Finding

MOST_LETTERS = 260
DEEDS = (
    "apt-get apt booth chmod chown delete end flash free give install make mount name nvpmodel open provision reboot"
    " remove reseat restart run set systemctl take tell timedatectl unset usermod"
)
DEED = re.compile(rf"\b({'|'.join(DEEDS.split())})\b")


def assert_it_helps(finding: Finding) -> None:
    """Short part, one line, and something to do where something is wrong."""
    assert 0 < len(finding.part.split()) <= 2, finding
    assert finding.detail.splitlines() == [finding.detail], finding
    assert len(finding.detail) <= MOST_LETTERS, finding
    if finding.state in (FAILED, ADVICE):
        assert DEED.search(finding.detail), finding
