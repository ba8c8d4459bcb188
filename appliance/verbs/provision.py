"""`booth provision`: words of a technician or a city team in; sticks, and what to do with them, out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.provision.authority import Authority
from appliance.provision.batch import wishes_from_table
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
from appliance.provision.parcel import Parcel, moment_of, read_parcel
from appliance.provision.showing import parcel_lines, setting_lines
from appliance.provision.stick import Stick
from appliance.verbs.disclosures import lines_on_sign
from appliance.verbs.wishes import Words, certificates_of, text_of, wish_from_words

Maker = Callable[[Wish], Parcel]


def make_sticks(words: Words) -> None:
    """Make one, or one for each row of a table. Raises BoothError for the first thing that cannot be."""
    check_use(words)
    maker = maker_from_words(words)
    orders = orders_from_words(words)
    # All sticks of a table have one sign: their rows differ in name, device and address.
    said = lines_on_sign(orders[0][1], words.config, needed=not words.without_sign)
    for each, wish in orders:
        make_one(each, wish, maker)
    for line in said:
        print(line)


def orders_from_words(words: Words) -> list[tuple[Words, Wish]]:
    """Where each stick goes and what it brings; one at least. Raises BoothError.

    All rows of a table are read before the first stick is made: a mistake in the last one leaves nothing half done.
    """
    wish = wish_from_words(words)
    if words.batch is None:
        return [(words, wish)]
    if words.folder is None or words.cert:
        raise BoothError("--batch: name a folder for the sticks; their keys come by --authority or --request")
    wishes = list(wishes_from_table(words.batch, wish, moment_of(read_clock())))
    return [(replace(words, folder=words.folder / each.booth), each) for each in wishes]


def check_use(words: Words) -> None:
    """Raises BoothError for words that do not go together."""
    if not words.city or not words.broker or bool(words.booth) == (words.batch is not None):
        raise BoothError("provision: say --city, --broker, and either --booth or --batch; --help shows all")
    if (words.folder is None) == (words.device is None):
        raise BoothError("provision: say where the stick is mounted, or --device to format one")
    pair = words.cert is not None or words.key is not None
    if sum((words.request, words.authority is not None, pair)) > 1:
        raise BoothError("provision: one of --request, --authority, or --cert with --key")


def maker_from_words(words: Words) -> Maker:
    """How the booth comes to its key. Raises BoothError."""
    if words.authority is not None:
        authority = Authority(words.authority)
        return lambda wish: make_signed(wish, authority, read_clock(), again=words.again)
    if words.cert is None and words.key is None:
        return lambda wish: make_asking(wish, read_clock())
    if words.cert is None or words.key is None:
        raise BoothError("provision: --cert and --key go together")
    certificate, key = certificates_of(words.cert), text_of(words.key).encode()
    return lambda wish: make_keyed(wish, certificate, key, read_clock())


def make_one(words: Words, wish: Wish, maker: Maker) -> None:
    """One stick, and what to do with it. Raises BoothError."""
    if words.device is not None:
        with formatted(words.device) as folder:
            parcel = fill(Stick(folder), wish, maker, overwrite=True)
    else:
        folder = words.folder or Path()
        if words.batch is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        parcel = fill(Stick(folder), wish, maker, overwrite=words.overwrite)
    manifest = parcel.manifest
    print(
        f"stick      {words.device or folder}: {manifest.name}, until {manifest.expires_at:%Y-%m-%d %H:%M} UTC"
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
    # Whoever had the stick may have changed a word of it, and all of it is signed.
    for line in (*parcel_lines(stick, parcel), *setting_lines(parcel.manifest)):
        print(line)
    print(f"request    {parcel.manifest.name}, key {requested_key(stick, parcel.manifest)}")
    if not yes and not confirmed("is all of this right, and does the booth's display show this key? [y/N] "):
        raise BoothError(
            "request.csr: nothing was signed; compare its key with the booth's display, or say --yes"
        )
    signer = Authority(authority) if authority else None
    sign_stick(stick, parcel, signer, certificates_of(cert) if cert else None, again=again)
    print(f"signed     {folder}: plug it into {parcel.manifest.name} again")


def confirmed(question: str) -> bool:
    """A person's yes; no where nobody sits."""
    if not sys.stdin.isatty():
        return False
    return input(question).strip().lower() in ("y", "yes")
