"""What the READMEs tell a stranger to type, against the program: commands, options, make verbs and tests are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from appliance.__main__ import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READMES = sorted(
    path
    for path in (ROOT / "README.md", *ROOT.glob("deploy/**/README.md"), *ROOT.glob("appliance/**/README.md"))
    if ".venv" not in path.parts
)
COMPLAINTS = (
    "flash hangs without a reason",
    "engine does not fit after an upgrade",
    "slow first start looks dead",
    "camera offline unnoticed, old frame shown",
    "Argus and GStreamer wedge",
    "retry storm",
    "events lost on reboot or disconnect",
    "wrong clock, TLS fails",
    "update stuck or silently dropped",
    "power loss",
)
PROGRAM: Any = typer.main.get_command(app)


def typed(text: str) -> Iterator[str]:
    """Everything that is to be typed: between backticks, and the lines of indented blocks without their remarks."""
    yield from re.findall(r"`([^`\n]+)`", text)
    yield from (line.partition("   #")[0] for line in re.findall(r"^ {4}(.*)$", text, re.MULTILINE))


def commands(text: str) -> Iterator[list[str]]:
    """Words behind each `booth`, however it is called."""
    for line in typed(text):
        found = re.match(r"(?:\$ )?(?:sudo )?(?:\.venv/bin/)?booth ([a-z].*)$", line.strip())
        if found:
            yield found[1].split()


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words call, and those that are left for it. Raises LookupError for none."""
    command = PROGRAM
    while hasattr(command, "commands"):
        if words and words[0] in command.commands:
            command, words = command.commands[words[0]], words[1:]
        elif "make" in command.commands:  # `booth provision FOLDER`
            command = command.commands["make"]
        else:
            raise LookupError(words[0] if words else "")
    return command, words


def options_of(command: Any) -> set[str]:
    return {"--help", *(name for option in command.params for name in (*option.opts, *option.secondary_opts))}


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_readme_is_one_of_the_program(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for words in commands(text):
        if len(words) == 1 and hasattr(PROGRAM.commands.get(words[0]), "commands"):
            continue  # a family, spoken of as a whole
        command, rest = resolved(words)
        named = {word.partition("=")[0].rstrip(";:,.") for word in rest if re.match(r"--[a-z]", word)}
        assert named <= options_of(command), f"booth {' '.join(words)}"


def test_the_commands_are_found_at_all() -> None:
    said = [words[0] for path in READMES for words in commands(path.read_text(encoding="utf-8"))]
    assert {"provision", "sign", "update", "watch", "doctor", "check-config", "learn"} <= set(said)
    with pytest.raises(LookupError):
        resolved(["provide", "/media/stick"])


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_verb_of_a_readme_is_in_the_makefile(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in typed(path.read_text(encoding="utf-8")):
        found = re.match(r"make ([a-z][a-z0-9-]*)\b", line)
        if found:
            assert re.search(rf"^{found[1]}:", makefile, re.MULTILINE), line


def rows() -> list[list[str]]:
    """Cells of the table of complaints."""
    table = README.split("**Ten complaints about such machines**")[1].split("\n\n")[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_all_ten_complaints_have_an_answer_and_what_shows_it() -> None:
    assert tuple(row[0] for row in rows()) == COMPLAINTS
    for complaint, answer, shown in rows():
        assert len(answer) > 40, complaint
        paths = [words for words in re.findall(r"`([^`]+)`", shown) if words.startswith("tests/")]
        modules = re.findall(r"`python -m ([\w.]+)`", shown)
        assert paths or modules or "make " in shown, complaint
        for path in (*paths, *(f"{module.replace('.', '/')}.py" for module in modules)):
            assert (ROOT / path).exists(), f"{complaint}: {path}"


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_readme_that_a_readme_sends_to_is_there(path: Path) -> None:
    for folder in re.findall(r"`((?:deploy|appliance)/[a-z/]+/)`", path.read_text(encoding="utf-8")):
        assert (ROOT / folder).is_dir(), folder
