"""The composition root: settings in, parts that fit together out. The only code that knows both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.config import Settings
from appliance.records import Frame
from appliance.runtime.choose import Wing, choose_wing
from appliance.runtime.preparation import Normal, Preparation
from appliance.runtime.seam import BodyOps, Camera, ImageOps, Model
from appliance.vision.banks import read_bank
from appliance.vision.decision import Decider
from appliance.vision.descriptor import MEASURES, VERSION, Descriptor
from appliance.vision.detector import Detector
from appliance.vision.garments import CUT_HEIGHT, CUT_WIDTH, VIEW, GarmentCutter
from appliance.vision.light import Light
from appliance.vision.novelty import Judge
from appliance.vision.passages import Passages
from appliance.vision.pipeline import Pipeline
from appliance.vision.spot import Spot
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings
from engines.active import Network, active_file, active_plan
from engines.cache import default_cache
from engines.layouts import PACKED, PLANAR, Layout
from engines.machine import onnx_machine
from engines.manifest import normal_of

BODY_VIEW, CUT_SIZE = (VIEW, VIEW), (CUT_WIDTH, CUT_HEIGHT)


@dataclass(frozen=True)
class Eyes:
    """The parts that look, loaded once; pipelines are made of them, one per source."""

    wing: Wing
    image: ImageOps
    detector: Detector
    body: Model
    "The network of the garments, for those who look at its own answers."
    bodies: BodyOps
    garments: GarmentCutter
    descriptor: Descriptor
    engine: str
    "First 12 hex digits of a hash over networks and descriptor: tells booths with different eyes apart."


def load_eyes(settings: Settings, wing: Wing | None = None) -> Eyes:
    """Load the networks, on a wing that is chosen here unless it is given.

    Raises BoothError naming the missing file and the command that makes it.
    """
    wing = wing or choose_wing(settings.wing)
    files = network_files(settings, wing)
    image, bodies = wing.image(preparation(settings)), wing.bodies()
    people, body, appearance = (wing.model(path, settings.detector.threads) for path in files)
    return Eyes(
        wing,
        image,
        Detector(settings.detector, image, people, wing.boxes()),
        body,
        bodies,
        GarmentCutter(image, body, bodies),
        Descriptor(wing.measures(), image, appearance),
        engine_of(files),
    )


def engine_of(files: Sequence[Path]) -> str:
    """The id of eyes with these networks: another one as soon as any other file runs."""
    engine = hashlib.sha256(f"{VERSION} {MEASURES}".encode())
    for path in files:
        engine.update(path.read_bytes())
    return engine.hexdigest()[:12]


def preparation(settings: Settings) -> Preparation:
    """What the planar networks want of their pictures, by the manifest."""
    people, body, looks = (Normal(*normal_of(network.name)) for network in networks_of(settings))
    return Preparation(people, body, looks)


def network_files(settings: Settings, wing: Wing) -> tuple[Path, Path, Path]:
    """The files that find people, cut out bodies and describe looks: plans, or ONNX files. Raises BoothError."""
    cache = default_cache()
    if wing.open_plan:
        people, body, looks = (active_plan(cache, network) for network in networks_of(settings, PLANAR))
    else:
        wanted, machine = settings.engines.precision, onnx_machine()
        people, body, looks = (
            active_file(cache, network, wanted, machine) for network in networks_of(settings)
        )
    return people, body, looks


def networks_of(settings: Settings, layout: Layout = PACKED) -> tuple[Network, Network, Network]:
    """The networks that find people, cut out bodies and describe looks."""
    size = (settings.detector.width, settings.detector.height)
    return (
        Network("picodet-s", size, layout),
        Network("blazepose", BODY_VIEW, layout),
        Network("mobilenet-v2", CUT_SIZE, layout),
    )


def load_judge(settings: Settings, wing: Wing) -> Judge | None:
    """The bank made searchable; None when no bank is set."""
    if settings.novelty.bank is None:
        return None
    bank = read_bank(settings.novelty.bank)
    return Judge(bank, bank.neighbours, wing.neighbours)


def make_pipeline(settings: Settings, eyes: Eyes, judge: Judge | None, frame: Frame) -> Pipeline:
    """A pipeline for a source whose frames are like `frame`."""
    passages = Passages(settings.garments, settings.capture)
    return Pipeline(
        eyes.detector,
        Tracker(TrackerSettings(), frame.width, frame.height),
        passages,
        Light(eyes.image),
        eyes.garments,
        eyes.descriptor,
        Decider(settings.decision, judge, passages.least_views) if judge else None,
        Spot(settings.garments, settings.capture),
    )


def open_camera(settings: Settings, eyes: Eyes, *, live: bool) -> Camera:
    """Open settings.camera. Raises SourceError naming the source and the cure."""
    return eyes.wing.camera(settings.camera, live=live)
