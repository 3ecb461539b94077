"""Pictures that come by shares, as the person who accepted them sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from archypix.core.errors import Conflict, NotFound
from archypix.received.models import Rights
from tests.received.post import Post, again, offer, open_post, picture


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


async def test_accepted_pictures_are_in_the_library(post: Post) -> None:
    share = offer(post.dora, rights=Rights(reshare_depth=2, copy=True))
    incoming = await post.tell("offered", post.account, share)
    assert incoming.state == "pending"
    assert await post.add(share, picture(post.dora, "early")) == []
    assert await post.names() == []

    taken = await post.service.accept(post.account, incoming.id)
    assert taken.state == "active"
    assert post.herald.said == [("accepted", share.uri)]
    peak = picture(post.dora, "peak", captured_at=datetime(2023, 7, 1, 9), camera_make="Canon", latitude=46.0,
                   longitude=7.0)  # fmt: skip
    assert await post.add(share, peak, picture(post.dora, "lake")) == []

    listed = {item["filename"]: item for item in await post.items()}
    assert set(listed) == {"peak.jpg", "lake.jpg"}
    item = listed["peak.jpg"]
    assert item["owner"] == "@dora:d.test"
    assert item["tags"] == ["/SharedToMe/@dora:d.test/Photos/Trip"]
    assert item["captured_at"] == "2023-07-01T09:00:00"
    assert item["latitude"] == 46.0
    assert item["sha256"] is None
    assert item["received"] == {
        "senders": ["@dora:d.test"], "shares": [str(incoming.id)], "leaves_at": None, "copy": True, "reshare": 2,
        "metadata_edit": False, "originals": True,
    }  # fmt: skip
    whole = await post.shelf.pictures.whole(post.shelf.alice, __import__("uuid").UUID(item["id"]))
    assert (whole["camera_make"], whole["source"], whole["received"]) == ("Canon", "received", item["received"])
    assert await post.names("canon") == ["peak.jpg"]
    assert await post.names(tags=("/SharedToMe/@dora:d.test",)) == ["lake.jpg", "peak.jpg"]
    assert (await post.shelf.paths())["/SharedToMe/@dora:d.test/Photos/Trip"] == (2, 2)
    assert await post.shelf.sql("SELECT original_bytes FROM libraries WHERE account_id = $1", post.account) == 0
    assert await post.shelf.mismatches() == []


async def test_what_the_sender_takes_out_goes_and_with_it_the_last_trace(post: Post) -> None:
    share = offer(post.dora)
    await post.taken(share)
    one, two = picture(post.dora, "one"), picture(post.dora, "two")
    await post.add(share, one, two)
    await post.remove(share, one)
    assert await post.names() == ["two.jpg"]
    await post.tell("revoked", post.dora.id, share.uri)
    assert await post.names() == []
    assert await post.shelf.paths() == {}
    assert (await post.service.list(post.account))[0].state == "revoked"
    assert await post.shelf.mismatches() == []


async def test_older_messages_do_not_bring_back_what_newer_ones_took(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.remove(share, one, sequence=5)
    await post.add(share, one, sequence=4)
    assert await post.names() == []
    await post.add(share, one, sequence=6)
    assert await post.names() == ["one.jpg"]
    await post.remove(share, one, sequence=5)
    assert await post.names() == ["one.jpg"]


async def test_changes_come_from_the_owner_and_the_newest_stays(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one", title="First")
    await post.taken(share)
    await post.add(share, one)
    second = again(one, title="Second", deletes_at=datetime(2031, 1, 1, tzinfo=UTC))
    third = again(second, title="Third")
    await post.tell("updated", post.dora.id, [third])
    await post.tell("updated", post.dora.id, [second])
    await post.tell("updated", post.erik.id, [again(third, title="Forged")])
    (item,) = await post.items()
    assert item["title"] == "Third"
    assert item["received"]["leaves_at"] == "2031-01-01T00:00:00.000Z"
    await post.tell("updated", post.dora.id, [again(third, title="Third", deletes_at=None)])
    (item,) = await post.items()
    assert item["received"]["leaves_at"] is None


async def test_a_deleted_picture_is_gone_for_good(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one)
    await post.tell("deleted", post.erik.id, [one.uri])
    assert await post.names() == ["one.jpg"]
    await post.tell("deleted", post.dora.id, [one.uri])
    await post.add(share, again(one), sequence=9)
    await post.tell("updated", post.dora.id, [again(again(one))])
    assert await post.names() == []


async def test_a_picture_by_two_ways_is_one_and_goes_with_the_last(post: Post) -> None:
    mine, relayed = offer(post.dora), offer(post.erik, "best", path="/Best")
    await post.taken(mine)
    await post.taken(relayed)
    one = picture(post.dora, "one")
    await post.add(mine, one)
    assert await post.add(relayed, one) == [one.uri]
    (item,) = await post.items()
    assert item["received"]["senders"] == ["@dora:d.test", "@erik:e.test"]
    assert item["owner"] == "@dora:d.test"
    assert item["tags"] == ["/SharedToMe/@dora:d.test/Photos/Trip", "/SharedToMe/@erik:e.test/Best"]
    await post.tell("revoked", post.dora.id, mine.uri)
    (item,) = await post.items()
    assert item["tags"] == ["/SharedToMe/@erik:e.test/Best"]
    await post.remove(relayed, one)
    assert await post.names() == []
    assert await post.shelf.mismatches() == []


async def test_a_relayed_picture_is_there_once_its_owner_has_described_it(post: Post) -> None:
    share, one = offer(post.erik), picture(post.dora, "one")
    await post.taken(share)
    assert await post.add(share, one) == [one.uri]
    assert await post.names() == []
    # Who relays says nothing of what the picture is.
    await post.tell("described", post.account, post.erik.id, [one])
    assert await post.names() == []
    await post.tell("described", post.account, post.dora.id, [one])
    assert await post.names() == ["one.jpg"]
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0
    # The owner takes access away, whatever the relayer says.
    await post.tell("lost", post.dora.id, [one.uri])
    assert await post.names() == []
    await post.add(share, one, sequence=2)
    await post.tell("described", post.account, post.dora.id, [one])
    assert await post.names() == ["one.jpg"]


async def test_what_one_owns_never_comes_back(post: Post) -> None:
    uri = "https://a.test/users/alice"
    await post.shelf.sql("INSERT INTO actors (kind, account_id, name, uri) VALUES ('person', $1, 'alice', $2)",
                         post.account, uri)  # fmt: skip
    share = offer(post.erik)
    await post.taken(share)
    mine = picture(post.dora, "mine", uri=f"{uri}/pictures/{post.dora.id:0>8}", owner=uri)
    assert await post.add(share, mine) == []
    assert await post.names() == []


async def test_leaving_tells_the_sender_and_takes_everything_away(post: Post) -> None:
    share = offer(post.dora)
    taken = await post.taken(share)
    await post.add(share, picture(post.dora, "one"))
    assert (await post.service.leave(post.account, taken.id)).state == "left"
    assert post.herald.said[-1] == ("left", share.uri)
    assert await post.names() == []
    await post.add(share, picture(post.dora, "two"), sequence=2)
    assert await post.names() == []
    with pytest.raises(Conflict, match="over"):
        await post.service.accept(post.account, taken.id)


async def test_declined_is_over(post: Post) -> None:
    share = offer(post.dora)
    incoming = await post.tell("offered", post.account, share)
    assert (await post.service.decline(post.account, incoming.id)).state == "declined"
    assert post.herald.said == [("declined", share.uri)]
    with pytest.raises(NotFound):
        await post.service.get(post.shelf.bob.id, incoming.id)


async def test_an_offer_that_was_taken_back_before_it_came_is_none(post: Post) -> None:
    share = offer(post.dora)
    await post.tell("revoked", post.erik.id, share.uri)
    assert await post.tell("offered", post.account, share) is not None
    other = offer(post.dora, "other")
    await post.tell("revoked", post.dora.id, other.uri)
    assert await post.tell("offered", post.account, other) is None
