"""What the tests of engines share: the packages of the children that write networks anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import default_cache
from engines.rewrite import onnx_tools


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with the packages, brought once into this machine's own cache; skips where that fails."""
    try:
        with default_cache().lock():
            return onnx_tools(default_cache())
    except BoothError as error:
        pytest.skip(str(error))
