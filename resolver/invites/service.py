"""Making and revoking invites."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.secrets import INVITE_PREFIX, new_secret, secret_hash
from archypix.core.database import Database
from archypix.core.errors import Conflict, NotFound
from archypix.core.ids import new_id
from resolver import audit
from resolver.audit import Actor
from resolver.invites import store
from resolver.invites.models import Invite

MOST_INVITES = 500


class InviteService:
    """Invites, for administrators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, actor: Actor, *, note: str = "", uses: int = 1, days: int = 14) -> tuple[Invite, str]:
        """An invite and its code, which lets `uses` people register within `days`. `Invalid`, `Conflict` (too many)."""
        note = rules.line(note, path="note", most=200)
        code, invite_id = new_secret(INVITE_PREFIX), new_id()
        async with self._database.transaction() as connection:
            await store.lock(connection)
            if await store.count(connection) >= MOST_INVITES:
                raise Conflict(f"There are {MOST_INVITES} invites already: revoke one first.", code="too_many_invites")
            invite = await store.insert(
                connection, invite_id=invite_id, code_hash=secret_hash(code), created_by=actor.name, note=note,
                uses=uses, lifetime=timedelta(days=days),
            )  # fmt: skip
            details = {"invite": str(invite_id), "uses": uses, "days": days}
            await audit.record(connection, actor, "invite.created", "", details)
        return invite, code

    async def open_ones(self) -> list[Invite]:
        """The invites that hold, the newest first; at most 500."""
        async with self._database.connection() as connection:
            return await store.open_ones(connection, limit=MOST_INVITES)

    async def revoke(self, actor: Actor, invite_id: UUID) -> None:
        """End an invite; `NotFound`."""
        async with self._database.transaction() as connection:
            if not await store.delete(connection, invite_id):
                raise NotFound("There is no invite with this id.")
            await audit.record(connection, actor, "invite.revoked", "", {"invite": str(invite_id)})
