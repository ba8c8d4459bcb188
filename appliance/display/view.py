"""What vision shows a technician: a datagram without a pixel of anybody in, a checked record out, and back."""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from appliance.display.card import number, parsed

SCHEMA = "view/1"
MOST_BYTES = 24_576
"Two maps of a square picture in base64, and the people; a longer datagram is no view."
MOST_SIDE = 192
"Columns or rows of the drawing."
MOST_PEOPLE = 64
MOST_RATE = 1000.0
MOST_FOCUS = 1e6
BLOCKS = 9
"Focus is measured in three rows of three blocks."
Share = float
Box = tuple[Share, Share, Share, Share]


@dataclass(frozen=True)
class Drawing:
    """The empty street in lines, one bit a pixel; rows from the top, each of whole bytes, leftmost pixel first."""

    width: int
    height: int
    "Pixels, at most MOST_SIDE each."
    lines: bytes
    "1 where there is a line: height * ceil(width / 8) bytes."
    unseen: bytes
    "1 where the street was not seen empty for long enough yet: the page hatches it. As `lines`."

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MOST_SIDE and 1 <= self.height <= MOST_SIDE):
            raise ValueError("the drawing is of no size")
        if not len(self.lines) == len(self.unseen) == self.height * -(-self.width // 8):
            raise ValueError("the drawing is not of its size")


@dataclass(frozen=True)
class View:
    """What the camera sees, without anybody's pixels: people are boxes, the street is lines, the rest are figures."""

    at_s: float
    "Seconds on the monotonic clock of the machine."
    width: int
    height: int
    "Pixels of the camera's picture."
    frames_per_second: float
    people: tuple[Box, ...]
    "Left, top, width, height as shares of the picture; nobody who opted out."
    focus: tuple[float | None, ...]
    "Sharpness of BLOCKS blocks, row by row, >= 0, comparable within a session only; None: somebody is before it."
    in_focus: float | None
    "0..1: of the sharpest that this session has seen; None until a block was free."
    brightness: float
    "0..1: mean of the picture without people."
    dark: float
    "Share of it that is black, where no detail is left."
    bright: float
    "Share of it that is burnt out."
    moving: bool
    "The camera is not still; the drawing begins anew."
    drawing: Drawing

    def __post_init__(self) -> None:
        if not math.isfinite(self.at_s):
            raise ValueError("at_s is not a time")
        if not (1 <= self.width <= 16_384 and 1 <= self.height <= 16_384):
            raise ValueError("the picture is of no size")
        if not 0 <= self.frames_per_second <= MOST_RATE:
            raise ValueError("frames_per_second is no rate")
        if len(self.people) > MOST_PEOPLE or not all(map(is_box, self.people)):
            raise ValueError("people are not boxes")
        if len(self.focus) != BLOCKS or not all(one is None or 0 <= one <= MOST_FOCUS for one in self.focus):
            raise ValueError("focus is not of nine blocks")
        shares = (self.in_focus or 0.0, self.brightness, self.dark, self.bright)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("a share is not within 0..1")

    @property
    def seen(self) -> float:
        """Share of the drawing that is known, 0..1."""
        unseen = sum(byte.bit_count() for byte in self.drawing.unseen)
        return 1 - unseen / (self.drawing.width * self.drawing.height)


def is_box(box: Box) -> bool:
    """Whether four shares lie within the picture."""
    return len(box) == 4 and all(0 <= share <= 1 for share in box)


def datagram_from_view(view: View) -> bytes:
    """The bytes that travel: one JSON object, schema view/1; maps in base64. It is also what the page is sent."""
    body = {"schema": SCHEMA, **asdict(view)}
    for name in ("lines", "unseen"):
        body["drawing"][name] = base64.b64encode(body["drawing"][name]).decode("ascii")
    return json.dumps(body, separators=(",", ":")).encode()


def view_from_datagram(data: bytes) -> View:
    """The view in `data`. Raises ValueError, never quoting `data`, for anything but exactly a view."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    body = parsed(data)
    fields = set(View.__dataclass_fields__)
    if not isinstance(body, dict) or body.keys() != fields | {"schema"} or body["schema"] != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    if not isinstance(body["moving"], bool) or not isinstance(body["people"], list):
        raise ValueError(f"no {SCHEMA}")
    return View(
        at_s=number(body["at_s"]),
        width=whole(body["width"]),
        height=whole(body["height"]),
        frames_per_second=number(body["frames_per_second"]),
        people=tuple(box_from(box) for box in body["people"]),
        focus=tuple(None if one is None else number(one) for one in listed(body["focus"])),
        in_focus=None if body["in_focus"] is None else number(body["in_focus"]),
        brightness=number(body["brightness"]),
        dark=number(body["dark"]),
        bright=number(body["bright"]),
        moving=body["moving"],
        drawing=drawing_from(body["drawing"]),
    )


def drawing_from(values: object) -> Drawing:
    """The drawing of its JSON. Raises ValueError."""
    if not isinstance(values, dict) or values.keys() != set(Drawing.__dataclass_fields__):
        raise ValueError("no drawing")
    return Drawing(
        whole(values["width"]), whole(values["height"]), bits(values["lines"]), bits(values["unseen"])
    )


def box_from(values: object) -> Box:
    """Four shares. Raises ValueError."""
    shares = [number(value) for value in listed(values)]
    if len(shares) != 4:
        raise ValueError("people are not boxes")
    left, top, width, height = shares
    return left, top, width, height


def listed(value: object) -> list[Any]:
    """`value` if it is a list. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def bits(value: object) -> bytes:
    """The bytes of base64. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("not base64")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def whole(value: object) -> int:
    """`value` as a whole number. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    return value
