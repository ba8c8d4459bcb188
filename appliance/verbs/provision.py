"""`booth provision`: words of a technician or a city team in; sticks, and what to do with them, out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from appliance.errors import BoothError, UseError
from appliance.health.clock import read_clock
from appliance.provision.authority import Authority
from appliance.provision.batch import wishes_from_table
from appliance.provision.contents import settings_from_text, text_of
from appliance.provision.filling import check_room, check_stick, put_on
from appliance.provision.format import formatted
from appliance.provision.label import hint_on_label
from appliance.provision.making import Wish, manifest_from_wish, requested_key, sign_stick
from appliance.provision.parcel import Parcel, moment_of, read_parcel
from appliance.provision.showing import camera_words, parcel_lines, setting_lines
from appliance.provision.stick import LABEL, Stick
from appliance.provision.update_root import require_update_root
from appliance.verbs.disclosures import lines_on_sign
from appliance.verbs.makers import Maker, maker_from_words
from appliance.verbs.wishes import Words, certificates_of, wish_from_words


def make_sticks(words: Words) -> None:
    """Make one, or one for each row of a table. Raises BoothError for the first thing that cannot be.

    All of them are looked at before the first is made: a mistake in the last row leaves nothing half done.
    """
    check_use(words)
    maker, orders = maker_from_words(words), orders_from_words(words)
    wish = orders[0][1]
    # All sticks of a table have one sign, one camera and one update: their rows differ in name, device and address.
    said = lines_on_sign(wish, words.config, needed=not words.without_sign)
    settings = settings_from_text(text_of(manifest_from_wish(wish, moment_of(read_clock()))))
    require_update_root(settings.update.url, wish.update_root)
    for _, each in orders:
        maker.check(each)
    hints = [hint for place, _ in orders if (hint := check_place(place)) is not None]
    for place, each in orders:
        make_one(place, each, maker)
    print(f"camera     {camera_words(wish.settings, settings.camera)}")
    for line in [*(f"label      {hint}" for hint in hints[:1]), *said]:
        print(line)


def orders_from_words(words: Words) -> list[tuple[Words, Wish]]:
    """Where each stick goes and what it brings; one at least. Raises BoothError."""
    if words.batch is None:
        return [(words, wish_from_words(words))]
    if words.folder is None or words.cert:
        raise UseError("--batch: name a folder for the sticks; their keys come by --authority or --request")
    wishes = list(wishes_from_table(words.batch, wish_from_words(words), moment_of(read_clock())))
    return [(replace(words, folder=words.folder / each.booth), each) for each in wishes]


def check_use(words: Words) -> None:
    """Raises UseError for words that do not go together."""
    if not words.city or not words.broker or bool(words.booth) == (words.batch is not None):
        raise UseError("provision: say --city, --broker, and either --booth or --batch; --help shows all")
    if (words.folder is None) == (words.device is None):
        raise UseError("provision: say where the stick is mounted, or --device to format one")
    pair = words.cert is not None or words.key is not None
    if sum((words.request, words.authority is not None, pair)) > 1:
        raise UseError("provision: one of --request, --authority, or --cert with --key")


def check_place(words: Words) -> str | None:
    """What to see to before a booth sees what lies there. Raises BoothError where no stick can be made."""
    if words.folder is None:
        return None
    if words.batch is None or words.folder.exists():
        check_stick(Stick(words.folder), overwrite=words.overwrite)
        return hint_on_label(words.folder)
    above = next(each for each in words.folder.absolute().parents if each.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise BoothError(f"{above}: no folder can be made there; name another one, or be who owns it")
    return f"each folder's files go to the top of a FAT stick of its own, labelled {LABEL}"


def make_one(words: Words, wish: Wish, maker: Maker) -> None:
    """One stick, and what to do with it. Raises BoothError."""
    if words.device is not None:
        with formatted(words.device) as folder:
            parcel = fill(Stick(folder), wish, maker)
    else:
        folder = words.folder or Path()
        if words.batch is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        parcel = fill(Stick(folder), wish, maker)
    manifest = parcel.manifest
    print(
        f"stick      {words.device or folder}: {manifest.name}, until {manifest.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    print(f"next       {next_step(parcel)}")


def fill(stick: Stick, wish: Wish, maker: Maker) -> Parcel:
    """What fails leaves neither a key on the stick nor a name at the authority. Raises BoothError."""
    check_room(stick)
    parcel = maker.make(wish)
    try:
        put_on(stick, parcel)
    except BaseException:
        maker.take_back(parcel)
        raise
    return parcel


def next_step(parcel: Parcel) -> str:
    """For the technician."""
    if parcel.manifest.certificate is None:
        return "plug it into the booth, then `booth provision sign` it here, then into the booth again"
    return "plug it into the booth; it holds a private key until the booth has taken it"


def sign_request(folder: Path, authority: Path | None, cert: Path | None, *, again: bool, yes: bool) -> None:
    """Answer a request. Raises BoothError, also when the two keys were not the same."""
    if (authority is None) == (cert is None):
        raise UseError("provision sign: say --authority FOLDER, or --cert FILE that was signed elsewhere")
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
