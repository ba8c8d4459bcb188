"""Pins what the environment installs: pyproject.toml goes in, constraints for Python 3.10 to 3.12 come out.

usage: python3.11 lock.py OUTPUT; python3.10, python3.11 and python3.12 with pip must be on the PATH.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

VERSIONS = ("3.10", "3.11", "3.12")
HEADER = """\
# Exact versions that setup installs, as constraints; made by `make lock` from pyproject.toml, not by hand.
# Packages that only some Python versions need, or need in another version, carry a marker.
"""


def resolved(version: str, requirements: list[str]) -> dict[str, str]:
    """Return package -> version as pip of one Python chooses them on an empty machine."""
    command = [f"python{version}", "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed",
               "--only-binary=:all:", "--report", "-", *requirements]  # fmt: skip
    try:
        report = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            f"lock: python{version} with pip on the PATH could not resolve the packages ({error.args[0]})"
        )
    found = [entry["metadata"] for entry in json.loads(report)["install"]]
    return {entry["name"].lower().replace("_", "-"): entry["version"] for entry in found}


def lock_text(tables: dict[str, dict[str, str]]) -> str:
    """Return constraint lines: one per package where all Pythons agree, else one per Python."""
    lines = []
    for name in sorted({name for table in tables.values() for name in table}):
        chosen = {version: table.get(name) for version, table in tables.items()}
        if len(set(chosen.values())) == 1:
            lines.append(f"{name}=={next(iter(chosen.values()))}")
            continue
        lines += [f'{name}=={pin} ; python_version == "{v}"' for v, pin in chosen.items() if pin]
    return HEADER + "\n".join(lines) + "\n"


def main() -> None:
    """Resolve for every Python and write the file."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    requirements = project["dependencies"] + [
        r for extra in project["optional-dependencies"].values() for r in extra
    ]
    tables = {version: resolved(version, requirements) for version in VERSIONS}
    Path(sys.argv[1]).write_text(lock_text(tables))


if __name__ == "__main__":
    main()
