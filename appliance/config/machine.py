"""Settings of the machine: how networks run, where files lie, when programs are replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from appliance.config.values import web_address
from appliance.section import Section


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
