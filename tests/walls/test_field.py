"""While a technician aims the camera: views are sent, and in them, on disk or anywhere is no piece of a picture."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.app import Eyes
from appliance.display.view import MOST_BYTES, View, view_from_datagram
from appliance.display.views import SOCKET
from appliance.health.field import FILE, renew_session
from tests.walls.canary import Canary, found_in
from tests.walls.conftest import write_settings
from tests.walls.tracing import Trace, require_strace, trace

RENEW_EVERY_S = 1.0


class Page:
    """A technician's page that keeps a session open and keeps what it is sent."""

    def __init__(self, runtime: Path) -> None:
        self.datagrams: list[bytes] = []
        self._runtime = runtime
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        (runtime / SOCKET).parent.mkdir(exist_ok=True)
        self._socket.bind(str(runtime / SOCKET))
        self._socket.settimeout(RENEW_EVERY_S)
        self._over = threading.Event()

    @contextmanager
    def open(self) -> Iterator[None]:
        reading = threading.Thread(target=self._read)
        reading.start()
        try:
            yield
        finally:
            self._over.set()
            reading.join()
            self._socket.close()
            (self._runtime / FILE).unlink()

    def _read(self) -> None:
        renewed_s = float("-inf")
        while not self._over.is_set():
            if time.monotonic() - renewed_s >= RENEW_EVERY_S:
                renewed_s = time.monotonic()
                renew_session(self._runtime, renewed_s)
            try:
                self.datagrams.append(self._socket.recv(MOST_BYTES + 1))
            except TimeoutError:
                continue

    def views(self) -> list[View]:
        return [view_from_datagram(data) for data in self.datagrams]


@pytest.fixture(scope="module")
def aimed(canary: Canary, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Path, Page]:
    """Vision looks at the canary while a technician is there."""
    folder = tmp_path_factory.mktemp("field")
    (folder / "run").mkdir()
    settings = write_settings(folder, canary.video)
    command = [sys.executable, "-m", "appliance", "run", "vision", "--config", str(settings)]
    page = Page(folder / "run")
    with page.open():
        seen = trace(require_strace(), command, folder.parent / "field.strace", folder)
    assert seen.code == 0, seen.errors
    return seen, folder, page


def test_the_technician_gets_views(aimed: tuple[Trace, Path, Page]) -> None:
    views = aimed[2].views()
    assert views, "no view was sent, so nothing was put to the test"
    assert any(view.people for view in views)
    assert any(one is not None for view in views for one in view.focus)


def test_no_view_holds_a_piece_of_a_picture(aimed: tuple[Trace, Path, Page], canary: Canary) -> None:
    for data, view in zip(aimed[2].datagrams, aimed[2].views(), strict=True):
        for content in (data, view.drawing.lines, view.drawing.unseen):
            assert found_in(canary, content) == ""


def test_nothing_that_vision_writes_while_somebody_aims_holds_a_piece_of_a_picture(
    aimed: tuple[Trace, Path, Page], canary: Canary
) -> None:
    seen, folder, _ = aimed
    assert any(b"view/1" in content for content in seen.written)
    for content in seen.written:
        assert found_in(canary, content) == ""
    for path in {*seen.opened, *folder.rglob("*")}:
        if path.is_file():
            assert found_in(canary, path.read_bytes()) == "", path


def test_a_session_leaves_no_file(aimed: tuple[Trace, Path, Page]) -> None:
    """But those that vision has without one."""
    left = {path.name for path in aimed[1].rglob("*") if path.is_file()}
    own = {
        name for name in left if not name.startswith(("outbox.sqlite", "logbook.", "dead-man.", "trends."))
    }
    assert own == {"booth.yaml", "vision.json"}


def test_vision_opens_no_socket_to_the_world(aimed: tuple[Trace, Path, Page]) -> None:
    assert aimed[0].families <= {"AF_UNIX"}
