"""What is told, and what is not, as pictures and tags change: posts always become what the tag says."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from archypix.core.errors import Gone, NotFound, Unavailable
from archypix.core.ids import new_id
from federation.collections import checking, notes, posts_store, store
from federation.collections.publisher import LOUD_AN_HOUR, ONE_STEP
from tests.federation.collections.gallery import ADDRESSES, Gallery


async def test_a_new_file_is_an_update_of_the_same_post(gallery: Gallery) -> None:
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    picture = await gallery.add("/Travel")
    await gallery.compare(made)
    (created,) = await gallery.told()
    (post_id, *_) = await gallery.post_ids(made)
    await gallery.set(picture, state="processing", has_thumbnails=False)
    await gallery.compare(made)
    assert await gallery.told() == []
    with pytest.raises(Unavailable):
        await gallery.showcase.post(gallery.owner, post_id)
    await gallery.set(picture, state="ready", has_thumbnails=True, width=3, height=4)
    await gallery.compare(made)
    (update,) = await gallery.told()
    assert update["type"] == "Update"
    assert update["object"]["id"] == created["object"]["id"]
    assert (update["object"]["attachment"][0]["width"], update["object"]["attachment"][0]["height"]) == (3, 4)


async def test_what_an_update_had_to_leave_out_is_told_later(gallery: Gallery) -> None:
    """One picture of a post is examined anew while the other one changes."""
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    one, other = await gallery.add("/Travel"), await gallery.add("/Travel")
    await gallery.compare(made)
    await gallery.told()
    await gallery.set(one, state="processing", has_thumbnails=False)
    await gallery.set(other, title="Bridge")
    await gallery.compare(made)
    (update,) = await gallery.told()
    assert len(update["object"]["attachment"]) == 1
    await gallery.set(one, state="ready", has_thumbnails=True)
    await gallery.compare(made)
    (update,) = await gallery.told()
    assert len(update["object"]["attachment"]) == 2


async def test_a_file_that_cannot_be_read_is_taken_back(gallery: Gallery) -> None:
    picture = await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    await gallery.set(picture, state="failed", has_thumbnails=False)
    await gallery.compare(made)
    assert await gallery.types() == ["Delete"]


async def test_trash_and_back(gallery: Gallery) -> None:
    picture = await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    await gallery.shelf.trash(picture)
    await gallery.shelf.trash(picture, restore=True)
    await gallery.compare(made)
    assert await gallery.told() == []
    (old,) = await gallery.post_ids(made)
    await gallery.shelf.trash(picture)
    with pytest.raises(Gone):
        await gallery.showcase.post(gallery.owner, old)
    await gallery.compare(made)
    (deleted,) = await gallery.told()
    assert deleted["object"]["id"].endswith(str(old))
    await gallery.shelf.trash(picture, restore=True)
    await gallery.compare(made)
    (created,) = await gallery.told()
    assert created["type"] == "Create"
    # Servers take nothing more under an id that was deleted.
    assert created["object"]["id"] != deleted["object"]["id"]
    assert (await gallery.showcase.post(gallery.owner, old)).post.deleted_at is not None


async def test_pictures_under_tags_below_are_public_too(gallery: Gallery) -> None:
    below = await gallery.add("/Travel/Norway")
    made = await gallery.publish("/Travel", "travel")
    assert await gallery.posts(made) == [(below,)]
    inner = await gallery.publish("/Travel/Norway", "norway")
    assert await gallery.posts(inner) == [(below,)]


async def test_followers_are_told_once_of_a_picture_in_two_collections(gallery: Gallery) -> None:
    await gallery.add("/Travel", "/Best")
    travel, best = await gallery.publish("/Travel", "travel"), await gallery.publish("/Best", "best")
    await gallery.follower(gallery.owner.id, "b.test")
    await gallery.follower(best.actor.id, "c.test")
    picture = await gallery.add("/Travel", "/Best")
    await gallery.compare(travel, best)
    assert await gallery.types("b.test") == ["Create"]
    assert await gallery.types("c.test") == ["Announce"]
    assert picture in {one for posts in (await gallery.posts(best)) for one in posts}


async def test_quiet_posts_are_told_of_only_where_somebody_knows_them(gallery: Gallery) -> None:
    """An archive that is renamed floods nobody, but who has read a post hears of its change."""
    pictures = [await gallery.add("/Travel") for _ in range(5)]
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    await gallery.set(pictures[0], title="One")
    await gallery.set(pictures[4], title="Two")
    await gallery.compare(made)
    assert await gallery.told() == []
    (_, first) = await gallery.post_ids(made)
    shown = await gallery.showcase.post(gallery.owner, first)
    await gallery.showcase.asked(shown.post)
    await gallery.set(pictures[0], title="Uno")
    await gallery.set(pictures[4], title="Due")
    await gallery.compare(made)
    (update,) = await gallery.told()
    assert "Uno" in update["object"]["content"]
    # What is private again is said of all: whoever kept one is not known for certain.
    await gallery.service.withdraw(gallery.shelf.alice.id, made.collection.id)
    await gallery.compare(made)
    assert (await gallery.types()).count("Delete") == 2


async def test_many_new_pictures_are_an_archive(gallery: Gallery) -> None:
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(made.actor.id)
    for _ in range(4 * LOUD_AN_HOUR + 9):
        await gallery.add("/Travel")
    assert 4 * LOUD_AN_HOUR + 9 <= ONE_STEP
    await gallery.compare(made)
    assert await gallery.types() == ["Announce"] * LOUD_AN_HOUR
    assert len(await gallery.posts(made)) == LOUD_AN_HOUR + 4
    await gallery.add("/Travel")
    await gallery.compare(made)
    assert await gallery.told() == []


async def test_two_servers_compare_at_once(gallery: Gallery) -> None:
    for _ in range(20):
        await gallery.add("/Travel")
    made = await gallery.service.create(gallery.shelf.alice.id, "/Travel", "travel")
    await asyncio.gather(*(gallery.publisher.step(made.collection.id) for _ in range(4)))
    posted = [picture for post in await gallery.posts(made) for picture in post]
    assert len(posted) == len(set(posted)) == 20


async def test_withdrawn_posts_are_gone_for_ever(gallery: Gallery) -> None:
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id, "b.test")
    await gallery.follower(made.actor.id, "c.test")
    (post_id,) = await gallery.post_ids(made)
    await gallery.service.withdraw(gallery.shelf.alice.id, made.collection.id)
    with pytest.raises(Gone):
        await gallery.showcase.post(gallery.owner, post_id)
    await gallery.compare(made)
    assert await gallery.types("b.test") == ["Delete"]
    post, actor = await gallery.told("c.test")
    assert (post["type"], actor["type"], actor["object"]) == ("Delete", "Delete", made.actor.uri)
    shown = await gallery.showcase.post(gallery.owner, post_id)
    assert notes.note(shown.speakers, shown.post, ADDRESSES)["type"] == "Tombstone"
    async with gallery.database.connection() as connection:
        assert await store.to_compare(connection, gallery.shelf.alice.id) == []


async def test_of_a_disabled_account_nothing_is_said(gallery: Gallery) -> None:
    picture = await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    await gallery.shelf.sql("UPDATE accounts SET disabled_at = now() WHERE id = $1", gallery.shelf.alice.id)
    await gallery.add("/Travel")
    await gallery.set(picture, deleted_at=None, title="x")
    await gallery.compare(made)
    assert await gallery.told() == []
    await gallery.shelf.sql("UPDATE accounts SET disabled_at = NULL WHERE id = $1", gallery.shelf.alice.id)
    await gallery.compare(made)
    assert await gallery.types() == ["Create"]


async def test_with_the_account_all_of_it_goes(gallery: Gallery) -> None:
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(made.actor.id)
    await react(gallery, (await gallery.post_ids(made))[0], "like")
    await gallery.delete_account()
    assert await gallery.types() == ["Delete"]
    for table in ("collections", "posts", "post_pictures", "reactions"):
        assert await gallery.shelf.sql(f"SELECT count(*) FROM {table}") == 0
    assert await gallery.publisher.step(made.collection.id) is False


async def react(gallery: Gallery, post_id: UUID, kind: str, number: int = 0) -> None:
    row = await gallery.shelf.sql("SELECT min(id) FROM remote_actors")
    uri = f"https://b.test/{number}"
    await gallery.shelf.sql(
        "INSERT INTO reactions (id, post_id, remote_actor_id, kind, activity_id, object_id)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), post_id, row, kind, uri, f"{uri}/note" if kind == "reply" else None,
    )  # fmt: skip


async def test_reactions_are_counted_however_they_go(gallery: Gallery) -> None:
    for _ in range(8):
        await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    first, second = await gallery.post_ids(made)
    for post_id in (first, second):
        await react(gallery, post_id, "like", 1)
        await react(gallery, post_id, "boost", 2)
    await react(gallery, first, "reply", 3)
    await react(gallery, first, "reply", 4)
    with pytest.raises(asyncpg.UniqueViolationError):
        await react(gallery, first, "like", 5)

    async def counts() -> list[tuple[int, int, int]]:
        async with gallery.database.connection() as connection:
            found = await posts_store.page(connection, made.collection.id, None, 9)
        return [(post.likes, post.boosts, post.replies) for post in found]

    assert await counts() == [(1, 1, 2), (1, 1, 0)]
    await gallery.shelf.sql("DELETE FROM reactions WHERE kind <> 'boost'")
    assert await counts() == [(0, 1, 0), (0, 1, 0)]
    await gallery.shelf.sql("DELETE FROM followers")
    await gallery.shelf.sql("DELETE FROM remote_actors")
    assert await counts() == [(0, 0, 0), (0, 0, 0)]


async def test_long_descriptions_still_fit_into_what_is_sent(gallery: Gallery) -> None:
    await gallery.add("/Travel")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    for _ in range(4):
        await gallery.add("/Travel", title="&" * 2000, description="\x01" * 20_000)
    await gallery.compare(made)
    (created,) = await gallery.told()
    assert len(created["object"]["attachment"]) == 4


async def test_who_may_not_see_what(gallery: Gallery) -> None:
    private = await gallery.add("/Home")
    public = await gallery.add("/Travel")
    await gallery.publish("/Travel", "travel")
    assert (await gallery.showcase.picture(gallery.owner, public)).picture.id == public
    with pytest.raises(NotFound):
        await gallery.showcase.picture(gallery.owner, private)
    bob = await gallery.actors.of_account(gallery.shelf.bob.id)
    with pytest.raises(NotFound):
        await gallery.showcase.picture(bob, public)


async def test_doctor_compares_posts_with_tags_and_counters_with_rows(gallery: Gallery) -> None:
    picture, other = await gallery.add("/Travel"), await gallery.add("/Travel", state="processing")
    made = await gallery.publish("/Travel", "travel")
    await gallery.follower(gallery.owner.id)
    (post_id,) = await gallery.post_ids(made)
    await react(gallery, post_id, "like")

    async def kinds() -> list[tuple[str, str]]:
        return [(one.kind, one.subject) async for one in checking.findings(gallery.database, lag=0.01)]

    assert await kinds() == []
    await gallery.set(other, state="ready")
    assert await kinds() == [("a picture that is public and not posted", str(other))]
    await gallery.shelf.trash(picture, other)
    assert await kinds() == [("a picture that is posted and not public", str(picture))]
    await gallery.compare(made)
    assert await kinds() == []
    await gallery.shelf.sql("UPDATE posts SET likes = 7, deleted_at = NULL")
    assert await kinds() == [
        ("a counter of a post that is wrong", str(post_id)),
        ("a post that does not stand as its pictures say", str(post_id)),
    ]
