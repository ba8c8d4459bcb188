"""Versions: a text such as 0.2.0rc1 in; what sorts as pip sorts it, here and for dpkg, or why it is none, out."""

from __future__ import annotations

import math
import re

PATTERN = re.compile(
    r"(?P<release>[0-9]{1,6}(?:\.[0-9]{1,6}){0,4})"
    r"(?:(?P<stage>a|b|rc)(?P<number>[0-9]{1,6}))?"
    r"(?:\.post(?P<post>[0-9]{1,6}))?"
    r"(?:\.dev(?P<dev>[0-9]{1,6}))?"
)
"The normal form of PEP 440 without epoch and local part; always a safe name for a folder."
STAGES = {"a": 0, "b": 1, "rc": 2}
Key = tuple[tuple[int, ...], tuple[int, int], int, float]


def is_version(text: str) -> bool:
    """Whether `text` is one."""
    return PATTERN.fullmatch(text) is not None


def version_key(text: str) -> Key:
    """What versions are compared by: 1.0 equals 1.0.0, 1.0rc1 comes before 1.0. Raises ValueError."""
    found = PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no version; write it as 0.2.0 or 0.2.0rc1")
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return tuple(release), _stage(found), int(found["post"] or -1), float(found["dev"] or math.inf)


def is_newer(one: str, other: str) -> bool:
    """Whether `one` comes after `other`; anything comes after what is no version. Raises ValueError for `one`."""
    key = version_key(one)
    return not is_version(other) or key > version_key(other)


def debian_version(text: str) -> str:
    """The same for dpkg, which then sorts as pip does: 0.2.0rc1 is 0.2.0~rc1 there. Raises ValueError.

    To dpkg a tilde comes before the end, and letters before a full stop, see deb-version(7). So a post release is
    written `+rev`: `.post` would come after 0.2.0.1, and `+post` before the `+py310` that ends a package's version.
    """
    version_key(text)
    found = PATTERN.fullmatch(text)
    assert found, "version_key would have said so"
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 3 and release[-1] == 0:
        release.pop()
    # 1.2 and 1.2.0 are the same to pip, and not to dpkg.
    words = [".".join(map(str, [*release, 0, 0][: max(3, len(release))]))]
    if found["stage"]:
        words.append(f"~{found['stage']}{int(found['number'])}")
    if found["post"]:
        words.append(f"+rev{int(found['post'])}")
    if found["dev"]:
        before_all = not found["stage"] and not found["post"]
        words.append(f"{'~~' if before_all else '~'}dev{int(found['dev'])}")
    return "".join(words)


def _stage(found: re.Match[str]) -> tuple[int, int]:
    """Of a pre-release; 1.0.dev1 comes before 1.0a1, and 1.0 after 1.0rc9."""
    if found["stage"]:
        return STAGES[found["stage"]], int(found["number"])
    return (-1, 0) if found["dev"] and not found["post"] else (len(STAGES), 0)
