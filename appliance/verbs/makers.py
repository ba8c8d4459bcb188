"""How a booth comes to its key: words of a command line in; what makes its parcel, and takes it back, out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from appliance.errors import BoothError, UseError
from appliance.health.clock import read_clock
from appliance.provision.authority import Authority
from appliance.provision.making import Wish, make_asking, make_keyed, make_signed
from appliance.provision.parcel import Parcel
from appliance.verbs.wishes import Words, certificates_of, text_of


class Maker(Protocol):
    """One way to a key."""

    def check(self, wish: Wish) -> None:
        """Raises BoothError for what cannot be made; nothing is signed, and no stick touched."""
        ...

    def make(self, wish: Wish) -> Parcel:
        """The parcel. Raises BoothError."""
        ...

    def take_back(self, parcel: Parcel) -> None:
        """It did not get onto its stick: whatever it used up is free again."""
        ...


class Asking:
    """The booth makes its key."""

    def check(self, wish: Wish) -> None:
        """See Maker."""
        self.make(wish)

    def make(self, wish: Wish) -> Parcel:
        """See Maker."""
        return make_asking(wish, read_clock())

    def take_back(self, parcel: Parcel) -> None:
        """Nothing was used up."""


@dataclass(frozen=True)
class Keyed(Asking):
    """Certificate and key were made elsewhere."""

    certificate: str
    key: bytes

    def make(self, wish: Wish) -> Parcel:
        """See Maker."""
        return make_keyed(wish, self.certificate, self.key, read_clock())


@dataclass(frozen=True)
class Signing:
    """The key is made here, and signed by the authority at hand."""

    authority: Authority
    again: bool

    def check(self, wish: Wish) -> None:
        """See Maker."""
        manifest = make_asking(wish, read_clock()).manifest
        self.authority.check(manifest.name, wish.authority, again=self.again)

    def make(self, wish: Wish) -> Parcel:
        """See Maker."""
        return make_signed(wish, self.authority, read_clock(), again=self.again)

    def take_back(self, parcel: Parcel) -> None:
        """The name is free again, or has the certificate that it had."""
        with suppress(BoothError):
            self.authority.take_back(parcel.manifest.name)


def maker_from_words(words: Words) -> Maker:
    """Raises BoothError."""
    if words.authority is not None:
        return Signing(Authority(words.authority), words.again)
    if words.cert is None and words.key is None:
        return Asking()
    if words.cert is None or words.key is None:
        raise UseError("provision: --cert and --key go together")
    return Keyed(certificates_of(words.cert), text_of(words.key).encode())
