"""Photos from disk on either wing: a file in, host pixels out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import SourceError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
MAX_PIXELS = 100_000_000


def is_photo(path: Path) -> bool:
    """Whether the name says photo."""
    return path.suffix.lower() in SUFFIXES


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Packed RGB (H, W, 3), upright by its EXIF tag. Raises SourceError for what is no photo."""
    try:
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; name a photo that can be read") from None
    try:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    except cv2.error:  # a header that promises more pixels than OpenCV allows
        picture = None
    if picture is None or picture.size > 3 * MAX_PIXELS:
        raise SourceError(f"{path}: not a photo that can be read; save it again as JPEG or PNG")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
