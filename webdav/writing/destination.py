"""The `Destination` header: where COPY and MOVE lead to, however the client knows this server."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from webdav import paths
from webdav.answers import Refused
from webdav.paths import Location


def destination(value: str | None, slug: str, hosts: Iterable[str]) -> Location:
    """The place in the drive `slug` that a Destination header names by path or whole URL.

    `hosts` are the names of this server. `Refused`: 400 for none or a broken one, 502 for another server or drive.
    """
    if not value or not value.strip():
        raise Refused(400, "The Destination header is missing.")
    location = locate(value.strip(), hosts)
    if location is None or location.slug != slug:
        raise Refused(502, "The destination is not in this drive.")
    return location


def locate(url: str, hosts: Iterable[str]) -> Location | None:
    """The place that a path or an URL of any of `hosts` names; None where it is of another server or of no drive.

    `Refused` with 400 when it cannot be read. The port makes no difference: proxies often keep it to themselves.
    """
    raw = _percent_encoded(url)
    if raw.startswith("/") and not raw.startswith("//"):
        return paths.locate(raw)
    try:
        parts = urlsplit(raw)
        host = parts.hostname
    except ValueError:
        raise Refused(400, "The URL cannot be read.") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise Refused(400, "A destination is a path, or a URL of http or https.")
    if host.lower() not in {bare_host(known) for known in hosts}:
        return None
    start = raw.find("/", len(parts.scheme) + 3)
    return paths.locate(raw[start:] if start >= 0 else "/")


def bare_host(host: str) -> str:
    """A host in lower case and without its port, brackets or final dot."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".") if text.count(":") == 1 else text.rstrip(".")


def _percent_encoded(value: str) -> str:
    """Encodes what a careless client sent as bare UTF-8 or spaces; headers come as Latin-1."""
    return "".join(
        character if "!" <= character <= "~" else f"%{ord(character):02X}"
        for character in value
        if ord(character) < 256
    )
