"""Who can reach an address."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

WILDCARDS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - whoever names one wants to be reached


def is_loopback(host: str) -> bool:
    """Tell whether only programs on this machine reach `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(address: str) -> str | None:
    """Return the host of an address, with its port, in small letters; None where the address is broken."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:  # `http://[`, and letters that would become others
        return None
