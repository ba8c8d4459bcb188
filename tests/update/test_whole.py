"""The whole of it with real processes: trees of this checkout, an interpreter each, restarted by what is current.

Uplink and display of version 0.1.0 run; 0.2.0 takes over; 0.3.0 lacks a module and is rolled back with its own words.
Only systemd is played, by a manager that starts processes as it does. Vision is left out: it needs the networks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.health.notices import told
from appliance.health.vitals import read_vitals
from appliance.update.bundle import write_bundle
from appliance.update.machine import Machine, this_machine
from appliance.update.manager import Process, Unit
from appliance.update.places import Places
from appliance.update.trial import Limits, Trial
from tests.update.server import serving
from tests.update.world import NIGHT, Booth, Publisher

ROOT = Path(__file__).parents[2]
ROOMS = ("appliance", "engines", "calibration", "deploy/cities")
LAUNCH = """import sys
from pathlib import Path
tree = Path(__file__).resolve().parent
sys.path.insert(0, str(tree / "app"))
from appliance.__main__ import main
main()
"""
PARTS: tuple[Process, ...] = ("uplink", "display")


def release_tree(folder: Path, version: str, machine: Machine, broken: bool = False) -> Path:
    """This checkout as a release, as far as uplink and display need it."""
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, folder / "app" / room, ignore=shutil.ignore_patterns("__pycache__", "*.fatbin")
        )
    build = {"schema": "build/1", "version": version, "python": machine.python, "arch": machine.arch}
    (folder / "build.json").write_text(json.dumps(build))
    (folder / "launch.py").write_text(LAUNCH)
    if broken:
        file = folder / "app/appliance/display/process.py"
        file.write_text(file.read_text().replace("import asyncio", "import asyncio\nimport nothing_there", 1))
    return folder


class Processes:
    """A service manager: Type=notify by the vitals, Restart=on-failure with a limit of three."""

    def __init__(self, places: Places, config: Path, runtime: Path) -> None:
        self.places, self.config, self.runtime = places, config, runtime
        self.running: dict[Process, subprocess.Popen[bytes]] = {}
        self.restarts: dict[Process, int] = {}

    def restart(self) -> None:
        self.stop()
        self.restarts = dict.fromkeys(PARTS, 0)
        for process in PARTS:
            self._start(process)

    def _start(self, process: Process) -> None:
        tree = self.places.tree(self.places.running())
        command = [sys.executable, str(tree / "launch.py"), "run", process, "--config", str(self.config)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        with self._log(process).open("wb") as log:
            self.running[process] = subprocess.Popen(command, stderr=log, cwd=self.runtime, env=environment)

    def _log(self, process: Process) -> Path:
        return self.runtime / f"{process}.log"

    def look(self, process: Process) -> Unit:
        running = self.running.get(process)
        if running is None:
            return Unit("inactive")
        if running.poll() is not None:
            if self.restarts[process] == 3:
                return Unit("failed", 3, "exit-code")
            self.restarts[process] += 1
            self._start(process)
        ready = read_vitals(self.runtime, process) is not None
        return Unit("active" if ready else "activating", self.restarts[process])

    def last_words(self, process: Process) -> str:
        lines = self._log(process).read_text().strip().splitlines()
        return lines[-1] if lines else ""

    def stop(self) -> None:
        for running in self.running.values():
            running.terminate()
        for running in self.running.values():
            running.wait(timeout=20)
        for process in PARTS:
            (self.runtime / f"{process}.json").unlink(missing_ok=True)

    def tree_of(self, process: Process) -> str:
        """Where the code that runs lies."""
        words = Path(f"/proc/{self.running[process].pid}/cmdline").read_bytes().split(b"\0")
        return str(Path(os.fsdecode(words[1])).resolve().parent)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "publisher")


@pytest.fixture
def booth(tmp_path: Path, publisher: Publisher) -> Iterator[Booth]:
    machine = this_machine()
    home = tmp_path / "booth"
    release_tree(home / "packaged", "0.1.0", machine)
    with serving(publisher.site) as server:
        yield Booth(home, server.url, publisher.root, machine=machine)


@pytest.fixture
def processes(booth: Booth) -> Iterator[Processes]:
    folders = booth.orders.folders
    config = booth.home / "booth.yaml"
    config.write_text(
        f"folders: {{state: {folders.state}, runtime: {folders.runtime}}}\n"
        "display: {port: 0}\nuplink: {broker: 'mqtt://127.0.0.1:9'}\n"
    )
    made = Processes(booth.places, config, folders.runtime)
    made.restart()
    try:
        yield made
    finally:
        made.stop()


def offer(publisher: Publisher, version: str, machine: Machine, broken: bool = False) -> None:
    tree = release_tree(publisher.home / version, version, machine, broken)
    write_bundle(tree, publisher.home / f"{version}.tar.gz")
    publisher.publish(
        version, machine=machine, bundle=publisher.home / f"{version}.tar.gz", unpacked_bytes=10**8
    )


def test_real_processes_change_over_and_back(
    booth: Booth, publisher: Publisher, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(look_s=0.2, settle_s=1.5, gate_s=60)
    trial = Trial(booth.places, booth.orders.folders.runtime, processes, limits)
    monkeypatch.setattr(Booth, "trial", property(lambda _: trial))
    wait_for(processes)
    assert processes.tree_of("display") == str(booth.places.packaged)

    offer(publisher, "0.2.0", booth.machine)
    booth.fetch()
    assert booth.switch(NIGHT).phase == "kept"
    new = str(booth.places.tree("0.2.0").resolve())
    assert [processes.tree_of(process) for process in PARTS] == [new, new]

    offer(publisher, "0.3.0", booth.machine, broken=True)
    booth.fetch()
    assert booth.switch(NIGHT).phase == "rolled-back"
    reason = "display: ModuleNotFoundError: No module named 'nothing_there'"
    assert told(booth.orders.folders.state, "update") == f"rolled back 0.3.0: {reason}"
    wait_for(processes)
    assert [processes.tree_of(process) for process in PARTS] == [new, new]


def wait_for(processes: Processes) -> None:
    end_s = time.monotonic() + 60
    while not all(processes.look(process).is_up for process in PARTS):
        assert time.monotonic() < end_s, [processes.last_words(process) for process in PARTS]
        time.sleep(0.1)
