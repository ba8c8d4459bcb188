"""The code has no way out but those that people have read: each line of log, each vital, each file that writes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.walls.said import HEAD, LIST, is_known, known_ways, ways_of_code, ways_of_file

CURE = "read what is new, then: python -m tests.walls.said"


def test_the_code_has_no_way_out_that_nobody_has_read() -> None:
    new = [line for line in difflib.ndiff(known_ways(), ways_of_code()) if line[0] in "+-"]
    assert not new, f"{CURE}\n" + "\n".join(new)
    assert LIST.read_text(encoding="utf-8").startswith(HEAD)


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("log.info('spotted track %d', one.track)", "log: spotted track {one.track}"),
        ("logging.getLogger('x').warning('%s', row)", "log: {row}"),
        ("logger.log(5, 'b64 %s', rows)", "log: b64 {rows}"),
        ("self._figures.set(trends=f'{one.track}')", "vital: trends = f'{one.track}'"),
        ("print(row)", "writes: print"),
        ("path.open('ab').write(row)", "writes: open, write"),
        ("os.open('/dev/shm/x', 2)", "writes: open"),
        ("path.open()", ""),
        ("text.replace('a', 'b')", ""),
    ],
)
def test_a_way_out_is_seen(tmp_path: Path, code: str, way: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(code, encoding="utf-8")
    assert ", ".join(ways_of_file(file)) == way


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("vision: camera delivers: v4l2:/dev/video0", True),
        ("vision: armed anew for 24 h", True),
        ("vision: spotted track 7 at 45864.09, box (1.0, 2.0, 3.0, 4.0)", False),
        ("vision: camera delivers: " + "0.125, " * 20, False),
        ("vision: anything at all", False),
        ("camera delivers: v4l2:/dev/video0", False),
        ("", False),
    ],
)
def test_a_line_is_known_by_its_words_and_no_longer_than_one(line: str, known: bool) -> None:
    assert is_known(line, "vision") is known
