"""Networks: what a stick says of one is checked, and no sign of it becomes syntax of a system's file."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.errors import BoothError
from appliance.provision.network import (
    Fixed,
    Network,
    Wifi,
    check_secret,
    keyfile_from_network,
    networkd_from_network,
    secret_from_passphrase,
)

ssids = st.text(min_size=1, max_size=32).filter(lambda text: text.isprintable() and len(text.encode()) <= 32)
passphrases = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63)
OWN = "192.168.7.20/24"
FIXED = Fixed(
    address=IPv4Interface(OWN),
    gateway=IPv4Address("192.168.7.1"),
    dns=(IPv4Address("9.9.9.9"),),
)


def parsed(text: str) -> Any:
    """As NetworkManager reads it: by GLib."""
    glib = pytest.importorskip("gi.repository.GLib", reason="GLib's bindings (python3-gi) are not installed")
    file = glib.KeyFile.new()
    file.load_from_data(text, len(text.encode()), glib.KeyFileFlags.NONE)
    return file


def addresses_in(file: Any, group: str) -> dict[str, str]:
    keys = file.get_keys(group)
    names = list(keys[0] if isinstance(keys, tuple) else keys)
    return {name: file.get_string(group, name) for name in names if name.startswith("address")}


@given(ssids, passphrases)
def test_any_name_and_passphrase_come_back_as_they_were(ssid: str, passphrase: str) -> None:
    network = Network(wifi=Wifi(ssid=ssid, security="wpa3"))
    file = parsed(keyfile_from_network(network, passphrase, str(uuid4())))
    assert bytes(file.get_integer_list("wifi", "ssid")) == ssid.encode()
    assert file.get_string("wifi-security", "psk") == passphrase
    groups = file.get_groups()
    assert list(groups[0] if isinstance(groups, tuple) else groups) == [
        "connection", "wifi", "wifi-security", "ipv4", "ipv6",
    ]  # fmt: skip


def test_a_key_is_derived_as_the_standard_says() -> None:
    """IEEE 802.11i-2004, annex H.4, the first test vector."""
    derived = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
    assert secret_from_passphrase(Wifi(ssid="IEEE"), "password") == derived
    assert secret_from_passphrase(Wifi(ssid="IEEE"), derived) == derived


@given(passphrases)
def test_a_stick_for_wpa2_never_holds_the_passphrase(passphrase: str) -> None:
    secret = secret_from_passphrase(Wifi(ssid="street"), passphrase)
    check_secret(Wifi(ssid="street"), secret)
    assert passphrase not in secret


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 64, "newline\nin it", "ümlaut in it", "\0" * 9])
@pytest.mark.parametrize("security", ["wpa2", "wpa3"])
def test_a_passphrase_that_cannot_be_is_refused_and_not_repeated(passphrase: str, security: Any) -> None:
    with pytest.raises(BoothError, match="8 to 63 letters") as refused:
        secret_from_passphrase(Wifi(ssid="x", security=security), passphrase)
    assert not passphrase or passphrase not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "f" * 63, "F" * 64, "g" * 64, "f" * 64 + "\n", "a passphrase"])
def test_a_damaged_key_is_refused(secret: str) -> None:
    with pytest.raises(BoothError, match=r"^wifi\.key: damaged"):
        check_secret(Wifi(ssid="x"), secret)


@pytest.mark.parametrize("ssid", ["", "x" * 33, "é" * 17, "a\nb", "a\0b", "\x7f", "a\u2028b"])
def test_a_name_that_no_technician_means_is_refused(ssid: str) -> None:
    with pytest.raises(ValidationError):
        Wifi(ssid=ssid)


def test_a_fixed_address_is_written_for_both_systems() -> None:
    network = Network(fixed=FIXED)
    file = parsed(keyfile_from_network(network, None, str(uuid4())))
    assert file.get_string("ipv4", "method") == "manual"
    assert file.get_string("ipv4", "address1") == "192.168.7.20/24,192.168.7.1"
    assert "Address=192.168.7.20/24\nGateway=192.168.7.1\nDNS=9.9.9.9\n" in networkd_from_network(network)


def test_a_cable_with_dhcp_is_what_is_meant_without_a_word() -> None:
    file = parsed(keyfile_from_network(Network(), None, str(uuid4())))
    assert (file.get_string("connection", "type"), file.get_string("ipv4", "method")) == ("ethernet", "auto")
    assert "DHCP=yes" in networkd_from_network(Network())


@pytest.mark.parametrize(
    ("fixed", "lan", "addresses", "systemd"),
    [
        (None, None, [], []),
        (None, "192.168.77.1", ["192.168.77.1/24"], ["192.168.77.1/24"]),
        (FIXED, "192.168.7.20", [f"{OWN},192.168.7.1"], [OWN]),
        (FIXED, "192.168.7.9", [f"{OWN},192.168.7.1", "192.168.7.9/24"], [OWN, "192.168.7.9/24"]),
        (FIXED, "192.168.77.1", [f"{OWN},192.168.7.1", "192.168.77.1/24"], [OWN, "192.168.77.1/24"]),
    ],
)  # fmt: skip
def test_the_address_for_phones_is_the_connections_second_where_it_is_not_its_own(
    fixed: Fixed | None, lan: str | None, addresses: list[str], systemd: list[str]
) -> None:
    network = Network(fixed=fixed)
    file = parsed(keyfile_from_network(network, None, str(uuid4()), lan))
    assert file.get_string("ipv4", "method") == ("manual" if fixed else "auto")
    assert addresses_in(file, "ipv4") == {f"address{n}": text for n, text in enumerate(addresses, start=1)}
    lines = networkd_from_network(network, lan).splitlines()
    assert [line.removeprefix("Address=") for line in lines if line.startswith("Address=")] == systemd
    assert ("DHCP=yes" in lines) is (fixed is None)


def test_an_address_for_phones_of_the_sixth_version_stands_beside_the_fourth() -> None:
    file = parsed(keyfile_from_network(Network(), None, str(uuid4()), "fd00::1"))
    assert file.get_string("ipv6", "method") == "auto"
    assert (addresses_in(file, "ipv4"), addresses_in(file, "ipv6")) == ({}, {"address1": "fd00::1/64"})
    assert "fe80" not in keyfile_from_network(Network(), None, str(uuid4()), "fe80::1%eth0")


def test_words_about_a_network_hold_no_control_sign_and_no_secret() -> None:
    assert Network(wifi=Wifi(ssid="Café; x"), fixed=FIXED).words == r"Wi-Fi 'Caf\xe9; x', 192.168.7.20/24"
