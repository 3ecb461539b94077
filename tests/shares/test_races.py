"""Cuts and invitations at the same time, access asked for meanwhile, and shares with very many holders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.pictures.locks import lock_library
from archypix.shares.models import Cut, Invitation, Rights
from tests.shares.street import Book, Street

BOB, CAROL, DAVE = "bob@b.test", "carol@c.test", "dave@d.test"


class Slow(Book):
    """A herald that holds up a revocation, and so its transaction, until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def _wait(self) -> None:
        self.reached.set()
        async with asyncio.timeout(90):
            await self.go.wait()

    async def revoked(self, connection: Connection, cut: Cut) -> None:
        await self._wait()

    async def cut(self, connection: Connection, cut: Cut) -> None:
        await self._wait()


async def begun(street: Street, deed: Awaitable[Any]) -> tuple[asyncio.Future[Any], Slow]:
    """A deed that has come as far as telling others, its transaction open."""
    slow = Slow()
    street.shares.outside.herald = slow
    task = asyncio.ensure_future(deed)
    async with asyncio.timeout(90):
        await slow.reached.wait()
    street.shares.outside.herald = street.book
    return task, slow


async def waits(street: Street, at_least: int = 1) -> None:
    """Return when so many transactions wait for a lock."""
    async with asyncio.timeout(90):
        while await street.shelf.waiting() < at_least:
            await asyncio.sleep(0.01)


async def test_an_invitation_that_meets_a_revocation_comes_too_late(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=1)
    revoking, slow = await begun(street, street.shares.service.revoke(street.alice, share.id))
    # Not committed, and nobody has to wait for that to be answered.
    assert await asyncio.wait_for(street.gets(BOB, picture), 60) == [200]
    inviting = asyncio.ensure_future(street.invite(share, BOB, CAROL, picture))
    await waits(street)
    slow.go.set()
    await revoking
    assert await street.gets(BOB, picture) == [403]
    assert await inviting == set()
    assert await street.gets(CAROL, picture) == [403]


