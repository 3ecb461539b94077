"""What administrators do with moves of people between backends: start, look, cancel; each act in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.accounts import rules
from archypix.core.database import Database
from archypix.core.errors import NotFound
from resolver import audit
from resolver.audit import Actor
from resolver.moving.models import Move
from resolver.moving.service import Moves


class MoveAdministration:
    """Acts on moves. Whether the actor may is decided before."""

    def __init__(self, database: Database, moves: Moves) -> None:
        self._database = database
        self._moves = moves

    async def start(self, actor: Actor, name: str, to: str) -> Move:
        """Begin to move a person to the backend of origin `to`. `NotFound`, `Conflict`."""
        known = rules.known_name(name.strip().removeprefix("@"))
        if known is None:
            raise NotFound("Nobody in this domain is called so.")
        move = await self._moves.start(known, to)
        await self._record(actor, "move.started", move)
        return move

    async def one(self, move_id: UUID) -> Move:
        """One move; `NotFound`."""
        return await self._moves.get(move_id)

    async def page(self, after: UUID | None, limit: int) -> Sequence[Move]:
        """At most `limit` moves that began before `after`, the newest first."""
        return await self._moves.page(after, limit)

    async def cancel(self, actor: Actor, move_id: UUID) -> Move:
        """Undo a move whose person has not arrived. `NotFound`, `Conflict`."""
        move = await self._moves.cancel(move_id)
        await self._record(actor, "move.cancelled", move)
        return move

    async def _record(self, actor: Actor, action: str, move: Move) -> None:
        details = {"move": str(move.id), "from": move.source, "to": move.target}
        async with self._database.connection() as connection:
            await audit.record(connection, actor, action, move.name, details)
