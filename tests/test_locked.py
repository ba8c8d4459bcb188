"""What a user without root is told of folders of others: one line with the cure, by every verb that opens something."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from appliance.errors import OWNER, told_in_a_line
from tests.command import Done, booth
from tests.uplink.authority import Authority

ROOT = Path(__file__).parents[1]
NOBODY = 65534
STICK = ("provision", "--city", "new-york", "--broker", "mqtts://broker.example:8883")
ONE = (*STICK, "--booth", "booth-1", "--without-sign")
TABLE = (*STICK, "--without-sign", "--ca", "{open}/ca.crt", "--batch", "{open}/table.csv")
VERBS = {
    "provision by an authority": (*ONE, "{open}", "--authority", "{locked}/city"),
    "provision a stick": (*ONE, "{locked}/stick", "--ca", "{open}/ca.crt"),
    "provision a table": (*TABLE, "{locked}/sticks"),
    "provision sign": ("provision", "sign", "{locked}/stick", "--authority", "{open}"),
    "provision show": ("provision", "show", "{locked}/stick"),
    "watch": ("watch", "--broker", "mqtts://broker.example:8883", "--ca", "{locked}/ca.crt"),
    "update keys": ("update", "keys", "{locked}/keys"),
    "update init": ("update", "init", "{locked}/site", "--keys", "{open}/keys"),
    "update bundle": ("update", "bundle", "{locked}/tree", "{open}/booth.tar.gz"),
    "update publish": (
        "update",
        "publish",
        "{locked}/site",
        "{locked}/booth.tar.gz",
        "--keys",
        "{open}/keys",
    ),
    "update renew": ("update", "renew", "{locked}/site", "--keys", "{open}/keys"),
    "update rotate": ("update", "rotate", "{open}", "--role", "root", "--remove", "{locked}/root-1.pub"),
    "learn": ("learn", "{locked}/street.mp4", "--bank", "{open}/street.bank"),
    "score": ("score", "{locked}/photo.jpg", "--bank", "{open}/street.bank"),
    "bank": ("bank", "show", "{locked}/street.bank"),
    "trends": ("trends", "report", "{locked}"),
    "logbook": ("logbook", "--config", "{open}/booth.yaml"),
}


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Path]]:
    """A folder that may be used, and one inside it that belongs to somebody else; not pytest's, which hides its own."""
    home = Path(tempfile.mkdtemp(prefix="booth-locked-"))
    home.chmod(0o755)
    made = {"open": home / "open", "locked": home / "locked"}
    for folder in made.values():
        folder.mkdir()
    Authority(made["open"])
    (made["open"] / "table.csv").write_text("booth\nbooth-1\n")
    (made["open"] / "booth.yaml").write_text(f"folders: {{state: {made['locked']}/state}}\n")
    made["open"].chmod(0o777)
    with somebody():
        booth("update", "keys", made["open"] / "keys")
    made["locked"].chmod(0o700 if os.geteuid() == 0 else 0)
    yield made
    made["locked"].chmod(0o700)
    shutil.rmtree(home)


@contextmanager
def somebody() -> Iterator[None]:
    """Whoever runs the tests, but never root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def say(places: dict[str, Path], *words: str) -> Done:
    with somebody():
        if not os.access(ROOT / "appliance" / "errors.py", os.R_OK, effective_ids=True):
            pytest.skip(f"{ROOT} can only be read by root")
        return booth(*(word.format(**places) for word in words))


@pytest.mark.parametrize("verb", VERBS)
def test_a_locked_folder_is_told_in_one_line_by(verb: str, places: dict[str, Path]) -> None:
    done = say(places, *VERBS[verb])
    assert done.code == 1
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith("booth: "), done.err
    assert str(places["locked"]) in done.err
    assert "; " in done.err


def test_the_cure_of_what_belongs_to_another_is_to_be_that_user(places: dict[str, Path]) -> None:
    done = say(places, "update", "init", "{locked}/site", "--keys", "{open}/keys")
    assert done.err.endswith(
        "/locked/site/metadata: Permission denied; be the user that owns it: sudo, or su USER\n"
    )


def test_sticks_of_a_table_do_not_go_into_a_file(places: dict[str, Path]) -> None:
    done = say(places, *TABLE, "{open}/table.csv")
    assert done.err.startswith(f"booth: {places['open']}/table.csv: no folder can be made there; ")


@pytest.mark.skipif(
    os.geteuid() == 0, reason="root may read every file; the libraries ask for who began the tests"
)
def test_a_locked_bank_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    bank = tmp_path / "street.bank"
    bank.touch(mode=0)
    assert booth("bank", "show", bank).err == f"booth: {bank}: cannot be read; {OWNER}\n"


def test_a_locked_folder_of_photos_is_not_taken_for_an_empty_one(places: dict[str, Path]) -> None:
    done = say(places, "learn", "{locked}", "--bank", "{open}/street.bank")
    assert done.err == f"booth: {places['locked']}: Permission denied; {OWNER}\n"


def ways_to_name_a_file() -> Iterator[tuple[str, str]]:
    """Every parameter of a verb that is a path: where it is written, and what Typer is told of it."""
    for file in (ROOT / "appliance" / "__main__.py", *(ROOT / "appliance" / "commands").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated":
                kind, way = map(ast.unparse, cast(ast.Tuple, node.slice).elts)
                if "Path" in kind:
                    yield f"{file.name}:{node.lineno}", way


def test_a_file_that_may_not_be_read_is_no_wrong_use_to_any_verb() -> None:
    ways = dict(ways_to_name_a_file())
    assert len(ways) > 50
    assert [
        where for where, way in ways.items() if not way.startswith(("file_option(", "file_argument("))
    ] == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; free space there"),
        (OSError(errno.EIO, "Input/output error", "/media/stick"), "/media/stick: Input/output error; check its cable"),
        (FileNotFoundError(errno.ENOENT, "No such file", "openssl"), "openssl: No such file; name one that is there"),
    ],
)  # fmt: skip
def test_what_a_person_can_mend_is_told_with_its_cure(
    error: OSError, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, told_in_a_line("release"):
        raise error
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(f"release: {line}")


@pytest.mark.parametrize(
    "fault", [ValueError("x"), ConnectionResetError(errno.ECONNRESET, "reset"), KeyError("x")]
)
def test_a_fault_of_the_program_keeps_its_traceback(fault: Exception) -> None:
    with pytest.raises(type(fault)), told_in_a_line():
        raise fault
