"""One real browser for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.display.field.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed at the end of the file: while it is open, nothing else may run an event loop in this thread."""
    with chromium() as launched:
        yield launched
