"""The journal of updates: a file in, one frozen state out; written so that a power cut leaves the old or the new.

    idle -> unpacked -> trying -> kept
                          |
                          +-> rolling-back -> rolled-back

Each step is written down before it is done, so that whoever starts next knows what was meant and finishes it.
Nothing here is measured by the wall clock: that may be wrong.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from appliance.disk import read_small, write_durably
from appliance.errors import BoothError
from appliance.update.places import Places
from appliance.update.version import is_version

Phase = Literal["idle", "unpacked", "trying", "rolling-back", "kept", "rolled-back"]
MOST_FAILED = 8
"Versions remembered as failed; older ones are no longer offered anyway."
MOST_REASON = 200


def _version_or_none(text: str) -> str:
    if text and not is_version(text):
        raise ValueError("no version")
    return text


Version = Annotated[str, AfterValidator(_version_or_none)]
"A version, or '' for the packaged program or none."


class Record(BaseModel):
    """Frozen; a key of a later program is passed over, since that program may have been rolled back."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Before(Record):
    """How the booth did before the switch: afterwards it has to do as well, not better."""

    active: tuple[Literal["vision", "uplink", "display"], ...] = Field((), strict=False)
    "Processes that were up."
    frames: bool = False
    "The camera delivered."
    connected: bool = False
    "The broker had let us in."


class State(Record):
    """Where the update of this booth stands."""

    schema_: Literal["update/1"] = Field("update/1", alias="schema")
    phase: Phase = "idle"
    version: Version = ""
    "The one that is unpacked, tried, kept or was rolled back."
    previous: Version = ""
    "What ran before, and runs again after a roll-back."
    manifest: str = Field("", max_length=64)
    "SHA-256 of the tree's manifest, which has those of its files."
    attempts: int = Field(0, ge=0, le=1_000)
    "Boots that have begun with this version on trial."
    boot: str = Field("", max_length=64)
    "Id of the boot that was counted last."
    reason: str = Field("", max_length=MOST_REASON)
    "Why it was rolled back."
    before: Before = Before()
    failed: tuple[Version, ...] = Field((), max_length=MOST_FAILED, strict=False)
    "Not tried again."

    def with_failed(self, version: str) -> tuple[str, ...]:
        """The failed ones and `version`."""
        return (*(name for name in self.failed if name != version), version)[-MOST_FAILED:]


WRITTEN = frozenset({"schema_", "phase", "version"})
"Stand in every journal: what lacks them, such as {}, is none, and does not say that nothing was ever done."


class StateError(BoothError):
    """A journal that cannot be read: nobody knows what was meant, so the packaged program runs."""


def read_state(places: Places) -> State:
    """The state; idle where none was ever written. Raises StateError."""
    try:
        state = State.model_validate_json(read_small(places.state))
    except FileNotFoundError:
        return State()
    except (OSError, ValidationError) as error:
        raise unreadable(places, error.strerror or str(error) if isinstance(error, OSError) else "") from None
    if not state.model_fields_set >= WRITTEN:
        raise unreadable(places)
    return state


def unreadable(places: Places, why: str = "") -> StateError:
    """The error of a journal that cannot be read, or is none where nothing says why."""
    return StateError(
        f"{places.state}: {why or 'no update/1'}; the packaged program runs until the next update"
    )


def write_state(places: Places, state: State) -> State:
    """Replace the journal, and return what it says now. Raises BoothError."""
    content = state.model_dump_json(by_alias=True).encode("utf-8")
    write_durably(places.state, content, mode=0o644)
    return state
