"""Which of our own people an activity names, without a query for each message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import ids_of, many
from federation.inbox.models import Envelope
from federation.outbound.cache import Cache

KEPT_SECONDS = 15.0
MOST_KEPT = 5_000
# Whom one activity may name here; more than that are not looked at.
MOST_NAMED = 50
_REFERENCES = ("actor", "object", "target", "inReplyTo", "attributedTo", "to", "cc", "audience", "href")
_ADDRESSING = ("to", "cc", "bto", "bcc", "audience", "target", "instrument", "result", "origin")


class LocalActors:
    """Looks up local actors by any address below theirs; what it found holds for 15 seconds."""

    def __init__(self, actors: ActorService) -> None:
        self._actors = actors
        self._kept: Cache[tuple[str | None, str | None], tuple[LocalActor | None]] = Cache(MOST_KEPT, KEPT_SECONDS)
        self._by_id: Cache[int, tuple[LocalActor | None]] = Cache(MOST_KEPT, KEPT_SECONDS)
        addresses = actors.addresses
        # Reading an address takes longer than this glance, which most fail.
        self._beginnings = tuple({addresses.base.lower(), addresses.origin.lower()})
        self._longest = max(map(len, self._beginnings))

    async def at(self, uri: str) -> LocalActor | None:
        """The actor below whose address `uri` lies, deleted ones included; None where nobody is."""
        place = self._actors.addresses.place(uri)
        if place is None:
            return None
        name = (place.name, place.slug)
        kept = self._kept.get(name)
        if kept is None:
            kept = (await self._actors.owner_of(uri),)
            self._kept.put(name, kept)
        return kept[0]

    async def by_id(self, actor_id: int) -> LocalActor | None:
        """The actor of a row, deleted ones included."""
        kept = self._by_id.get(actor_id)
        if kept is None:
            kept = (await self._actors.by_id(actor_id),)
            self._by_id.put(actor_id, kept)
        return kept[0]

    async def named(self, envelope: Envelope) -> list[LocalActor]:
        """Every living actor of this server that the activity is addressed to, is about, or mentions."""
        found: dict[int, LocalActor] = {}
        for uri in _first_local(references(envelope), self._is_local):
            actor = await self.at(uri)
            if actor is not None and not actor.deleted:
                found[actor.id] = actor
        return list(found.values())

    def _is_local(self, uri: str) -> bool:
        begins_so = uri[: self._longest].lower().startswith(self._beginnings)
        return begins_so and self._actors.addresses.is_local(uri)


def references(envelope: Envelope) -> Iterator[str]:
    """Ids in the places where an activity names whom it concerns."""
    yield from envelope.object_ids
    for term in _ADDRESSING:
        yield from ids_of(envelope.activity.get(term))
    for found in many(envelope.activity.get("object")):
        if isinstance(found, dict):
            yield from _inside(found)


def _inside(found: dict[str, Any]) -> Iterator[str]:
    for term in _REFERENCES:
        yield from ids_of(found.get(term))
    for tag in many(found.get("tag"))[:200]:
        if isinstance(tag, dict):
            yield from ids_of(tag.get("href"))


def _first_local(uris: Iterable[str], is_local: Callable[[str], bool]) -> Iterator[str]:
    seen: set[str] = set()
    for uri in uris:
        if uri not in seen and is_local(uri):
            seen.add(uri)
            yield uri
            if len(seen) >= MOST_NAMED:
                return
