"""`Flag`: reports that other servers send, and those that are sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archypix.core.database import Connection
from federation.actors.service import ActorService
from federation.documents.terms import text_of
from federation.inbox.locals import LocalActors
from federation.inbox_contract import Denied, Handler, Inbound
from federation.moderation.reports import ReportService
from federation.outbox.service import Outbox
from federation.remote.parsing import plain


class FlagHandler(Handler):
    """Keeps a report about somebody here for the administrator."""

    types = frozenset({"Flag"})

    def __init__(self, reports: ReportService, locals_: LocalActors) -> None:
        self._reports = reports
        self._locals = locals_

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """It must be about somebody here, or something of theirs."""
        del connection  # Actors of this server are kept in memory.
        if await self._subject(inbound) is None:
            raise Denied(403, "This is about nobody here.")

    async def prepare(self, inbound: Inbound) -> Any:
        return await self._subject(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if prepared is not None:
            comment = plain(text_of(inbound.activity.get("content")))
            await self._reports.flagged(connection, inbound.actor_row, prepared, inbound.object_ids, comment)
        return True

    async def _subject(self, inbound: Inbound) -> str | None:
        """The first actor of this server whom it names, or whose thing it names."""
        for uri in inbound.object_ids[:50]:
            actor = await self._locals.at(uri)
            if actor is not None and not actor.deleted and actor.kind != "instance":
                return actor.uri
        return None


class FlagSender:
    """Sends a report on, in the name of this server: who made it stays unknown (a `moderation.reports.Forwarder`)."""

    def __init__(self, actors: ActorService, outbox: Outbox) -> None:
        self._actors = actors
        self._outbox = outbox

    async def forward(self, connection: Connection, remote_actor_id: int, uris: Sequence[str], comment: str) -> None:
        instance = await self._actors.instance()
        flag = {"type": "Flag", "object": list(uris), "content": comment, "to": [uris[0]]}
        await self._outbox.publish(connection, instance, flag, to=[remote_actor_id])
