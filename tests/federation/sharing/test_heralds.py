"""What the heralds put into the outbox: to whom, in which order, and what of it becomes void."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest_asyncio

from archypix.received.models import Party
from archypix.received.room import Receiving
from archypix.shares.models import Cut, Share
from archypix.shares.room import Shares
from federation.sharing.rooms import Wire, connect
from tests.federation.follows.village import Village, open_world
from tests.federation.sharing.test_documents import picture, share


@dataclass
class Stage:
    """Alice, who shares with Carol; Dora has things of it by others, on Carol's server. Nothing is delivered."""

    village: Village
    wire: Wire
    share: Share
    carol: Party
    dora: Party

    async def queued(self) -> list[tuple[str, str, int]]:
        """Type, inbox and rank of what waits, in the order in which it goes out."""
        rows = await self.village.rows(
            "SELECT a.type, d.inbox, d.rank FROM deliveries d JOIN activities a ON a.id = d.activity_id"
            " ORDER BY d.rank, d.id"
        )
        return [(row["type"], row["inbox"].rsplit("/", 2)[1], row["rank"]) for row in rows]

    async def said(self) -> list[dict[str, Any]]:
        return [row["json"] for row in await self.village.rows("SELECT json FROM activities ORDER BY id")]


@pytest_asyncio.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_world(database_url) as world:
        village = world.village
        alice = await village.person("alice")
        assert alice.account_id is not None
        wire = connect(
            village.database, Shares.on(village.database), Receiving.on(village.database), actors=village.actors,
            remote=village.remote, outbox=village.outbox, addresses=village.addresses,
        )  # fmt: skip
        me = await wire.directory.me(alice.account_id)
        carol = await wire.directory.find((await world.wild.person("carol")).uri)
        dora = await wire.directory.find((await world.wild.person("dora")).uri)
        told = replace(share(), account_id=alice.account_id, sender=me, recipient=carol)
        yield Stage(village, wire, told, carol, dora)


async def test_what_is_about_a_share_goes_to_its_people_alone(stage: Stage) -> None:
    mine = picture(uri=f"{stage.share.sender.uri}/pictures/{uuid4()}", owner=stage.share.sender.uri)
    async with stage.village.database.transaction() as connection:
        await stage.wire.herald.offered(connection, stage.share)
        await stage.wire.herald.added(connection, stage.share, [mine], [], 2)
        await stage.wire.herald.updated(connection, stage.share, [mine], [stage.carol.id, stage.dora.id])
    assert await stage.queued() == [
        ("Offer", "carol", 1), ("Add", "carol", 1), ("Update", "carol", 1), ("Update", "dora", 1),
    ]  # fmt: skip
    rows = await stage.village.rows("SELECT DISTINCT key, collection FROM deliveries")
    assert [(row["key"], row["collection"]) for row in rows] == [(stage.share.uri, stage.share.uri)]
    assert await stage.village.sql("SELECT bool_or(public) FROM activities") is False
    offer, _, update = await stage.said()
    assert offer["id"] == f"{stage.share.sender.uri}/activities/{stage.share.offered}"
    assert (offer["to"], "to" in update) == ([stage.carol.uri], False)
    # The share gives no originals, so nobody hears where it was.
    assert "location" not in str(await stage.said())


async def test_the_end_of_a_share_makes_void_what_is_queued_about_it(stage: Stage) -> None:
    ended = replace(stage.share, state="revoked")
    async with stage.village.database.transaction() as connection:
        await stage.wire.herald.added(connection, stage.share, [], [f"{stage.dora.uri}/pictures/{uuid4()}"], 2)
        await stage.wire.herald.revoked(connection, Cut(ended, (ended.id,), (stage.carol.id, stage.dora.id)))
    assert await stage.queued() == [("Undo", "carol", 0), ("Undo", "dora", 0)]
    _, undo = await stage.said()
    assert ("to" in undo, undo["apx:share"]) == (False, stage.share.uri)


async def test_the_end_of_a_share_with_one_alone_is_addressed_to_them(stage: Stage) -> None:
    async with stage.village.database.transaction() as connection:
        await stage.wire.herald.revoked(connection, Cut(stage.share, (stage.share.id,), ()))
    (undo,) = await stage.said()
    assert (undo["to"], "apx:share" in undo) == ([stage.carol.uri], False)


async def test_the_end_of_a_grant_leaves_the_queue_of_others_alone(stage: Stage) -> None:
    grants = tuple(uuid4() for _ in range(150))
    via = f"{stage.carol.uri}/shares/{uuid4()}"
    async with stage.village.database.transaction() as connection:
        await stage.wire.herald.removed(connection, stage.share, [f"{stage.share.sender.uri}/pictures/{uuid4()}"], 3)
        cut = Cut(stage.share, grants, (stage.dora.id,), ((stage.carol, via),))
        await stage.wire.herald.cut(connection, cut)
    assert await stage.queued() == [("Undo", "dora", 0), ("Remove", "carol", 1), ("Reject", "carol", 1)]
    _, undo, reject = await stage.said()
    assert undo["apx:grants"] == [str(grant) for grant in grants]
    assert (reject["object"]["actor"], reject["object"]["apx:share"]) == (stage.carol.uri, via)


async def test_who_was_cut_hears_of_it_though_the_share_ends_as_well(stage: Stage) -> None:
    async with stage.village.database.transaction() as connection:
        await stage.wire.herald.cut(connection, Cut(stage.share, (uuid4(),), (stage.dora.id,)))
        await stage.wire.herald.revoked(connection, Cut(stage.share, (stage.share.id,), ()))
    assert await stage.queued() == [("Undo", "dora", 0), ("Undo", "carol", 0)]


async def test_people_are_found_here_and_elsewhere(stage: Stage) -> None:
    directory = stage.wire.directory
    assert (stage.carol.handle, stage.carol.local) == ("@carol@wild.test", False)
    me = await directory.find("@alice@own.test")
    assert (me.handle, me.local) == ("@alice@own.test", True)
    async with stage.village.database.connection() as connection:
        found = await directory.parties(connection, [me.id, stage.carol.id, 10**9])
    assert set(found) == {me.id, stage.carol.id}
