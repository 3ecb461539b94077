"""Blocks, while the library of who blocks is being written: whatever comes first, both go through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from archypix.received.models import Offer, Rights
from archypix.received.room import Receiving
from archypix.shares import store
from federation.moderation.people import AversionService, Somebody
from tests.shares.street import Street

BOB = "bob@b.test"


class Known:
    """A `Finder` of people who are known already."""

    def __init__(self, street: Street) -> None:
        self._street = street

    async def find(self, handle: str) -> Somebody:
        found = self._street.people[handle]
        return Somebody(found.uri, handle.partition("@")[2])

    async def row(self, connection: Connection, somebody: Somebody) -> int:
        return int(await connection.fetchval("SELECT id FROM remote_actors WHERE uri = $1", somebody.uri))


async def both_ways(street: Street) -> tuple[UUID, Receiving]:
    """Alice shares with Bob, and he with her; her share."""
    await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    bob = await street.person(BOB)
    receiving = Receiving.on(street.database)
    offer = Offer(f"{bob.uri}/shares/{new_id()}", bob, "His", "", "/His", 1, Rights(), None)
    async with street.database.transaction() as connection:
        offered = await receiving.service.offered(connection, street.alice, offer)
    assert offered is not None
    await receiving.service.accept(street.alice, offered.id)
    return share.id, receiving


async def meanwhile(street: Street, share_id: UUID, deed: Awaitable[Any]) -> None:
    """`deed` begins while the library is being written, by what then goes on to the share."""
    async with street.database.transaction() as connection:
        await lock_library(connection, street.alice)
        task = asyncio.ensure_future(deed)
        async with asyncio.timeout(90):
            while not await street.shelf.waiting():
                await asyncio.sleep(0.01)
        await store.lock_blocks(connection, street.alice)
        await store.lock(connection, share_id)
    await task


@pytest.mark.parametrize("whom", [{"handle": BOB}, {"host": "b.test"}])
async def test_a_block_goes_through_beside_other_writing(street: Street, whom: dict[str, str]) -> None:
    share_id, receiving = await both_ways(street)
    service = AversionService(street.database, Known(street), (street.shares.cutter, receiving.leaver))
    await meanwhile(street, share_id, service.put(street.alice, "block", **whom))
    assert (await street.shares.service.get(street.alice, share_id)).state == "revoked"
    assert [one.state for one in await receiving.service.list(street.alice)] == ["left"]


async def test_a_server_is_blocked_for_everybody_beside_other_writing(street: Street) -> None:
    share_id, receiving = await both_ways(street)

    async def block() -> None:
        async with street.database.transaction() as connection:
            for severance in (street.shares.cutter, receiving.leaver):
                await severance.sever_host(connection, "b.test", None)

    await meanwhile(street, share_id, block())
    assert (await street.shares.service.get(street.alice, share_id)).state == "revoked"
