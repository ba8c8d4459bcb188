"""`booth provision`: words of a technician or a city team in; sticks, and what to do with them, out."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from appliance.config_file import CITIES, parse_mapping, read_text
from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.provision.authority import Authority
from appliance.provision.batch import fixed_from_words, wishes_from_table
from appliance.provision.format import formatted
from appliance.provision.making import (
    Wish,
    clear_stick,
    make_asking,
    make_keyed,
    make_signed,
    requested_key,
    sign_stick,
    write_parcel,
)
from appliance.provision.manifest import first_fault
from appliance.provision.network import Network
from appliance.provision.parcel import Parcel, read_parcel
from appliance.provision.stick import Stick
from appliance.provision.zones import zone_of_city

Maker = Callable[[Wish], Parcel]
MOST_FILE_BYTES = 256 * 1024


@dataclass(frozen=True)
class Given:
    """Where the sticks go, and how."""

    folder: Path | None
    device: Path | None
    batch: Path | None
    overwrite: bool = False
    again: bool = False
    request: bool = False


def make_sticks(
    given: Given,
    papers: Mapping[str, Path | None],
    *,
    city: str,
    booth: str,
    broker: str,
    network: tuple[str | None, str, str],
    config: Path | None,
    update_root: Path | None,
    timezone: str | None,
    serial: str | None,
    camera_login: Path | None,
    days: float,
) -> None:
    """Make one, or one for each row of a table. Raises BoothError for the first thing that cannot be."""
    check_use(given, city, booth, broker)
    settings = parse_mapping(config, read_text(config)) if config else {}
    wish = Wish(
        city,
        booth,
        broker,
        timezone or zone_of_city(city, CITIES),
        authority_text(papers),
        days,
        network_from_words(*network),
        passphrase_for(network[0]),
        text_of(camera_login).strip() if camera_login else None,
        settings,
        root_from_file(update_root),
        serial,
    )
    maker = maker_from_papers(given, papers)
    if given.batch is None:
        make_one(given, wish, maker)
        return
    if given.folder is None or papers["cert"]:
        raise BoothError(
            "--batch: name a folder for the sticks, and --authority, --request or nothing for the keys"
        )
    # All rows are read before the first stick is made: a mistake in the last one leaves nothing half done.
    for each in list(wishes_from_table(given.batch, wish)):
        make_one(replace(given, folder=given.folder / each.booth), each, maker)


def check_use(given: Given, city: str, booth: str, broker: str) -> None:
    """Raises BoothError for words that do not go together."""
    missing = [name for name, value in (("--city", city), ("--broker", broker)) if not value]
    if missing or bool(booth) == (given.batch is not None):
        raise BoothError("provision: say --city, --broker, and either --booth or --batch; --help shows all")
    if (given.folder is None) == (given.device is None):
        raise BoothError("provision: say where the stick is mounted, or --device to format one")


def maker_from_papers(given: Given, papers: Mapping[str, Path | None]) -> Maker:
    """How the booth comes to its key. Raises BoothError for two ways at once."""
    folder, cert, key = papers["authority"], papers["cert"], papers["key"]
    ways = [given.request, folder is not None, cert is not None or key is not None]
    if sum(ways) > 1:
        raise BoothError("provision: one of --request, --authority, or --cert with --key")
    if folder is not None:
        authority = Authority(folder)
        return lambda wish: make_signed(wish, authority, read_clock(), again=given.again)
    if cert is None and key is None:
        return lambda wish: make_asking(wish, read_clock())
    if cert is None or key is None:
        raise BoothError("provision: --cert and --key go together")
    certificate, secret = text_of(cert), text_of(key).encode()
    return lambda wish: make_keyed(wish, certificate, secret, read_clock())


def make_one(given: Given, wish: Wish, maker: Maker) -> None:
    """One stick, and what to do with it. Raises BoothError."""
    if given.device is not None:
        with formatted(given.device) as folder:
            fill(Stick(folder), wish, maker, overwrite=True)
        print(f"stick      {given.device}: pull it out, plug it into {wish.city}/{wish.booth}")
        return
    folder = given.folder or Path()
    if given.batch is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    parcel = fill(Stick(folder), wish, maker, overwrite=given.overwrite)
    print(
        f"stick      {folder}: {parcel.manifest.name}, until {parcel.manifest.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    print(f"next       {next_step(parcel)}")


def fill(stick: Stick, wish: Wish, maker: Maker, *, overwrite: bool) -> Parcel:
    """Everything is made and checked before the stick is touched, so that what fails leaves it as it was."""
    parcel = maker(wish)
    clear_stick(stick, overwrite=overwrite)
    write_parcel(stick, parcel)
    return parcel


def next_step(parcel: Parcel) -> str:
    """For the technician."""
    if parcel.manifest.certificate is None:
        return "plug it into the booth, then `booth provision sign` it here, then into the booth again"
    return "plug it into the booth; it holds a private key until the booth has taken it"


def sign_request(folder: Path, authority: Path | None, cert: Path | None, *, again: bool, yes: bool) -> None:
    """Answer a request. Raises BoothError, also when the two keys were not the same."""
    if (authority is None) == (cert is None):
        raise BoothError("provision sign: say --authority FOLDER, or --cert FILE that was signed elsewhere")
    stick = Stick(folder)
    parcel = read_parcel(stick)
    print(f"request    {parcel.manifest.name}, key {requested_key(stick, parcel.manifest)}")
    if not yes and not confirmed("does the booth's display show this key? [y/N] "):
        raise BoothError("request.csr: not this booth's; plug the stick in there again, nothing was signed")
    signer = Authority(authority) if authority else None
    sign_stick(stick, parcel, signer, text_of(cert) if cert else None, again=again)
    print(f"signed     {folder}: plug it into {parcel.manifest.name} again")


def confirmed(question: str) -> bool:
    """A person's yes; no where nobody sits."""
    if not sys.stdin.isatty():
        return False
    return input(question).strip().lower() in ("y", "yes")


