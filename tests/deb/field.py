"""Facts of the field page on an installed booth: who reaches it, from where, and with which code."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

from tests.deb.asking import Answer, ask
from tests.deb.booth import Booth

PORT, CONTROL = 8480, 8999
HERE = f"http://127.0.0.1:{PORT}"
LAN, STREET = "192.168.77", "10.99.7"
"The first three numbers of two networks: the booth has .1 in each, somebody's phone .2."
UNIT = "booth-display.service"


def at(network: str) -> tuple[str, ...]:
    """In a network of its own at the other end of a cable."""
    return ("ip", "netns", "exec", f"of-{network}")


def shown_code(booth: Booth) -> tuple[str, str]:
    """Address and digits, as the console shows them to whoever stands at the device."""
    said = booth.machine.does("booth", "field", "code")
    found = re.match(r"open   (\S+)\ncode   (\d{4}) (\d{4})   good once, for 10 minutes", said)
    assert found, said
    return found[1], found[2] + found[3]


def other(digits: str) -> str:
    """A code that is not this one."""
    return f"{(int(digits) + 1) % 10**8:08d}"


def enter(booth: Booth, url: str, digits: str, by: tuple[str, ...] = ()) -> Answer:
    """Type a code into the page."""
    return ask(booth, "POST", f"{url}/api/session", json.dumps({"code": digits}), by=by)


def on_loopback_the_page_answers_and_tells_nothing_without_a_code(booth: Booth) -> str:
    booth.machine.wait(lambda: booth.active(UNIT), 60)
    page = ask(booth, "GET", f"{HERE}/field")
    assert page.status == 200, page
    inside = {
        name: ask(booth, "GET", f"{HERE}/field/api/{name}").status for name in ("state", "checks", "view")
    }
    assert set(inside.values()) == {401}, inside
    return f"{HERE}/field 200; state, checks and view 401"


def the_code_is_shown_on_the_console_and_the_devices_own_page_and_to_no_process_of_the_booth(
    booth: Booth,
) -> str:
    url, digits = shown_code(booth)
    assert url == f"{HERE}/field", url
    assert len(digits) == 8, digits
    assert ask(booth, "GET", f"{HERE}/code").status == 200
    shown = ask(booth, "POST", f"{HERE}/code", "{}")
    assert shown.status == 200, shown
    for user in ("booth-uplink", "booth-vision"):
        refused = ask(booth, "POST", f"{HERE}/code", "{}", by=("runuser", "-u", user, "--"))
        assert refused.status == 403, refused
    assert digits not in booth.log(UNIT), "the code is in the journal"
    assert shown.value("digits") not in booth.log(UNIT), "the code is in the journal"
    return "booth field code, /code; 403 to booth-uplink and booth-vision"


def a_wrong_code_is_refused_and_the_right_one_opens_once(booth: Booth) -> str:
    url, digits = shown_code(booth)
    wrong = enter(booth, url, other(digits))
    assert (wrong.status, wrong.value("error")) == (401, "wrong"), wrong
    token = enter(booth, url, digits).value("token")
    assert token
    state = ask(booth, "GET", f"{url}/api/state", "", token)
    assert state.status == 200, state
    second = enter(booth, url, digits)
    assert (second.status, second.value("error")) == (409, "taken"), second
    assert ask(booth, "DELETE", f"{url}/api/session", "", token).status < 300
    assert ask(booth, "GET", f"{url}/api/state", "", token).status == 401
    again = enter(booth, url, digits)
    assert again.status == 401, again
    return "wrong 401, right 200, a second phone 409, the same code later 401"


def without_a_lan_nobody_on_any_cable_reaches_it(booth: Booth) -> str:
    with cables(booth):
        for network in (LAN, STREET):
            control = ask(booth, "GET", f"http://{network}.1:{CONTROL}/", by=at(network))
            assert control.status == 200, control
            found = ask(booth, "GET", f"http://{network}.1:{PORT}/field", by=at(network))
            assert found.status == 0, found
    return f"{found.said}; another server on the same address 200"


def with_a_lan_its_phones_get_pages_and_neither_code_nor_state_and_others_get_nothing(
    booth: Booth,
) -> str:
    there, lan, street = f"http://{LAN}.1:{PORT}", at(LAN), at(STREET)
    with cables(booth), lan_of(booth, f"{LAN}.1"):
        paths = ("/field", "/", "/state", "/events", "/phone", "/code")
        seen = [ask(booth, "GET", there + path, by=lan).status for path in paths]
        assert seen == [200, 200, 401, 401, 404, 404], seen
        url, digits = shown_code(booth)
        assert url == f"{there}/field", url
        tries = [enter(booth, url, code, by=lan).status for code in (other(digits), digits)]
        assert tries == [401, 200], tries
        control = ask(booth, "GET", f"http://{LAN}.1:{CONTROL}/", by=street)
        assert control.status == 200, control
        outside = [ask(booth, "GET", f"http://{net}.1:{PORT}/field", by=street) for net in (LAN, STREET)]
        assert {found.status for found in outside} == {0}, outside
    return f"lan: pages 200, state 401, codes 404; elsewhere {', '.join(found.said for found in outside)}"


@contextlib.contextmanager
def lan_of(booth: Booth, address: str) -> Iterator[None]:
    """The display with `display.lan`, by the settings and the units that the booth makes of them."""
    booth.write_settings(display={"lan": address})
    try:
        booth.machine.does("booth", "units")
        booth.restart(UNIT)
        yield
    finally:
        booth.write_settings()
        booth.machine.does("booth", "units")
        booth.restart(UNIT)


@contextlib.contextmanager
def cables(booth: Booth) -> Iterator[None]:
    """Two cables, a network of its own at the end of each, and a server on every address that shows they carry."""
    machine, server = (
        booth.machine,
        ("python3", "-m", "http.server", "--directory", "/srv/broker", str(CONTROL)),
    )
    try:
        for number, network in enumerate((LAN, STREET)):
            machine.does("sh", "-c", CABLE.format(here=f"booth{number}", network=network))
        machine.does("systemd-run", "--unit=control", *server)
        machine.wait(lambda: ask(booth, "GET", f"http://127.0.0.1:{CONTROL}/").status == 200, 20)
        yield
    finally:
        machine.run("systemctl", "stop", "control.service")
        for number, network in enumerate((LAN, STREET)):
            # At once: with its namespace alone a cable goes a moment later, and its name is taken until then.
            machine.run("ip", "link", "delete", f"booth{number}")
            machine.run("ip", "netns", "delete", f"of-{network}")


CABLE = """set -e
ip netns add of-{network}
ip link add {here} type veth peer name phone netns of-{network}
ip address add {network}.1/24 dev {here}
ip link set {here} up
ip -n of-{network} address add {network}.2/24 dev phone
ip -n of-{network} link set phone up
ip -n of-{network} route add default via {network}.1
"""
FACTS = (
    on_loopback_the_page_answers_and_tells_nothing_without_a_code,
    the_code_is_shown_on_the_console_and_the_devices_own_page_and_to_no_process_of_the_booth,
    a_wrong_code_is_refused_and_the_right_one_opens_once,
    without_a_lan_nobody_on_any_cable_reaches_it,
    with_a_lan_its_phones_get_pages_and_neither_code_nor_state_and_others_get_nothing,
)
