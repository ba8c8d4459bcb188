"""The wall itself: whatever way a process finds to let something out, the trace has it, and no channel is for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.walls.channels import Form, anything, strangers, vitals_of
from tests.walls.tracing import Trace, Write, require_strace, trace

CHANNELS: dict[str, Form] = {
    r"run/\.vision\.json\.\d+": vitals_of("vision"),
    r"state/outbox\.sqlite(-wal|-shm|-journal|\.lock)?": anything,
}
LEAKS = """
import ctypes, mmap, os, pathlib, socket, subprocess, sys, tempfile
leak = bytes(range(64))
pathlib.Path("leaf").write_bytes(leak)
gone = pathlib.Path("gone"); gone.write_bytes(leak); gone.unlink()
shm = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT); os.ftruncate(shm, 4096)
mmap.mmap(shm, 4096)[:64] = leak; os.unlink(sys.argv[1])
os.write(os.memfd_create("leak"), leak)
mmap.mmap(-1, 8192)
os.mkdir("leak-00-01-02"); os.symlink("77-78-79", "link"); os.rename("link", "leak-80")
datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
try: datagram.sendto(leak, "nobody")
except OSError: pass
a, b = socket.socketpair(); a.send(leak)
subprocess.run(["true", leak.hex()])
print("vision: camera delivers: " + leak.hex(), flush=True)
print("nothing to see", file=sys.stderr, flush=True)
ctypes.CDLL(None).shmget(0x77, 4096, 0o1600)
os.pidfd_open(os.getpid())
"""


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("leaks")
    command = [sys.executable, "-c", LEAKS, f"/dev/shm/booth-{folder.parent.name}-{folder.name}"]
    seen = trace(require_strace(), command, folder.parent / "leaks.strace", folder)
    assert seen.code == 0, seen.errors
    return strangers(seen, folder, "vision", CHANNELS)


@pytest.mark.parametrize(
    "what",
    [
        "opened /dev/shm/booth-",
        "shared 4096 /dev/shm/booth-",
        "opened /memfd:leak",
        "to /memfd:leak",
        "shared 0 ",
        "/leaf",
        "/gone",
        "leak-00-01-02",
        "/77-78-79",
        "/leak-80",
        "to UNIX",
        "said 'vision: camera delivers: 0001",
        "said 'nothing to see'",
        "called shmget",
        "started ",
    ],
)
def test_every_way_out_is_found(leaking: list[str], what: str) -> None:
    assert any(what in fault for fault in leaking), leaking


def faults_of(*writes: Write) -> list[str]:
    return strangers(
        Trace(0, "", list(writes), set(), set(), [], set(), 1, set()), Path("/b"), "vision", CHANNELS
    )


@pytest.mark.parametrize(
    "vitals",
    [
        {"trends": "7 0.125,0.250,0.375"},
        {"trends": "counting 7"},
        {"state": "running", "vector": [0.5]},
        {"people": 1234},
        {"reason": "track 7 at 45864.09"},
        {"last_event": "desk-4f3c6f5e-2 102,33"},
        {"learning": "learning: 0.125 people so far"},
        {"bank": "0.125"},
    ],
)
def test_a_vital_out_of_its_form_is_found(vitals: dict[str, object]) -> None:
    usual = {
        "state": "running",
        "reason": "",
        "frames": 23,
        "trends": "counting",
        "written_s": 45868.148540262,
    }
    assert faults_of(Write("/b/run/.vision.json.7", json.dumps(usual).encode())) == []
    assert faults_of(Write("/b/run/.vision.json.7", json.dumps({**usual, **vitals}).encode()))


def test_a_thread_is_woken_by_few_bytes_that_are_always_the_same() -> None:
    woken = [Write("anon_inode:[eventfd]", byte) for byte in (b"\0", b"W", b"\0" * 8)]
    assert faults_of(*woken, *woken) == []
    assert faults_of(Write("UNIX-STREAM:[7-", b"nine byte"))
    assert faults_of(*(Write("UNIX-STREAM:[7-", bytes([byte])) for byte in range(20)))
