"""Handles (`user@host`): read, written, and what WebFinger says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from federation.documents.origins import host as host_of
from federation.documents.terms import first, text_of

# Names that others allow: letters of any script, and a few signs inside.
_USER = re.compile(r"\w(?:[\w.~+-]*[\w~+-])?")
_LONGEST = 500
_MOST_LINKS = 100
_STREAMS = "https://www.w3.org/ns/activitystreams"


@dataclass(frozen=True, slots=True)
class Handle:
    """A name at a host (`host[:port]`, normalised). Two are the same if their names differ in case alone."""

    user: str
    host: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"

    @property
    def account(self) -> str:
        """`acct:user@host`, as WebFinger has it."""
        return f"acct:{self}"

    def same(self, other: Handle) -> bool:
        """Whether both name the same account."""
        return self.host == other.host and self.user.casefold() == other.user.casefold()

    def webfinger(self, scheme: str = "https") -> str:
        """Where its host tells about it."""
        return f"{scheme}://{self.host}/.well-known/webfinger?resource={quote(self.account, safe=':@')}"


@dataclass(frozen=True, slots=True)
class Finger:
    """What a WebFinger document says: whose it is, and where the actor is."""

    subject: Handle | None
    actor: str | None


def parse_handle(text: str) -> Handle | None:
    """The handle in `@a@host`, `a@host` or `acct:a@host`; None where there is none."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    bare = text[5:] if text[:5].lower() == "acct:" else text.removeprefix("@")
    user, at, name = bare.rpartition("@")
    if not at or not _USER.fullmatch(user):
        return None
    try:
        host = host_of(f"https://{name}/")
    except ValueError:
        return None
    # A host that ends where a path, query or user info would begin is no host.
    return Handle(user, host) if re.search(r"[/?#@\\]", name) is None else None


def read_finger(data: dict[str, Any]) -> Finger:
    """What is of use in a WebFinger document."""
    subject = text_of(data.get("subject"))
    handle = parse_handle(subject) if subject and subject[:5].lower() == "acct:" else None
    links = data.get("links")
    for link in links[:_MOST_LINKS] if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "self" and _is_activity(link.get("type")):
            href = text_of(first(link.get("href")))
            if href:
                return Finger(handle, href)
    return Finger(handle, None)


def _is_activity(declared: Any) -> bool:
    if not isinstance(declared, str):
        return False
    kind, _, rest = declared.partition(";")
    if kind.strip().lower() == "application/activity+json":
        return True
    return kind.strip().lower() == "application/ld+json" and _STREAMS in rest
