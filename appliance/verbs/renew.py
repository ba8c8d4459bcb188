"""`booth renew`: the root of a booth in; a request, or the line on what came of a certificate, out on stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.provision.machine import Folder, Machine, RunningMachine
from appliance.provision.places import Places, alone
from appliance.provision.renewal import request_renewal, take_renewal
from appliance.verbs.wishes import MOST_FILE_BYTES, certificates_in, text_of


def print_request(root: Path) -> None:
    """Nothing is changed, so that it may be asked for again. Raises BoothError."""
    print(request_renewal(Places(root)).decode("ascii"), end="")


def take_certificate(file: Path, root: Path) -> None:
    """Raises BoothError for one that does not fit; then nothing has changed."""
    text = text_from_stdin() if str(file) == "-" else text_of(file)
    places = Places(root)
    machine: Machine = RunningMachine() if root == Path("/") else Folder()
    with alone(places):
        print(take_renewal(places, certificates_in(text, str(file)), machine, read_clock()))


def text_from_stdin() -> str:
    """All of it, within a file's bound. Raises BoothError."""
    content = sys.stdin.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES or not content.isascii():
        raise BoothError("-: no certificate in PEM; give it by < FILE")
    return content
