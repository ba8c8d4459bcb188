"""The code in; every way out of it, a line of log, a vital, a call that writes, out; and the list that people read.

python -m tests.walls.said writes the list, ways_out.txt, anew; what changed in it is to be read by somebody who knows
what may be told of passers-by: nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ROOT / "appliance"
LIST = Path(__file__).parent / "ways_out.txt"
OFFLINE = {
    "analysis", "commands", "demo", "fleet", "machine", "provision", "sign", "simulation", "update",
}  # fmt: skip
"Rooms of which no part runs in one of the three processes."
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
WRITING = {
    "print", "pprint", "write", "writelines", "write_text", "write_bytes", "write_durably", "write_vitals", "warn",
    "send", "sendto", "sendall", "sendmsg", "send_bytes", "sendfile", "publish", "execute", "executemany",
    "dump", "save", "savez", "savez_compressed", "savetxt", "save_file", "save_bank", "tofile", "imwrite", "mmap",
    "memmap", "SharedMemory", "ShareableList", "memfd_create", "mkstemp", "mkdtemp", "NamedTemporaryFile",
    "TemporaryFile", "SpooledTemporaryFile", "symlink_to", "hardlink_to", "symlink", "touch", "mkfifo", "setxattr",
    "print_exc", "print_stack", "Popen", "run", "call", "check_call", "check_output", "system", "syslog", "urlopen",
    "create_connection", "connect", "connect_ex",
}  # fmt: skip
"Names of calls, whatever they belong to, that may let something out; and open(), where it is not for reading."
HOLE = re.compile(r"%(?:\.\d)?[sdgf]")
FILLED = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
UVICORN = (r"Started server process \[\d+\]", "Shutting down", r"Finished server process \[\d+\]")
"Lines of the display's log that the library of its server writes."
LEAST_KNOWN = 10
"Letters of a line that are always the same; a line that is all hole is known by nothing."
LONGEST, MOST_DIGITS = 240, 48
"Characters of a line, and digits in it."
HEAD = """\
# Every way out of the booth's code, file by file: made by python -m tests.walls.said, and read by people.
# log: a line of a log, with the expressions that fill it in braces. vital: a figure of vision's vitals, and its
# expression. writes: the calls of a file that may write anything anywhere.
# No frame, vector, track, box, outfit or time of anybody may stand in a log or a vital: logs are kept for weeks, and
# most vitals go out. tests/walls/test_said.py fails where the code has any other way out than these.
"""


def ways_of_code() -> list[str]:
    """Each as `file: kind: what`, in the order of the files."""
    files = [file for file in sorted(CODE.rglob("*.py")) if file.relative_to(CODE).parts[0] not in OFFLINE]
    return [f"{file.relative_to(CODE)}: {way}" for file in files for way in ways_of_file(file)]


def ways_of_file(file: Path) -> Iterator[str]:
    calls = calls_in(file)
    for call in calls:
        if is_log(call):
            yield f"log: {filled(call.args)}"
    for call in calls:
        if isinstance(call.func, ast.Attribute) and is_figures(call.func):
            yield from (f"vital: {word.arg or '**'} = {ast.unparse(word.value)}" for word in call.keywords)
    names = {name_of(call) for call in calls}
    names = (names & WRITING) | ({"open"} if any(map(opens_for_writing, calls)) else set())
    if names:
        yield f"writes: {', '.join(sorted(names))}"


def calls_in(file: Path) -> list[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def name_of(call: ast.Call) -> str:
    named = call.func
    return named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""


def is_log(call: ast.Call) -> bool:
    """Whether a call writes to a log, by its name, whatever the logger is called; or to systemd's line of status."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, owner = call.func.attr, ast.unparse(call.func.value)
    return name in LEVELS or (name == "log" and "log" in owner) or (name, owner) == ("status", "notify")


def is_figures(named: ast.Attribute) -> bool:
    """Whether the owner of vision's vitals is told something."""
    return named.attr in {"set", "fail"} and "figures" in ast.unparse(named.value)


def opens_for_writing(call: ast.Call) -> bool:
    """By a mode that is none for reading; os.open() has none, and counts."""
    if name_of(call) not in {"open", "fdopen"}:
        return False
    words = [word for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    modes = [str(word.value) for word in words if re.fullmatch("[rwxabt+]{1,3}", str(word.value))]
    own = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os"
    return own or any(set(mode) & set("wxa+") for mode in modes)


def filled(words: list[ast.expr]) -> str:
    """The line with the expressions of the code in its holes; a level before it is left out."""
    texts = [word.value if isinstance(word, ast.Constant) else None for word in words[:2]]
    place = next((place for place, text in enumerate(texts) if isinstance(text, str)), None)
    if place is None:
        return "{" + ", ".join(map(ast.unparse, words)) + "}"
    holes = iter(words[place + 1 :])
    text = HOLE.sub(lambda _: "{" + ast.unparse(next(holes)) + "}", str(texts[place]))
    assert next(holes, None) is None, f"more expressions than holes: {text}"
    return text


def known_ways() -> list[str]:
    """What people have read."""
    return [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@lru_cache(maxsize=1)
def patterns() -> list[re.Pattern[str]]:
    """Of the lines of log that are known by their words."""
    said = [line.split(": ", 2)[2] for line in known_ways() if ": log: " in line]
    pieces = [FILLED.split(line) for line in said]
    known = [line for line in pieces if sum(map(len, line)) >= LEAST_KNOWN]
    return [*map(re.compile, UVICORN), *(re.compile(".{1,160}".join(map(re.escape, line))) for line in known)]


def unknown_lines(process: str, log: str) -> list[str]:
    """Lines of a process's log that are none of the list, or too long, or hold too many figures."""
    return [line for line in log.splitlines() if not is_known(line, process)]


def is_known(line: str, process: str) -> bool:
    fits = len(line) <= LONGEST and sum(map(str.isdigit, line)) <= MOST_DIGITS
    own, said = line.startswith(f"{process}: "), line.removeprefix(f"{process}: ")
    return fits and own and any(pattern.fullmatch(said) for pattern in patterns())


if __name__ == "__main__":
    LIST.write_text(HEAD + "".join(f"{way}\n" for way in ways_of_code()), encoding="utf-8")
