"""A real booth at the cluster: its uplink, its outbox and its will, while nodes die under it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from appliance.uplink.outbox import OUTBOX, Outbox
from tests.cluster.cluster import PORT, Cluster
from tests.peer import Peer
from tests.uplink.builders import booth_settings, payloads
from tests.uplink.consumer import wait_for

CHILD = """
import sys, threading
from pathlib import Path
from appliance.uplink.process import run_uplink
from tests.uplink.builders import booth_settings
folder, url, keys = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
files = {"ca_file": keys / "ca.crt", "cert_file": keys / "booth.crt", "key_file": keys / "booth.key"}
run_uplink(booth_settings(folder, url, **files), threading.Event())
"""


def uplink(cluster: Cluster, folder: Path, node: int) -> subprocess.Popen[bytes]:
    arguments = (str(folder), cluster.url(node), str(cluster.keys("new-york/desk")))
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments])


def test_every_event_arrives_once_while_its_node_dies(cluster: Cluster, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, cluster.url(2))
    settings.folders.state.mkdir()
    outbox = Outbox(settings.folders.state / OUTBOX)
    child = uplink(cluster, tmp_path, node=2)
    events = payloads(600)
    try:
        with Peer(cluster.host(1), PORT, cluster.keys("backend"), "backend-uplink", 600) as backend:
            backend.subscribe("booth/v1/new-york/desk/#")

            def ids() -> list[str]:
                seen = (json.loads(message.payload) for message in list(backend.messages))
                return list(dict.fromkeys(values["id"] for values in seen if "rarity" in values))

            def states() -> list[str]:
                messages = [m for m in list(backend.messages) if m.topic.endswith("/status")]
                return [json.loads(message.payload)["state"] for message in messages]

            for number, event in enumerate(events):
                assert outbox.add("exception", event)
                if number == 300:
                    wait_for(ids, 30)
                    cluster.kill(2)
                    cluster.start_node(2)
            wait_for(lambda: len(ids()) == len(events), 90)
            assert ids() == [json.loads(event)["id"] for event in events]
            child.send_signal(signal.SIGKILL)
            wait_for(lambda: states()[-1:] == ["offline"], 60)
    finally:
        child.kill()
        child.wait()
        outbox.close()
