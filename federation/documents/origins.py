"""Origins of addresses: who may speak about what is decided by comparing them (RFC 6454)."""

from __future__ import annotations

import re
from functools import lru_cache

import idna

_LONGEST = 2048
_ADDRESS = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@]+)(?::([0-9]{1,5}))?")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
# Controls, blanks, and what addresses never hold unescaped; a backslash is a slash to some readers and not to others.
_NEVER = re.compile(
    r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff\\<>\"`{}|^]"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=4096)
def origin(url: str) -> str:
    """`scheme://host[:port]` of an http(s) address: lower case, punycode, default ports dropped.

    Raises ValueError for anything else, and for user info, control characters, and hosts nobody can have.
    """
    scheme, name, port = _split(url)
    return f"{scheme}://{_joined(scheme, name, port)}"


@lru_cache(maxsize=4096)
def host(url: str) -> str:
    """`host[:port]` of an http(s) address, normalised as in `origin`. Raises ValueError likewise."""
    return _joined(*_split(url))


def same_origin(*urls: str) -> bool:
    """Whether all of `urls` are http(s) addresses of one origin; False for none."""
    try:
        return len({origin(url) for url in urls}) == 1
    except (ValueError, TypeError):
        return False


def normal_host(name: str) -> str:
    """A bare host name in lower case and punycode. Raises ValueError where there can be none of that name."""
    if name.startswith("["):
        return name.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError:
            raise ValueError("no host name") from None
    name = name.lower()
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise ValueError("no host name")
    return name


def neighbourhood(host_name: str) -> str:
    """What hosts with one owner have in common, as far as names tell: the last two labels of `host[:port]`, three where
    the last two look like those under which a country lets others register (`co.uk`).

    Whoever has a domain can have any number of hosts below it, so what is to be shared fairly is counted by this.
    """
    labels = host_name.rsplit(".", 3)
    is_registry = len(labels) > 2 and len(labels[-1].partition(":")[0]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if is_registry else -2 :])


def _split(url: str) -> tuple[str, str, int | None]:
    if not isinstance(url, str) or len(url) > _LONGEST or _NEVER.search(url):
        raise ValueError("no http address")
    found = _ADDRESS.match(url)
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None:
        raise ValueError("no http address")
    port = int(authority[2]) if authority[2] is not None else None
    if port is not None and not 0 < port < 65_536:
        raise ValueError("no such port")
    return found[1].lower(), normal_host(authority[1]), port


def _joined(scheme: str, name: str, port: int | None) -> str:
    return name if port is None or port == _DEFAULT_PORTS[scheme] else f"{name}:{port}"
