"""Those whom the owner of a post has blocked neither like it, nor pass it on, nor write under it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from archypix.core.clock import now
from archypix.core.ids import new_id
from federation.collections import notes, posts_store
from federation.collections.handlers import PostFinder, ReactionHandler, ReplyHandler
from federation.inbox.processing import inbound_of
from federation.inbox.reading import envelope
from federation.inbox_contract import Inbound
from federation.remote import store as remote_store
from tests.federation.collections.gallery import ADDRESSES, Gallery


async def said(gallery: Gallery, activity: dict[str, Any]) -> Inbound:
    """An activity of the one follower there is, which is for others too."""
    uri = await gallery.shelf.sql("SELECT uri FROM remote_actors WHERE host = 'b.test'")
    read = envelope({"id": f"{uri}/{new_id()}", "actor": uri, "to": [f"{ADDRESSES.base}/users/carol"], **activity})
    async with gallery.database.connection() as connection:
        actor = await remote_store.by_uri(connection, uri)
    assert actor is not None
    return inbound_of(read, actor, actor.id, None, now())


async def numbers(gallery: Gallery, post_id: UUID) -> tuple[int, int, int]:
    async with gallery.database.connection() as connection:
        (post,) = await posts_store.posts(connection, [post_id])
    return post.likes, post.boosts, post.replies


@pytest.mark.parametrize("by", ["actor", "host", None])
async def test_a_block_holds_for_what_names_others_as_well(gallery: Gallery, by: str | None) -> None:
    await gallery.add("/Travel")
    (post_id,) = await gallery.post_ids(await gallery.publish("/Travel", "travel"))
    await gallery.follower(gallery.owner.id)
    row = await gallery.shelf.sql("SELECT id FROM remote_actors WHERE host = 'b.test'")
    if by is not None:
        await gallery.shelf.sql(
            "INSERT INTO aversions (id, account_id, kind, remote_actor_id, host) VALUES ($1, $2, 'block', $3, $4)",
            new_id(), gallery.shelf.alice.id, row if by == "actor" else None, "b.test" if by == "host" else None,
        )  # fmt: skip
    post, finder = notes.post_uri(gallery.owner, post_id), PostFinder(ADDRESSES)
    author = await gallery.shelf.sql("SELECT uri FROM remote_actors WHERE id = $1", row)
    note = {"id": f"{author}/1", "type": "Note", "attributedTo": author, "inReplyTo": post, "content": "x"}
    for handler, activity in (
        (ReactionHandler(finder), {"type": "Like", "object": post}),
        (ReactionHandler(finder), {"type": "Announce", "object": post}),
        (ReplyHandler(finder), {"type": "Create", "object": note}),
    ):
        inbound = await said(gallery, activity)
        async with gallery.database.transaction() as connection:
            assert await handler.apply(connection, inbound, None)
    assert await numbers(gallery, post_id) == ((1, 1, 1) if by is None else (0, 0, 0))
