"""Settings of one booth: defaults, a city file and a booth file in, one frozen, checked object out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from appliance.duties import Language, Law, Place, Retention, Sign
from appliance.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]


class Identity(Section):
    """Who this booth is: the two middle levels of its topics."""

    city: Name = "new-york"
    id: Name = "desk"


def rising(pair: tuple[float, float]) -> tuple[float, float]:
    """The same pair. Raises ValueError unless the first is at most the second."""
    if pair[0] > pair[1]:
        raise ValueError("the first of the two is the least, the second the most")
    return pair


Nanoseconds = Annotated[int, Field(ge=1_000, le=1_000_000_000)]
Gain = Annotated[float, Field(ge=1, le=256)]


class Sensor(Section):
    """How the sensor and the image processor of a CSI camera work; other sources do not read this."""

    mode: int | None = Field(None, ge=0, le=31)
    "One of the sensor's own modes (`v4l2-ctl --list-formats-ext`); the nearest to size and rate when not set."
    exposure_ns: Annotated[tuple[Nanoseconds, Nanoseconds], AfterValidator(rising)] | None = None
    "Least and most; a shorter most freezes people who walk, and needs light."
    gain: Annotated[tuple[Gain, Gain], AfterValidator(rising)] | None = None
    "Least and most analogue gain of the sensor."
    digital_gain: Annotated[tuple[Gain, Gain], AfterValidator(rising)] | None = None
    "Least and most digital gain of the image processor, which adds noise."
    exposure_compensation: float = Field(0, ge=-2, le=2)
    "Stops brighter (above 0) or darker than the image processor would choose."
    white_balance: Literal[
        "auto",
        "incandescent",
        "fluorescent",
        "warm-fluorescent",
        "daylight",
        "cloudy-daylight",
        "twilight",
        "shade",
    ] = "auto"
    "A fixed one keeps colours comparable where the light does not change."
    anti_banding: Literal["none", "auto", 50, 60] = "auto"
    "The mains frequency in Hz, whose lamps would flicker through the picture."
    flip: Literal["none", "half-turn", "left", "right", "mirror"] = "none"
    "How a camera that is mounted otherwise is put upright; left and right turn by a quarter."


class Camera(Section):
    """Where frames come from."""

    source: str = "v4l2:/dev/video0"
    "A file, rtsp://, v4l2:/dev/video0, csi:0 or test:."
    width: int = Field(1280, ge=64, le=7680)
    height: int = Field(720, ge=64, le=4320)
    frame_rate: float = Field(30, gt=0, le=240)
    "Wanted frames per second; a camera gives its nearest mode."
    first_frame_s: Seconds = 10
    "The first pipeline after an installation scans all plugins, which takes many seconds."
    stall_s: Seconds = 5
    "No frame for so long means that the camera is lost and is opened anew."
    repeat: bool = False
    "Files only: start again at the end, at the file's own pace."
    nvmm: bool = True
    "Jetson: off copies each frame through host memory, the way out when its surfaces are refused."
    csi: Sensor = Sensor()

    @property
    def label(self) -> str:
        """The source as anybody may read it: without the user and password of a network camera.

        Up to the last @: passwords are written with / and @ in them, whatever RFC 3986 says.
        """
        return re.sub(r"//.*@", "//", self.source)

    def source_is_file(self) -> bool:
        """Whether the source is a recording: it can be over, and waiting does not mend it."""
        return not self.source.startswith(("v4l2:", "rtsp:", "rtsps:", "csi:", "test:"))


class Detector(Section):
    """Who is a person."""

    width: int = Field(640, ge=32, le=1920, multiple_of=32)
    height: int = Field(384, ge=32, le=1920, multiple_of=32)
    score_floor: Share = 0.3
    "Weaker boxes are not even shown to the tracker."
    overlap: Share = 0.55
    "Intersection over union above which the weaker of two boxes goes."
    threads: int = Field(0, ge=0, le=64)
    "0: as many as there are cores."


class Garment(Section):
    """Which views of a passage are looked at, and when a mask is too bad."""

    views: int = Field(3, ge=1, le=8)
    "Views of one passage that are masked and described at the most; three are needed to tell a bad one."
    view_gap_s: Seconds = 0.8
    "Views closer than this show the same thing."
    min_height_px: int = Field(60, ge=16)
    min_width_px: int = Field(20, ge=8)
    max_overlap: Share = 0.15
    "Share of the person's box that other boxes may cover."
    per_frame: int = Field(2, ge=1, le=16)
    "Views taken from one frame at the most, so that a crowd cannot stall the camera."


class Zone(Section):
    """A polygon on the ground of the picture."""

    name: Name
    kind: Literal["scored", "opt-out", "door", "spot"] = "scored"
    """door: whoever comes out of it is neither scored nor learned, such as staff and customers of the shop.

    spot: marked on the ground for people who ask to be scored; for so long as somebody asks, and no longer, whoever
    stands there is looked at, in any mode.
    """
    polygon: tuple[tuple[Share, Share], ...] = Field(min_length=3, max_length=32)
    "Corners as shares of the picture's width and height."

    @property
    def shields(self) -> bool:
        """Whether it takes people out, so that nobody far away may lift it; the others take people in."""
        return self.kind in ("opt-out", "door")


class Capture(Section):
    """Whom the booth may look at."""

    mode: Literal["open-street", "opt-in-zone"] = "open-street"
    zones: tuple[Zone, ...] = ()
    rearm_h: float | None = Field(None, gt=0, le=8760)
    "Hours after which the camera closes unless somebody arms the booth (`resume`, screen, field page); null: never."

    @model_validator(mode="after")
    def _opt_in_needs_a_zone(self) -> Capture:
        if self.mode == "opt-in-zone" and not any(zone.kind == "scored" for zone in self.zones):
            raise ValueError("opt-in-zone needs at least one zone of kind 'scored' under capture.zones")
        return self

    @model_validator(mode="after")
    def _one_spot(self) -> Capture:
        if len([zone for zone in self.zones if zone.kind == "spot"]) > 1:
            raise ValueError(
                "there is more than one zone of kind 'spot'; people are told to stand in the one"
            )
        return self

    @property
    def spot(self) -> Zone | None:
        """Where people stand who ask to be scored; None where no spot is drawn."""
        return next((zone for zone in self.zones if zone.kind == "spot"), None)


class Novelty(Section):
    """What is usual here."""

    bank: Path | None = None
    "File made by `booth learn`; without it the booth counts passages but judges nobody."
    neighbours: int = Field(1, ge=1, le=64)
    "Nearest prototypes whose mean distance counts in a bank to be learned; many hundred people bear three."
    learning: bool = True
    "on: `booth run vision` goes on learning into the bank, or into its own street.bank without one."


class Rule(Section):
    """When an outfit is an exception: by a share of the passages or by a number an hour, not both."""

    wanted_share: Annotated[float, Field(gt=0, le=0.5)] | None = None
    "Share of passages that shall be exceptions, 0.05 when nothing is set; the threshold is the rarity 1 - share."
    wanted_per_hour: Annotated[float, Field(gt=0, le=1000)] | None = None
    "Exceptions an hour that staff can greet; turned into a share by the passages an hour seen lately."

    @model_validator(mode="after")
    def _one_wish(self) -> Rule:
        if self.wanted_share is not None and self.wanted_per_hour is not None:
            raise ValueError("wanted_share and wanted_per_hour exclude each other; set one of them to null")
        return self


OTHER_WISH = {"wanted_share": "wanted_per_hour", "wanted_per_hour": "wanted_share"}


def yielding(rule: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a lower layer's `rule` without the wish whose place the other one in `over` takes."""
    given = {key for key in OTHER_WISH if over.get(key) is not None}
    return {key: value for key, value in rule.items() if OTHER_WISH.get(key) not in given or key in over}


