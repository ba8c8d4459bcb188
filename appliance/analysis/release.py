"""One release as analysts read it: a `trend/1` message goes in, a frozen record or what is wrong with it comes out.

The same bounds as appliance/uplink/contract/trend.json, which is the contract; a test holds the two together.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from appliance.analysis.estimate import Estimate, from_interval

SCHEMA = "trend/1"
TABLES = ("upper-colour", "lower-colour", "pattern", "combination", "style")
Table = Literal["upper-colour", "lower-colour", "pattern", "combination", "style"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Change = Annotated[float, Field(ge=-1, le=1)]
Count = Annotated[StrictInt, Field(ge=20, le=10_000_000)]
Crowd = Annotated[StrictInt, Field(ge=200, le=10_000_000)]
Days = Annotated[StrictInt, Field(ge=1, le=28)]
Loss = Annotated[float, Field(gt=0, le=10)]
Scale = Annotated[float, Field(gt=0, le=10_000)]
Styles = Annotated[float, Field(ge=1, le=64)]
YEARS = range(2000, 3000)
"Others are no years of a street, and no calendar of ours reaches a week beyond the last of all."
Formula = Annotated[str, Field(pattern=r"^[ -~]*$", max_length=240)]


class Part(BaseModel):
    """A closed part of a message: no key too many, no text for a number, no infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


class Passages(Part):
    """How many passages the tables rest on."""

    count: Crowd
    low: Crowd
    high: Crowd
    epsilon: Loss
    noise_scale: Scale


class Cell(Part):
    """One answer and how sure it is."""

    label: Name
    count: Count
    share: Share
    low: Share
    high: Share

    @property
    def estimate(self) -> Estimate:
        """The share with its interval."""
        return from_interval(self.share, self.low, self.high)


class Counts(Part):
    """One table: the answers to one question."""

    name: Table
    epsilon: Loss
    noise_scale: Scale
    noise_half_width: Annotated[float, Field(ge=0, le=100_000)]
    suppressed: Annotated[StrictInt, Field(ge=0, le=64)]
    cells: Annotated[list[Cell], Field(max_length=64)]


class Diversity(Part):
    """Effective number of styles."""

    value: Styles
    low: Styles
    high: Styles


class Novelty(Part):
    """Divergence from the days before, in bits."""

    value: Share
    low: Share
    high: Share
    days: Days


class Mover(Part):
    """A cell that rose or fell against the days before."""

    table: Table
    label: Name
    change: Change
    low: Change
    high: Change


class Movers(Part):
    """Cells that moved, of those that were asked."""

    days: Days
    tested: Annotated[StrictInt, Field(ge=0, le=320)]
    cells: Annotated[list[Mover], Field(max_length=32)]


class Formulas(Part):
    """How the figures were made, in words."""

    passages: Formula
    share: Formula
    interval: Formula
    told: Formula
    diversity: Formula
    novelty: Formula
    movers: Formula


class Release(Part):
    """One day of one booth."""

    contract: Annotated[Literal["trend/1"], Field(alias="schema")]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}-[0-9a-f]{8}-[0-9]{1,10}$")]
    city: Name
    booth: Name
    day: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,40}$")]
    engine: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,40}$")]
    codebook: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}:[0-9a-f]{12}$")]
    ledger: Annotated[str, Field(pattern=r"^[0-9]{1,10}:[0-9a-f]{12}$")]
    epsilon: Loss
    confidence: Annotated[float, Field(ge=0.95, le=0.95)]
    least_passages: Crowd
    least_cell: Count
    passages: Passages
    tables: Annotated[list[Counts], Field(min_length=1, max_length=5)]
    diversity: Diversity
    novelty: Novelty | None
    movers: Movers | None
    formulas: Formulas

    @property
    def date(self) -> date:
        """Of the city."""
        return date.fromisoformat(self.day)

    @model_validator(mode="after")
    def _holds_together(self) -> Release:
        """What a schema cannot say. Raises ValueError."""
        if date.fromisoformat(self.day).year not in YEARS:
            raise ValueError(f"{self.day} is no day on which a booth stood in a street")
        names = [table.name for table in self.tables]
        if len(set(names)) < len(names):
            raise ValueError("a table is told twice")
        for table in self.tables:
            if len({cell.label for cell in table.cells}) < len(table.cells):
                raise ValueError(f"table {table.name} tells a cell twice")
            if not all(cell.low <= cell.share <= cell.high for cell in table.cells):
                raise ValueError(f"table {table.name} has a share outside its interval")
        if not self.passages.low <= self.passages.count <= self.passages.high:
            raise ValueError("passages lie outside their interval")
        return self


def release_from(message: Any) -> Release:
    """The record of a message. Raises ValueError with one short sentence for anything else."""
    try:
        return Release.model_validate(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{place}: {said}" if place else said) from None
