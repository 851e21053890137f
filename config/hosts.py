"""Who can reach an address."""

from __future__ import annotations

from ipaddress import ip_address

WILDCARDS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - whoever names one wants to be reached


def is_loopback(host: str) -> bool:
    """Tell whether only programs on this machine reach `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