def broker_address(url: str) -> str:
    """The same address. Raises ValueError for one that cannot be."""
    parts = re.fullmatch(r"mqtts?://[^/\s:]+(?::(\d{1,5}))?", url)
    if parts is None or not 0 < int(parts[1] or 1) < 65_536:
        raise ValueError("no broker address; write mqtt://HOST:PORT or mqtts://HOST:PORT")
    return url


class Uplink(Section):
    """The way to the world."""

    broker: Annotated[str, AfterValidator(broker_address)] = "mqtt://127.0.0.1:1883"
    keepalive_s: int = Field(30, ge=5, le=600)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    "The three for mqtts: files, or credential:NAME of the unit. None set: its ca.crt, booth.crt, booth.key, if any."
    status_every_s: float = Field(300, gt=0, le=86_400)
    health_every_s: float = Field(60, gt=0, le=86_400)
    session_s: int = Field(300, ge=0, le=604_800)
    "For so long the broker keeps what is meant for a booth that is away."
    outbox_rows: int = Field(100_000, ge=10)
    "Messages kept at the most; the oldest go first, and are counted. So do the next two bound it."
    outbox_mb: float = Field(64, ge=1, le=100_000)
    "Megabytes of their payloads."
    outbox_days: float = Field(30, gt=0, le=3650)
    "Their age; one whose clock was not set then ages from the first time that it was."


PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
"RFC 1918, link-local (RFC 3927, 4291), unique local (RFC 4193): what no router of the Internet carries."


def private_address(text: str) -> str:
    """The same address, as its standard writes it. Raises ValueError for one that others than a LAN can reach."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("no address; write one of this machine's, such as 192.168.77.1, or null") from None
    if not any(address.version == network.version and address in network for network in PRIVATE):
        raise ValueError(f"{text} is not private; name the one address of the booth's own LAN, or null")
    if address.version == 6 and address.is_link_local and not address.scope_id:
        raise ValueError(f"{text} is on every interface; say on which: {text}%INTERFACE")
    return str(address)


class Button(Section):
    """A push button for passers-by on a line of the machine's own pins, to ground where `active_low`."""

    chip: str = Field(pattern=r"^/dev/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    "As `gpiodetect` lists it: /dev/gpiochip0."
    line: (
        Annotated[int, Field(ge=0, le=4095)] | Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.:/ -]{0,31}$")]
    )
    "Its number or its name, as `gpioinfo` lists them."
    active_low: bool = True
    debounce_ms: int = Field(20, ge=0, le=500)
    "A switch bounces for some milliseconds."


