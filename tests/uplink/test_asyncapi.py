"""The AsyncAPI document before the official parser: as files and as one, and the parser's no is heard."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.uplink.papers import DOCUMENT, copy_papers, text_from_document, whole_document

HERE = Path(__file__).parent / "asyncapi"
Parse = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def parse() -> Parse:
    """The parser on one file; skips where `make setup-test` could not bring it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "booth" / "asyncapi"
    folder = cache / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not folder.is_dir():
        pytest.skip("the AsyncAPI parser is not installed; it needs node 18 and npm, then: make setup-test")
    command = ["node", str(HERE / "validate.mjs"), str(folder)]
    return lambda file: subprocess.run(
        [*command, file], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_files_that_refer_to_each_other_are_taken(parse: Parse, tmp_path: Path) -> None:
    copy_papers(tmp_path)
    done = parse(tmp_path / DOCUMENT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 channels, 8 operations, 8 messages" in done.stdout
    assert "warning" not in done.stdout


@pytest.mark.parametrize("as_json", [False, True])
def test_the_whole_document_is_taken_alone(parse: Parse, tmp_path: Path, as_json: bool) -> None:
    file = tmp_path / "alone"
    file.write_text(text_from_document(whole_document(), as_json=as_json), encoding="utf-8")
    done = parse(file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 channels, 8 operations, 8 messages" in done.stdout
    assert "warning" not in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("action: send", "action: shout"),
        ("'#/channels/reply'", "'#/channels/nowhere'"),
        ("pattern: ^[ -~]*$", "pattern: 7"),
    ],
)
def test_a_broken_document_is_refused(parse: Parse, tmp_path: Path, right: str, wrong: str) -> None:
    text = text_from_document(whole_document(), as_json=False)
    assert right in text
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    done = parse(file)
    assert done.returncode == 1, done.stdout
    assert "error" in done.stdout


def test_a_schema_file_that_is_missing_is_an_error(parse: Parse, tmp_path: Path) -> None:
    copy_papers(tmp_path)
    (tmp_path / "trend.json").unlink()
    assert parse(tmp_path / DOCUMENT).returncode == 1
