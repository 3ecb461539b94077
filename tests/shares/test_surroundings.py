"""What happens to shares when tags change, people are blocked, and accounts or actors go."""

from __future__ import annotations

from archypix.operations.service import OperationService
from tests.shares.street import Street

BOB, CAROL, DAVE = "bob@b.test", "carol@c.test", "dave@d.test"


def operations(street: Street) -> OperationService:
    return OperationService(street.database, days=30, followers=(street.shares.follower,))


async def test_a_renamed_tag_is_told_and_shared_as_before(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Travel/Alps",))
    share = await street.share(BOB, "/Travel/Alps")
    street.book.read()
    tags = street.shelf.tags
    assert await tags.named_by(street.alice, "/Travel") == {"shares": 1}
    changed = await tags.rename(street.alice, "/Travel", "/Journeys")
    ((word, _, told),) = street.book.read()
    assert (word, told.path, told.sequence) == ("changed", "/Journeys/Alps", share.sequence + 1)
    assert await street.gets(BOB, picture) == [200]
    await tags.rename(street.alice, "/Journeys", "/Trips", dry_run=True)
    assert (await street.shares.service.get(street.alice, share.id)).path == "/Journeys/Alps"
    assert changed.operation is not None
    street.book.read()
    await operations(street).undo(street.alice, changed.operation)
    assert [page[2].path for page in street.book.read()] == ["/Travel/Alps"]
    # What has nothing to do with it is not told.
    await street.shelf.add(tags=("/Sea",))
    await tags.rename(street.alice, "/Sea", "/Ocean")
    assert street.book.read() == []


async def test_a_merged_tag_is_followed_and_comes_back(street: Street) -> None:
    mine, other = await street.shelf.add(tags=("/Alps",)), await street.shelf.add(tags=("/Hills",))
    await street.share(BOB)
    street.book.read()
    merged = await street.shelf.tags.merge(street.alice, "/Alps", "/Hills")
    assert [(page[0], page[2].path) for page in street.book.read()] == [("changed", "/Hills")]
    assert await street.gets(BOB, mine, other) == [200, 200]
    assert merged.operation is not None
    undone = await operations(street).undo(street.alice, merged.operation)
    assert await street.gets(BOB, mine, other) == [200, 403]
    assert [(page[0], page[2].path) for page in street.book.read()][-1:] == [("changed", "/Alps")]
    assert undone is not None


async def test_a_deleted_tag_revokes_and_its_undo_does_not_share_again(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Travel/Alps",))
    share = await street.share(BOB, "/Travel/Alps")
    pending = await street.share(CAROL, "/Travel", accept=False)
    street.book.read()
    removed = await street.shelf.tags.delete(street.alice, "/Travel")
    assert sorted((page[0], page[1]) for page in street.book.read()) == sorted(
        [("revoked", share.id), ("revoked", pending.id)]
    )
    assert await street.gets(BOB, picture) == [403]
    assert removed.operation is not None
    await operations(street).undo(street.alice, removed.operation)
    assert await street.gets(BOB, picture) == [403]
    over = await street.shares.service.get(street.alice, share.id)
    assert (over.state, over.tag_id, over.path) == ("revoked", None, "/Travel/Alps")


async def test_a_block_takes_back_everything_and_nothing_comes_anew(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    mine = await street.share(BOB, reshare_depth=2)
    other = await street.share(DAVE, reshare_depth=2)
    await street.invite(other, DAVE, BOB, picture, depth=1)
    await street.invite(other, BOB, CAROL, picture)
    bob = await street.person(BOB)
    street.book.read()
    async with street.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO aversions (id, account_id, kind, remote_actor_id) VALUES (gen_random_uuid(), $1, 'block', $2)",
            street.alice, bob.id,
        )  # fmt: skip
        await street.shares.cutter.sever(connection, street.alice, bob.id)
    assert sorted((page[0], page[1]) for page in street.book.read()) == sorted(
        [("revoked", mine.id), ("cut", other.id)]
    )
    assert [await street.gets(who, picture) for who in (BOB, CAROL, DAVE)] == [[403], [403], [200]]
    assert await street.invite(other, DAVE, BOB, picture) == set()
    assert await street.invite(other, DAVE, CAROL, picture) == {picture}


async def test_a_block_of_a_server_ends_what_people_there_have_of_one_or_of_all(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share("dave@d.test", reshare_depth=2)
    await street.invite(share, DAVE, "x@sub.b.test", picture, depth=1)
    await street.invite(share, "x@sub.b.test", CAROL, picture)
    await street.invite(share, DAVE, "y@notb.test", picture)
    await street.share("z@b.test:8001")
    async with street.database.transaction() as connection:
        await street.shares.cutter.sever_host(connection, "b.test", street.shelf.bob.id)
    people = ("x@sub.b.test", "z@b.test:8001", CAROL, "y@notb.test")
    assert [await street.gets(who, picture) for who in people] == [[200], [200], [200], [200]]
    async with street.database.transaction() as connection:
        await street.shares.cutter.sever_host(connection, "b.test", None)
    assert [await street.gets(who, picture) for who in people] == [[403], [403], [403], [200]]


async def test_people_of_blocked_servers_are_asked_at_every_look(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(DAVE, reshare_depth=1)
    await street.share("z@deep.b.test:8001")
    await street.shelf.sql("INSERT INTO moderated_hosts (host, policy) VALUES ('b.test', 'blocked')")
    assert await street.gets("z@deep.b.test:8001", picture) == [403]
    assert await street.invite(share, DAVE, "q@b.test", picture) == set()
    await street.shelf.sql("INSERT INTO moderated_hosts (host, policy) VALUES ('deep.b.test', 'limited')")
    assert await street.gets("z@deep.b.test:8001", picture) == [200]
    await street.shelf.sql(
        "INSERT INTO aversions (id, account_id, kind, host) VALUES (gen_random_uuid(), $1, 'block', 'c.test')",
        street.alice,
    )
    assert await street.gets("z@deep.b.test:8001", picture) == [200]
    await street.shelf.sql("UPDATE aversions SET host = 'b.test'")
    assert await street.gets("z@deep.b.test:8001", picture) == [403]


async def test_a_deleted_account_gives_nothing_and_has_nothing(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    theirs = await street.shelf.add(street.shelf.bob, tags=("/Sea",))
    share = await street.share(BOB, reshare_depth=1)
    await street.invite(share, BOB, CAROL, picture)
    bobs = await street.shares.service.create(street.shelf.bob.id, tag="/Sea", recipient="@alice@a.test", name="")
    alice = await street.person("alice@a.test")
    async with street.database.transaction() as connection:
        await street.shares.service.accepted(connection, bobs.id, alice.id)
    street.book.read()
    async with street.database.transaction() as connection:
        await street.shares.cutter.account_deleted(connection, street.alice)
    pages = street.book.read()
    assert [(page[0], page[1]) for page in pages] == [("revoked", share.id)]
    assert len(pages[0][2].holders) == 1
    assert [await street.gets(who, picture) for who in (BOB, CAROL)] == [[403], [403]]
    async with street.database.connection() as connection:
        (found,) = await street.shares.access.access(
            connection, alice.id, [(street.uri(theirs, owner="bob"), "original")]
        )
    assert found.status == 403
    assert (await street.shares.service.get(street.shelf.bob.id, bobs.id)).state == "left"


async def test_an_actor_that_is_gone_takes_with_it_what_hangs_on_it(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(DAVE, reshare_depth=2)
    await street.invite(share, DAVE, BOB, picture, depth=1)
    await street.invite(share, BOB, CAROL, picture)
    gone = await street.share(BOB)
    bob = await street.person(BOB)
    async with street.database.transaction() as connection:
        await street.shares.cutter.forget_actor(connection, bob.id)
    assert [await street.gets(who, picture) for who in (BOB, CAROL, DAVE)] == [[403], [403], [200]]
    assert (await street.shares.service.get(street.alice, gone.id)).state == "left"
