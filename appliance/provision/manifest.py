"""The manifest of a stick, provision/1: bytes that anybody may have written in, a frozen and checked record out."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError, model_validator

from appliance.config import Name, broker_address
from appliance.errors import BoothError
from appliance.provision.network import Closed, Network
from appliance.section import told_fault

MOST_BYTES = 256 * 1024
MOST_LIFE = timedelta(days=90)
"A stick that was lost is good for so long at the most."
OWNED: dict[str, frozenset[str]] = {
    "booth": frozenset(),
    "folders": frozenset(),
    "update": frozenset({"folder", "root"}),
    "uplink": frozenset({"broker", "ca_file", "cert_file", "key_file"}),
}
"Settings that a stick's own fields or the package decide; none of a section's keys named: all of them."


def encrypted(broker: str) -> str:
    """The same address. Raises ValueError for a broker without TLS."""
    if not broker.startswith("mqtts://"):
        raise ValueError("a booth in a street talks to its broker by mqtts://HOST:PORT only")
    return broker_address(broker)


def zone_name(name: str) -> str:
    """The same name. Raises ValueError for one that could lead elsewhere."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*){0,2}", name):
        raise ValueError("a time zone is named like America/New_York")
    return name


def unowned(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings. Raises ValueError where they name what is not theirs."""
    for section, keys in OWNED.items():
        given = settings.get(section)
        if given is not None and (not keys or not isinstance(given, dict) or keys & set(given)):
            named = ", ".join(sorted(keys)) or "all of it"
            raise ValueError(f"settings of {section} ({named}) are not set by --config; take them out of it")
    camera = settings.get("camera")
    if isinstance(camera, dict) and re.search(r"//.*@", str(camera.get("source"))):
        raise ValueError(
            "camera.source bears a password; take USER:PASSWORD@ out and give it by --camera-login"
        )
    return settings


Pem = Annotated[str, Field(max_length=16 * 1024, pattern=r"^-----BEGIN CERTIFICATE-----\n")]


class Manifest(Closed):
    """What a stick tells a booth, and no secret."""

    schema_: Literal["provision/1"] = Field(alias="schema")
    ticket: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    "Of this stick alone: whoever has used it remembers it."
    made_at: AwareDatetime
    expires_at: AwareDatetime
    city: Name
    booth: Name
    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    "Of the one device that may use it; None: any."
    broker: Annotated[str, Field(max_length=260), AfterValidator(encrypted)]
    network: Network = Network()
    timezone: Annotated[str, Field(max_length=64), AfterValidator(zone_name)]
    settings: Annotated[dict[str, Any], AfterValidator(unowned)] = Field(default_factory=dict)
    "Laid over those of the city."
    authority: Pem
    "Who vouches for the broker and signs the booths."
    certificate: Pem | None = None
    "None: the booth makes a key that never leaves it, and asks to have it signed."
    update_root: dict[str, Any] | None = None
    "Whom the booth believes about updates: the root of TUF."

    @model_validator(mode="after")
    def _lives_a_while(self) -> Manifest:
        if not timedelta(0) < self.expires_at - self.made_at <= MOST_LIFE:
            raise ValueError(f"a stick is good for a while and at most {MOST_LIFE.days} days")
        return self

    @property
    def name(self) -> str:
        """CITY/BOOTH: the common name of its certificate, and the middle of its topics."""
        return f"{self.city}/{self.booth}"

    def to_bytes(self) -> bytes:
        """As it lies on the stick."""
        return self.model_dump_json(by_alias=True, indent=1).encode() + b"\n"


def manifest_from_bytes(content: bytes) -> Manifest:
    """Raises BoothError, one line that quotes nothing of an unknown hand but names of known keys."""
    if len(content) > MOST_BYTES:
        raise BoothError(f"booth.json: larger than {MOST_BYTES} bytes; make the stick again")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BoothError(f"booth.json: {first_fault(error)}; make the stick again") from None
    except (RecursionError, ValueError):
        raise BoothError("booth.json: no JSON that can be read; make the stick again") from None


def first_fault(error: ValidationError) -> str:
    """Key and mistake of the first fault; where the key is nobody's, it is not repeated."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if fault["type"] == "json_invalid":
        return "cut off or damaged"
    if fault["type"] == "extra_forbidden":
        return "a key that provision/1 does not have"
    key = ".".join(str(part) for part in fault["loc"] if str(part).replace("_", "").isalnum())[:60]
    return f"{key or 'manifest'}: {told_fault(fault)}"


def new_ticket() -> str:
    """Unique, and not to be guessed."""
    return secrets.token_hex(16)


def whole_seconds(moment: datetime) -> datetime:
    """As a manifest writes it."""
    return moment.replace(microsecond=0)
