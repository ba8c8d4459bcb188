"""Settings of what stands before people: the pages, and a button."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from appliance.config.duties import Language
from appliance.config.values import private_address
from appliance.section import Section


class Button(Section):
    """A push button for passers-by on a line of the machine's own pins, to ground where `active_low`."""

    chip: str = Field(pattern=r"^/dev/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    "As `gpiodetect` lists it: /dev/gpiochip0."
    line: (
        Annotated[int, Field(ge=0, le=4095)] | Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.:/ -]{0,31}$")]
    )
    "Its number or its name, as `gpioinfo` lists them."
    active_low: bool = True
    debounce_ms: int = Field(20, ge=0, le=500)
    "A switch bounces for some milliseconds."


class Display(Section):
    """The pages that staff and technicians see."""

    host: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    port: int = Field(8480, ge=0, le=65535)
    "0: any free port. The same on the LAN."
    lan: Annotated[str, AfterValidator(private_address)] | None = None
    "Address of the one interface where field page and staff board answer besides; null: this machine only."
    card_s: float = Field(20, gt=0, le=20)
    "Nobody is told of for longer than it takes to walk up to them."
    language: Language = "en"
    pause_gpio: Button | None = None
    "The button that closes the cameras for 15 minutes; null: there is none but the page's."
