"""axe-core in a page: a page of a real browser goes in, what a screen reader or a keyboard stumbles over comes out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

PINS = Path(__file__).parent / "axe" / "package-lock.json"
GRAVE = ("serious", "critical")


def find_axe() -> Path | None:
    """Its script in the cache of downloads; None where `make setup-test` could not bring it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "booth" / "axe"
    digest = hashlib.sha256(PINS.read_bytes()).hexdigest()[:16]
    script = cache / digest / "node_modules" / "axe-core" / "axe.min.js"
    return script if script.is_file() else None


def grave_findings(page: Page, script: Path) -> list[str]:
    """Rule and place of each serious or critical finding; by the developer's door, which the page's rules allow."""
    page.evaluate(script.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html'][:100]}: {node.get('failureSummary', '')[:160]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
