"""The points of a body, as BlazePose numbers them: what each is called in, bones and the place of the head out.

Both wings mask by these numbers, and the judgement above them reads the same points.
"""

from __future__ import annotations

from appliance.records import FloatArray

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
