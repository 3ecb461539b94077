"""Where an actor of the domain is reached when its person lives at a certain backend."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one actor at one backend."""

    inbox: str
    shared_inbox: str
    access: str
    pictures: str


def place(uri: str, origin: str) -> Place:
    """The addresses of the actor `uri` whose person lives at the backend `origin`."""
    return Place(f"{origin}{urlsplit(uri).path}/inbox", f"{origin}/inbox", f"{origin}/access", f"{origin}/pictures")
