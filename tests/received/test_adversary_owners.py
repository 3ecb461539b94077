"""Owners and strangers who want to fill this server up, or have it ask for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from archypix.received import wanted
from tests.received.post import Post, offer, open_post, person, picture


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


async def claimed(post: Post) -> list[str]:
    async with post.shelf.database.transaction() as connection:
        return [one.uri for one in await wanted.claim(connection, 100)]


async def test_pictures_that_nobody_here_can_have_heard_of_are_not_remembered_as_gone(post: Post) -> None:
    uris = [f"{post.dora.uri}/pictures/{uuid4()}" for _ in range(50)]
    await post.tell("deleted", post.dora.id, uris)
    assert await post.shelf.sql("SELECT count(*) FROM gone_pictures") == 0
    # An offer that nobody asked for does not change that.
    await post.tell("offered", post.account, offer(post.dora))
    await post.tell("deleted", post.dora.id, uris)
    assert await post.shelf.sql("SELECT count(*) FROM gone_pictures") == 0


async def test_what_is_deleted_before_it_comes_by_an_accepted_share_does_not_come(post: Post) -> None:
    share, late = offer(post.dora), picture(post.dora, "late")
    await post.taken(share)
    await post.tell("deleted", post.dora.id, [late.uri])
    await post.add(share, late)
    assert await post.names() == []


async def test_what_an_owner_of_relayed_pictures_deleted_does_not_come_back_by_another_relayer(post: Post) -> None:
    erik, fay, one = offer(post.erik), offer(post.fay), picture(post.dora, "one")
    await post.taken(erik)
    await post.taken(fay)
    await post.add(erik, one)
    await post.tell("deleted", post.dora.id, [one.uri])
    assert await post.add(fay, one) == []


async def test_an_owner_who_describes_what_they_refuse_is_asked_less_and_less(post: Post) -> None:
    share, one = offer(post.dora), picture(post.dora, "one")
    await post.taken(share)
    await post.add(share, one)
    await post.tell("lost", post.dora.id, [one.uri])
    assert await post.names() == []
    waits = []
    for _ in range(6):
        await post.shelf.sql("UPDATE received_wanted SET next_attempt_at = now() RETURNING 1")
        assert await claimed(post) == [one.uri]
        # Described, but still not said to be given.
        await post.tell("described", post.account, post.dora.id, [one])
        waits.append(
            await post.shelf.sql("SELECT extract(epoch FROM next_attempt_at - now())::integer FROM received_wanted")
        )
    assert waits[0] >= 10
    assert waits[-1] > 3600


async def test_asking_very_often_does_not_end_all_asking(post: Post) -> None:
    share, one, two = offer(post.dora), picture(post.erik, "one"), picture(post.erik, "two")
    await post.taken(share)
    await post.add(share, one, two)
    await post.shelf.sql(
        "UPDATE received_wanted SET attempts = 32767, next_attempt_at = now() WHERE uri = $1 RETURNING 1", one.uri
    )
    assert sorted(await claimed(post)) == sorted([one.uri, two.uri])


async def test_one_domain_does_not_take_all_the_room_for_offers(post: Post) -> None:
    """However many people and hosts it has."""
    await post.shelf.sql(
        "WITH people AS (INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
        "  SELECT u, h, u, u, 'Person', 'x', u, u FROM (SELECT 'https://h' || i || '.evil.test/u' AS u,"
        "    'h' || i || '.evil.test' AS h FROM generate_series(1, 50) i) n RETURNING id, uri)"
        " INSERT INTO incoming_shares (id, account_id, uri, sender_id, name, message, path, originals, future,"
        "  reshare_depth, share_back, copy, metadata_edit, state)"
        " SELECT gen_random_uuid(), $1, uri || '/shares/' || n, id, 'x', '', '/x', true, true, 0, false, false, false,"
        "  'pending' FROM people CROSS JOIN generate_series(1, 12) n RETURNING 1",
        post.account,
    )
    mallory = await person(post.shelf, "mallory", "h51.evil.test")
    assert await post.tell("offered", post.account, offer(mallory)) is None
    assert await post.tell("offered", post.account, offer(post.dora)) is not None
