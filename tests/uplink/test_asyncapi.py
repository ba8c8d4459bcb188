"""The AsyncAPI document before the official parser: as files and as one, and the parser's no is heard."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from appliance.uplink.papers import DOCUMENT, copy_papers, text_from_document, whole_document

HERE = Path(__file__).parent / "asyncapi"
BROKEN = {
    "an action that there is not": ("action: send", "action: shout"),
    "a reference to nothing": ("'#/channels/reply'", "'#/channels/nowhere'"),
    "a pattern that is none": ("pattern: ^[ -~]*$", "pattern: 7"),
    "a quality of service of 3": ("qos: 1", "qos: 3"),
    "no version": ("asyncapi: 3.0.0", "asyncapi: 3"),
}


class Verdict(NamedTuple):
    """What the parser says of one document."""

    errors: list[str]
    warnings: list[str]
    holds: dict[str, int] | None
    "Channels, operations and messages; None where it was not taken."


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """Name of a document -> verdict, all by one run; skips where `make setup-test` could not bring the parser."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "booth" / "asyncapi"
    parser = cache / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not parser.is_dir():
        pytest.skip("the AsyncAPI parser is not installed; it needs node 18 and npm, then: make setup-test")
    files = documents(tmp_path_factory.mktemp("documents"))
    command = ["node", str(HERE / "validate.mjs"), str(parser), *map(str, files.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: verdict(line) for name, line in zip(files, lines, strict=True)}


def documents(folder: Path) -> dict[str, Path]:
    """The files, the whole as YAML and JSON, and what is wrong with it on purpose."""
    copy_papers(folder / "files")
    copy_papers(folder / "torn")
    (folder / "torn" / "trend.json").unlink()
    files = {"files": folder / "files" / DOCUMENT, "a file that is missing": folder / "torn" / DOCUMENT}
    text = text_from_document(whole_document(), as_json=False)
    texts = {"yaml": text, "json": text_from_document(whole_document(), as_json=True)}
    for name, (right, wrong) in BROKEN.items():
        assert right in text
        texts[name] = text.replace(right, wrong, 1)
    for number, (name, content) in enumerate(texts.items()):
        files[name] = folder / f"{number}.txt"
        files[name].write_text(content, encoding="utf-8")
    return files


def verdict(line: dict[str, Any]) -> Verdict:
    def of(severity: str) -> list[str]:
        return [f"{place}: {text}" for kind, place, text in line["told"] if kind == severity]

    return Verdict(of("Error"), of("Warning"), line["holds"])


@pytest.mark.parametrize("name", ["files", "yaml", "json"])
def test_the_parser_takes_the_contract(verdicts: dict[str, Verdict], name: str) -> None:
    assert verdicts[name] == Verdict([], [], {"channels": 8, "operations": 8, "messages": 8})


@pytest.mark.parametrize("name", [*BROKEN, "a file that is missing"])
def test_the_parser_refuses_what_is_broken(verdicts: dict[str, Verdict], name: str) -> None:
    assert verdicts[name].errors