def authority_text(papers: Mapping[str, Path | None]) -> str:
    """ca.crt of the booths. Raises BoothError where nobody says whose."""
    if papers["ca"] is not None:
        return text_of(papers["ca"])
    if papers["authority"] is not None:
        return Authority(papers["authority"]).certificate
    raise BoothError("provision: --ca ca.crt says whom the booth believes; the city team has it")


def network_from_words(wifi: str | None, security: str, ethernet: str) -> Network:
    """Raises BoothError naming the option."""
    fixed = None
    if ethernet != "dhcp":
        address, gateway, dns = (*ethernet.split(","), "", "")[:3]
        fixed = fixed_from_words("--ethernet", {"address": address, "gateway": gateway, "dns": dns})
    try:
        values: dict[str, Any] = {"wifi": {"ssid": wifi, "security": security} if wifi else None}
        return Network.model_validate(values).model_copy(update={"fixed": fixed})
    except ValidationError as error:
        raise BoothError(f"--wifi: {first_fault(error)}") from None


def passphrase_for(wifi: str | None) -> str | None:
    """Asked for without echo, or the first line of stdin; never a word of the command line, which others see."""
    if not wifi:
        return None
    if sys.stdin.isatty():
        return getpass.getpass(f"passphrase of {wifi!a}: ")
    return sys.stdin.readline().rstrip("\r\n")


def root_from_file(file: Path | None) -> Mapping[str, Any] | None:
    """The root of TUF. Raises BoothError for what is none."""
    if file is None:
        return None
    try:
        values = json.loads(text_of(file))
        fits = values["signed"]["_type"] == "root"
    except (ValueError, LookupError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise BoothError(f"{file}: no root of TUF; the city team has root.json")
    return dict(values)


def text_of(file: Path) -> str:
    """A small text. Raises BoothError, which never quotes it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; name a file that can be read") from None
    if len(content) > MOST_FILE_BYTES:
        raise BoothError(f"{file}: larger than {MOST_FILE_BYTES} bytes; name another file")
    try:
        return content.decode("ascii")
    except ValueError:
        raise BoothError(f"{file}: not ASCII; name a file in PEM or JSON") from None
