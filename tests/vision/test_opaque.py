"""Nothing above the seam looks into a wing's array: with arrays that nobody can open, it sees the same street."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args, get_origin, get_type_hints

import cv2
import numpy as np
import pytest

from appliance.app import Eyes, load_eyes, make_pipeline
from appliance.config import Settings
from appliance.records import Frame, Passage
from appliance.runtime.choose import Wing, cpu_wing
from appliance.runtime.seam import BodyOps, BoxOps, ImageOps, Measures, Model

FIRST, COUNT = 96, 8
"Frames of the sample street with people in full view."


class Sealed:
    """An array of a wing as those above the seam may have it: to be handed on."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside

    def __array__(self, *_: Any) -> None:
        raise TypeError("an array of the wing was opened")

    def __bool__(self) -> bool:
        raise TypeError("an array of the wing was asked")

    def __eq__(self, other: object) -> bool:
        raise TypeError("an array of the wing was compared")

    __hash__ = None  # type: ignore[assignment]


def opened(value: Any) -> Any:
    """An argument as the wing itself sees it."""
    if isinstance(value, Frame):
        return replace(value, pixels=opened(value.pixels))
    if isinstance(value, Mapping):
        return {name: opened(one) for name, one in value.items()}
    return value._inside if isinstance(value, Sealed) else value


def sealed(value: Any, kind: Any) -> Any:
    """A result with everything sealed that the seam calls a DeviceArray."""
    if kind is Any:
        return Sealed(value)
    if get_origin(kind) is tuple:
        return tuple(sealed(one, each) for one, each in zip(value, get_args(kind), strict=True))
    return value


class Curtain:
    """One part of a wing that takes and gives sealed arrays."""

    def __init__(self, part: Any, protocol: type) -> None:
        self._part = part
        self._protocol = protocol

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, kind = getattr(self._part, name), get_type_hints(getattr(self._protocol, name))["return"]
        return lambda *given: sealed(method(*[opened(one) for one in given]), kind)


class CurtainedModel:
    """A network that seals all its outputs but the figures it was asked for."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def infer(self, inputs: Mapping[str, Any], figures: tuple[str, ...] = ()) -> dict[str, Any]:
        outputs = self._model.infer(opened(inputs), figures)
        return {name: one if name in figures else Sealed(one) for name, one in outputs.items()}


def behind_curtains(wing: Wing) -> Wing:
    return replace(
        wing,
        image=lambda wanted: cast(ImageOps, Curtain(wing.image(wanted), ImageOps)),
        boxes=lambda: cast(BoxOps, Curtain(wing.boxes(), BoxOps)),
        bodies=lambda: cast(BodyOps, Curtain(wing.bodies(), BodyOps)),
        measures=lambda: cast(Measures, Curtain(wing.measures(), Measures)),
        model=lambda path, threads: cast(Model, CurtainedModel(wing.model(path, threads))),
    )


@pytest.fixture(scope="module")
def curtained(eyes: Eyes) -> Eyes:
    """The real networks behind curtains; skips where `eyes` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("appliance.app.choose_wing", lambda _: behind_curtains(cpu_wing()))
        return load_eyes(Settings())


@pytest.fixture(scope="module")
def street(street_video: Path) -> list[Any]:
    video = cv2.VideoCapture(str(street_video))
    pictures = [video.read()[1] for _ in range(FIRST + COUNT)]
    return [np.ascontiguousarray(picture[:, :, ::-1]) for picture in pictures[FIRST:]]


def walk(eyes: Eyes, street: list[Any]) -> list[Passage]:
    """Everybody who passed in those frames."""
    height, width = street[0].shape[:2]
    frames = [Frame(eyes.image.upload(one), width, height, 0.2 * n, n) for n, one in enumerate(street)]
    pipeline = make_pipeline(Settings(), eyes, None, frames[0])
    passages = [one for frame in frames for one in pipeline.step(frame).passages]
    return passages + pipeline.finish(0.2 * len(frames)).passages


def test_the_street_is_seen_the_same_through_arrays_that_nobody_above_the_seam_can_open(
    eyes: Eyes, curtained: Eyes, street: list[Any]
) -> None:
    plain, blind = walk(eyes, street), walk(curtained, street)
    assert any(one.measures for one in plain)
    assert [(one.track, one.box, one.abstained) for one in blind] == [
        (one.track, one.box, one.abstained) for one in plain
    ]
    for one, other in zip(plain, blind, strict=True):
        assert {name: row.tobytes() for name, row in one.measures.items()} == {
            name: row.tobytes() for name, row in other.measures.items()
        }


def test_a_frame_with_nobody_passes_too(eyes: Eyes, curtained: Eyes) -> None:
    assert walk(curtained, [np.full((480, 640, 3), 90, np.uint8)]) == []


@pytest.mark.parametrize(
    "peek",
    [
        len,
        bool,
        np.asarray,
        lambda one: one[0],
        lambda one: one.shape,
        lambda one: one * 2,
        lambda one: one == 1,
    ],
)
def test_whoever_opens_an_array_of_the_wing_is_found_out(peek: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        peek(Sealed(np.ones((2, 3), np.float32)))
