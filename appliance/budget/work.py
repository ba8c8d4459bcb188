"""What a frame costs on paper: a load in, bytes moved and operations of each part of each stage out.

Every buffer is counted as often as kernels read or write it, as if the caches kept nothing. Stages bear the names of
the pipeline's stopwatch, so that `booth bench` can put its measurements beside them; the tracker needs no GPU.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.budget.board import Unit
from appliance.budget.load import Load, Sight
from appliance.budget.networks import BLAZEPOSE, MOBILENET, PICODET, Network
from appliance.pose import CORE_BONES, GRID, OUTER_BONES
from appliance.vision.garments import CUT_HEIGHT, CUT_WIDTH, MARGIN, VIEW

NV12 = 1.5
"Bytes of a pixel: full light, a quarter of the colour, twice."
FLOAT, HALF = 4, 2
"Bytes."
SENSOR = 2.0
"Bytes of a raw pixel, 10 bits in 16: written by the capture engine, read by the ISP [K]."
PERSON_WIDTH = 0.4
"Of a person's box, in its heights."
CELLS = sum(1 / side**2 for side in (8, 16, 32, 64))
"Boxes that PicoDet proposes for a pixel of its input."
CANDIDATES = 100
"Boxes above the score floor, which are compared in pairs."
SAMPLE_OPS = 145.0
"Instructions for a pixel made of four of NV12, counted in letterbox.cu: conversion of each, weights, normalisation."
PAIR_OPS, BONE_OPS = 16.0, 20.0
"Overlap of two boxes; distance of a point to a bone."
DRESS_BYTES, DRESS_OPS = 42.0, 40.0
"For each pixel of the view, counted in bodies.cu: silhouette twice, labels and areas through four kernels, two masks."
MEASURE_BYTES = 141.0
"For each pixel of a cut, counted in the kernels: pyramid and pattern 107, relief 20, histograms 8, pooling 6."
MEASURE_OPS = 700.0
"For each pixel of a cut: blurs of 7 to 13 taps over four planes, both ways, slopes and three histograms."
SEARCH_QUERIES = 16
"Answered by one pass over the bank."


@dataclass(frozen=True)
class Work:
    """One part of a stage."""

    stage: str
    part: str
    moved: float
    "Bytes read and written."
    operations: float
    unit: Unit = "fp32"


def work_of(load: Load, sight: Sight) -> list[Work]:
    """All parts of one frame, in their order."""
    return [
        camera(load),
        *detection(load),
        *garments(load, sight),
        *description(load, sight),
        search(load, sight),
    ]


def camera(load: Load) -> Work:
    """Sensor to pitch-linear NV12: capture engine, ISP and VIC, none of which is the GPU, but all use its memory."""
    pixels = load.size[0] * load.size[1]
    return Work("camera", "sensor, ISP, VIC", pixels * (2 * SENSOR + 3 * NV12), 0.0)


def detection(load: Load) -> Iterator[Work]:
    """The whole picture is read once; from then on only the detector's input counts."""
    picture, pixels = load.size[0] * load.size[1], load.detector[0] * load.detector[1]
    boxes = pixels * CELLS
    yield Work("letterbox", "NV12 to planar", picture * NV12 + pixels * 3 * FLOAT, pixels * SAMPLE_OPS)
    yield network("detector", "PicoDet-S", PICODET.at(load.detector), 1.0, load)
    yield Work("decode", "boxes", boxes * 5 * FLOAT, boxes * 5 + CANDIDATES**2 * PAIR_OPS)


def garments(load: Load, sight: Sight) -> Iterator[Work]:
    """The light of the street, then for each view a square crop, the body, its dress, two cuts of the frame."""
    picture, views = load.size[0] * load.size[1], sight.views
    tall = load.person_share * load.size[1]
    square, person, view = (MARGIN * tall) ** 2, PERSON_WIDTH * tall**2, VIEW**2
    cut_bytes = 2 * (person * NV12 + view + CUT_WIDTH * CUT_HEIGHT * 4)
    crop_bytes = square * NV12 + 2 * view * 3 * FLOAT  # written, and read again for its sharpness
    bones = (len(CORE_BONES) + len(OUTER_BONES) + 1) * BONE_OPS / GRID**2
    yield Work("garments", "light", sight.lights * picture * NV12, sight.lights * picture * SAMPLE_OPS / 4)
    yield Work("garments", "crops", views * crop_bytes, views * max(square, view) * SAMPLE_OPS)
    yield network("garments", "BlazePose", BLAZEPOSE, views, load)
    yield Work("garments", "dress", views * view * DRESS_BYTES, views * view * (bones + DRESS_OPS))
    yield Work("garments", "cuts", views * cut_bytes, views * 2 * person * SAMPLE_OPS)


def description(load: Load, sight: Sight) -> Iterator[Work]:
    """Measures of the cuts, and the appearance network on their relief."""
    pixels = sight.views * CUT_WIDTH * CUT_HEIGHT
    yield Work("descriptor", "measures", pixels * MEASURE_BYTES, pixels * MEASURE_OPS)
    yield network("descriptor", "MobileNetV2", MOBILENET, sight.views, load)


def search(load: Load, sight: Sight) -> Work:
    """The bank in half floats is read once for up to 16 queries, and not at all in a frame without a view."""
    passes = min(sight.views, 1.0) if sight.views <= 1 else float(math.ceil(sight.views / SEARCH_QUERIES))
    figures = load.bank_rows * load.bank_length
    return Work("novelty", "neighbours", passes * figures * HALF, 2 * sight.views * figures, "fp16")


def network(stage: str, part: str, given: Network, inputs: float, load: Load) -> Work:
    """A network on so many inputs."""
    value_bytes = 1 if load.precision == "int8" else HALF
    return Work(stage, part, given.moved_bytes(inputs, value_bytes), given.operations(inputs), load.precision)
