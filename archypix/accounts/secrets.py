"""Secrets that prove something: 256 random bits as text, of which the database keeps the SHA-256."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

TOKEN_PREFIX = "apx_"  # noqa: S105 - what tokens start with, so that scanners for leaked secrets know them
INVITE_PREFIX = "apxi_"


def new_secret(prefix: str = "") -> str:
    """43 letters, digits, `-` and `_` after the prefix."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a secret. With 256 random bits in it there is nothing to guess, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def place_hash(kind: str, value: str) -> bytes:
    """What the database keeps of a place: `kind` is `device` or `address`."""
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).digest()


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 customer has at the least."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)
