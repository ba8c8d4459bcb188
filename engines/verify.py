"""Whether a candidate may stand in for a network: two runners and pictures in, figures against limits out.

The reference is the float32 ONNX file on ONNX Runtime; the candidate its 8-bit form, or a plan of TensorRT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.geometry import iou
from appliance.runtime.choose import cpu_wing
from appliance.vision.descriptor import roots_of
from engines.limits import APPEARANCE, BODY, Report

Outputs = Mapping[str, NDArray[Any]]
Runner = Callable[[Mapping[str, NDArray[Any]]], Outputs]
"Named arrays to named arrays: `image`, one picture as packed bytes (1, H, W, 3), to what the network says."
Figures = dict[str, float]

SURE, LIKELY, OVERLAP = 0.4, 0.3, 0.55
"A person of one side counts from SURE on and may be met by one of the other from LIKELY on, after suppression."
SAME_BOX = 0.9
"Intersection over union from which two boxes are the same."
PERSON = 0.5
"Mask value, presence and visibility from which there is something."
NEAREST = 5


def verify(
    role: str,
    reference: Runner,
    candidate: Runner,
    pictures: NDArray[np.uint8],
    masks: NDArray[np.bool_],
    pulse: Callable[[], None] = lambda: None,
) -> Report:
    """Compare two runners on pictures (N, H, W, 3); `masks` (N, H, W) of garments matter to the appearance only.

    A candidate's figure that is no number counts as a failure. N may be 0, which fails: nothing was compared.
    `pulse` is called before each picture.
    """
    both = []
    for row in range(len(pictures)):
        pulse()
        inputs = {"image": pictures[row : row + 1]}
        both.append((reference(inputs), candidate(inputs)))
    if not both:
        return Report(role, {}, 0)
    if role == APPEARANCE:
        return Report(role, compare_looks(both, masks), len(both))
    if role == BODY:
        return Report(role, compare_bodies(both), len(both))
    height, width = pictures.shape[1:3]
    return Report(role, compare_people(both, (width, height)), len(both))


Both = Sequence[tuple[Outputs, Outputs]]
"What the reference and the candidate said of each picture."


def compare_people(both: Both, size: tuple[int, int]) -> Figures:
    """Recall, precision and mean overlap of people in pictures of `size`; empty when the reference sees nobody."""
    found, wanted, right, said, overlaps = 0, 0, 0, 0, []
    for reference, candidate in both:
        (boxes, scores), (others, other_scores) = (
            people_of(outputs, size) for outputs in (reference, candidate)
        )
        shared = iou(boxes, others)
        met = shared[:, other_scores >= LIKELY].max(axis=1, initial=0)[scores >= SURE]
        meant = shared.max(axis=0, initial=0)[other_scores >= SURE]
        found, wanted = found + int((met >= SAME_BOX).sum()), wanted + len(met)
        right, said = right + int((meant >= SAME_BOX).sum()), said + len(meant)
        overlaps += met[met >= PERSON].tolist()
    if not wanted:
        return {}
    mean = float(np.mean(overlaps)) if overlaps else 0.0
    return {"recall": found / wanted, "precision": right / max(1, said), "mean_iou": mean}


def people_of(outputs: Outputs, size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes (N, 4) and scores (N,) of one picture's likely people, doubles suppressed."""
    boxes, scores = outputs["boxes"].reshape(1, -1, 4), outputs["scores"].reshape(1, -1)
    return cpu_wing().boxes().strongest(boxes, scores, 1.0, size, LIKELY, OVERLAP)


def compare_bodies(both: Both) -> Figures:
    """Overlap of masks, distance of visible points in pixels, agreement on presence; of bodies that are there."""
    there = [pair for pair in both if pair[0]["presence"].item() >= PERSON]
    if not there:
        return {}
    overlaps = [overlap_of(*(outputs["mask"] > PERSON for outputs in pair)) for pair in there]
    visible = [reference["points"][0, :, 2] >= PERSON for reference, _ in there]
    away = [
        np.linalg.norm(reference["points"][0, seen, :2] - candidate["points"][0, seen, :2], axis=1)
        for (reference, candidate), seen in zip(there, visible, strict=True)
    ]
    agreed = [len({outputs["presence"].item() >= PERSON for outputs in pair}) == 1 for pair in both]
    points = np.concatenate(away)
    return {
        "mask_iou": float(np.mean(overlaps)),
        "point_px": float(points.mean()) if len(points) else 0.0,
        "presence": float(np.mean(agreed)),
    }


def overlap_of(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks, 0..1; 1 when both are empty."""
    union = int((first | second).sum())
    return int((first & second).sum()) / union if union else 1.0


def compare_looks(both: Both, masks: NDArray[np.bool_]) -> Figures:
    """Cosine of what the descriptor reads, the least of all, and the share of nearest others that stay."""
    mine, other = (looks_of([pair[side] for pair in both], masks) for side in (0, 1))
    cosines = (mine * other).sum(axis=1)
    count = min(NEAREST, len(both) - 1)
    figures = {"cosine": float(cosines.min())}
    if count > 0:
        same = [
            len(set(one) & set(two)) / count
            for one, two in zip(nearest(mine, count), nearest(other, count), strict=True)
        ]
        figures["same_nearest"] = float(np.mean(same))
    return figures


def looks_of(said: Sequence[Outputs], masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Pooled last features of N pictures as the descriptor takes them, unit length, shape (N, C)."""
    features = np.concatenate([outputs["layer18"] for outputs in said])
    roots = roots_of(cpu_wing().measures().pool(np.maximum(features, 0), masks))
    length = np.maximum(np.linalg.norm(roots, axis=1, keepdims=True), 1e-9)
    return np.asarray(roots / length, np.float32)


def nearest(looks: NDArray[np.float32], count: int) -> list[list[int]]:
    """Rows of the `count` most alike others of each of N looks, ties by row number."""
    alike = looks @ looks.T
    np.fill_diagonal(alike, -np.inf)
    rows: list[list[int]] = np.argsort(-alike, axis=1, kind="stable")[:, :count].tolist()
    return rows
