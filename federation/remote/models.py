"""What remote actors look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.signatures.models import PublicKey


@dataclass(frozen=True, slots=True)
class ActorDocument:
    """What an actor's document says, checked and bounded, before it is a row."""

    uri: str
    host: str
    type: str
    username: str
    # The handle that it says it has; WebFinger of that host must agree.
    claimed: str
    name: str
    summary: str
    url: str
    icon_url: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers_uri: str | None
    moved_to: str | None
    also_known_as: tuple[str, ...]
    approves_followers: bool
    keys: tuple[PublicKey, ...]
    # Ids of keys that the document names without showing them.
    named_keys: tuple[str, ...] = ()
    access_url: str | None = None
    pictures_url: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteActor:
    """An actor as the cache has it; `local` ones are this server's own, who have a row so that others may refer to it.

    `handle` is `user@host` without an `@` before it. Only where `handle_verified` do WebFinger of its host and the
    actor's document both say so; otherwise it is made of the user name and the host of the id; `claimed` is
    the one to be verified. `summary` is sanitised
    HTML, `name` plain text, `url` the page for people. `gone` ones have been deleted at their server. `access_url` and
    `pictures_url` are where holders of their shares ask for files and for what is known of pictures.
    """

    id: int
    uri: str
    host: str
    handle: str
    handle_verified: bool
    claimed: str
    type: str
    username: str
    name: str
    summary: str
    url: str
    icon_url: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers_uri: str | None
    moved_to: str | None
    also_known_as: tuple[str, ...]
    approves_followers: bool
    keys: tuple[PublicKey, ...]
    gone: bool
    local: bool
    fetched_at: datetime
    access_url: str | None = None
    pictures_url: str | None = None

    def key(self, key_id: str) -> PublicKey | None:
        """The key of that id, if the actor lists it."""
        return next((key for key in self.keys if key.id == key_id), None)
