"""Label maps for photos that come without: a photo and the person's outline in, a careful guess out."""

from __future__ import annotations

import numpy as np

from appliance.records import MaskArray, check_shape
from calibration.trials.labels import Label, Labels, Photo
from calibration.trials.palette import to_lab

HEAD, WAIST, ANKLE = 0.15, 0.5, 0.93
"Shares of a standing person's height (Drillis and Contini 1966) where one class gives way to the next."
FACE_ACROSS, FACE_DOWN, FACE_MIDDLE = 0.03, 0.04, 0.085
"Half axes and middle of the part of a face that is surely skin, in heights of the person."
NEAR_SKIN = (60.0, 9.0, 9.0)
"How far L, a and b (8-bit Lab) of the same person's skin may be from the face's median."


def estimate_labels(photo: Photo, person: MaskArray) -> Labels:
    """Classes (H, W) of a person seen upright from head to foot; all background where the outline is empty.

    Skin is what has the colour of this person's face, and only on the head: skin-coloured places below it may be
    a limb or a beige coat, so they become ACCESSORY, which no edit of garments or skin touches.
    """
    check_shape("person", person, photo.shape[:2])
    labels = np.zeros(person.shape, np.uint8)
    rows = np.flatnonzero(person.any(axis=1))
    if not len(rows):
        return labels
    top, height = int(rows[0]), int(rows[-1] - rows[0] + 1)
    for label, start in ((Label.HAIR, 0.0), (Label.UPPER, HEAD), (Label.LOWER, WAIST), (Label.SHOES, ANKLE)):
        labels[int(top + start * height) :] = label
    labels[~person] = Label.BACKGROUND
    like_skin = skin_like(photo, face_core(person, top, height)) & person
    on_head = labels == Label.HAIR
    labels[like_skin & on_head] = Label.SKIN
    labels[like_skin & ~on_head] = Label.ACCESSORY
    return labels


def face_core(person: MaskArray, top: int, height: int) -> MaskArray:
    """The middle of the face, shape (H, W), by the silhouette alone."""
    head = np.zeros_like(person)
    head[top : int(top + 0.13 * height) + 1] = person[top : int(top + 0.13 * height) + 1]
    middle = float(np.median(np.nonzero(head)[1]))
    y, x = np.mgrid[: person.shape[0], : person.shape[1]]
    across, down = (
        (x - middle) / (FACE_ACROSS * height),
        (y - top - FACE_MIDDLE * height) / (FACE_DOWN * height),
    )
    core: MaskArray = (across**2 + down**2 < 1) & person
    return core


def skin_like(photo: Photo, face: MaskArray) -> MaskArray:
    """Pixels (H, W) of the face's own colour; none for an empty face."""
    if not face.any():
        return np.zeros_like(face)
    lab = to_lab(photo)
    away = np.abs(lab - np.median(lab[face], axis=0))
    near: MaskArray = (away <= NEAR_SKIN).all(axis=2)
    return near
