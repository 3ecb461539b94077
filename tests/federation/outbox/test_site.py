"""Delivery by a whole server: to others, and between people of this one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from federation.actors.service import ActorService
from federation.outbox.models import FOLLOWERS
from federation.outbox.service import Outbox
from tests.federation.outbox.sink import open_sink
from tests.uploads.site import open_site


async def test_a_change_of_profile_reaches_followers(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with (
        open_sink() as sink,
        open_site(
            database_url, redis_url, tmp_path / "data", domain="a.test", federation_host_map=f"b.test={sink.url}"
        ) as site,
    ):
        alice = await site.person("alice")
        actor = await site.service(ActorService).of_account(alice.id)
        await site.sql(
            "WITH bob AS (INSERT INTO remote_actors"
            " (uri, host, handle, claimed, type, username, url, inbox, shared_inbox)"
            " VALUES ('https://b.test/bob', 'b.test', 'bob@b.test', 'bob@b.test', 'Person', 'bob', 'https://b.test/bob',"
            " 'https://b.test/bob/inbox', 'https://b.test/inbox') RETURNING id)"
            " INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id)"
            " SELECT gen_random_uuid(), $1, id, 'accepted', 'https://b.test/f' FROM bob",
            actor.id,
        )
        await alice.send("PATCH", "/account/profile", {"summary": "Light and water."})
        post = (await sink.until(1))[0]
        assert post.inbox == "https://b.test/inbox"
        assert post.activity["type"] == "Update"
        assert post.activity["object"]["id"] == "https://a.test/users/alice"
        assert post.activity["@context"]


async def test_people_of_one_server_hear_of_each_other(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, redis_url, tmp_path / "data", domain="a.test") as site:
        alice, bob = await site.person("alice"), await site.person("bob")
        await bob.send("POST", "/follows", {"handle": "@alice@a.test"}, status=201)
        async with asyncio.timeout(90):
            while not [item for item in (await alice.get("/followers"))["items"] if item["state"] == "accepted"]:
                await asyncio.sleep(0.05)
        actor = await site.service(ActorService).of_account(alice.id)
        async with site.database.transaction() as connection:
            await site.service(Outbox).publish(connection, actor, {"type": "Create"}, to=[FOLLOWERS])
        async with asyncio.timeout(90):
            while await site.sql("SELECT count(*) FROM deliveries"):
                await asyncio.sleep(0.05)
        assert await site.sql("SELECT count(*) FROM delivery_hosts WHERE attempts > 0") == 0
