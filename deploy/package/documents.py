"""What a package says of itself: a finished tree goes in; licences, parts list, changelog, contact, manual come out."""

from __future__ import annotations

import gzip
import shutil
import sys
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path

from sbom import sbom_text
from vendor import Target, Wheel

from appliance.update.version import debian_version
from engines.entries import read_manifest
from engines.shipping import shipped_models

DEBIAN = Path(__file__).resolve().parent / "debian"
COMMON = dict.fromkeys(("Apache 2.0", "Apache-2.0", "Apache-2.0 OR LGPL-2.1-or-later"), "Apache-2.0")
"What a package says without giving the text -> the text that every Debian has in /usr/share/common-licenses."
HEADER = (DEBIAN / "copyright.head").read_text(encoding="utf-8")


def write_documents(
    share: Path, tree: Path, target: Target, version: str, contact: str, wheels: list[Wheel], moment_s: int
) -> None:
    """Write them all into usr/share."""
    folder, manual = share / "doc/booth", share / "man/man1"
    (folder / "examples").mkdir(parents=True)
    manual.mkdir(parents=True)
    shutil.copyfile(DEBIAN / "booth.yaml", folder / "examples/booth.yaml")
    security = (DEBIAN / "SECURITY.md").read_text()
    (folder / "SECURITY.md").write_text(security.replace("@CONTACT@", contact))
    (folder / "copyright").write_text(copyright_text(tree, wheels))
    (folder / "sbom.cdx.json").write_text(sbom_text(tree, target, version, wheels, moment_s))
    news = changelog_text(package_version(version, target), target, contact, moment_s)
    (folder / "changelog.gz").write_bytes(packed(news))
    page = (DEBIAN / "booth.1").read_text().replace("@VERSION@", version)
    (manual / "booth.1.gz").write_bytes(packed(page))


def package_version(version: str, target: Target) -> str:
    """What dpkg orders by. Debian has another `booth` at 1.0: without an epoch an upgrade would bring that."""
    return f"1:{debian_version(version)}+{target.tag}"


def packed(text: str) -> bytes:
    """The text as gzip writes it without a time."""
    return gzip.compress(text.encode(), 9, mtime=0)


def copyright_text(tree: Path, wheels: Iterable[Wheel]) -> str:
    """Return Debian's machine-readable copyright file: the booth, its packages, its networks."""
    packages = [package_stanza(tree / "site-packages", wheel) for wheel in wheels]
    networks = [
        f"Files: usr/lib/booth/models/{model.name}-*\nCopyright: see the package {model.sources[0].name}\n"
        f"License: network-{model.name}\n {model.licence}; {model.purpose}.\n"
        for model in shipped_models(read_manifest())
    ]
    return "\n".join([HEADER, *packages, *networks])


def package_stanza(site: Path, wheel: Wheel) -> str:
    """What one package says of its owners and its licence, and where the text lies."""
    own = sorted({name.split("/")[0] for name in wheel.members() if not name.startswith("..")})
    places = [name for name in own if (site / name).exists()]
    texts = [f"/usr/lib/booth/site-packages/{path}" for path in licence_files(site, wheel)]
    texts = texts or [
        f"/usr/share/common-licenses/{COMMON[wheel.licence]}" for _ in [0] if wheel.licence in COMMON
    ]
    if not texts:
        sys.exit(
            f"documents: {wheel.path.name} brings no text of its licence ({wheel.licence}); name it in COMMON"
        )
    files = "\n ".join(
        f"usr/lib/booth/site-packages/{name}{'/*' if (site / name).is_dir() else ''}" for name in places
    )
    read = "\n ".join(["The text is in", *texts])
    licence = f"License: {wheel.name}-{wheel.version}\n {wheel.licence}.\n {read}"
    return f"Files: {files}\nCopyright: {wheel.owner}\n{licence}\n"


def licence_files(site: Path, wheel: Wheel) -> list[str]:
    """Return the texts that a package brings, below site-packages."""
    words = ("licen", "copying", "notice", "edl-v", "epl-v")
    named = [
        name for name in wheel.members() if any(word in name.rsplit("/", 1)[-1].lower() for word in words)
    ]
    return sorted(
        name for name in named if not name.endswith((".py", ".pyi", "/")) and (site / name).is_file()
    )


def changelog_text(version: str, target: Target, contact: str, moment_s: int) -> str:
    """Return a changelog of one entry: the project's own history says the rest."""
    return (
        f"booth ({version}) unstable; urgency=medium\n\n"
        f"  * The booth for Python {target.python} on {target.arch}.\n\n"
        f" -- {contact}  {formatdate(moment_s)}\n"
    )
