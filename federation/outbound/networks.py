"""Which internet addresses may be connected to: those that are anybody's to reach, and no other."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

# This host, private, shared by carriers, loopback, link-local, protocol assignments, documentation, relays of 6to4,
# benchmarks, multicast, reserved and broadcast.
_REFUSED_4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip

# Everything outside of global unicast is refused, which covers loopback, mapped and translated IPv4, unique local,
# link-local and multicast addresses. Inside of it: Teredo and its neighbours, documentation, 6to4.
_UNICAST_6 = IPv6Network("2000::/3")
_REFUSED_6 = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


def is_public(address: Address) -> bool:
    """Whether `address` is an ordinary one of the public internet, written in its own form."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_4)
    if address.scope_id is not None or address not in _UNICAST_6:
        return False
    return not any(address in network for network in _REFUSED_6)


def parsed(text: str) -> Address | None:
    """The address written in `text`; None where it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None