class Display(Section):
    """The pages that staff and technicians see."""

    host: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    port: int = Field(8480, ge=0, le=65535)
    "0: any free port. The same on the LAN."
    lan: Annotated[str, AfterValidator(private_address)] | None = None
    "Address of the one interface where field page and staff board answer besides; null: this machine only."
    card_s: float = Field(20, gt=0, le=20)
    "Nobody is told of for longer than it takes to walk up to them."
    language: Language = "en"
    pause_gpio: Button | None = None
    "The button that closes the cameras for 15 minutes; null: there is none but the page's."


class Engines(Section):
    """How the networks run."""

    precision: Literal["auto", "fp32", "fp16", "int8"] = "auto"
    "auto: fp16 on a Jetson; on a CPU fp32, or int8 where `booth engines build` found it as good and faster."
    builder_level: int = Field(3, ge=0, le=5)
    "Jetson only: 0 builds soonest, 5 may find the fastest plan, and takes an hour."
    workspace_mb: Annotated[int, Field(ge=64)] | None = None
    "Jetson only: memory that TensorRT may use while it builds; null: half of what is free."


class Folders(Section):
    """Where the booth keeps its few files."""

    state: Path = Path("/var/lib/booth")
    "On disk: the outbox, what was learned, what is set from afar, who has paused the booth."
    vision: Path | None = None
    "On disk: what was learned, in a folder that only vision may read; null: in the state folder."
    runtime: Path = Path("/run/booth")
    "In memory: sockets and vitals."

    @property
    def learned(self) -> Path:
        """Where vision keeps what it has learned."""
        return self.vision or self.state


def web_address(url: str) -> str:
    """The same address without a slash at its end. Raises ValueError for one that cannot be."""
    if not re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", url):
        raise ValueError("no web address; write https://HOST/PATH")
    return url.rstrip("/")


Hour = Annotated[float, Field(ge=0, le=24)]


class Update(Section):
    """Where newer programs come from, and when this booth may be interrupted for one."""

    url: Annotated[str, AfterValidator(web_address)] | None = None
    "The folder that `booth update init` made, on any web server; null: no updates."
    ring: Literal["auto", "canary", "city", "all"] = "auto"
    "How early this booth gets a release; auto draws it by the booth's name: 5 % canary, 25 % city, the rest all."
    window: tuple[Hour, Hour] = (2, 5)
    "First hour and end, local time, in which a new program may start; it is fetched at any time."
    every_h: float = Field(6, ge=1, le=168)
    "Between two looks."
    folder: Path = Path("/var/lib/booth-update")
    root: Path = Path("/etc/booth/update/root.json")
    "Whom this booth believes at first; provisioning puts it there."


class Trends(Section):
    """What is released of the street as a whole, once a day: shares with noise, and of nobody."""

    release: bool = True
    "false: nothing is counted for it. Neither is it where sign.purposes are named without trends."
    epsilon: float = Field(1, ge=0.01, le=1)
    "Privacy loss of a day's release in all; smaller is more private and noisier."
    ends_at_h: float = Field(24, gt=0, le=24)
    "Local hour at which the day is closed. Counts live in memory: a booth that is switched off at 22 h wants 21.5."


class Settings(Section):
    """Everything that can be set."""

    booth: Identity = Identity()
    wing: Literal["auto", "cpu", "jetson"] = "auto"
    """auto: jetson on a Jetson, else cpu.

    A Jetson whose GPU cannot be used fails and says why: a booth that looks twenty times slower, and so misses most
    people, would be believed. `cpu` is to be set by somebody who wants that.
    """
    camera: Camera = Camera()
    detector: Detector = Detector()
    garments: Garment = Garment()
    capture: Capture = Capture()
    novelty: Novelty = Novelty()
    decision: Rule = Rule()
    uplink: Uplink = Uplink()
    display: Display = Display()
    engines: Engines = Engines()
    update: Update = Update()
    trends: Trends = Trends()
    folders: Folders = Folders()
    place: Place = Place()
    law: Law = Law()
    sign: Sign = Sign()
    retention: Retention = Retention()

    @model_validator(mode="before")
    @classmethod
    def _the_first_language_is_the_boards(cls, values: Any) -> Any:
        place = values.get("place") if isinstance(values, dict) else None
        languages = place.get("languages") if isinstance(place, dict) else None
        display = values.get("display", {}) if languages else None
        if isinstance(languages, list) and isinstance(display, dict) and "language" not in display:
            return {**values, "display": {**display, "language": languages[0]}}
        return values
