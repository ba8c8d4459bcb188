"""Kinds of values that settings have: text and numbers in; the same, once they can be what they claim, out."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]


def rising(pair: tuple[float, float]) -> tuple[float, float]:
    """The same pair. Raises ValueError unless the first is at most the second."""
    if pair[0] > pair[1]:
        raise ValueError("the first of the two is the least, the second the most")
    return pair


def broker_address(url: str) -> str:
    """The same address. Raises ValueError for one that cannot be."""
    parts = re.fullmatch(r"mqtts?://[^/\s:]+(?::(\d{1,5}))?", url)
    if parts is None or not 0 < int(parts[1] or 1) < 65_536:
        raise ValueError("no broker address; write mqtt://HOST:PORT or mqtts://HOST:PORT")
    return url


def web_address(url: str) -> str:
    """The same address without a slash at its end. Raises ValueError for one that cannot be."""
    if not re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", url):
        raise ValueError("no web address; write https://HOST/PATH")
    return url.rstrip("/")


PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
"RFC 1918, link-local (RFC 3927, 4291), unique local (RFC 4193): what no router of the Internet carries."


def private_address(text: str) -> str:
    """The same address, as its standard writes it. Raises ValueError for one that others than a LAN can reach."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("no address; write one of this machine's, such as 192.168.77.1, or null") from None
    if not any(address.version == network.version and address in network for network in PRIVATE):
        raise ValueError(f"{text} is not private; name the one address of the booth's own LAN, or null")
    if address.version == 6 and address.is_link_local and not address.scope_id:
        raise ValueError(f"{text} is on every interface; say on which: {text}%INTERFACE")
    return str(address)
