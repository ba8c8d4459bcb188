"""Where the pages may answer: loopback, and one private address that somebody has named."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.config import PRIVATE, Display
from appliance.display.guard import is_address, is_loopback
from appliance.display.listeners import is_here, lan_fault
from appliance.errors import BoothError


@given(st.ip_addresses())
def test_only_a_private_address_can_be_named(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    private = any(address.version == network.version and address in network for network in PRIVATE)
    scoped = address.version == 6 and address.is_link_local
    if private and not scoped:
        assert Display(lan=str(address)).lan == str(address)
    else:
        with pytest.raises(ValidationError):
            Display(lan=str(address))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.0.0.0", "is not private"), ("::", "is not private"), ("127.0.0.1", "is not private"),
        ("8.8.8.8", "is not private"), ("100.64.0.1", "is not private"), ("::ffff:192.168.1.1", "is not private"),
        ("booth.local", "no address"), ("192.168.1.0/24", "no address"), ("", "no address"),
        ("192.168.1", "no address"), ("fe80::1", "on every interface"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Display(lan=text)


@pytest.mark.parametrize(
    "text", ["10.0.0.1", "172.31.255.1", "192.168.77.1", "169.254.3.4", "fd00::1", "fe80::1%eth0"]
)
def test_private_addresses_are_taken(text: str) -> None:
    assert Display(lan=text).lan == text


@pytest.mark.parametrize(
    ("address", "host", "fits"),
    [
        ("192.168.77.1", "192.168.77.1", True), ("192.168.77.1", "192.168.77.1:8480", True),
        ("192.168.77.1", "192.168.77.10", False), ("192.168.77.1", "192.168.77.1.evil.example", False),
        ("192.168.77.1", "192.168.077.1", False), ("192.168.77.1", "192.168.77.1:", False),
        ("192.168.77.1", "localhost", False), ("fd00::1", "[fd00::1]:8480", True), ("fd00::1", "[fd00::1]", True),
        ("fd00::1", "fd00::1", False), ("fe80::1%eth0", "[fe80::1]:8480", True), ("fe80::1%eth0", "[fe80::2]", False),
    ],
)  # fmt: skip
def test_a_host_header_has_to_name_the_address(address: str, host: str, fits: bool) -> None:
    assert is_address(address)(host) is fits


@given(st.text(max_size=40))
def test_no_host_header_is_both(host: str) -> None:
    assert not (is_loopback(host) and is_address("192.168.77.1")(host))


def test_an_address_that_this_machine_cannot_have_names_its_cure() -> None:
    from appliance.display.listeners import bound

    with pytest.raises(BoothError, match=r"name an interface"):
        bound("fe80::1%no-such-interface", 0)


@pytest.mark.parametrize(
    ("address", "here"),
    [("127.0.0.1", True), ("::1", True), ("192.168.213.77", False), ("fd00:213::77", False), ("fe80::7%none", False)],
)  # fmt: skip
def test_an_address_that_no_interface_has_is_told_apart(address: str, here: bool) -> None:
    assert is_here(address) is here
    assert bool(lan_fault(address)) is not here
    assert not lan_fault(None)
