"""Other people's pictures under a shared tag: who is asked, what is passed on, and when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from archypix.core.ids import new_id
from tests.shares.publishing.passing import Passing
from tests.shares.publishing.stand import Message, Recipient, open_stand


@pytest_asyncio.fixture
async def passing(database_url: str) -> AsyncIterator[Passing]:
    async with open_stand(database_url) as stand:
        yield Passing(stand)


def kinds(said: list[Message]) -> list[str]:
    return [message.kind for message in said]


async def test_the_owner_is_asked_and_only_what_they_grant_is_passed_on(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps", reshare_depth=5)
    way = await passing.way(depth=3)
    granted, refused = [await passing.receive("/Alps", by=way) for _ in range(2)]
    own = await stand.add("/Alps")

    said = await stand.settle()
    assert kinds(said) == ["added", "invited"]
    assert said[0].uris == (stand.uri(own),)
    assert (said[1].to, said[1].depth, set(said[1].uris)) == (
        (stand.people["dave"],), 2, {passing.uri(granted), passing.uri(refused)},
    )  # fmt: skip
    assert said[1].upstream.startswith("https://dave.test/users/dave/shares/")

    await passing.answer(share, [passing.uri(granted)], [passing.uri(refused)], 1)
    (said,) = await stand.settle()
    assert (said.kind, said.uris, said.pictures) == ("added", (passing.uri(granted),), ())
    assert await stand.settle() == []


async def test_relayed_and_own_pictures_make_one_digest(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    picture = await passing.receive("/Alps", by=await passing.way())
    await stand.add("/Alps")
    heard = await stand.settle()
    await passing.answer(share, [passing.uri(picture)], [], 1)
    heard += await stand.settle()

    bob = Recipient()
    for message in heard:
        bob.hear(message)

    assert len(bob.present()) == 2
    assert bob.digest() == await stand.digest(share)


async def test_nobody_is_told_of_their_own_picture_or_of_one_that_came_by_them(passing: Passing) -> None:
    stand = passing.stand
    await stand.share("/Alps", "dave")
    await stand.share("/Alps", "carol")
    by_carol = await passing.way("carol")
    upstream = f"https://dave.test/users/dave/shares/{new_id()}"
    picture = await passing.receive("/Alps", by=by_carol, sender="carol", upstream=upstream, depth=2, grants=[new_id()])
    assert await stand.settle() == []

    # Dave shares it himself as well: it still came by Carol.
    await passing.come(picture, await passing.way())
    assert await stand.settle() == []

    await stand.sql("DELETE FROM received WHERE share_id = $1", by_carol)
    said = await stand.settle()
    assert [(m.kind, m.share) for m in said] == [
        ("invited", await stand.sql("SELECT id FROM shares WHERE recipient_id = $1", stand.people["carol"]))
    ]


async def test_what_may_not_be_passed_on_is_not_until_it_may(passing: Passing) -> None:
    stand = passing.stand
    await stand.share("/Alps")
    way = await passing.way(depth=0)
    await passing.receive("/Alps", by=way)
    assert await stand.settle() == []

    await stand.sql("UPDATE incoming_shares SET reshare_depth = 1 WHERE id = $1", way)

    (said,) = await stand.settle()
    assert (said.kind, said.depth) == ("invited", 0)


async def test_a_picture_that_leaves_is_removed_and_its_access_given_back(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    way = await passing.way()
    told, asked = [await passing.receive("/Alps", by=way) for _ in range(2)]
    await stand.settle()
    await passing.answer(share, [passing.uri(told)], [], 1)
    await stand.settle()

    await stand.untag(told, asked)

    said = await stand.settle()
    assert [(m.kind, set(m.uris)) for m in said] == [
        ("removed", {passing.uri(told)}),
        ("uninvited", {passing.uri(told), passing.uri(asked)}),
    ]
    await passing.answer(share, [passing.uri(asked)], [], 1)
    assert await stand.settle() == []


async def test_an_owner_who_ends_it_later_is_obeyed(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    way = await passing.way()
    ids = [await passing.receive("/Alps", by=way) for _ in range(2)]
    await stand.settle()
    await passing.answer(share, [passing.uri(one) for one in ids], [], 1)
    await stand.settle()

    await passing.answer(share, [], [passing.uri(ids[0])], 7)
    assert await stand.settle() == []
    await passing.answer(share, [], None, None, owner="carol")
    assert await stand.settle() == []
    await passing.answer(share, [], None, None)

    assert [(m.kind, set(m.uris)) for m in await stand.settle()] == [("removed", {passing.uri(one) for one in ids})]
    assert await stand.digest(share) == (bytes(32), 0)
    assert await stand.settle() == []


async def test_a_lost_way_takes_the_picture_along_and_another_asks_anew(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    first, second = await passing.way(depth=3), await passing.way(depth=1)
    picture = await passing.receive("/Alps", by=first)
    await passing.come(picture, second)
    await stand.settle()
    await passing.answer(share, [passing.uri(picture)], [], 1)
    await stand.settle()

    await stand.sql("UPDATE received SET picture_id = NULL, present = false WHERE share_id = $1", first)
    assert kinds(await stand.settle()) == ["removed", "uninvited", "invited"]
    await passing.answer(share, [passing.uri(picture)], [], 2)
    assert kinds(await stand.settle()) == ["added"]

    await stand.purge(picture)
    assert kinds(await stand.settle()) == ["removed", "uninvited"]


async def test_a_picture_hidden_in_the_library_is_passed_on_no_more(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    picture = await passing.receive("/Alps", by=await passing.way())
    await stand.settle()
    await passing.answer(share, [passing.uri(picture)], [], 1)
    await stand.settle()

    await stand.shelf.trash(picture)
    assert kinds(await stand.settle()) == ["removed", "uninvited"]


async def test_a_share_that_ends_gives_everything_back(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    way = await passing.way()
    for _ in range(3):
        await passing.receive("/Alps", by=way)
    await stand.settle()
    await stand.sql("UPDATE shares SET state = 'revoked', ended_at = now() WHERE id = $1", share)

    (said,) = await stand.settle()

    assert (said.kind, said.to, said.uris) == ("uninvited", (stand.people["dave"],), ())


async def test_an_owner_who_has_not_granted_it_is_asked_again_less_and_less_often(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps")
    way = await passing.way()
    silent, refused, granted = [await passing.receive("/Alps", by=way) for _ in range(3)]
    await stand.settle()
    await passing.answer(share, [passing.uri(granted)], [passing.uri(refused)], 1)
    assert kinds(await stand.settle()) == ["added"]
    asked = []
    for hours in (0, 1.1, 1.1, 2.1, 3, 4.1, 20, 24.1, 24.1):
        await stand.sql("UPDATE share_members SET asked_at = now() - make_interval(secs => $1)", hours * 3600)
        await stand.publisher.remind()
        said = await stand.settle()
        asked.append(bool(said))
        for message in said:
            assert (message.kind, set(message.uris)) == ("invited", {passing.uri(silent), passing.uri(refused)})

    assert asked == [False, True, False, True, False, True, True, True, True]


async def test_a_share_that_may_be_passed_on_further_asks_for_more(passing: Passing) -> None:
    stand = passing.stand
    share = await stand.share("/Alps", reshare_depth=0)
    picture = await passing.receive("/Alps", by=await passing.way(depth=3))
    await stand.settle()
    await passing.answer(share, [passing.uri(picture)], [], 1)
    await stand.settle()

    await stand.sql("UPDATE shares SET reshare_depth = 2 WHERE id = $1", share)

    (said,) = await stand.settle()
    assert (said.kind, said.depth) == ("invited", 2)
    await stand.sql("UPDATE shares SET originals = false WHERE id = $1", share)
    assert kinds(await stand.settle()) == ["invited"]
    assert (await stand.digest(share) or (b"", 0))[1] == 1
