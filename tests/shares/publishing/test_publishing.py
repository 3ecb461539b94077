"""What recipients are told as a shared library changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest_asyncio

from archypix.core.loops import running
from archypix.shares.publishing.loop import PublishingLoop
from archypix.shares.publishing.recount import share_mismatches
from tests.shares.publishing.stand import Message, Recipient, Stand, open_stand


@pytest_asyncio.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    async with open_stand(database_url) as stand:
        yield stand


def kinds(said: list[Message]) -> list[str]:
    return [message.kind for message in said]


async def test_an_accepted_share_is_announced_in_hundreds_and_a_pending_one_not(stand: Stand) -> None:
    ids = await stand.fill("/Alps/2020", 150)
    await stand.add("/Sea")
    share = await stand.share("/Alps", state="pending")
    assert await stand.settle() == []
    await stand.accept(share)

    said = await stand.settle()

    assert [(message.kind, len(message.uris), message.sequence) for message in said] == [
        ("added", 100, 1),
        ("added", 50, 2),
    ]
    assert {uri for message in said for uri in message.uris} == {stand.uri(one) for one in ids}
    picture = said[0].pictures[0]
    assert (picture.revision, picture.grants, picture.share) == (
        1, (share,), f"https://a.test/users/alice/shares/{share}",
    )  # fmt: skip
    assert picture.sha256 is not None
    assert await stand.settle() == []


async def test_later_pictures_follow_once_they_are_ready(stand: Stand) -> None:
    share = await stand.share("/Alps")
    await stand.settle()
    first = await stand.add("/Alps/Summit")
    second = await stand.add("/Alps", state="processing")
    assert [message.uris for message in await stand.settle()] == [(stand.uri(first),)]

    await stand.set(second, state="ready", has_thumbnails=True)

    (said,) = await stand.settle()
    assert (said.kind, said.uris, said.share) == ("added", (stand.uri(second),), share)
    assert said.pictures[0].has_thumbnails


async def test_a_picture_that_leaves_the_tag_is_removed_and_may_come_back(stand: Stand) -> None:
    share = await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()

    await stand.untag(picture)
    (said,) = await stand.settle()
    assert (said.kind, said.uris, said.sequence) == ("removed", (stand.uri(picture),), 2)
    assert await stand.digest(share) == (bytes(32), 0)

    await stand.set(picture, title="Elsewhere")
    await stand.assign([picture], "/Alps")
    (said,) = await stand.settle()
    assert (said.kind, said.sequence, said.pictures[0].revision) == ("added", 3, 2)


async def test_going_and_coming_back_between_two_looks_is_nothing(stand: Stand) -> None:
    await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()
    await stand.untag(picture)
    await stand.assign([picture], "/Alps/2020")
    await stand.shelf.trash(picture)
    await stand.shelf.trash(picture, restore=True)

    assert await stand.settle() == []


async def test_metadata_that_others_see_counts_revisions_up_and_what_is_ones_own_does_not(stand: Stand) -> None:
    share = await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()
    before = await stand.digest(share)

    await stand.set(picture, rating=5)
    assert await stand.settle() == []
    await stand.set(picture, title="Mönch")
    (said,) = await stand.settle()

    assert (said.kind, said.to) == ("updated", (stand.people["bob"],))
    assert (said.pictures[0].title, said.pictures[0].revision) == ("Mönch", 2)
    assert await stand.digest(share) != before


async def test_what_a_session_changes_that_never_tagged_anything_is_told(stand: Stand, database_url: str) -> None:
    await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()
    fresh = await asyncpg.connect(database_url)
    try:
        await fresh.execute("UPDATE pictures SET title = 'Jungfrau' WHERE id = $1", picture)
    finally:
        await fresh.close()

    assert kinds(await stand.settle()) == ["updated"]


async def test_the_trash_is_told_with_its_date_and_restoring_takes_it_back(stand: Stand) -> None:
    await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()

    await stand.shelf.trash(picture)
    (said,) = await stand.settle()
    assert said.kind == "updated"
    leaves = said.pictures[0].deletes_at
    assert leaves is not None
    assert abs(leaves - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)

    await stand.sql("UPDATE libraries SET trash_days = 3 WHERE account_id = $1", stand.shelf.alice.id)
    (said,) = await stand.settle()
    assert leaves - timedelta(days=27) == said.pictures[0].deletes_at

    await stand.shelf.trash(picture, restore=True)
    (said,) = await stand.settle()
    assert (said.kind, said.pictures[0].deletes_at, said.pictures[0].revision) == ("updated", None, 4)


async def test_a_purged_picture_is_deleted_and_one_in_the_trash_is_no_news(stand: Stand) -> None:
    share = await stand.share("/Alps")
    told, untold = await stand.add("/Alps"), await stand.add("/Alps", deleted_at=datetime.now(UTC))
    assert [message.uris for message in await stand.settle()] == [(stand.uri(told),)]
    await stand.shelf.trash(told)
    await stand.purge(told, untold)

    (said,) = await stand.settle()

    assert (said.kind, said.uris) == ("deleted", (stand.uri(told),))
    assert await stand.digest(share) == (bytes(32), 0)
    assert await stand.sql("SELECT count(*) FROM shared_pictures") == 0


async def test_tags_of_pictures_in_the_trash_count(stand: Stand) -> None:
    await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()
    await stand.shelf.trash(picture)
    await stand.settle()

    await stand.untag(picture)

    assert kinds(await stand.settle()) == ["removed"]


async def test_a_share_without_later_pictures_keeps_to_those_of_its_making(stand: Stand) -> None:
    first = await stand.add("/Alps")
    share = await stand.share("/Alps", state="pending", future=False)
    second = await stand.add("/Alps")
    await stand.accept(share)

    assert [message.uris for message in await stand.settle()] == [(stand.uri(first),)]
    await stand.untag(first)
    assert kinds(await stand.settle()) == ["removed"]
    await stand.assign([first], "/Alps")
    assert kinds(await stand.settle()) == ["added"]

    await stand.sql("UPDATE shares SET future = true WHERE id = $1", share)
    assert [message.uris for message in await stand.settle()] == [(stand.uri(second),)]
    await stand.sql("UPDATE shares SET future = false WHERE id = $1", share)
    await stand.add("/Alps")
    assert await stand.settle() == []


async def test_without_originals_neither_place_nor_hash_is_told_until_they_are_given(stand: Stand) -> None:
    share = await stand.share("/Alps", originals=False)
    await stand.add("/Alps", latitude=46.5, longitude=8.0)
    (said,) = await stand.settle()
    assert (said.pictures[0].sha256, said.pictures[0].latitude) == (None, None)

    await stand.sql("UPDATE shares SET originals = true WHERE id = $1", share)
    (said,) = await stand.settle()

    assert (said.kind, said.pictures[0].revision, said.pictures[0].latitude) == ("updated", 2, 46.5)
    assert said.pictures[0].sha256 is not None


async def test_each_share_of_a_picture_is_told_for_itself(stand: Stand) -> None:
    bobs, carols = await stand.share("/Alps"), await stand.share("/Alps/2020", "carol", originals=False)
    picture = await stand.add("/Alps/2020")
    await stand.settle()
    await stand.set(picture, title="Eiger")

    said = await stand.settle()

    assert {(m.share, m.to[0], m.pictures[0].sha256 is None) for m in said} == {
        (bobs, stand.people["bob"], False),
        (carols, stand.people["carol"], True),
    }


async def test_who_holds_below_the_root_is_told_of_what_is_theirs_alone(stand: Stand) -> None:
    share = await stand.share("/Alps", reshare_depth=2)
    first, second, third = [await stand.add("/Alps") for _ in range(3)]
    await stand.settle()
    await stand.grant(share, "carol", [first, second])
    carol, bob = stand.people["carol"], stand.people["bob"]

    for picture in (first, second, third):
        await stand.set(picture, title="New")
    said = await stand.settle()
    assert {(m.kind, m.to, frozenset(m.uris)) for m in said} == {
        ("updated", (bob,), frozenset(map(stand.uri, (first, second, third)))),
        ("updated", (carol,), frozenset(map(stand.uri, (first, second)))),
    }

    await stand.untag(first, third)
    said = await stand.settle()
    assert [(m.kind, m.to, set(m.uris)) for m in said] == [
        ("removed", (bob,), {stand.uri(first), stand.uri(third)}),
        ("withdrawn", (carol,), {stand.uri(first)}),
    ]
    assert await stand.digest(share, "carol") == await stand.digest(share)

    await stand.shelf.trash(second)
    await stand.purge(second)
    said = await stand.settle()
    assert {(m.kind, m.to, m.uris) for m in said} == {("deleted", (bob, carol), (stand.uri(second),))}
    assert await stand.sql("SELECT count(*) FROM grant_pictures") == 0


async def test_who_holds_a_withdrawn_picture_by_another_share_is_not_told_that_it_is_gone(stand: Stand) -> None:
    share = await stand.share("/Alps", reshare_depth=2)
    await stand.share("/Sea", "carol")
    picture = await stand.add("/Alps", "/Sea")
    await stand.settle()
    await stand.grant(share, "carol", [picture])
    await stand.untag(picture)
    await stand.assign([picture], "/Sea")

    assert kinds(await stand.settle()) == ["removed"]


async def test_a_share_that_is_over_says_nothing_more_and_forgets_its_members(stand: Stand) -> None:
    share = await stand.share("/Alps")
    picture = await stand.add("/Alps")
    await stand.settle()
    await stand.sql("UPDATE shares SET state = 'revoked', ended_at = now() WHERE id = $1", share)
    await stand.set(picture, title="Later")

    assert await stand.digest(share) is None
    assert await stand.settle() == []
    assert await stand.sql("SELECT count(*) FROM share_members") == 0
    assert await stand.sql("SELECT announced FROM shares WHERE id = $1", share) == 0
    await stand.purge(picture)
    assert await stand.sql("SELECT count(*) FROM shared_pictures") == 0


async def test_a_subtree_that_moves_out_of_the_shared_tag_goes_with_its_pictures(stand: Stand) -> None:
    await stand.share("/Alps")
    picture = await stand.add("/Alps/2020")
    await stand.settle()

    await stand.shelf.tags.rename(stand.shelf.alice.id, "/Alps/2020", "/Private")

    assert [(m.kind, m.uris) for m in await stand.settle()] == [("removed", (stand.uri(picture),))]


async def test_the_recipient_ends_with_what_the_owner_says(stand: Stand) -> None:
    share = await stand.share("/Alps")
    ids = await stand.fill("/Alps", 30)
    heard = await stand.settle()
    await stand.untag(*ids[:10])
    await stand.set(ids[15], title="x")
    heard += await stand.settle()

    bob = Recipient()
    for message in reversed(heard):
        bob.hear(message)

    assert bob.present() == {stand.uri(one) for one in ids[10:]}
    assert bob.digest() == await stand.digest(share)


async def test_a_crash_leaves_everything_to_the_next_step(stand: Stand) -> None:
    share = await stand.share("/Alps")
    await stand.fill("/Alps", 250)
    await stand.crash(2)
    assert await stand.digest(share) == (bytes(32), 0)
    assert stand.herald.said == []

    assert [message.sequence for message in await stand.settle()] == [1, 2, 3]
    assert (await stand.digest(share) or (b"", 0))[1] == 250


async def test_several_servers_publish_beside_those_who_edit_and_accept(stand: Stand) -> None:
    """Nobody waits for another in a ring, and what is said is said once."""
    ids = await stand.fill("/Alps", 300)
    shares = [await stand.share("/Alps", name, state="pending") for name in ("bob", "carol", "dave")]

    async def edit(picture: UUID) -> None:
        await stand.set(picture, title="x")
        await stand.untag(picture)
        await stand.assign([picture], "/Alps/2020")

    work = [stand.accept(share) for share in shares] + [edit(one) for one in ids[:12]]
    work += [stand.publisher.settle(stand.shelf.alice.id) for _ in range(3)]
    await asyncio.gather(*work)
    heard = await stand.settle()

    assert await stand.sql("SELECT count(*) FROM share_members WHERE state = 'announced'") == 900
    for share in shares:
        somebody = Recipient()
        said = [message for message in heard if message.share == share]
        for message in said:
            somebody.hear(message)
        assert len(somebody.present()) == 300
        assert somebody.digest() == await stand.digest(share)
        sequences = [message.sequence for message in said if message.kind != "updated"]
        assert len(sequences) == len(set(sequences))


async def test_the_doctor_finds_a_digest_that_is_wrong(stand: Stand) -> None:
    share = await stand.share("/Alps")
    await stand.add("/Alps")
    await stand.settle()
    async with stand.database.connection() as connection:
        assert await share_mismatches(connection) == []
        await connection.execute("UPDATE shares SET announced = 2 WHERE id = $1", share)
        (found,) = await share_mismatches(connection)
    assert (found.subject, found.stored[0], found.counted[0]) == (str(share), 2, 1)


async def test_the_loop_hears_of_changes_by_itself(stand: Stand, database_url: str) -> None:
    await stand.share("/Alps")
    loop = PublishingLoop(database_url, stand.publisher)
    async with running({"announcements": loop.run}):
        for _ in range(2):
            picture = await stand.add("/Alps")
            async with asyncio.timeout(90):
                while not any(stand.uri(picture) in message.uris for message in stand.herald.said):
                    await asyncio.sleep(0.02)
