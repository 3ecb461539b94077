"""Whether a message that names nobody here concerns us: it does if it is about a share or a picture that is held."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.documents.terms import embedded, ids_of
from federation.inbox_contract import Followed, Inbound
from federation.sharing import store

MOST_LOOKED_UP = 100
_TYPES = frozenset({"Add", "Remove", "Update", "Delete", "Undo"})


class SharingRelevance:
    """A `Relevance`: only what is below the actor itself is asked for, since nothing else could be taken from it."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether a share or a picture of the actor's that it names was offered or announced to somebody here."""
        if inbound.type not in _TYPES:
            return False
        inner = embedded(inbound.activity.get("object")) or {}
        named = [*inbound.object_ids, *ids_of(inbound.activity.get("target")), *ids_of(inner.get("object"))]
        own = [uri for uri in named[:MOST_LOOKED_UP] if uri.startswith(f"{inbound.actor.uri}/")]
        return bool(own) and await store.holds_any(connection, own)


class SharingPartners:
    """A `Followed`: of limited servers, those are heard as well with whom somebody here shares already."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed

    async def followed(self, connection: Connection, actor_uri: str) -> bool:
        """Whether somebody here follows the actor, or shares something with them, or has something of theirs."""
        return await self._followed.followed(connection, actor_uri) or await store.shares_with(connection, actor_uri)
