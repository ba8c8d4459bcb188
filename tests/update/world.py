"""A publisher, his web server and one booth, small and real: keys, metadata and bundles are; systemd is a fake."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner

from appliance.config import Folders, Identity, Update
from appliance.health.clock import Clock
from appliance.health.vitals import remove_vitals, write_vitals
from appliance.update.bundle import write_bundle
from appliance.update.courier import Note, fetch
from appliance.update.machine import Machine
from appliance.update.manager import Process, Unit
from appliance.update.offer import Offer
from appliance.update.orders import Orders
from appliance.update.places import Places
from appliance.update.publisher_keys import ONLINE, load_signer, make_keys
from appliance.update.release import Ring
from appliance.update.repository import LASTS_D, Repository
from appliance.update.state import State
from appliance.update.switch import settle
from appliance.update.switcher import Moment, advance
from appliance.update.trial import Limits, Trial
from appliance.update.web import Patience

MACHINE = Machine("3.10", "arm64")
OLD, NEW = "0.1.0", "0.2.0"
NIGHT = datetime(2026, 11, 26, 3, 0)  # noqa: DTZ001
DAY = datetime(2026, 11, 26, 15, 0)  # noqa: DTZ001
PATIENT = Patience()
"Of the tests' booths as a rule: a busy machine lets an honest server wait too."
IMPATIENT = Patience(silence_s=0.4, head_s=0.8, window_s=0.5, least_bytes_s=20_000)
"Before a server that stalls by intent."
ROOM = 200_000
"Bytes of the file that makes a bundle worth resuming."


def make_tree(
    folder: Path, version: str, machine: Machine = MACHINE, extra: Mapping[str, bytes] | None = None
) -> Path:
    """A release tree as the package has it, with next to nothing in it."""
    build = {"schema": "build/1", "version": version, "python": machine.python, "arch": machine.arch}
    files = {
        "build.json": json.dumps(build).encode(),
        "launch.py": f"print({version!r})\n".encode(),
        "app/appliance/__init__.py": b"",
        "app/appliance/words.py": f"VERSION = {version!r}\n".encode(),
        "site-packages/tiny/__init__.py": b"ANSWER = 42\n",
        "models/net.bin": noise(ROOM, version),
        **(extra or {}),
    }
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def noise(size: int, seed: str) -> bytes:
    """Bytes that do not compress, the same for the same seed."""
    return random.Random(seed).randbytes(size)


@dataclass
class Publisher:
    """A city team with its keys and its repository."""

    home: Path
    threshold: int = 2
    now: datetime | None = None
    lasts_d: Mapping[str, float] = field(default_factory=lambda: LASTS_D)

    def __post_init__(self) -> None:
        make_keys(self.keys, 3)
        self.repository.begin(
            self.roots, {r: s.public_key for r, s in self.signers.items()}, self.threshold, self.signers
        )

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def site(self) -> Path:
        """What the web server shows."""
        return self.home / "site"

    @property
    def repository(self) -> Repository:
        return Repository(self.site, self.lasts_d, self.now)

    @property
    def roots(self) -> list[CryptoSigner]:
        return [load_signer(self.keys / f"root-{number}.pem") for number in (1, 2, 3)]

    @property
    def signers(self) -> dict[str, CryptoSigner]:
        return {role: load_signer(self.keys / f"{role}.pem") for role in ONLINE}

    @property
    def root(self) -> bytes:
        """What booths are provisioned with."""
        return (self.site / "metadata" / "1.root.json").read_bytes()

    def bundle(self, version: str, **given: Any) -> Path:
        """A bundle of a small tree."""
        tree = make_tree(self.home / "trees" / version, version, **given)
        target = self.home / f"{version}.tar.gz"
        write_bundle(tree, target)
        return target

    def publish(
        self,
        version: str,
        ring: Ring = "all",
        machine: Machine = MACHINE,
        bundle: Path | None = None,
        **custom: Any,
    ) -> Path:
        """Offer a version, its bundle made on the way."""
        made = bundle or self.bundle(version, machine=machine)
        facts = {"version": version, "python": machine.python, "arch": machine.arch, "ring": ring}
        name = f"bundles/booth-{version}-py{machine.python}-{machine.arch}.tar.gz"
        offer = Offer(made, name, {**facts, "unpacked_bytes": 10 * ROOM, **custom})
        self.repository.add([offer], self.signers)
        return made

    def served_bundle(self, version: str) -> Path:
        """The file that the web server shows."""
        return next((self.site / "targets" / "bundles").glob(f"*booth-{version}-*"))


class FakeSystemd:
    """Starts what `current` points to at each restart; each version behaves as it was told to."""

    def __init__(self, places: Places, runtime: Path) -> None:
        self.places, self.runtime = places, runtime
        self.behaviour: dict[str, Behaviour] = {}
        self.restarts = 0
        self.started_s = -1000.0
        self.runs = places.running()
        self.now_s = 0.0
        self.words = ""

    def restart(self) -> None:
        self.restarts += 1
        self.runs = self.places.running()
        self.started_s = self.now_s
        for process in ("vision", "uplink", "display"):
            remove_vitals(self.runtime, process)

    def look(self, process: Process) -> Unit:
        return self._behaviour().unit(process, self.now_s - self.started_s)

    def last_words(self, process: Process) -> str:
        return self._behaviour().words

    def sleep(self, seconds: float) -> None:
        """Time goes by, and who lives writes vitals."""
        self.now_s += seconds
        self.live()

    def live(self) -> None:
        """What the three write each second."""
        for process, values in self._behaviour().vitals(self.now_s - self.started_s).items():
            write_vitals(self.runtime, process, values, self.now_s)

    def _behaviour(self) -> Behaviour:
        return self.behaviour.get(self.runs, Behaviour())


@dataclass(frozen=True)
class Behaviour:
    """How a version does, by the seconds since its start; a good one without anything set."""

    frames: bool = True
    connected: bool = True
    crashes: Process | None = None
    "This process ends at once, again and again."
    hangs: Process | None = None
    "It never becomes ready."
    words: str = ""
    builds_s: float = 0
    "Vision says for so long that it builds engines."
    flaps: bool = False
    "Vision restarts every 7 s."

    def unit(self, process: Process, age_s: float) -> Unit:
        if process == self.crashes:
            return (
                Unit("failed", 4, "exit-code")
                if age_s > 20
                else Unit("activating", int(age_s // 6), "exit-code")
            )
        if process == self.hangs or (process == "vision" and age_s < self.builds_s):
            return Unit("activating")
        if self.flaps and process == "vision":
            return Unit("active", int(age_s // 7), "watchdog")
        return Unit("active")

    def vitals(self, age_s: float) -> dict[str, dict[str, Any]]:
        building = age_s < self.builds_s
        state = "starting" if building else "running" if self.frames else "blind"
        reason = "building engines, 40 %" if building else "" if self.frames else "no frame for 5 s"
        vision = {"state": state, "reason": reason, "frames": round(age_s * 15) if state == "running" else 0}
        broker = (
            {"state": "online"} if self.connected else {"state": "offline", "reason": "certificate refused"}
        )
        lives: dict[str, dict[str, Any]] = {
            "vision": vision,
            "uplink": broker,
            "display": {"state": "running"},
        }
        return {name: values for name, values in lives.items() if name not in {self.crashes, self.hangs}}


@dataclass
class Booth:
    """One booth on MACHINE: the packaged program is OLD."""

    home: Path
    url: str | None
    root: bytes | None
    boot: str = "boot-1"
    clock: Clock = field(default_factory=lambda: Clock(datetime.now(timezone.utc).timestamp(), synced=True))
    machine: Machine = MACHINE
    ring: Ring = "all"
    patience: Patience = PATIENT

    def __post_init__(self) -> None:
        for folder in (
            self.home,
            self.orders.folders.state,
            self.orders.folders.runtime,
            self.places.courier,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        if not self.places.packaged.exists():
            make_tree(self.places.packaged, OLD, self.machine)
        if self.root is not None and not self.places.anchor.exists():
            self.places.anchor.write_bytes(self.root)
        self.systemd = FakeSystemd(self.places, self.orders.folders.runtime)
        self.systemd.live()

    @property
    def orders(self) -> Orders:
        update = Update(
            url=self.url, ring=self.ring, folder=self.home / "updates", root=self.home / "root.json"
        )
        folders = Folders(state=self.home / "state", runtime=self.home / "run")
        return Orders(Identity(city="madrid", id="sol"), update, folders)

    @property
    def places(self) -> Places:
        return replace(self.orders.places, packaged=self.home / "packaged")

    @property
    def trial(self) -> Trial:
        systemd = self.systemd
        return Trial(
            self.places,
            self.orders.folders.runtime,
            systemd,
            Limits(settle_s=10),
            lambda: systemd.now_s,
            systemd.sleep,
        )

    def fetch(self) -> Note:
        """The courier's run."""
        return fetch(self.orders, self.machine, self.clock, self.patience, self.places, pause=lambda _: None)

    def switch(self, local: datetime = NIGHT, *, at_once: bool = False) -> State:
        """The switcher's run."""
        return advance(
            self.orders, Moment(self.clock, local, self.boot, self.machine), self.trial, at_once=at_once
        )

    def update(self) -> State:
        """Both."""
        self.fetch()
        return self.switch()

    def start(self, boot: str) -> State:
        """The machine starts: first the boot check, then the booth's processes."""
        self.boot = boot
        self.systemd = FakeSystemd(self.places, self.orders.folders.runtime)
        state = settle(self.places, self.machine, boot)
        self.systemd.runs = self.places.running()
        self.systemd.started_s = self.systemd.now_s
        return state

    @property
    def runs(self) -> str:
        """The version whose files would start now."""
        return self.places.running() or OLD
