"""A stick's raw bytes: after a booth has used it, no secret is in any sector of it, whichever way it was mounted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from appliance.provision.filling import clear_stick, write_parcel
from appliance.provision.network import Network, Wifi
from appliance.provision.parcel import Parcel
from appliance.provision.stick import MANIFEST, RESULT, USED, Stick
from tests.provision.builders import Booth, City
from tests.provision.images import WAYS, mounted_image, new_image, tool

PASSPHRASE = "a passphrase of nobody"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def secrets_of(parcel: Parcel) -> list[bytes]:
    """Every line of the key, and the others."""
    lines = [line for line in (parcel.key or b"").splitlines() if b"-----" not in line]
    assert len(lines) > 1
    return [*lines, (parcel.wifi or "").encode(), (parcel.login or "").encode()]


def parcel_with_secrets(city: City) -> Parcel:
    wifi = Network(wifi=Wifi(ssid="street", security="wpa3"))
    return city.keyed(city.wish(network=wifi, passphrase=PASSPHRASE, login="admin:of-a-camera"))


def found(image: Path, secrets: list[bytes]) -> list[bytes]:
    raw = image.read_bytes()
    return [secret for secret in secrets if secret in raw]


def test_no_sector_of_a_used_stick_holds_a_secret(booth: Booth, city: City, tmp_path: Path, way: str) -> None:
    image, parcel = new_image(tmp_path / "stick.img", way), parcel_with_secrets(city)
    secrets = secrets_of(parcel)
    with mounted_image(image, tmp_path / "mnt", way) as folder:
        write_parcel(Stick(folder), parcel)
    assert found(image, secrets) == secrets, "the search finds what is there"
    with mounted_image(image, tmp_path / "mnt", way) as folder:
        outcome = booth.plug(Stick(folder))
        assert outcome.kind == "applied"
        assert "could not be wiped" not in outcome.line
        assert {path.name for path in folder.iterdir()} >= {USED, RESULT}
    assert found(image, secrets) == []
    assert found(image, [b"mqtts://broker.example", b"BEGIN CERTIFICATE"]) == [], "nor anything else of it"


def test_a_stick_that_is_made_anew_keeps_nothing_of_the_last_one(
    city: City, tmp_path: Path, way: str
) -> None:
    image, first = new_image(tmp_path / "stick.img", way), parcel_with_secrets(city)
    with mounted_image(image, tmp_path / "mnt", way) as folder:
        write_parcel(Stick(folder), first)
        clear_stick(Stick(folder))
        write_parcel(Stick(folder), city.keyed(city.wish("other")))
    assert found(image, secrets_of(first)) == []


def test_a_refused_stick_is_left_as_it_was(booth: Booth, city: City, tmp_path: Path, way: str) -> None:
    image = new_image(tmp_path / "stick.img", way)
    parcel = city.keyed(city.wish(serial=None))
    with mounted_image(image, tmp_path / "mnt", way) as folder:
        write_parcel(Stick(folder), parcel)
        Stick(folder).write(MANIFEST, parcel.content[:-20])
        assert booth.plug(Stick(folder)).kind == "refused"
    assert found(image, secrets_of(parcel)) == secrets_of(parcel)


def test_a_laptop_may_fill_an_image_without_mounting_it(booth: Booth, city: City, tmp_path: Path) -> None:
    """As a city team that writes many sticks does: mtools puts the folder on it."""
    mcopy = tool("mcopy", "mtools")
    image, stick = new_image(tmp_path / "stick.img", "kernel"), city.keyed_stick()
    files = sorted(map(str, stick.folder.iterdir()))
    subprocess.run([mcopy, "-i", str(image), *files, "::"], check=True, capture_output=True, timeout=60)
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(
        [mcopy, "-n", "-i", str(image), "::*", str(out)], check=True, capture_output=True, timeout=60
    )
    assert {path.name for path in out.iterdir()} == {Path(name).name for name in files}
    assert booth.plug(Stick(out)).kind == "applied"
