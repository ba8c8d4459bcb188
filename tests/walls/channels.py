"""The closed list of what a process writes: a write in; what is wrong with it, by the form of its channel, out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from appliance.artifacts import load_bank
from appliance.uplink.event import event_from_payload
from appliance.uplink.trends.tally import tally_from
from appliance.vision.descriptor import VERSION
from tests.walls.said import unknown_lines
from tests.walls.tracing import Trace, Write

VITALS = Path(__file__).parent / "vitals.txt"
WAKE = re.compile(r"UNIX-STREAM:.*|anon_inode:\[eventfd\]|(pipe|socket):\[\d+\]")
MOST_WAKING, MOST_WAKINGS = 8, 3
"Bytes with which a thread is woken, and how many different ones there are: more would be words."
NAME = "(state|run)(/[a-z-]{1,16}){0,2}([.][a-z]{1,6})?|"
"Of folders, and of what a draft becomes: no figure fits in."
CODE = re.compile(r"(/.*)?/(orcexec\.\w{6}|memfd:orcexec)")
"Where liborc, GStreamer's, has its machine code: a file without a name that only it maps."
CODE_BYTES = 65_536
MOMENT = {"boot", "at_s", "unix_s", "synced"}
Form = Callable[[bytes], object]
"Raises ValueError, KeyError or AssertionError for what is not of it."


def strangers(seen: Trace, folder: Path, process: str, channels: dict[str, Form]) -> list[str]:
    """Every write of a process that has no channel or is not of its form, in words; a channel's name ends a path."""
    found = [fault for write in seen.writes if (fault := fault_in(write, process, channels))]
    found += ["wakes in words"] * (
        len({write.content for write in seen.writes if wakes(write)}) > MOST_WAKINGS
    )
    names = re.compile("|".join(rf"{re.escape(str(folder))}/(?:{name})" for name in channels))
    files = {str(file) for file in seen.opened if not CODE.fullmatch(str(file))}
    files -= {"/dev/null", "/dev/tty"}
    found += [f"opened {file}" for file in sorted(files) if not names.fullmatch(file)]
    plain = re.compile(rf"{re.escape(str(folder))}(?:/(?:{NAME}))?")
    found += [
        f"named {file}"
        for file in map(str, seen.named)
        if not (plain.fullmatch(file) or names.fullmatch(file))
    ]
    found += [f"shared {size} {file}" for size, file in seen.shared if not may_share(size, file)]
    found += [f"called {name}" for name in sorted(seen.strange)]
    return found + ([f"started {seen.ran} programs"] if seen.ran > 1 else [])


def may_share(size: int, file: str) -> bool:
    """SQLite's index of its log, which holds numbers of pages, and code."""
    code = bool(CODE.fullmatch(file)) and size == CODE_BYTES
    return code or file.endswith("outbox.sqlite-shm")


def fault_in(write: Write, process: str, channels: dict[str, Form]) -> str:
    for name, form in channels.items():
        if re.search(f"(^|/)(?:{name})$", write.target):
            return misfit(form, write)
    if wakes(write):
        return ""
    if write.target.startswith("pipe:"):
        lines = unknown_lines(process, write.content.decode("utf-8", "replace"))
        return f"said {lines[0][:200]!r}" if lines else ""
    return f"wrote {write.content[:60]!r} to {write.target}"


def wakes(write: Write) -> bool:
    return bool(WAKE.fullmatch(write.target)) and len(write.content) <= MOST_WAKING


def misfit(form: Form, write: Write) -> str:
    try:
        form(write.content)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        return f"{write.target}: {type(error).__name__} {error}: {write.content[:200]!r}"
    return ""


@lru_cache(maxsize=1)
def forms() -> dict[str, re.Pattern[str]]:
    """Process.figure -> form."""
    lines = [line for line in VITALS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {line.split()[0]: re.compile(line.split(None, 1)[1].strip()) for line in lines}


def vitals_of(process: str) -> Form:
    """Of its vitals file: known figures only, each of its form."""

    def check(content: bytes) -> None:
        for name, value in json.loads(content).items():
            text = value if isinstance(value, str) else json.dumps(value)
            form = forms().get(f"{process}.{name}")
            assert form, f"{name} is no figure of {process}"
            assert form.fullmatch(text), f"{name}: {text!r}"

    return check


def lines_of(form: Form) -> Form:
    """Of a file of whole lines."""

    def check(content: bytes) -> None:
        for line in content.splitlines():
            form(line)

    return check


def dead_man(content: bytes) -> None:
    values = json.loads(content)
    assert values.keys() == {"schema", "kept", "since", "seen", "on_s"}
    assert values["kept"].keys() == values["since"].keys() == MOMENT
    assert not values["seen"]


def tallies(content: bytes) -> None:
    values = json.loads(content)
    assert values.keys() == {"boot", "tallies", "since_s", "offset_s", "doubt_until_s", "closed"}
    for values_of_day in values["tallies"]:
        tally_from(values_of_day)


def bank_at(file: Path) -> Form:
    """Of what was learned: what lies at `file` in the end, byte for byte."""

    def check(content: bytes) -> None:
        load_bank(file, VERSION)
        assert content == file.read_bytes()

    return check


def anything(_: bytes) -> None:
    """Pages of a database: its rows are looked at by whoever knows its tables."""


def rows_of(base: Any) -> list[bytes]:
    """Payloads of an outbox, a connection, each an event of the schema; nothing else is in its tables."""
    tables = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for name, _ in tables} == {"messages", "figures", "sqlite_sequence"}
    rows = base.execute("SELECT kind, payload, since FROM messages ORDER BY number").fetchall()
    for kind, payload, since in rows:
        assert kind == "exception"
        assert since is None or since % 1 == 0
        event_from_payload(payload)
    return [payload for _, payload, _ in rows]
