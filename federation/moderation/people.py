"""Mutes and blocks: whom a person does not want to see, and whom they want nothing to do with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from federation.inbox_contract import Severance
from federation.moderation import people_store as store
from federation.moderation.hosts import normal
from federation.moderation.models import Aversion, AversionKind

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Somebody:
    """An actor on any server. `account_id` is set for people of this one."""

    uri: str
    host: str
    account_id: int | None = None


class Finder(Protocol):
    """Finds people by their handles; implemented by a room that knows both local and remote actors."""

    async def find(self, handle: str) -> Somebody:
        """Who is called so, or has this address; asks other servers. `Invalid`, `NotFound`, `Conflict`."""
        ...

    async def row(self, connection: Connection, somebody: Somebody) -> int:
        """Their row in `remote_actors`, held by the caller's transaction."""
        ...


class AversionService:
    """Mutes and blocks of every account."""

    def __init__(self, database: Database, finder: Finder, severances: Sequence[Severance] = ()) -> None:
        self._database = database
        self._finder = finder
        self._severances = severances

    async def put(
        self,
        account_id: int,
        kind: AversionKind,
        *,
        handle: str | None = None,
        host: str | None = None,
        ends_at: datetime | None = None,
    ) -> tuple[Aversion, bool]:
        """Mute or block somebody (`handle`) or a whole server (`host`); (it, whether it is new).

        A block ends the follows between the two, both ways. Mutes may end by themselves. Raises `Invalid`, `NotFound`,
        `Conflict` (`too_many`).
        """
        if (handle is None) == (host is None):
            raise Invalid("Name somebody or a server.", faults=(Fault("handle", "Either this or `host`."),))
        if ends_at is not None and (kind == "block" or ends_at <= clock.now()):
            raise Invalid("This is no end.", faults=(Fault("ends_at", "Mutes only, and in the future."),))
        if host is not None:
            return await self._put_host(account_id, kind, normal(host), ends_at)
        assert handle is not None
        return await self._put_actor(account_id, kind, await self._finder.find(handle), ends_at)

    async def page(self, account_id: int, kind: AversionKind, *, before: UUID | None, limit: int) -> list[Aversion]:
        """At most `limit` of them, the newest first."""
        async with self._database.connection() as connection:
            return await store.page(connection, account_id, kind, before=before, limit=limit)

    async def delete(self, account_id: int, kind: AversionKind, identifier: UUID) -> None:
        """Take one back; follows that it ended do not return. `NotFound`."""
        async with self._database.connection() as connection:
            if not await store.delete(connection, account_id, kind, identifier):
                raise NotFound(f"There is no {kind} with this id.")

    async def sweep(self) -> None:
        """Drop mutes that have ended."""
        async with self._database.connection() as connection:
            await store.sweep(connection)

    async def _put_host(
        self, account_id: int, kind: AversionKind, host: str, ends_at: datetime | None
    ) -> tuple[Aversion, bool]:
        async with self._database.transaction() as connection:
            await self._refuse_too_many(connection, account_id)
            if kind == "block":
                await self._lock(connection, account_id)
            identifier, is_new = await store.put(connection, new_id(), account_id, kind, host=host, ends_at=ends_at)
            if kind == "block":
                for severance in self._severances:
                    await severance.sever_host(connection, host, account_id)
            return await self._made(connection, account_id, kind, identifier), is_new

    async def _put_actor(
        self, account_id: int, kind: AversionKind, somebody: Somebody, ends_at: datetime | None
    ) -> tuple[Aversion, bool]:
        if somebody.account_id == account_id:
            raise Invalid("This is you.", faults=(Fault("handle", "Somebody else."),), code="oneself")
        async with self._database.transaction() as connection:
            await self._refuse_too_many(connection, account_id)
            row = await self._finder.row(connection, somebody)
            if kind == "block":
                await self._lock(connection, account_id)
            identifier, is_new = await store.put(
                connection, new_id(), account_id, kind, remote_actor_id=row, ends_at=ends_at
            )
            if kind == "block":
                for severance in self._severances:
                    await severance.sever(connection, account_id, row)
            return await self._made(connection, account_id, kind, identifier), is_new

    async def _lock(self, connection: Connection, account_id: int) -> None:
        """Have nobody act on there being no block. What a block ends lies in the library too, which comes first."""
        await lock_library(connection, account_id)
        await store.lock_blocks(connection, account_id, to_change=True)

    async def _refuse_too_many(self, connection: Connection, account_id: int) -> None:
        if await store.count(connection, account_id) >= MOST:
            raise Conflict(f"{MOST} mutes and blocks are the most.", code="too_many")

    async def _made(self, connection: Connection, account_id: int, kind: AversionKind, identifier: UUID) -> Aversion:
        made = await store.one(connection, account_id, kind, identifier)
        assert made is not None
        return made
