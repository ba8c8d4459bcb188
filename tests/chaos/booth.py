"""What is put to the test: a booth of writer and uplink, or a peer, as real processes that can be killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from appliance.uplink.outbox import OUTBOX, Outbox
from tests.chaos.child import Child
from tests.chaos.ledger import Ledger
from tests.chaos.writer import CITY

KEEPALIVE_S = 5


class Site(NamedTuple):
    """Where a booth stands, and what it knows of the world."""

    folder: Path
    host: str
    port: int
    "Of the broker, as seen from `network`."
    network: Callable[[], AbstractContextManager[None]]
    "Children that are started inside are in the booth's network."
    environment: Mapping[str, str]
    keys: Path | None = None
    "Folder with those of all, as deploy/broker/ca makes it; None: the broker wants none."

    def keys_of(self, name: str) -> Path | str:
        """Folder of one's keys; '' without."""
        return self.keys / name if self.keys else ""


class Maker:
    """A child that makes events when told; after a kill a new one, with a new boot, makes what was left."""

    def __init__(self, site: Site, booth: str, seed: int, module: str, *words: object) -> None:
        self.site = site
        self.booth = booth
        self.ledger = Ledger()
        self._module, self._words = module, words
        self._draw = Random(f"{seed} {booth}")
        self._asked = 0
        self._child: Child | None = None

    def start(self) -> None:
        """A new boot, unless one runs."""
        if self._child is not None:
            return
        words = (*self._words, self.booth, self._draw.randbytes(4).hex())
        log = self.site.folder / f"{self.booth}-maker.log"
        with self.site.network():
            self._child = Child(
                self._module, *words, log=log, hear=self.ledger.hear, environment=self.site.environment
            )
        self._child.tell(self._asked - len(self.ledger.tried))

    def write(self, count: int) -> None:
        """So many events more; returns at once."""
        self._asked += count
        if self._child:
            self._child.tell(count)

    def kill(self) -> None:
        """SIGKILL; at most one event is in doubt afterwards."""
        if self._child:
            self._child.kill()
            self._child = None
            self.ledger.close_boot()

    def done(self) -> bool:
        """True when all that was asked for was made."""
        assert self._child is None or self._child.alive(), f"{self._module} died by itself"
        return len(self.ledger.tried) == self._asked and not self.ledger.pending()


class Peer:
    """A bare paho publisher: one process, its queue in memory."""

    def __init__(self, site: Site, booth: str, seed: int, drops: bool) -> None:
        keys = site.keys_of(f"{CITY}/{booth}")
        words = (site.host, site.port, keys, KEEPALIVE_S, "yes" if drops else "no")
        self.maker = Maker(site, booth, seed, "tests.chaos.bare", *words)


class Booth:
    """Vision's stand-in and `booth run uplink` on one outbox."""

    def __init__(self, site: Site, booth: str, seed: int, state: Path) -> None:
        self.site = site
        self.state = state
        self.maker = Maker(site, booth, seed, "tests.chaos.writer", self.state / OUTBOX)
        self._settings = site.folder / f"{booth}.yaml"
        self._settings.write_text(json.dumps(self._values(booth)), encoding="ascii")
        self._uplink: Child | None = None

    def start_uplink(self) -> None:
        """`booth run uplink`, unless it runs."""
        if self._uplink is None:
            words = ("appliance", "run", "uplink", "--config", self._settings)
            log = self.site.folder / "uplink.log"
            with self.site.network():
                self._uplink = Child(*words, log=log, environment=self.site.environment)

    def kill_uplink(self) -> None:
        """SIGKILL."""
        if self._uplink:
            self._uplink.kill()
            self._uplink = None

    def stop_uplink(self) -> int:
        """SIGTERM; its exit status."""
        uplink, self._uplink = self._uplink, None
        return uplink.stop() if uplink else 0

    def uplink_lives(self) -> bool:
        """False when it died by itself."""
        return self._uplink is not None and self._uplink.alive()

    def waiting(self) -> int:
        """Rows in the outbox."""
        with closing(Outbox(self.state / OUTBOX)) as outbox:
            return outbox.rows()

    def _values(self, booth: str) -> dict[str, object]:
        keys = self.site.keys_of(f"{CITY}/{booth}")
        broker = f"mqtt{'s' if keys else ''}://{self.site.host}:{self.site.port}"
        names = {"ca_file": "ca.crt", "cert_file": "booth.crt", "key_file": "booth.key"}
        files = {setting: f"{keys}/{name}" for setting, name in names.items() if keys}
        return {
            "booth": {"id": booth},
            "folders": {"state": str(self.state), "runtime": str(self.site.folder / "run")},
            "uplink": {"broker": broker, "keepalive_s": KEEPALIVE_S, "status_every_s": 5, **files},
        }
