"""Keys of a client of paho: a folder as deploy/broker/ca makes it goes in, a client that shows them comes out."""

from __future__ import annotations

import ssl
from pathlib import Path

from paho.mqtt import client as paho


def show_keys(client: paho.Client, folder: str) -> None:
    """Have `client` come by TLS with the keys in `folder`; '' is for a broker without."""
    if not folder:
        return
    context = ssl.create_default_context(cafile=str(Path(folder, "ca.crt")))
    for key in Path(folder).glob("*.key"):
        context.load_cert_chain(key.with_suffix(".crt"), key)
    client.tls_set_context(context)
