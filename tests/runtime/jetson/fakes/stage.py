"""How NVIDIA's elements behave in one test, and what was seen of them: a plain record that all fakes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import Deliver, Fail, Freeze
from tests.runtime.jetson.fakes.images import Images
from tests.runtime.jetson.fakes.surfaces import FakeLibrary, FakePool, Kind

STEPS = 32
"Grey levels that tell numbers, 8 apart: a number comes round again after so many."
NVMM_CAPS = "video/x-raw(memory:NVMM)"


@dataclass
class Stage:
    """How the elements behave."""

    images: Images
    kind: Kind = Kind()
    acts: Sequence[Deliver | Freeze | Fail] = (Deliver(1_000_000),)
    "What the camera does, from the start each time it is opened; it stays silent after the last."
    frame_rate: float = 0
    "Frames per second; 0: as fast as they are taken."
    camera: str = "image/jpeg"
    "What the USB camera offers: image/jpeg, or a raw format."
    lacking: tuple[str, ...] = ()
    "Properties that this release does not have."
    features: str = NVMM_CAPS
    "What the converter claims to give where NVMM is asked for."
    colorimetry: str = ""
    faithful: bool = False
    "The converter keeps pictures as they are, instead of making all bytes grey like the first one."
    opened: int = 0
    "Times that the camera was started."
    pools: list[FakePool] = field(default_factory=list)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    "Element -> its properties when it was started."
    library: FakeLibrary = field(init=False)

    def __post_init__(self) -> None:
        self.library = FakeLibrary(self.images, self.kind)

    def pool(self, gst: Any, size: tuple[int, int]) -> FakePool:
        """Surfaces of this stage's kind."""
        self.pools.append(FakePool(gst, self.kind, size, self.library))
        return self.pools[-1]

    def remember(self, name: str, element: Any) -> None:
        """Note the properties that an element was started with."""
        keys = [spec.name for spec in element.list_properties() if spec.owner_type == element.__gtype__]
        self.seen[name] = {key: element.get_property(key) for key in keys}


def grey(number: int) -> int:
    """The level of all pixels of a picture."""
    return number % STEPS * 8
