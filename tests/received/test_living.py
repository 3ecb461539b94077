"""Living with received pictures: hiding, rating, editing, moving and ending shares, and what others are told of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from archypix.core import clock
from archypix.core.errors import Conflict, Forbidden, NotFound
from archypix.operations.service import OperationService
from archypix.pictures.editing import BatchEdit, EditService
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from archypix.pictures.trash import TrashService
from archypix.received import offers, store, ways_store
from archypix.received.leaving import ShareLeaver
from archypix.received.models import Rights
from archypix.received.service import upstream
from archypix.writing import service as writing
from tests.received.post import SPACE, Post, again, offer, open_post, picture

EVERYTHING = Selection(PictureQuery())


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


async def id_of(post: Post, name: str, text: str = "") -> UUID:
    return UUID(next(item["id"] for item in await post.items(text) if item["filename"] == name))


def editor(post: Post) -> EditService:
    return EditService(post.shelf.database, post.shelf.trees, written=writing.request, proposed=post.service.propose)


async def test_deleting_hides_and_nothing_purges(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one, picture(post.dora, "two"))
    trash = TrashService(post.shelf.database, post.shelf.trees, default_days=0)
    picture_id = await id_of(post, "one.jpg")
    await trash.put_in(post.account, picture_id)
    assert await post.names() == ["two.jpg"]
    await post.shelf.sql("UPDATE pictures SET deleted_at = now() - interval '90 days' WHERE id = $1", picture_id)
    assert await trash.sweep() == 0
    assert await trash.empty(post.account) == (0, True)
    with pytest.raises(NotFound):
        await trash.purge_one(post.account, picture_id)
    # It follows its owner, and stays hidden.
    await post.tell("updated", post.dora.id, [again(one, title="New")])
    await post.add(share, one, sequence=7)
    assert [item["title"] for item in await post.items("is:trash")] == ["New"]
    assert await post.names() == ["two.jpg"]
    await trash.take_out(post.account, picture_id)
    assert await post.names() == ["one.jpg", "two.jpg"]
    assert (await post.shelf.paths())["/SharedToMe/@dora:d.test/Photos/Trip"] == (2, 2)
    assert await post.shelf.mismatches() == []


async def test_tags_and_trash_of_received_pictures_are_undone_like_any(post: Post) -> None:
    share = offer(post.dora)
    await post.taken(share)
    await post.add(share, picture(post.dora, "one"))
    operations = OperationService(post.shelf.database, days=30, written=writing.request)
    trash = TrashService(post.shelf.database, post.shelf.trees, default_days=30)
    tagged = await post.shelf.tags.change(post.account, EVERYTHING, add=["/Mine"])
    assert await post.names(tags=("/Mine",)) == ["one.jpg"]
    assert tagged.operation is not None
    await operations.undo(post.account, tagged.operation)
    assert await post.names(tags=("/Mine",)) == []
    moved = await trash.put_in_selected(post.account, EVERYTHING)
    assert moved.operation is not None
    await operations.undo(post.account, moved.operation)
    assert await post.names() == ["one.jpg"]
    # What is undone when the picture is gone already does no harm.
    again_tagged = await post.shelf.tags.change(post.account, EVERYTHING, add=["/Mine"])
    await post.tell("revoked", post.dora.id, share.uri)
    assert again_tagged.operation is not None
    await operations.undo(post.account, again_tagged.operation)
    assert await post.names() == []
    assert await post.shelf.mismatches() == []


async def test_the_rating_is_ones_own_and_the_rest_is_proposed(post: Post) -> None:
    share, one = offer(post.dora, rights=Rights(metadata_edit=True)), picture(post.dora, "one", title="Theirs")
    await post.taken(share)
    await post.add(share, one)
    picture_id = await id_of(post, "one.jpg")
    await editor(post).edit(post.account, picture_id, {"rating": 5, "title": "Ours"})
    assert post.herald.proposals == [("@dora@d.test", one.uri, {"title": "Ours"})]
    (item,) = await post.items()
    assert (item["rating"], item["title"], item["metadata_state"]) == (5, "Theirs", None)
    await post.tell("updated", post.dora.id, [again(one, title="Ours")])
    (item,) = await post.items()
    assert (item["rating"], item["title"]) == (5, "Ours")


async def test_without_the_right_only_the_rating_can_be_set(post: Post) -> None:
    share, other = offer(post.dora), offer(post.erik)
    await post.taken(share)
    await post.taken(other)
    await post.add(share, picture(post.dora, "one", title="Theirs"))
    await post.shelf.add(filename="own.jpg", title="Mine")
    picture_id = await id_of(post, "one.jpg")
    with pytest.raises(Forbidden, match="another person's"):
        await editor(post).edit(post.account, picture_id, {"title": "Ours", "rating": 1})
    assert post.herald.proposals == []
    edited = await editor(post).edit_selected(post.account, EVERYTHING, BatchEdit({"title": "Batch"}))
    assert edited.count == 1
    assert {item["title"] for item in await post.items()} == {"Theirs", "Batch"}
    assert (await editor(post).edit_selected(post.account, EVERYTHING, BatchEdit({"rating": 3}))).count == 2
    assert [item["rating"] for item in await post.items()] == [3, 3]


async def test_a_tag_renamed_at_the_sender_is_renamed_here(post: Post) -> None:
    share, second = offer(post.dora, sequence=3), offer(post.dora, "second", path="/Photos/Trip")
    await post.taken(share)
    await post.add(share, picture(post.dora, "one"))
    await post.tell("changed", post.account, replace(share, path="/Photos/Journey", name="Journey", sequence=5))
    await post.tell("changed", post.account, replace(share, path="/Photos/Late", sequence=4))
    assert set(await post.shelf.paths()) == {
        "/SharedToMe", "/SharedToMe/@dora:d.test", "/SharedToMe/@dora:d.test/Photos",
        "/SharedToMe/@dora:d.test/Photos/Journey",
    }  # fmt: skip
    # Where another share lies under the same tag, only the pictures of this one move.
    await post.tell("changed", post.account, replace(share, path="/Photos/Trip", sequence=6))
    await post.taken(second)
    await post.add(second, picture(post.dora, "two"))
    await post.tell("changed", post.account, replace(second, path="/Elsewhere", sequence=7))
    assert await post.names(tags=("/SharedToMe/@dora:d.test/Photos/Trip",)) == ["one.jpg"]
    assert await post.names(tags=("/SharedToMe/@dora:d.test/Elsewhere",)) == ["two.jpg"]
    assert await post.shelf.mismatches() == []


async def test_previews_only_tell_no_place(post: Post) -> None:
    share, one = offer(post.dora, sequence=1), picture(post.dora, "one", latitude=46.0, longitude=7.0)
    await post.taken(share)
    await post.add(share, one)
    await post.tell("changed", post.account, replace(share, rights=Rights(originals=False), sequence=2))
    (item,) = await post.items()
    assert (item["latitude"], item["received"]["originals"]) == (None, False)
    await post.tell("changed", post.account, replace(share, rights=Rights(), sequence=3))
    assert await post.shelf.sql("SELECT uri FROM received_wanted") == one.uri
    await post.tell("described", post.account, post.dora.id, [one])
    (item,) = await post.items()
    assert (item["latitude"], item["received"]["originals"]) == (46.0, True)


async def test_a_share_ends_with_its_date_and_comes_back_with_a_later_one(post: Post) -> None:
    soon = clock.now() + timedelta(days=1)
    share, one = offer(post.dora, ends_at=soon, sequence=1), picture(post.dora, "one")
    taken = await post.taken(share)
    await post.add(share, one)
    await post.service.sweep()
    assert await post.names() == ["one.jpg"]
    await post.shelf.sql("UPDATE incoming_shares SET ends_at = now() - interval '1 second' WHERE id = $1", taken.id)
    await post.service.sweep()
    assert (await post.service.get(post.account, taken.id)).state == "expired"
    assert await post.names() == []
    await post.tell("changed", post.account, replace(share, ends_at=soon + timedelta(days=9), sequence=2))
    assert (await post.service.get(post.account, taken.id)).state == "active"
    await post.add(share, one, sequence=3)
    assert await post.names() == ["one.jpg"]


async def test_what_is_offered_too_late_cannot_be_taken(post: Post) -> None:
    share = offer(post.dora, ends_at=clock.now() - timedelta(seconds=1))
    offered = await post.tell("offered", post.account, share)
    with pytest.raises(Conflict):
        await post.service.accept(post.account, offered.id)


async def test_cut_grants_take_away_what_was_held_by_them(post: Post) -> None:
    share, other = offer(post.erik), offer(post.fay)
    await post.taken(share)
    await post.taken(other)
    root, by_erik, by_fay = (uuid5(SPACE, name) for name in ("root", "erik", "fay"))
    upper = f"{post.dora.uri}/shares/{root}"
    one, two = (
        picture(post.dora, name, grants=(root, by_erik), share=upper, depth=1, copy=True) for name in ("one", "two")
    )
    await post.add(share, one, two)
    await post.add(other, two)
    await post.tell("described", post.account, post.dora.id, [one, two])
    held = await id_of(post, "two.jpg")
    async with post.shelf.database.connection() as connection:
        (way, *_) = (await upstream(connection, post.account, [held]))[held]
    assert (way.uri, way.owner.handle, way.share, way.grants, way.depth) == (
        two.uri, "@dora@d.test", upper, (root, by_erik), 1,
    )  # fmt: skip
    assert set(way.senders) == {post.erik.id, post.fay.id}
    # Nobody but the owner ends grants of theirs.
    await post.tell("cut", post.erik.id, [by_erik])
    assert await post.names() == ["one.jpg", "two.jpg"]
    await post.tell("cut", post.dora.id, [by_erik])
    assert await post.names() == ["two.jpg"]
    assert await post.shelf.sql("SELECT array_agg(uri) FROM received_wanted WHERE next_attempt_at <= now()") == [
        two.uri
    ]
    await post.tell("described", post.account, post.dora.id, [replace(two, grants=(root, by_fay))])
    assert await post.names() == ["two.jpg"]
    await post.tell("cut", post.dora.id, [root], [post.account])
    await post.tell("lost", post.dora.id, [two.uri], [post.account])
    assert await post.names() == []
    # The senders still have them in their shares, and their digests agree with that.
    assert {item.uri: item.pictures for item in await post.service.list(post.account)} == {share.uri: 2, other.uri: 1}


async def test_a_share_may_be_passed_on_as_far_as_it_says(post: Post) -> None:
    share, closed = offer(post.dora, rights=Rights(reshare_depth=3)), offer(post.fay)
    await post.taken(share)
    await post.taken(closed)
    await post.add(share, picture(post.dora, "one"))
    await post.add(closed, picture(post.fay, "two"))
    one, two = await id_of(post, "one.jpg"), await id_of(post, "two.jpg")
    async with post.shelf.database.connection() as connection:
        found = await upstream(connection, post.account, [one, two])
    assert set(found) == {one}
    assert (found[one][0].share, found[one][0].depth, found[one][0].senders) == (share.uri, 3, (post.dora.id,))
    assert found[one][0].grants == (UUID(share.uri[-36:]),)


async def test_blocks_and_ends_of_people_and_accounts(post: Post) -> None:
    leaver = ShareLeaver(post.service)
    shares = [offer(post.dora), offer(post.erik), offer(post.fay)]
    for share in shares:
        await post.taken(share)
    waiting = offer(post.erik, "waiting")
    await post.tell("offered", post.account, waiting)
    for share, person in zip(shares, (post.dora, post.erik, post.fay), strict=True):
        await post.add(share, picture(person, person.name))
    await post.add(shares[2], picture(post.dora, "relayed"), sequence=2)
    await post.tell("described", post.account, post.dora.id, [picture(post.dora, "relayed")])
    async with post.shelf.database.transaction() as connection:
        await leaver.sever(connection, post.account, post.erik.id)
    assert await post.names() == ["dora.jpg", "fay.jpg", "relayed.jpg"]
    assert post.herald.said[-2:] == [("left", shares[1].uri), ("declined", waiting.uri)]
    # Dora is gone, and with her what of hers came by others.
    async with post.shelf.database.transaction() as connection:
        await leaver.forget_actor(connection, post.dora.id)
    assert await post.names() == ["fay.jpg"]
    async with post.shelf.database.transaction() as connection:
        await leaver.sever_host(connection, "test", None)
    assert await post.names() == []
    await post.taken(offer(post.fay, "next"))
    async with post.shelf.database.transaction() as connection:
        await leaver.account_deleted(connection, post.account)
    assert {share.state for share in await post.service.list(post.account)} == {"left", "declined", "revoked"}
    assert await post.shelf.mismatches() == []


async def test_nonsense_from_other_servers_is_kept_out_or_cut_down(post: Post) -> None:
    share = offer(post.dora, name="x" * 5000, path="/" + "/".join("deep" * 40 for _ in range(40)),
                  message="\x00\ud800bad", rights=Rights(reshare_depth=10**9), total=-3)  # fmt: skip
    taken = await post.taken(share)
    assert (len(taken.name), taken.message, taken.rights.reshare_depth) == (300, "bad", 0)
    wild = picture(
        post.dora, "wild", filename="a\x00/b\ud800", width=-5, height=10**12,
        duration=float("nan"), latitude=1e9, longitude=3.0, iso=-1, aperture=float("inf"), captured_at=datetime.max,
        published=datetime.min.replace(tzinfo=UTC),
        revision=10**30, size=-1, kind="weird", media_type="\x00", title="\ud800", utc_offset=10**6,
    )  # fmt: skip
    foreign = picture(post.dora, "foreign", uri=f"{post.erik.uri}/pictures/1")
    assert await post.add(share, wild, foreign) == []
    (item,) = await post.items()
    assert (item["width"], item["latitude"], item["kind"], item["title"]) == (None, None, "other", None)
    assert await post.tell("offered", post.account, offer(post.dora, uri="https://else.test/shares/1")) is None


async def test_somebody_elses_messages_about_a_share_are_none(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one)
    await post.tell("removed", post.account, share.uri, post.erik.id, [one.uri], 9)
    await post.tell("snapshot", post.account, share.uri, post.erik.id, [], 9)
    await post.tell("revoked", post.erik.id, share.uri)
    await post.tell("changed", None, replace(share, sender=post.erik, name="Stolen", sequence=9))
    assert await post.names() == ["one.jpg"]
    assert (await post.service.list(post.account))[0].name == "trip"


async def test_what_was_taken_back_unanswered_is_not_kept_for_ever(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "UNANSWERED", 3)
    kept = await post.taken(offer(post.dora, "kept"))
    for number in range(7):
        share = offer(post.erik, f"share {number}")
        await post.tell("offered", post.account, share)
        await post.tell("revoked", post.erik.id, share.uri)
        assert await post.tell("offered", post.account, share) in (None, *await post.service.list(post.account))
    assert [share.name for share in await post.service.list(post.account)] == ["share 6", "share 5", "share 4", "kept"]
    assert (await post.service.get(post.account, kept.id)).state == "active"
    assert await post.shelf.sql("SELECT count(*) FROM notices WHERE kind = 'share.offered'") == 1


async def test_one_server_does_not_keep_others_from_offering(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MOST_OF_HOST", 3)
    for number in range(5):
        await post.tell("offered", post.account, offer(post.erik, f"share {number}"))
    assert len(await post.service.list(post.account)) == 3
    assert await post.tell("offered", post.account, offer(post.dora)) is not None


async def test_takings_out_of_what_never_came_are_bounded(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_store, "MOST_LEFT", 4)
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one)
    for number in range(8):
        await post.remove(share, picture(post.dora, f"never {number}"), sequence=number + 2)
    assert await post.shelf.sql("SELECT count(*) FROM received WHERE NOT present") == 4
    await post.remove(share, one, sequence=20)
    assert await post.names() == []


async def test_other_rights_have_owners_asked_what_they_allow_now(post: Post) -> None:
    share, one, two = offer(post.erik, sequence=1), picture(post.dora, "one"), picture(post.erik, "two")
    await post.taken(share)
    await post.add(share, one, two)
    await post.tell("described", post.account, post.dora.id, [one])
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0
    await post.tell("changed", post.account, replace(share, name="Other", sequence=2))
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0
    await post.tell("changed", post.account, replace(share, rights=Rights(copy=True), sequence=3))
    assert await post.shelf.sql("SELECT array_agg(uri) FROM received_wanted") == [one.uri]


async def test_what_a_stranger_takes_back_is_remembered_in_bounds(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_GONE", 3)
    for number in range(6):
        await post.tell("revoked", post.erik.id, offer(post.erik, f"share {number}").uri)
    await post.tell("revoked", post.dora.id, offer(post.dora).uri)
    assert await post.shelf.sql("SELECT count(*) FROM gone_shares") == 4
