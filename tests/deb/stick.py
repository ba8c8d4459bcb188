"""Facts of a bare module that a stick makes a booth: package, stick, online, first event; by its real unit."""

from __future__ import annotations

import contextlib
import json
import shutil
import time

import yaml

from appliance.demo.lesson import learn
from appliance.demo.programs import learn_command
from appliance.demo.stage import WANTED_SHARE
from appliance.provision.stick import SECRETS
from engines.manifest import sample_street
from tests.deb.booth import CITY, PORT, STREET, Booth
from tests.deb.image import MOUNTED, Stick
from tests.uplink.authority import LOOPBACK

ID = "stick-1"
AUTHORITY = "/usr/lib/booth/app/deploy/broker/ca"
FOLDER, BANK, EXTRA = "/srv/city", "/srv/street.bank", "/srv/extra.yaml"
NEW_CITY = f"""set -e
rm -rf {FOLDER}
mkdir -m 755 {FOLDER}
{AUTHORITY} --folder {FOLDER} init
{AUTHORITY} --folder {FOLDER} broker {LOOPBACK}
{AUTHORITY} --folder {FOLDER} client backend backend
cp {FOLDER}/pki/* /srv/broker/pki/
chown -R mosquitto /srv/broker
cp {FOLDER}/keys/backend/client.crt /srv/backend.crt
cp {FOLDER}/keys/backend/client.key /srv/backend.key
systemctl restart city-broker.service city-backend.service
"""


def a_module_with_the_package_and_no_identity_waits_for_its_stick(booth: Booth) -> str:
    machine = booth.machine
    machine.run("dpkg", "-P", "booth", timeout_s=300)
    machine.does("rm", "-rf", "/etc/booth")
    machine.does("dpkg", "-i", "/srv/this.deb", timeout_s=300)
    machine.wait(lambda: booth.active("booth-display.service"), 60)
    assert not booth.active("booth-vision.service")
    assert not booth.active("booth-uplink.service")
    machine.wait(lambda: said(booth).startswith("waiting: this booth has no identity yet"), 30)
    return said(booth)


def a_stick_makes_it_a_booth_with_a_first_event_and_is_wiped_and_good_once(booth: Booth) -> str:
    lay_out(booth)
    with contextlib.closing(Stick(booth)) as stick:
        made_s = make(stick)
        secrets = secrets_on(stick)
        assert stick.holds(secrets) == secrets, "the search finds what is there"
        copy = stick.image.read_bytes()
        steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in plugged(booth, stick).items())
        assert said(booth).startswith(f"applied: {CITY}/{ID} at "), said(booth)
        names = set(stick.names())
        assert not names & set(SECRETS), names
        assert names >= {"used.json", "result.json"}, names
        assert not stick.holds(secrets), "a secret is left in a sector of the stick"
        assert_refused(booth, stick, "stick: used before by")
        stick.put_back(copy)
        assert_refused(booth, stick, "stick: this booth has used it before")
        assert not stick.holds(secrets), "the key of a copy stays on it"
    return f"made {made_s:.1f} s; from the plug: {steps}; {len(secrets)} lines of the key in no sector"


def plugged(booth: Booth, stick: Stick) -> dict[str, float]:
    """What was reached, seconds after the stick was plugged in."""
    begun_s, reached = time.monotonic(), {}
    done = stick.plug()
    reached["applied"] = time.monotonic() - begun_s
    assert done.returncode == 0, said(booth) + booth.log(stick.unit)[-400:]
    booth.machine.wait(lambda: booth.vitals("uplink").get("state") == "online", 60)
    reached["online"] = time.monotonic() - begun_s
    booth.machine.wait(lambda: any(name.startswith(f"{ID}-") for name in booth.heard()), 120)
    reached["first event"] = time.monotonic() - begun_s
    return reached


def secrets_on(stick: Stick) -> list[str]:
    """The lines of the key, which lies on the stick alone."""
    lines = stick.at_a_laptop("cat", f"{MOUNTED}/booth.key").split("\n")
    secrets = [line for line in lines if line and "-----" not in line]
    assert len(secrets) > 1
    return secrets


def the_broker_knows_it_by_the_name_on_the_stick(booth: Booth) -> str:
    keys = ("--cafile", "/srv/broker/pki/ca.crt", "--cert", "/srv/backend.crt", "--key", "/srv/backend.key")
    where = ("-h", LOOPBACK, "-p", str(PORT), "-V", "5", "-C", "1", "-W", "90")
    status = booth.machine.does(
        "mosquitto_sub", *where, *keys, "-t", f"booth/v1/{CITY}/{ID}/status", timeout_s=100
    )
    values = json.loads(status)
    assert values["state"] == "online", values
    assert values["provision"].startswith(f"applied: {CITY}/{ID}"), values
    assert booth.machine.says("stat", "-c", "%a %U", "/etc/booth/keys/booth.key") == "600 root"
    name = booth.machine.says("sh", "-c", "openssl x509 -noout -subject -in /etc/booth/keys/booth.crt")
    assert f"{CITY}/{ID}" in name.replace("\\", ""), name
    return f"{CITY}/{ID}: online, {values['provision'][:40]}"


def lay_out(booth: Booth) -> None:
    """A city with an authority of its own, and what its street wears."""
    machine = booth.machine
    machine.does("sh", "-c", NEW_CITY)
    bank = learn(str(sample_street()), learn_command, lambda: False)
    assert bank
    shutil.copyfile(bank, machine.path(BANK))
    machine.path(EXTRA).write_text(
        yaml.safe_dump(
            {
                "camera": {"source": STREET, "repeat": True},
                "capture": {"mode": "open-street", "zones": []},
                "novelty": {"bank": BANK, "learning": False},
                "decision": {"wanted_share": WANTED_SHARE},
                "sign": booth.settings["sign"],
            }
        )
    )


def make(stick: Stick) -> float:
    """As a city team types it, with the installed program; seconds that it took."""
    begun_s = time.monotonic()
    where = ("--city", CITY, "--booth", ID, "--broker", f"mqtts://{LOOPBACK}:{PORT}")
    stick.at_a_laptop("booth", "provision", MOUNTED, *where, "--authority", FOLDER, "--config", EXTRA)
    return time.monotonic() - begun_s


def assert_refused(booth: Booth, stick: Stick, why: str) -> None:
    """Raises AssertionError unless the stick is refused with these words and changes nothing."""
    identity = ("sha256sum", "/etc/booth/identity.json", "/etc/booth/booth.yaml", "/etc/booth/keys/booth.key")
    before = booth.machine.says(*identity)
    assert stick.plug().returncode != 0
    assert f"refused: {why}" in booth.log(stick.unit), booth.log(stick.unit)[-300:]
    assert booth.machine.says(*identity) == before
    assert booth.active()


def said(booth: Booth) -> str:
    """What the booth says of its stick, on the board as well."""
    text = booth.machine.says("cat", "/var/lib/booth/notice-provision.json")
    return str(json.loads(text)["text"]) if text else ""


FACTS = (
    a_module_with_the_package_and_no_identity_waits_for_its_stick,
    a_stick_makes_it_a_booth_with_a_first_event_and_is_wiped_and_good_once,
    the_broker_knows_it_by_the_name_on_the_stick,
)
