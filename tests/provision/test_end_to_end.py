"""A stick is made on a laptop, a booth takes it, and a backend hears the booth say so over mutual TLS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from appliance.uplink.broker import find_mosquitto
from tests.provision.street import Street, command, first, said_by, street

pytestmark = pytest.mark.skipif(
    not (find_mosquitto() and shutil.which("openssl") and shutil.which("dpkg-query")),
    reason="needs Debian's mosquitto and openssl",
)


@pytest.fixture
def city() -> Iterator[Street]:
    with street() as made:
        yield made


def is_there(values: dict[str, object]) -> bool:
    """A booth without vision is not online, but it talks."""
    return values["state"] != "offline"


def test_the_status_says_what_the_stick_did(city: Street) -> None:
    city.make_stick("--authority", city.broker)
    line = city.plug().strip()
    with city.backend() as backend:
        backend.subscribe("booth/v1/#")
        with city.running("uplink"):
            status = first(backend, "status", is_there)
    assert status["provision"] == line
    assert line.startswith("applied: new-york/desk at ")
    assert status["certificate"] == "ok"


def test_a_key_that_never_left_the_booth_lets_it_in_too(city: Street) -> None:
    city.make_stick("--ca", city.broker / "pki/ca.crt")
    city.plug()
    said_by(*command("provision", "sign", city.stick, "--authority", city.broker, "--yes"))
    city.plug()
    result = json.loads((city.stick / "result.json").read_text())
    assert result["outcome"] == "applied"
    with city.backend() as backend:
        backend.subscribe("booth/v1/#")
        with city.running("uplink"):
            assert first(backend, "status", is_there)["publishing"] == "ok"
