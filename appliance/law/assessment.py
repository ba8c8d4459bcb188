"""A signed assessment: its file, hash and city in, nothing or why it does not hold out. Fail closed.

The file is text: a head of `key: value` lines between two lines `---`, then the assessment itself, for people. The hash
in the settings binds both, so that whoever changes a word has to sign anew.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from appliance.config.duties import Law

TEMPLATE = "deploy/cities/assessment-template.md"
SCHEMA = "assessment/1"
MOST_BYTES = 1 << 20
DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")


def why_not(law: Law, city: str) -> str:
    """Why the assessment that `law` names does not let `city` look at an open street; '' when it does. Never raises."""
    if law.assessment is None or law.assessment_sha256 is None:
        missing = "law.assessment" if law.assessment is None else "law.assessment_sha256"
        return f"{missing} is not set"
    content = content_of(law.assessment)
    if isinstance(content, str):
        return f"{law.assessment}: {content}"
    if hashlib.sha256(content).hexdigest() != law.assessment_sha256:
        return f"{law.assessment} is another file than the one that was signed, by its sha256"
    return next((f"{law.assessment}: {fault}" for fault in faults_of(head_of(content), city)), "")


def content_of(file: Path) -> bytes | str:
    """The bytes of the file, or why there are none."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "no file"
    return content if len(content) <= MOST_BYTES else f"longer than {MOST_BYTES} bytes"


def head_of(content: bytes) -> dict[str, str]:
    """The lines between the first two `---`; {} where there are none."""
    lines = content.decode("utf-8", "replace").splitlines()
    if "---" not in lines[1:] or lines[0] != "---":
        return {}
    pairs = (line.partition(":") for line in lines[1 : lines.index("---", 1)])
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def faults_of(head: dict[str, str], city: str) -> list[str]:
    """What is not as it has to be in the head of an assessment for `city`."""
    wanted = {"schema": SCHEMA, "city": city, "capture mode": "open-street", "decision": "approved"}
    faults = [f"'{key}' is not '{value}'" for key, value in wanted.items() if head.get(key) != value]
    if not DAY.fullmatch(head.get("signed on", "")):
        faults.append("'signed on' is no day, such as 2026-11-26")
    if not head.get("signed by"):
        faults.append("'signed by' names no role")
    return faults
