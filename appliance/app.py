"""The composition root: settings in, parts that fit together out. The only code that knows both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from appliance.artifacts import Bank, load_bank
from appliance.config import Settings
from appliance.records import Frame
from appliance.runtime.choose import Wing, choose_wing
from appliance.runtime.seam import Camera, ImageOps
from appliance.vision.decision import Decider
from appliance.vision.descriptor import VERSION, Descriptor
from appliance.vision.detector import Detector
from appliance.vision.garments import GarmentCutter
from appliance.vision.novelty import Judge
from appliance.vision.passages import Passages
from appliance.vision.pipeline import Pipeline
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings
from engines.manifest import model_file


@dataclass(frozen=True)
class Eyes:
    """The parts that look, loaded once; pipelines are made of them, one per source."""

    wing: Wing
    image: ImageOps
    detector: Detector
    garments: GarmentCutter
    descriptor: Descriptor
    engine: str
    "First 12 hex digits of a hash over networks and descriptor: tells booths with different eyes apart."


def load_eyes(settings: Settings) -> Eyes:
    """Load the networks. Raises BoothError naming the missing file and the command that makes it."""
    wing = choose_wing(settings.wing)
    size = (settings.detector.width, settings.detector.height)
    people, matte = model_file("picodet-s", size), model_file("modnet")
    image = wing.image()
    engine = hashlib.sha256(VERSION.encode())
    for path in (people, matte):
        engine.update(path.read_bytes())
    return Eyes(
        wing,
        image,
        Detector(settings.detector, image, wing.model(people, settings.detector.threads)),
        GarmentCutter(image, wing.model(matte, settings.detector.threads)),
        Descriptor(wing.measures()),
        engine.hexdigest()[:12],
    )


def load_judge(settings: Settings, wing: Wing) -> Judge | None:
    """The bank made searchable; None when no bank is set."""
    if settings.novelty.bank is None:
        return None
    bank: Bank = load_bank(settings.novelty.bank, VERSION)
    return Judge(bank, bank.neighbours, wing.neighbours)


def make_pipeline(settings: Settings, eyes: Eyes, judge: Judge | None, frame: Frame) -> Pipeline:
    """A pipeline for a source whose frames are like `frame`."""
    passages = Passages(settings.garments, settings.capture)
    return Pipeline(
        eyes.detector,
        Tracker(TrackerSettings(), frame.width, frame.height),
        passages,
        eyes.garments,
        eyes.descriptor,
        Decider(settings.decision, judge, passages.least_views) if judge else None,
    )


def open_camera(settings: Settings, eyes: Eyes, *, live: bool) -> Camera:
    """Open settings.camera. Raises SourceError naming the source and the cure."""
    return eyes.wing.camera(settings.camera, live=live)
