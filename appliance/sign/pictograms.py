"""The pictograms of the sign, drawn here: a paper, a place and a size in; shapes on it out.

Each fills a dark tile: a camera that looks at a shirt, a face struck out, a picture struck out.
"""

from __future__ import annotations

import math

from appliance.sign.paper import Colour, Paper

INK: Colour = (22, 24, 29)
SIGNAL: Colour = (255, 204, 0)
PAPER: Colour = (255, 255, 255)
DIM: Colour = (74, 78, 88)
QUIET: Colour = (92, 96, 106)
CORNER = 0.09
"Of a tile's corners, by its height."
SHIRT = (
    (-0.17, -0.46), (-0.5, -0.3), (-0.42, 0.02), (-0.27, -0.04), (-0.27, 0.48),
    (0.27, 0.48), (0.27, -0.04), (0.42, 0.02), (0.5, -0.3), (0.17, -0.46),
    (0.1, -0.37), (0.0, -0.335), (-0.1, -0.37),
)  # fmt: skip
"Outline of a T-shirt in a square of side 1 around its middle."


def tile(paper: Paper, left: float, top: float, width: float, height: float) -> None:
    """A dark tile with round corners."""
    paper.fill(INK)
    paper.block(left, top, width, height, CORNER * height)


def camera_and_shirt(paper: Paper, left: float, top: float, width: float, height: float) -> None:
    """A camera on the wall whose light falls on a shirt."""
    tile(paper, left, top, width, height)
    x, y, size = left + 0.24 * width, top + 0.46 * height, 0.27 * height
    shirt_x, shirt_y, shirt = left + 0.76 * width, top + 0.56 * height, 0.66 * height
    tilt = math.atan2(shirt_y - y, shirt_x - x)
    paper.fill(DIM)
    paper.shape(beam(x, y, tilt, 1.0 * size, shirt_x - x - 0.15 * shirt, 0.36 * shirt))
    camera(paper, x, y, tilt, size)
    paper.fill(SIGNAL)
    paper.shape([(shirt_x + dx * shirt, shirt_y + dy * shirt) for dx, dy in SHIRT])


def beam(
    x: float, y: float, tilt: float, near: float, far: float, spread: float
) -> list[tuple[float, float]]:
    """What the camera sees: a wedge from its lens on."""
    corners = ((near, -0.12 * spread), (far, -spread), (far, spread), (near, 0.12 * spread))
    return [turned(x, y, tilt, corner) for corner in corners]


def camera(paper: Paper, x: float, y: float, tilt: float, size: float) -> None:
    """A camera in its housing around (x, y), turned by `tilt`."""
    paper.fill(PAPER)
    arm = ((-0.55, -0.1), (-0.25, -0.1), (-0.25, -1.15), (-0.55, -1.15))
    paper.shape([(x + dx * size, y + dy * size) for dx, dy in arm])
    paper.block(x - 0.95 * size, y - 1.25 * size, 1.1 * size, 0.26 * size, 0.1 * size)
    body = ((-0.95, -0.42), (0.72, -0.42), (0.72, 0.42), (-0.95, 0.42))
    hood = ((-1.0, -0.58), (1.02, -0.58), (1.02, -0.42), (-1.0, -0.42))
    for part in (body, hood):
        paper.shape([turned(x, y, tilt, (dx * size, dy * size)) for dx, dy in part])
    paper.fill(INK)
    lens = turned(x, y, tilt, (0.40 * size, 0.0))
    paper.disc(*lens, 0.25 * size)
    paper.fill(SIGNAL)
    paper.disc(*lens, 0.11 * size)


def turned(x: float, y: float, tilt: float, corner: tuple[float, float]) -> tuple[float, float]:
    """`corner`, given from (x, y), after a turn around it."""
    dx, dy = corner
    return x + dx * math.cos(tilt) - dy * math.sin(tilt), y + dx * math.sin(tilt) + dy * math.cos(tilt)


def no_face(paper: Paper, left: float, top: float, side: float) -> None:
    """A head with shoulders, struck out."""
    tile(paper, left, top, side, side)
    x, y = left + 0.5 * side, top + 0.5 * side
    paper.fill(PAPER)
    paper.disc(x, y - 0.12 * side, 0.15 * side)
    paper.block(x - 0.26 * side, y + 0.08 * side, 0.52 * side, 0.22 * side, 0.10 * side)
    strike(paper, x, y, side)


def no_picture(paper: Paper, left: float, top: float, side: float) -> None:
    """A photograph of a hill and a sun, struck out."""
    tile(paper, left, top, side, side)
    x, y = left + 0.5 * side, top + 0.5 * side
    paper.fill(PAPER)
    paper.block(x - 0.29 * side, y - 0.23 * side, 0.58 * side, 0.46 * side, 0.03 * side)
    paper.fill(INK)
    paper.block(x - 0.245 * side, y - 0.185 * side, 0.49 * side, 0.37 * side)
    paper.fill(PAPER)
    low = y + 0.185 * side
    paper.shape([(x - 0.245 * side, low), (x - 0.08 * side, y - 0.06 * side), (x + 0.09 * side, low)])
    paper.shape([(x - 0.02 * side, low), (x + 0.12 * side, y + 0.02 * side), (x + 0.245 * side, low)])
    paper.disc(x + 0.13 * side, y - 0.1 * side, 0.045 * side)
    strike(paper, x, y, side)


def strike(paper: Paper, x: float, y: float, side: float) -> None:
    """A bar from top left to bottom right, with a dark edge that lifts it off what it strikes."""
    for colour, reach, half in ((INK, 0.44, 0.058), (SIGNAL, 0.40, 0.034)):
        paper.fill(colour)
        corners = ((-reach, -half), (reach, -half), (reach, half), (-reach, half))
        paper.shape([turned(x, y, math.pi / 4, (dx * side, dy * side)) for dx, dy in corners])
