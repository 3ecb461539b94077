"""Which addresses (URLs) may be asked at all, and where a request for one really goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from archypix.core.errors import StartupError
from federation.documents.origins import host as host_of
from federation.documents.origins import origin as origin_of
from federation.outbound.errors import Refused
from federation.outbound.networks import is_public, parsed

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
# Ends in a number, decimal or hexadecimal: some readers take it for an IPv4 address.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_REST = re.compile(r"[a-zA-Z]+://[^/?#]*([^#]*)")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Target:
    """A request's aim: `url` is what is asked for and signed, `connect` where it is sent, which differs if `mapped`."""

    url: str
    host: str
    connect: str
    mapped: bool


class Guard:
    """The rules of what may be asked. `host_map` and `allow_loopback` are for tests."""

    def __init__(self, *, host_map: Mapping[str, str] | None = None, allow_loopback: bool = False) -> None:
        self._map = dict(host_map or {})
        self._allow_loopback = allow_loopback
        self._mapped = {_endpoint(place) for place in self._map.values()}

    @property
    def lenient(self) -> bool:
        """Whether requests may go to this machine."""
        return self._allow_loopback or bool(self._map)

    def target(self, url: str) -> Target:
        """Where to go for `url`; `Refused` unless it is https at a name, without user info or another port."""
        try:
            origin, host = origin_of(url), host_of(url)
        except ValueError:
            raise Refused("no address of the web") from None
        path = _path_of(url)
        if origin.startswith("https://") and (place := self._map.get(host)):
            return Target(f"{origin}{path}", host, f"{place}{path}", mapped=True)
        name = urlsplit(origin).hostname or ""
        if not (self._allow_loopback and is_loopback_name(name)):
            _check_public(origin, host, name)
        return Target(f"{origin}{path}", host, f"{origin}{path}", mapped=False)

    def maps(self, url: str) -> bool:
        """Whether a test leads requests for `url` to this machine."""
        return url.startswith("https://") and host_of(url) in self._map

    def scheme_of(self, host: str) -> str:
        """The scheme by which `host[:port]` is asked."""
        name = urlsplit(f"//{host}").hostname or ""
        return "http" if self._allow_loopback and host not in self._map and is_loopback_name(name) else "https"

    def admits(self, name: str, address: str) -> bool:
        """Whether the host `name` may have this address."""
        found = parsed(address)
        if found is None:
            return False
        return is_public(found) or (self._allow_loopback and is_loopback_name(name) and found.is_loopback)

    def connectable(self, address: str, port: int) -> bool:
        """Whether a connection may be made to this address and port, whatever it was asked for."""
        found = parsed(address)
        if found is None:
            return False
        return is_public(found) or (found.is_loopback and (self._allow_loopback or (address, port) in self._mapped))


def is_loopback_name(name: str) -> bool:
    """Whether a host name says that it is this machine: `localhost`, what lies below it (RFC 6761), or an address."""
    address = parsed(name.strip("[]"))
    return is_localhost(name) or (address is not None and address.is_loopback)


def is_localhost(name: str) -> bool:
    """Whether a host name is `localhost` or lies below it."""
    return name == "localhost" or name.endswith(".localhost")


def parse_host_map(text: str) -> dict[str, str]:
    """`b.test=http://127.0.0.1:8002,…` as a mapping; `StartupError` where it is none."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, place = (word.strip() for word in part.partition("="))
        try:
            _endpoint(place)
            found[host_of(f"https://{name}")] = origin_of(place)
        except ValueError:
            problem = f"ARCHYPIX_FEDERATION_HOST_MAP: {part} is not like b.test=http://127.0.0.1:8002."
            raise StartupError(problem) from None
    return found


def _check_public(origin: str, host: str, name: str) -> None:
    if not origin.startswith("https://"):
        raise Refused("only https is asked")
    if host != name:
        raise Refused("only the default port is asked")
    if ":" in name or _NUMERIC.fullmatch(name):
        raise Refused("a literal address is not asked")
    if "." not in name:
        raise Refused("not a name of the public internet")


def _path_of(url: str) -> str:
    """Path and query as they go over the wire: what is not ASCII escaped, all else as it was, no fragment."""
    found = _REST.match(url)
    path = found[1] if found else ""
    if _BROKEN_ESCAPE.search(path):
        raise Refused("no address of the web")
    return quote(path if path.startswith("/") else f"/{path}", safe=_ASCII)


def _endpoint(place: str) -> tuple[str, int]:
    parts = urlsplit(place)
    address = parsed(parts.hostname or "")
    if address is None or not address.is_loopback:
        raise ValueError("hosts are mapped to addresses of this machine only")
    return str(address), parts.port or {"http": 80, "https": 443}[parts.scheme]
