"""Where releases come from, and what is refused with which line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.analysis.reading import read_releases
from appliance.errors import BoothError
from tests.analysis.builders import history, message, plain_street, write

STREET = plain_street()


def lines(file: Path, *texts: str) -> Path:
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return file


def ids(*sources: Path) -> list[str]:
    return [release.id for release in read_releases(sources)]


def refusal(file: Path) -> str:
    with pytest.raises(BoothError) as refused:
        read_releases([file])
    assert "\n" not in str(refused.value)
    assert str(file) in str(refused.value)
    return str(refused.value)


def test_folders_are_read_whole_and_in_order(tmp_path: Path) -> None:
    both = history("madrid", "b", 3, plain_street) + history("new-york", "a", 2, plain_street)
    write(tmp_path, list(reversed(both)))
    assert ids(tmp_path) == [*(f"b-0badcafe-{n}" for n in (1, 2, 3)), "a-0badcafe-1", "a-0badcafe-2"]


def test_what_a_booth_keeps_beside_its_releases_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, history("madrid", "b", 1, plain_street))
    for name in ("ledger.jsonl", "usual.json"):
        (tmp_path / "madrid" / "b" / name).write_text("{}", encoding="utf-8")
    assert len(ids(tmp_path)) == 1


def test_a_release_comes_once_from_however_many_files(tmp_path: Path) -> None:
    one = json.dumps(message("madrid", "b", 0, STREET))
    twice = lines(tmp_path / "a.jsonl", one, one)
    again = lines(tmp_path / "b.json", json.dumps(json.loads(one), indent=2))
    assert ids(twice, again) == ["b-0badcafe-1"]


def test_a_capture_of_the_broker_is_read_in_every_form(tmp_path: Path) -> None:
    payloads = [json.dumps(message("madrid", "b", day, STREET)) for day in range(4)]
    topic = "booth/v1/madrid/b/trend"
    capture = lines(
        tmp_path / "capture.txt",
        payloads[0],
        f"{topic} {payloads[1]}",
        json.dumps({"tst": "2026-03-02T00:00:00", "topic": topic, "qos": 1, "payload": payloads[2]}),
        json.dumps({"topic": topic, "payload": json.loads(payloads[3])}),
    )
    assert len(ids(capture)) == 4


def test_other_messages_in_a_capture_are_passed_over(tmp_path: Path) -> None:
    capture = lines(
        tmp_path / "capture.txt",
        'booth/v1/madrid/b/status {"schema":"status/1","state":"online"}',
        '{"schema":"health/1","figures":{}}',
        "",
        '{"topic":"booth/v1/madrid/b/exception","payload":{"schema":"exception/1"}}',
        json.dumps(message("madrid", "b", 0, STREET)),
    )
    assert len(ids(capture)) == 1


def test_one_release_that_reads_in_two_ways_is_refused(tmp_path: Path) -> None:
    one, other = message("madrid", "b", 0, STREET), message("madrid", "b", 0, STREET, seed=9)
    assert "keep the one you trust" in refusal(
        lines(tmp_path / "a.jsonl", json.dumps(one), json.dumps(other))
    )


def test_a_day_that_is_told_twice_is_refused(tmp_path: Path) -> None:
    one, other = message("madrid", "b", 0, STREET), message("madrid", "b", 0, STREET, id="b-0badcafe-77")
    assert "2026-03-01 again" in refusal(lines(tmp_path / "a.jsonl", json.dumps(one), json.dumps(other)))


def test_a_release_under_the_topic_of_another_booth_is_refused(tmp_path: Path) -> None:
    one, topic = json.dumps(message("madrid", "b", 0, STREET)), "booth/v1/madrid/c/trend"
    for line in (f"{topic} {one}", json.dumps({"topic": topic, "payload": one})):
        said = refusal(lines(tmp_path / "a.jsonl", line))
        assert "came under 'booth/v1/madrid/c/trend' and says it is of booth/v1/madrid/b/trend" in said


def test_a_line_of_a_ledger_pays_for_one_release(tmp_path: Path) -> None:
    one = message("madrid", "b", 0, STREET)
    other = message("madrid", "b", 1, STREET, ledger=one["ledger"])
    said = refusal(lines(tmp_path / "a.jsonl", json.dumps(other), json.dumps(one)))
    assert "paid for 2026-03-02 by the line that paid for 2026-03-01" in said
    assert "booth trends ledger --head 1:0badcafe0bad" in said
    elsewhere = message("madrid", "c", 1, STREET, ledger=one["ledger"])
    assert len(ids(lines(tmp_path / "b.jsonl", json.dumps(one), json.dumps(elsewhere)))) == 2


@pytest.mark.parametrize("wrong", [{"id": "b-0badcafe-1"}, {"ledger": "2:1234567890ab"}])
def test_numbers_that_do_not_rise_with_the_days_are_of_a_ledger_that_was_put_back(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    whole = [message("madrid", "b", day, STREET) for day in (2, 3, 4)]
    put_back = message("madrid", "b", 5, STREET, **wrong)
    said = refusal(lines(tmp_path / "a.jsonl", *map(json.dumps, [*whole, put_back])))
    assert "its ledger was put back" in said
    assert "line 4" in said
    anew = message("madrid", "b", 5, STREET, id="b-12345678-1", ledger="2:1234567890ab")
    assert len(ids(lines(tmp_path / "b.jsonl", *map(json.dumps, [anew, *whole])))) == 4


BAD: dict[str, Any] = {
    "a word": ("hello", "no JSON at column 1"),
    "a number": ("3", "no JSON object"),
    "half a message": ('{"schema": "trend/1", "id"', "no JSON at column"),
    "no schema": ('{"id": "b-0badcafe-1"}', "names no schema"),
    "a later schema": ('{"schema": "trend/2"}', "trend/2"),
    "NaN": ('{"schema": "trend/1", "epsilon": NaN}', "NaN is no figure"),
    "a key twice": ('{"schema": "trend/1", "schema": "trend/1"}', "comes twice"),
    "a deep one": ("[" * 100_000, "no release of a booth"),
    "a long number": ('{"schema": "trend/1", "id": ' + "9" * 5000 + "}", "no release of a booth"),
    "a long line": ('{"schema": "' + "x" * 300_000 + '"}', "longer than any release"),
    "only others": ('{"schema": "health/1"}', "holds no release"),
    "nothing": ("", "holds no release"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_release_is_refused_with_the_file_and_why(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    assert words in refusal(lines(tmp_path / "bad.jsonl", text))


def test_the_line_is_named(tmp_path: Path) -> None:
    good = json.dumps(message("madrid", "b", 0, STREET))
    assert "bad.jsonl: line 2" in refusal(lines(tmp_path / "bad.jsonl", good, "nonsense"))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refusal(tmp_path / "bad.json")


def test_folders_and_files_that_are_not_there_are_refused(tmp_path: Path) -> None:
    assert "holds no .json" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "nothing.json")


def test_a_folder_with_one_bad_file_is_refused_and_the_file_named(tmp_path: Path) -> None:
    write(tmp_path, history("madrid", "b", 2, plain_street))
    bad = lines(tmp_path / "madrid" / "b" / "2026-03-09.json", "{}")
    with pytest.raises(BoothError, match=str(bad)):
        read_releases([tmp_path])