async def test_an_invitation_below_a_grant_that_is_being_cut_comes_too_late(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    await street.gets(CAROL, picture)
    carols = await street.grant_of(share, CAROL)
    await street.shelf.sql("UPDATE grants SET last_access_at = NULL")
    cutting, slow = await begun(street, street.shares.service.cut(street.alice, share.id, carols))
    # The use of the grant would be written down now, but nobody waits for who has it locked.
    assert await asyncio.wait_for(street.gets(CAROL, picture), 60) == [200]
    inviting = asyncio.ensure_future(street.invite(share, CAROL, DAVE, picture))
    await waits(street)
    slow.go.set()
    await cutting
    assert await street.gets(CAROL, picture) == [403]
    assert await inviting == set()
    assert await street.gets(DAVE, picture) == [403]


async def test_a_cut_that_meets_an_invitation_takes_it_along(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    carols = await street.grant_of(share, CAROL)
    carol, dave = await street.person(CAROL), await street.person(DAVE)
    invitation = Invitation(
        "x", share.uri, carol, dave, f"{carol.uri}/shares/1", 0, (street.uri(picture),), Rights()
    )  # fmt: skip
    async with street.database.transaction() as connection:
        assert (await street.shares.grants.invited(connection, invitation))[1] == []
        cutting = asyncio.ensure_future(street.shares.service.cut(street.alice, share.id, carols))
        await waits(street)
    assert await cutting == 2
    assert await street.gets(DAVE, picture) == [403]


async def test_a_block_waits_for_who_acts_on_there_being_none(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    bob, carol = await street.person(BOB), await street.person(CAROL)

    async def block() -> None:
        async with street.database.transaction() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", 0x626C6F63, street.alice)
            await connection.execute(
                "INSERT INTO aversions (id, account_id, kind, remote_actor_id)"
                " VALUES (gen_random_uuid(), $1, 'block', $2)",
                street.alice, carol.id,
            )  # fmt: skip
            await street.shares.cutter.sever(connection, street.alice, carol.id)

    invitation = Invitation("x", share.uri, bob, carol, f"{bob.uri}/shares/1", 1, (street.uri(picture),), Rights())
    async with street.database.transaction() as connection:
        assert (await street.shares.grants.invited(connection, invitation))[1] == []
        blocking = asyncio.ensure_future(block())
        await waits(street)
    await blocking
    assert await street.gets(CAROL, picture) == [403]
    # Even were the block gone: what was granted has ended.
    await street.shelf.sql("DELETE FROM aversions")
    assert await street.gets(CAROL, picture) == [403]


async def test_many_at_once_end_as_one_after_the_other(street: Street) -> None:
    pictures = [await street.shelf.add(tags=("/Alps",)) for _ in range(3)]
    share = await street.share(BOB, reshare_depth=2)
    people = [f"p{number}@c.test" for number in range(6)]
    for who in people:
        await street.person(who)
    deeds = [street.invite(share, BOB, who, *pictures, depth=1) for who in people]
    deeds += [street.invite(share, BOB, people[0], pictures[0], depth=1) for _ in range(3)]
    await asyncio.gather(*deeds)
    assert len(await street.shares.service.holders(street.alice, share.id)) == 7
    await asyncio.gather(
        street.shares.service.revoke(street.alice, share.id),
        *(street.invite(share, one, other, *pictures) for one in people for other in people),
        *(street.uninvite(share, BOB, who) for who in people),
    )
    assert [await street.gets(who, *pictures) for who in (BOB, *people)] == [[403] * 3] * 7


async def test_ten_thousand_holders_lose_it_at_once(street: Street) -> None:
    count = 10_000
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    carols = await street.grant_of(share, CAROL)
    await crowd(street, share.id, carols, picture, count)
    assert await street.gets("p77@x.test", picture) == [200]
    street.book.read()
    assert await street.shares.service.cut(street.alice, share.id, carols) == count + 1
    ((word, _, cut),) = street.book.read()
    assert (word, len(cut.holders), cut.grants) == ("cut", count + 1, (carols,))
    assert await street.gets("p77@x.test", picture) == [403]
    assert await street.gets(BOB, picture) == [200]


async def crowd(street: Street, share_id: UUID, parent: UUID, picture: UUID, count: int) -> None:
    """People who all have a picture by one grant."""
    await street.shelf.sql(
        "WITH people AS (INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
        "   SELECT u, 'x.test', 'p' || i || '@x.test', 'p' || i || '@x.test', 'Person', 'p' || i, u, u || '/inbox'"
        "   FROM generate_series(1, $4::integer) AS i CROSS JOIN LATERAL (SELECT 'https://x.test/users/p' || i AS u) a"
        "   RETURNING id),"
        " given AS (INSERT INTO grants (id, share_id, parent_id, holder_id, via_id, via_share, level)"
        "   SELECT gen_random_uuid(), $1, $2, p.id, (SELECT holder_id FROM grants WHERE id = $2), 's', 2 FROM people p"
        "   RETURNING id)"
        " INSERT INTO grant_pictures (grant_id, parent_id, picture_id) SELECT id, $2, $3 FROM given",
        share_id, parent, picture, count,
    )  # fmt: skip


async def test_each_of_many_is_told_of_what_concerns_them_only(street: Street) -> None:
    count = 250
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    await crowd(street, share.id, await street.grant_of(share, CAROL), picture, count)
    street.book.read()
    async with street.database.transaction() as connection:
        await street.shares.grants.withdrawn(connection, share, [picture])
    ((word, _, (uris, holders)),) = street.book.read()
    assert (word, uris, len(holders)) == ("withdrawn", [street.uri(picture)], count + 1)
    await street.shares.service.update(street.alice, share.id, {"reshare_depth": 1})
    *cuts, last = street.book.read()
    assert last[0] == "changed"
    told = [row for _, _, cut in cuts for row in cut.holders]
    assert (len(told), len(set(told))) == (count, count)
    assert all(len(cut.grants) == len(cut.holders) <= 100 for _, _, cut in cuts)


async def test_a_block_and_an_answer_wait_for_each_other_in_one_order(street: Street) -> None:
    await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, accept=False)
    bob = await street.person(BOB)

    async def accept() -> Any:
        async with street.database.transaction() as connection:
            return await street.shares.service.accepted(connection, share.id, bob.id)

    offering: asyncio.Future[Any]
    async with street.database.transaction() as connection:
        await lock_library(connection, street.alice)
        await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", 0x626C6F63, street.alice)
        await street.shares.cutter.sever(connection, street.alice, bob.id)
        accepting = asyncio.ensure_future(accept())
        offering = asyncio.ensure_future(street.share(CAROL, accept=False))
        await waits(street, 2)
        # What else a block ends takes the library, which both of them want.
        await asyncio.wait_for(lock_library(connection, street.alice), 60)
    assert (await accepting).state == "revoked"
    assert (await offering).state == "pending"
