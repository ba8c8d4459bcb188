"""How a booth reaches its broker: checked words of a stick in; the text of a NetworkManager or networkd file out.

No line of a stick is ever copied into a file of the system: each value is checked, and an SSID is written as numbers.
"""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from appliance.errors import BoothError
from appliance.machine.dropins import lan_of

PSK = re.compile(r"[0-9a-f]{64}")
PASSPHRASE = re.compile(r"[ -~]{8,63}")
"IEEE 802.11i, annex H.4.1: printable ASCII."
ROUNDS = 4096
"Of PBKDF2, the same annex."


class Closed(BaseModel):
    """A frozen part of the manifest that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def network_name(ssid: str) -> str:
    """The same name. Raises ValueError for one that no technician means."""
    if not 1 <= len(ssid.encode("utf-8", "surrogatepass")) <= 32 or not ssid.isprintable():
        raise ValueError("a network's name is 1 to 32 bytes without control characters")
    return ssid


class Wifi(Closed):
    """A wireless network; its secret lies in a file of its own."""

    ssid: Annotated[str, AfterValidator(network_name)]
    security: Literal["wpa2", "wpa3"] = "wpa2"
    "wpa2 needs the derived key alone; wpa3 (SAE) needs the passphrase itself."
    hidden: bool = False


class Fixed(Closed):
    """An address that no server hands out."""

    address: IPv4Interface
    "With the length of the network: 192.168.7.20/24."
    gateway: IPv4Address
    dns: tuple[IPv4Address, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _reaches_its_gateway(self) -> Fixed:
        own, around = self.address.ip, self.address.network
        if own in (around.network_address, around.broadcast_address) and around.prefixlen < 31:
            raise ValueError(f"{self.address} is no machine's but the network's; take another one of it")
        if self.gateway not in around or self.gateway == own:
            raise ValueError(
                f"gateway {self.gateway} is no other machine of {around}; mend it, or the length"
            )
        return self


class Network(Closed):
    """A cable unless `wifi`, DHCP unless `fixed`."""

    wifi: Wifi | None = None
    fixed: Fixed | None = None

    @property
    def words(self) -> str:
        """For people, without a secret."""
        way = f"Wi-Fi {self.wifi.ssid!a}" if self.wifi else "cable"
        return f"{way}, {self.fixed.address if self.fixed else 'DHCP'}"


def secret_from_passphrase(wifi: Wifi, passphrase: str) -> str:
    """What the stick and the booth hold. Raises BoothError for a passphrase that cannot be, without quoting it.

    For wpa2 the key derived from it, which opens this network alone, and not whatever else has the same passphrase.
    """
    if wifi.security == "wpa2" and PSK.fullmatch(passphrase):
        return passphrase
    if not PASSPHRASE.fullmatch(passphrase):
        raise BoothError("Wi-Fi passphrase: 8 to 63 letters, digits and signs of ASCII; type it again")
    if wifi.security == "wpa3":
        return passphrase
    return hashlib.pbkdf2_hmac("sha1", passphrase.encode(), wifi.ssid.encode(), ROUNDS, 32).hex()


def check_secret(wifi: Wifi, secret: str) -> None:
    """Raises BoothError for a secret that does not fit the security, without quoting it."""
    if not (PSK if wifi.security == "wpa2" else PASSPHRASE).fullmatch(secret):
        raise BoothError("wifi.key: damaged; make the stick again")


def lan_beside(network: Network, lan: str | None) -> IPv4Interface | IPv6Interface | None:
    """What to add to the connection for `lan`, see display.lan; None where it brings that address by itself.

    An address of one link alone (fe80::1%eth0) is the system's to make.
    """
    if lan is None or "%" in lan:
        return None
    address, own = ip_address(lan), network.fixed and network.fixed.address
    if own and address == own.ip:
        return None
    length = own.network.prefixlen if own and address in own.network else lan_of(lan).prefixlen
    return ip_interface(f"{lan}/{length}")


def keyfile_from_network(network: Network, secret: str | None, uuid: str, lan: str | None = None) -> str:
    """A connection for NetworkManager, nm-settings-keyfile(5); `secret` where there is Wi-Fi.

    `lan`: the address at which phones find the booth. NetworkManager 1.36 has it within a second, before DHCP
    answers, and keeps it where no server is.
    """
    wifi = network.wifi
    kind = "wifi" if wifi else "ethernet"
    lines = ["[connection]", "id=booth", f"uuid={uuid}", f"type={kind}", "autoconnect-priority=100", ""]
    if wifi:
        lines += ["[wifi]", "mode=infrastructure", f"ssid={numbers_of(wifi.ssid)}"]
        lines += ["hidden=true", ""] if wifi.hidden else [""]
        management = "wpa-psk" if wifi.security == "wpa2" else "sae"
        lines += ["[wifi-security]", f"key-mgmt={management}", f"psk={escaped(secret or '')}", ""]
    beside = lan_beside(network, lan)
    fourth, sixth = ([f"{beside}"] if beside and beside.version == version else [] for version in (4, 6))
    lines.append("[ipv4]")
    if network.fixed:
        servers = "".join(f"{server};" for server in network.fixed.dns)
        lines += ["method=manual", f"dns={servers}"]
        fourth.insert(0, f"{network.fixed.address},{network.fixed.gateway}")
    else:
        lines.append("method=auto")
    lines += [f"address{number}={each}" for number, each in enumerate(fourth, start=1)]
    lines += ["", "[ipv6]", "method=auto", *(f"address1={each}" for each in sixth)]
    return "\n".join([*lines, ""])


def networkd_from_network(network: Network, lan: str | None = None) -> str:
    """A file for systemd-networkd, systemd.network(5). Raises BoothError for Wi-Fi, which it does not speak."""
    if network.wifi:
        raise BoothError(
            "Wi-Fi needs NetworkManager, which is not installed here; install it, or use a cable"
        )
    lines = ["[Match]", "Type=ether", "", "[Network]"]
    if network.fixed:
        lines += [f"Address={network.fixed.address}", f"Gateway={network.fixed.gateway}"]
        lines += [f"DNS={server}" for server in network.fixed.dns]
    else:
        lines.append("DHCP=yes")
    if beside := lan_beside(network, lan):
        lines.append(f"Address={beside}")
    return "\n".join([*lines, ""])


def numbers_of(ssid: str) -> str:
    """Bytes as decimal numbers: whatever is in a name, it is no syntax of a keyfile."""
    return "".join(f"{byte};" for byte in ssid.encode())


def escaped(value: str) -> str:
    r"""A value as GLib's key files want it: \ doubled, and blanks at its ends as \s, which would be cut off."""
    text = value.replace("\\", "\\\\")
    inner = text.strip(" ")
    if not inner:
        return r"\s" * len(text)
    begin = len(text) - len(text.lstrip(" "))
    return r"\s" * begin + inner + r"\s" * (len(text) - begin - len(inner))
