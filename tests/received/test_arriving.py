"""Pictures that come by shares, as the person who accepted them sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from archypix.core.errors import Conflict, NotFound
from archypix.received.models import Rights, SharedPicture, Way
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


async def test_an_answer_says_nothing_of_what_came_after_the_question(post: Post) -> None:
    """The owner is asked, lets somebody in and tells of it; then comes what was answered before that."""
    direct, relayed, one = offer(post.dora), offer(post.erik, name="other"), picture(post.dora, "one")
    await post.taken(direct)
    await post.taken(relayed)
    await post.add(relayed, one)
    asked_at = await post.shelf.sql("SELECT clock_timestamp()")
    await post.add(direct, one)
    await post.tell("lost", post.dora.id, [one.uri], [post.account], as_of=asked_at)
    assert await post.names() == ["one.jpg"]
    # Of the other way it says something, and the owner is asked again about that one.
    assert await post.shelf.sql("SELECT count(*) FROM received WHERE refused_at IS NOT NULL") == 1
    assert await post.shelf.sql("SELECT array_agg(uri) FROM received_wanted") == [one.uri]
    await post.tell("lost", post.dora.id, [one.uri], [post.account])
    assert await post.names() == []


async def test_owners_who_refused_are_asked_for_as_long_as_pictures_are_said_to_be_there(post: Post) -> None:
    share, one = offer(post.erik), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one)
    for _ in range(25):
        await post.tell("lost", post.dora.id, [one.uri], [post.account])
        wait = "SELECT extract(epoch FROM next_attempt_at - now())::int FROM received_wanted"
        assert 60 <= await post.shelf.sql(wait) <= 10 * 3600
        await post.shelf.sql("UPDATE received_wanted SET attempts = attempts + 1")
    await post.tell("described", post.account, post.dora.id, [granted(one)])
    assert await post.names() == ["one.jpg"]
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0
    await post.tell("lost", post.dora.id, [one.uri], [post.account])
    await post.remove(share, one, sequence=5)
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0


async def test_a_grant_that_ends_late_does_not_end_a_new_one(post: Post) -> None:
    """Taken away and given anew by another grant: news of the first one's end may come last."""
    share, one = offer(post.erik), picture(post.dora, "one")
    first, second = granted(one), granted(one)
    await post.taken(share)
    await post.add(share, one)
    await post.tell("described", post.account, post.dora.id, [first])
    await post.remove(share, one, sequence=2)
    assert await post.add(share, one, sequence=3) == [one.uri]
    await post.tell("cut", post.dora.id, [first.grants[-1]], [post.account])
    await post.tell("described", post.account, post.dora.id, [second])
    assert await post.names() == ["one.jpg"]
    # And where it was not known yet which one holds, the owner is asked.
    await post.tell("cut", post.dora.id, [second.grants[-1]], [post.account])
    assert await post.names() == []
    assert await post.shelf.sql("SELECT array_agg(uri) FROM received_wanted") == [one.uri]
    await post.tell("described", post.account, post.dora.id, [granted(one)])
    assert await post.names() == ["one.jpg"]


async def test_every_way_that_an_owner_names_is_good_again(post: Post) -> None:
    """Refused by all ways, and then given by two shares of the owner's and by another's passing on."""
    first, second, relayed = offer(post.dora), offer(post.dora, name="second"), offer(post.erik)
    one = picture(post.dora, "one")
    for share in (first, second, relayed):
        await post.taken(share)
        await post.add(share, one)
    await post.tell("lost", post.dora.id, [one.uri], [post.account])
    assert await post.names() == []
    told = replace(one, share=second.uri, grants=(UUID(second.uri[-36:]),), depth=2)
    await post.tell("described", post.account, post.dora.id, [told])
    refused = "SELECT count(*) FROM received WHERE refused_at IS NOT NULL"
    assert await post.names() == ["one.jpg"]
    # Of what others pass on, this says nothing: the owner is asked about that once more.
    assert await post.shelf.sql(refused) == 1
    assert await post.shelf.sql("SELECT array_agg(uri) FROM received_wanted") == [one.uri]
    by_erik = Way(f"{post.dora.uri}/shares/{uuid4()}", (uuid4(), uuid4()), 1)
    await post.tell("described", post.account, post.dora.id, [replace(told, also=by_erik)])
    assert await post.shelf.sql(refused) == 0
    assert await post.shelf.sql("SELECT count(*) FROM received_wanted") == 0
    way = await post.shelf.sql("SELECT upstream || depth FROM received WHERE NOT direct")
    assert way == f"{by_erik.share}1"
    # Both shares of hers end, and the picture is there by the other way.
    await post.tell("revoked", post.dora.id, first.uri)
    await post.tell("revoked", post.dora.id, second.uri)
    assert await post.names() == ["one.jpg"]
    await post.tell("cut", post.dora.id, [by_erik.grants[-1]], [post.account])
    assert await post.names() == []


def granted(one: SharedPicture) -> SharedPicture:
    """As its owner tells of it to somebody who holds access by another's passing on, by a grant of its own."""
    return replace(one, share=f"{one.owner}/shares/{uuid4()}", grants=(uuid4(),))


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
