"""Handles as people write them: `@name@host`, `@name:host`, `acct:name@host`, or the address of a profile."""

from __future__ import annotations

from urllib.parse import urlsplit

from federation.addresses import Addresses
from federation.documents.origins import normal_host


def plain(handle: str) -> str:
    """`name@host` for every way to write a handle; the address of a profile as it is, without blanks around it."""
    text = handle.strip()
    if "://" in text:
        return text
    text = text.removeprefix("acct:").removeprefix("@")
    # A port has a colon as well, so the first separator counts.
    at, colon = text.find("@"), text.find(":")
    if colon >= 0 and (at < 0 or colon < at):
        text = f"{text[:colon]}@{text[colon + 1 :]}"
    return text


def host(handle: str) -> str | None:
    """The normalised host of a plain handle or of an address; None where there is none."""
    text = urlsplit_host(handle) if "://" in handle else handle.rpartition("@")[2]
    try:
        name, colon, port = text.partition(":")
        return normal_host(name) + colon + port if name else None
    except ValueError:
        return None


def urlsplit_host(address: str) -> str:
    """The authority of an address without user information; empty where it has none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def whole(handle: str, addresses: Addresses) -> str:
    """As `plain`; a handle of one word without a host is somebody of this domain."""
    text = plain(handle)
    return text if "://" in text or "@" in text else f"{text}@{addresses.domain}"


def local_name(handle: str, addresses: Addresses) -> str | None:
    """The name of the actor of this server that a handle means: `alice`, or `alice.travel`; None where it is elsewhere.

    A handle of one word without a host is somebody of this domain. Behind a Resolver, only those are local who have an
    account here.
    """
    text = plain(handle)
    if "://" in text:
        place = addresses.place(text)
        if place is None or place.name is None:
            return None
        return place.name if place.slug is None else f"{place.name}.{place.slug}"
    name, at, domain = text.partition("@")
    if at and domain.lower().rstrip(".") != addresses.domain.lower() and host(text) != addresses.domain:
        return None
    name = name.lower()
    if addresses.names is not None and name.partition(".")[0] not in addresses.names:
        return None
    return name
