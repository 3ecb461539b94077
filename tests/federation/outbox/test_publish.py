"""What is queued when something is said."""

from __future__ import annotations

import orjson
import pytest

from federation.outbox.models import FOLLOWERS, Followers
from tests.federation.outbox.office import Office


async def test_it_is_written_with_the_change_or_not_at_all(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    with pytest.raises(RuntimeError):
        async with office.database.transaction() as connection:
            await office.outbox.publish(connection, office.alice, {"type": "Create"}, to=[bob])
            raise RuntimeError
    assert await office.sql("SELECT count(*) FROM activities") == 0
    identifier = await office.say("hello", [bob])
    activity = orjson.loads(await office.sql("SELECT json::text FROM activities"))
    assert activity["id"] == f"https://a.test/users/alice/activities/{identifier}"
    assert activity["actor"] == "https://a.test/users/alice"
    assert activity["@context"] == "https://www.w3.org/ns/activitystreams"
    assert await office.sql("SELECT inbox FROM deliveries") == "https://b.test/users/bob/inbox"


async def test_what_is_filled_in_already_stays(office: Office) -> None:
    async with office.database.transaction() as connection:
        said = {
            "id": "https://a.test/x#delete",
            "type": ["Delete", "apx:Odd"],
            "object": {"@context": ["x"], "id": "y"},
        }
        await office.outbox.publish(connection, office.alice, said, to=[])
    row = (await office.rows("SELECT type, json::text AS json FROM activities"))[0]
    activity = orjson.loads(row["json"])
    assert row["type"] == "Delete"
    assert activity["id"] == "https://a.test/x#delete"
    # The context of an embedded document is that of the whole.
    assert (activity["@context"], activity["object"]) == (["x"], {"id": "y"})


async def test_each_server_gets_one_copy(office: Office) -> None:
    for name in ("bob", "bea", "ben"):
        await office.follow(await office.person("b.test", name, shared=True))
    for name in ("carol", "carl"):
        await office.follow(await office.person("c.test", name))
    await office.follow(await office.person("d.test", "dave"), state="pending")
    eve = await office.person("e.test", "eve", shared=True)
    await office.say("hello", [FOLLOWERS, eve, eve])
    inboxes = [row["inbox"] for row in await office.rows("SELECT inbox FROM deliveries ORDER BY inbox")]
    assert inboxes == [
        "https://b.test/inbox",
        "https://c.test/users/carl/inbox",
        "https://c.test/users/carol/inbox",
        "https://e.test/inbox",
    ]


async def test_a_personal_copy(office: Office) -> None:
    eve = await office.person("e.test", "eve", shared=True)
    await office.say("hello", [eve], personal=True)
    assert await office.sql("SELECT inbox FROM deliveries") == "https://e.test/users/eve/inbox"


async def test_nothing_is_queued_for_what_is_gone(office: Office) -> None:
    bob = await office.person("b.test", "bob", shared=True)
    carol = await office.person("c.test", "carol")
    dave = await office.person("d.test", "dave")
    await office.sql("INSERT INTO gone_inboxes VALUES ('https://b.test/inbox', 'b.test')")
    await office.sql("INSERT INTO gone_inboxes VALUES ('https://c.test/users/carol/inbox', 'c.test')")
    await office.sql("UPDATE remote_actors SET gone_at = now() WHERE id = $1", dave)
    await office.say("hello", [bob, carol, dave])
    # A server whose shared inbox is gone still has its people's.
    assert await office.sql("SELECT array_agg(inbox) FROM deliveries") == ["https://b.test/users/bob/inbox"]


@pytest.mark.parametrize(
    ("inbox", "host"),
    [
        ("https://B.Test/inbox", "b.test"),
        ("https://b.test:443/inbox", "b.test"),
        ("HTTPS://b2:443?inbox", "b2"),
        ("https://b.test:4430/inbox", "b.test:4430"),
        ("https://b.test:8443/inbox", "b.test:8443"),
        ("http://localhost:8001/inbox?x", "localhost:8001"),
        ("http://[::1]:8001/inbox", "[::1]:8001"),
    ],
)
async def test_lanes_are_named_by_the_host_of_the_inbox(office: Office, inbox: str, host: str) -> None:
    bob = await office.person("b.test", "bob")
    await office.sql("UPDATE remote_actors SET inbox = $1", inbox)
    await office.say("hello", [bob])
    assert await office.sql("SELECT host FROM deliveries") == host


@pytest.mark.parametrize(
    "inbox", ["", "ftp://b.test/inbox", "https:///inbox", "https://" + "b" * 301, "https://b/" + "x" * 2048]
)
async def test_what_is_no_inbox_gets_nothing(office: Office, inbox: str) -> None:
    bob = await office.person("b.test", "bob")
    await office.sql("UPDATE remote_actors SET inbox = $1", inbox)
    await office.say("hello", [bob])
    assert await office.sql("SELECT count(*) FROM deliveries") == 0


async def test_a_revocation_supersedes_what_is_queued_of_its_key_for_those_it_goes_to(office: Office) -> None:
    bob, carol = await office.person("b.test", "bob"), await office.person("c.test", "carol")
    for number in range(3):
        await office.say(f"picture {number}", [bob, carol], key="share")
    await office.say("other", [bob], key="other")
    await office.say("revoked", [bob], supersedes="share")
    waiting = await office.rows(
        "SELECT d.host, d.key, d.rank, a.json #>> '{object,content}' AS said FROM deliveries d"
        " JOIN activities a ON a.id = d.activity_id ORDER BY d.host, d.rank, d.id"
    )
    assert [tuple(row) for row in waiting] == [
        ("b.test", "share", 0, "revoked"),
        ("b.test", "other", 1, "other"),
        *[("c.test", "share", 1, f"picture {number}") for number in range(3)],
    ]


async def test_others_keys_are_not_superseded(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    await office.say("mine", [bob], key="share")
    async with office.database.transaction() as connection:
        server = await office.actors.instance()
        await office.outbox.publish(connection, server, {"type": "Undo"}, to=[bob], supersedes="share")
    assert await office.sql("SELECT count(*) FROM deliveries") == 2


async def test_followers_of_another(office: Office) -> None:
    await office.follow(await office.person("b.test", "bob"))
    async with office.database.transaction() as connection:
        server = await office.actors.instance()
        await office.outbox.publish(connection, server, {"type": "Update"}, to=[Followers(office.alice.id)])
    assert await office.sql("SELECT host FROM deliveries") == "b.test"


async def test_public_activities_stay_and_others_go_once_they_arrived(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    public = await office.say("public", [], public=True)
    await office.say("private", [])
    await office.say("on its way", [bob])
    await office.sql("UPDATE activities SET created_at = now() - interval '31 days'")
    await office.say("young", [])
    await office.queues.sweep()
    left = await office.rows("SELECT json #>> '{object,content}' AS said FROM activities ORDER BY id")
    assert [row["said"] for row in left] == ["public", "on its way", "young"]
    async with office.database.transaction() as connection:
        await office.outbox.withdraw(connection, office.alice, public)
    assert await office.sql("SELECT count(*) FROM activities WHERE public") == 0
