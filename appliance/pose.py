"""The points of a body, as BlazePose numbers them, bones and the place of the head, and what is counted of a body.

Both wings mask by these numbers, and the judgement above them reads the same points.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from appliance.records import FloatArray, IntArray, MaskArray, check_shape

NOSE, EYES, EARS, MOUTH = 0, (2, 5), (7, 8), (9, 10)
SHOULDERS, WRISTS, HIPS = (11, 12), (15, 16), (23, 24)
"Places of the points, as BlazePose numbers them; left and right alternate."
CORE_BONES = (
    (11, 12), (12, 24), (24, 23), (23, 11), (11, 24), (12, 23), (11, 13), (12, 14), (23, 25), (24, 26)
)  # fmt: skip
"Trunk, upper arms and thighs: what nearly every garment covers, whoever wears it."
OUTER_BONES = (
    (13, 15), (14, 16), (15, 19), (16, 20), (15, 17), (16, 18), (15, 21), (16, 22),
    (25, 27), (26, 28), (27, 31), (28, 32), (27, 29), (28, 30),
)  # fmt: skip
"Forearms, hands, lower legs and feet: bare on some people, so a measure of them would see skin."
FACE_ACROSS, FACE_DOWN, COLLAR = 0.9, 1.15, 0.25
"Half axes of the ellipse cut off round the face, and rows cut above the shoulders; in face-to-shoulder heights."
GRID = 2
"Pixels of the silhouette per point at which the nearest bone is looked up."
SURE = 0.5
"Silhouette value from which a pixel is the person."
HALF_SURE = (0.1, 0.9)
"Silhouette values between which a pixel is in doubt."


def face_of(points: FloatArray) -> FloatArray:
    """Middle of the face (2,) of points (33, 2): nose, eyes and mouth."""
    face: FloatArray = points[[NOSE, *EYES, *MOUTH]].mean(axis=0)
    return face


def shoulders_of(points: FloatArray) -> FloatArray:
    """Middle between the shoulders (2,) of points (33, 2)."""
    shoulders: FloatArray = points[list(SHOULDERS)].mean(axis=0)
    return shoulders


def rise_of(points: FloatArray) -> float:
    """Pixels by which the face of points (33, 2) is above the shoulders; 0 or less when it is not."""
    return float(shoulders_of(points)[1] - face_of(points)[1])


@dataclass(frozen=True)
class BodyCounts:
    """What is counted of K bodies, each within its box; K may be 0, and an empty body counts nothing."""

    finite: MaskArray
    "Shape (K,): whether every value of the silhouette, inside the box or not, is a finite number."
    inside_px: IntArray
    "Shape (K,): pixels of the box in the view."
    box_rows: IntArray
    "Shape (K,): rows of the box in the view."
    person_px: IntArray
    "Shape (K,): pixels of the person, one connected part."
    person_rows: IntArray
    "Shape (K,): last row of the person less the first."
    doubt_px: IntArray
    "Shape (K,): pixels of the box that may be the person or not."
    core_px: IntArray
    "Shape (K,): pixels of the core of the clothes."

    def __post_init__(self) -> None:
        for one in fields(self):
            check_shape(one.name, getattr(self, one.name), (len(self.finite),))

    @classmethod
    def from_table(cls, table: IntArray) -> BodyCounts:
        """Figures (K, 7) in the order of the fields; `finite` is 0 or 1."""
        finite, *counts = table.T
        return cls(finite > 0, *counts)
