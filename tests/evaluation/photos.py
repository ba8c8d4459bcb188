"""Photos of people from a folder, with label maps where there are any: a folder in, shots out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.runtime.photos import is_photo, read_photo
from calibration.trials.labels import GARMENTS, Label, Labels, Photo, Shot, where

LONGEST_PX = 1000
"Larger photos are shrunk: no booth sees people larger."
LEAST_GARMENT = 0.02
"Share of the photo that garments must cover for a map to be believed."
CCP_CLASSES = MappingProxyType({
    Label.HAIR: (19,), Label.SKIN: (41,), Label.HEADWEAR: (20,),
    Label.UPPER: (4, 5, 10, 11, 13, 22, 24, 26, 37, 38, 48, 49, 51, 52, 54, 55),
    Label.LOWER: (25, 27, 31, 40, 42, 45, 53), Label.FULL: (6, 14, 35, 46, 50),
    Label.SHOES: (7, 12, 16, 21, 28, 32, 36, 39, 43, 44, 58),
})  # fmt: skip
"Classes of Clothing Co-Parsing (Yang et al. 2014); its other numbers above 0 are worn or carried."

Guess = Callable[[Photo], Labels]
"""Label map of a photo without one; all background when nobody was found."""


@dataclass(frozen=True)
class Album:
    """A folder of photos and how to come by their label maps."""

    photos: tuple[Path, ...]
    masks: Path | None
    guess: Guess | None
    "For photos without a map; without it they are skipped."

    def read(self, path: Path) -> Shot | None:
        """One photo with its map, shrunk to LONGEST_PX; None when no clothes can be seen in it."""
        photo = read_photo(path)
        labels = read_mask(self.masks, path.stem) if self.masks else None
        if labels is None:
            photo = shrink(photo)
            labels = self.guess(photo) if self.guess else np.zeros(photo.shape[:2], np.uint8)
        rows, columns = min(len(photo), len(labels)), min(photo.shape[1], labels.shape[1])
        photo, labels = shrink(photo[:rows, :columns]), shrink(labels[:rows, :columns])
        dressed = where(labels, GARMENTS).mean() > LEAST_GARMENT
        return Shot(np.ascontiguousarray(photo), np.ascontiguousarray(labels)) if dressed else None


def open_album(folder: Path, masks: Path | None, guess: Guess | None) -> Album:
    """All photos under a folder, by name. Raises BoothError naming the folder that has none."""
    if masks is None and (folder / "annotations" / "pixel-level").is_dir():
        masks = folder / "annotations" / "pixel-level"
    if masks is not None and not masks.is_dir():
        raise BoothError(f"{masks}: no such folder; name the one with the label maps, or leave --masks out")
    aside = masks.resolve() if masks else None
    found = sorted(path for path in folder.rglob("*") if is_photo(path)) if folder.is_dir() else []
    photos = [path for path in found if aside is None or aside not in path.resolve().parents]
    if masks is not None:
        photos = [path for path in photos if mask_file(masks, path.stem)] if guess is None else photos
    if not photos:
        raise BoothError(
            f"{folder}: no photo in it{' with a label map' if masks else ''}; name a folder of photos"
        )
    return Album(tuple(photos), masks, guess)


def mask_file(folder: Path, stem: str) -> Path | None:
    """The label map of a photo: STEM.png with values of Label, or STEM.mat as CCP has it; None without."""
    for path in (folder / f"{stem}.png", folder / f"{stem}.mat"):
        if path.is_file():
            return path
    return None


def read_mask(folder: Path, stem: str) -> Labels | None:
    """Label map (H, W) of a photo, None without one. Raises BoothError naming a file that is no map."""
    path = mask_file(folder, stem)
    if path is None:
        return None
    if path.suffix == ".mat":
        return labels_from_ccp(read_mat(path))
    labels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
    if labels is None or labels.max() > max(Label):
        known = ", ".join(f"{label.value} {label.name.lower()}" for label in Label)
        raise BoothError(f"{path}: no label map; write a grey PNG with the values {known}")
    return np.asarray(labels, np.uint8)


def read_mat(path: Path) -> NDArray[np.uint8]:
    """Class numbers (H, W) of a CCP annotation. Raises BoothError without SciPy or for a damaged file."""
    try:
        loadmat = importlib.import_module("scipy.io").loadmat
    except ImportError:
        raise BoothError(
            f"{path}: reading .mat files needs SciPy; pip install scipy, or convert to PNG"
        ) from None
    try:
        return np.asarray(loadmat(str(path))["groundtruth"], np.uint8)
    except (KeyError, ValueError, OSError) as error:
        raise BoothError(f"{path}: no annotation as CCP has it ({error}); leave it out") from None


def labels_from_ccp(classes: NDArray[np.uint8]) -> Labels:
    """CCP's numbers (H, W) as values of Label."""
    labels = np.where(classes > 0, Label.ACCESSORY, Label.BACKGROUND).astype(np.uint8)
    for label, numbers in CCP_CLASSES.items():
        labels[np.isin(classes, numbers)] = label
    return labels


def shrink(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo (H, W, 3) or label map (H, W) at most LONGEST_PX on its longer side."""
    scale = LONGEST_PX / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    method = cv2.INTER_NEAREST if picture.ndim == 2 else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
