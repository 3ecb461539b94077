"""Received pictures in searches, and tagged by services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from archypix.core import clock
from archypix.health.store import STATEMENTS, contradictions
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from archypix.pipeline.run import Runner
from archypix.pipeline.service import Draft, PipelineService
from archypix.pipeline.trial import TrialService
from archypix.received.why import ShareExplainer
from archypix.tags.service import TagService
from federation.collections.models import Collection
from federation.collections.store import public_page
from tests.received.post import Post, offer, open_post, picture


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


async def test_searches_know_owners_senders_and_shares(post: Post) -> None:
    await post.shelf.add(filename="own.jpg")
    direct, relayed = offer(post.dora, "Summer"), offer(post.erik, "Best of")
    for share in (direct, relayed):
        await post.taken(share)
    one, two = picture(post.dora, "one"), picture(post.fay, "two")
    await post.add(direct, one)
    await post.add(relayed, one, two)
    await post.tell("described", post.account, post.fay.id, [two])
    for text, found in {
        "is:owned": ["own"], "is:received": ["one", "two"], "owner:me": ["own"], "owner:alice": ["own"],
        "owner:@dora:d.test": ["one"], "owner:@dora@d.test": ["one"], "owner:fay": ["two"],
        "-owner:dora": ["own", "two"],
        "sender:@erik:e.test": ["one", "two"], "sender:dora": ["one"], "has:sender": ["one", "two"],
        "-has:sender": ["own"], "shared:summer": ["one"], "shared:\"best of\"": ["one", "two"],
        "has:shared": ["one", "two"],
    }.items():  # fmt: skip
        assert await post.names(text) == [f"{name}.jpg" for name in found], text


async def test_a_mapping_gives_tags_for_as_long_as_the_share_lasts(post: Post) -> None:
    services, runner = PipelineService(post.shelf.database), Runner(post.shelf.database)
    share, other = offer(post.dora), offer(post.erik)
    taken, _ = await post.taken(share), await post.taken(other)
    one, two = picture(post.dora, "one"), picture(post.erik, "two")
    await post.add(share, one)
    await post.add(other, two)
    draft = Draft("share_mapping", "Dora", {"share": str(taken.id), "tags": ["/Friends/Dora"]})
    difference = await TrialService(post.shelf.database, post.shelf.trees).create(post.account, draft)
    assert (difference.affected, await post.names(tags=("/Friends/Dora",))) == (1, [])
    service = (await services.create(post.account, draft)).service
    await runner.settle(post.account)
    assert await post.names(tags=("/Friends/Dora",)) == ["one.jpg"]
    assert (await services.service(post.account, service.id)).state == "ready"
    await post.add(share, picture(post.dora, "three"), sequence=2)
    await post.add(share, two, sequence=3)
    await runner.settle(post.account)
    assert await post.names(tags=("/Friends/Dora",)) == ["one.jpg", "three.jpg", "two.jpg"]
    await post.tell("revoked", post.dora.id, share.uri)
    await runner.settle(post.account)
    assert await post.names() == ["two.jpg"]
    assert await post.names(tags=("/Friends/Dora",)) == []
    shown = await services.service(post.account, service.id)
    assert (shown.state, shown.reason) == ("broken", "The share is gone, or was never there.")
    assert await post.shelf.mismatches() == []


async def test_rules_see_senders_as_they_come_and_go(post: Post) -> None:
    services, runner = PipelineService(post.shelf.database), Runner(post.shelf.database)
    share, other = offer(post.dora), offer(post.erik)
    await post.taken(share)
    await post.taken(other)
    rules = {"rules": [{"when": {"field": "sender", "equals": "@erik:e.test"}, "tag": "/Erik"},
                       {"when": {"field": "owned", "equals": False}, "tag": "/Others"}]}  # fmt: skip
    await services.create(post.account, Draft("rule", "people", rules))
    one = picture(post.dora, "one")
    await post.add(share, one)
    await runner.settle(post.account)
    assert await post.names(tags=("/Erik",)) == []
    assert await post.names(tags=("/Others",)) == ["one.jpg"]
    await post.add(other, one)
    await runner.settle(post.account)
    assert await post.names(tags=("/Erik",)) == ["one.jpg"]
    await post.remove(other, one)
    await runner.settle(post.account)
    assert await post.names(tags=("/Erik",)) == []


async def test_a_picture_says_by_which_share_it_has_a_tag(post: Post) -> None:
    share = offer(post.dora)
    taken = await post.taken(share)
    await post.add(share, picture(post.dora, "one"))
    (item,) = await post.items()
    tags = TagService(post.shelf.database, explainers=(ShareExplainer(),))
    reasons = {tag.path: tag.reasons for tag in await tags.of_picture(post.account, UUID(item["id"]))}
    (reason,) = reasons["/SharedToMe/@dora:d.test/Photos/Trip"]
    assert (reason.source, reason.more) == (
        "incoming_share", {"share": {"id": str(taken.id), "name": "trip", "sender": "@dora@d.test"}},
    )  # fmt: skip


async def test_the_doctor_finds_what_came_by_no_share(post: Post) -> None:
    share = offer(post.dora)
    await post.taken(share)
    await post.add(share, picture(post.dora, "one"), picture(post.dora, "two"))

    async def found() -> list[str]:
        async with post.shelf.database.connection() as connection:
            return [kind for kind in STATEMENTS for _ in await contradictions(connection, kind)]

    assert await found() == []
    await post.shelf.sql("UPDATE received SET picture_id = NULL WHERE uri = $1", picture(post.dora, "one").uri)
    await post.shelf.sql("UPDATE incoming_shares SET held = 7")
    assert await found() == ["a received picture that came by no share", "a share whose digest is wrong"]


async def test_received_pictures_are_never_public(post: Post) -> None:
    share = offer(post.dora)
    await post.taken(share)
    await post.add(share, picture(post.dora, "one"))
    own = await post.shelf.add(filename="own.jpg", has_thumbnails=True)
    await post.shelf.tags.change(post.account, Selection(PictureQuery()), add=["/Public"])
    async with post.shelf.database.connection() as connection:
        tag = await connection.fetchval("SELECT id FROM tags WHERE name = 'Public'")
        collection = Collection(uuid4(), post.account, 1, tag, True, clock.now(), None)
        rows = await public_page(connection, collection, None, 10)
    assert [row["id"] for row in rows] == [own]
