"""The laptop's side: wishes of a technician in; a stick that a booth will take, or one line on what is amiss, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.provision.authority import Authority
from appliance.provision.contents import settings_text
from appliance.provision.filling import check_room, write_parcel
from appliance.provision.manifest import Manifest, first_fault, new_ticket, whole_seconds
from appliance.provision.network import Network, secret_from_passphrase
from appliance.provision.papers import check_request, make_key, make_request, mark_of
from appliance.provision.parcel import Parcel, check_login, moment_of
from appliance.provision.stick import REQUEST, Stick
from appliance.provision.zones import check_zone


@dataclass(frozen=True)
class Wish:
    """What the stick is to bring."""

    city: str
    booth: str
    broker: str
    timezone: str
    authority: str
    "ca.crt in PEM."
    days: float = 7
    "The stick is good for so long."
    network: Network = Network()
    passphrase: str | None = field(default=None, repr=False)
    login: str | None = field(default=None, repr=False)
    "USER:PASSWORD of a network camera."
    settings: Mapping[str, Any] = field(default_factory=dict)
    update_root: Mapping[str, Any] | None = None
    serial: str | None = None


def manifest_from_wish(wish: Wish, now: datetime) -> Manifest:
    """Raises BoothError naming the first thing that cannot be."""
    made = whole_seconds(now)
    values = {
        "schema": "provision/1",
        "ticket": new_ticket(),
        "made_at": made,
        "expires_at": made + timedelta(days=wish.days),
        "authority": wish.authority,
        **{key: getattr(wish, key) for key in ("city", "booth", "broker", "timezone", "network", "serial")},
        "settings": dict(wish.settings),
        "update_root": None if wish.update_root is None else dict(wish.update_root),
    }
    try:
        manifest = Manifest.model_validate(values)
    except ValidationError as error:
        raise BoothError(first_fault(error)) from None
    check_zone(manifest.timezone)
    settings_text(manifest)
    return manifest


def make_asking(wish: Wish, clock: Clock) -> Parcel:
    """A stick without a key: the booth makes one, which never leaves it, and asks to have it signed."""
    parcel = sealed(manifest_from_wish(wish, moment_of(clock)), wish, None, None)
    parcel.check(None, wish.serial, clock)
    return parcel


def make_keyed(wish: Wish, certificate: str, key: bytes, clock: Clock) -> Parcel:
    """A stick with a certificate that was signed elsewhere, and its key. Raises BoothError when they do not fit."""
    manifest = manifest_from_wish(wish, moment_of(clock)).model_copy(update={"certificate": certificate})
    parcel = sealed(manifest, wish, key, None)
    parcel.check(key, wish.serial, clock)
    return parcel


def make_signed(wish: Wish, authority: Authority, clock: Clock, *, again: bool = False) -> Parcel:
    """A stick with a key that was made just now, lies nowhere else, and is signed here. Raises BoothError."""
    # A name is used up by its certificate: all that can be wrong without one is found before.
    manifest = make_asking(wish, clock).manifest
    authority.check(manifest.name, wish.authority, again=again)
    key = make_key()
    certificate = authority.sign_request(make_request(key, manifest.name), manifest.name, again=again)
    with kept_only_if_good(authority, manifest.name):
        parcel = sealed(manifest.model_copy(update={"certificate": certificate}), wish, key, authority)
        parcel.check(key, wish.serial, clock)
    return parcel


@contextmanager
def kept_only_if_good(authority: Authority | None, name: str) -> Iterator[None]:
    """What was signed last for `name` is taken back where it does not get onto its stick."""
    try:
        yield
    except BaseException:
        if authority is not None:
            with suppress(BoothError):
                authority.take_back(name)
        raise


def sealed(manifest: Manifest, wish: Wish, key: bytes | None, authority: Authority | None) -> Parcel:
    """Manifest and secrets as they lie on the stick. Raises BoothError for a passphrase that cannot be."""
    wifi = manifest.network.wifi
    secret = secret_from_passphrase(wifi, wish.passphrase or "") if wifi else None
    content = manifest.to_bytes()
    signature = authority.sign_manifest(content) if authority else None
    if wish.login is not None:
        check_login(wish.login)
    return Parcel(manifest, content, signature, key, secret, wish.login)


def requested_key(stick: Stick, manifest: Manifest) -> str:
    """The mark of the key that a booth asks to have signed. Raises BoothError while there is no request."""
    request = stick.read(REQUEST)
    if request is None:
        raise BoothError("request.csr: missing; plug the stick into the booth first, then sign")
    return mark_of(check_request(request, manifest.name))


def sign_stick(
    stick: Stick, parcel: Parcel, authority: Authority | None, certificate: str | None, *, again: bool
) -> Parcel:
    """The same stick with a certificate for the booth's request: from `authority`, or signed elsewhere."""
    request = stick.read(REQUEST) or b""
    name = parcel.manifest.name
    check_room(stick)
    if authority is not None:
        authority.check(name, parcel.manifest.authority, again=again)
        certificate = authority.sign_request(request, name, again=again)
    with kept_only_if_good(authority, name):
        manifest = parcel.manifest.model_copy(update={"certificate": certificate})
        content = manifest.to_bytes()
        signature = authority.sign_manifest(content) if authority else None
        signed = replace(parcel, manifest=manifest, content=content, signature=signature, key=None)
        write_parcel(stick, signed)
    return signed
