"""Inboxes that are other ones by now: what waits for the old one reaches the new one, in its order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from archypix.core.database import Connection
from federation.outbox.seeking import Seeker
from federation.remote.service import RemoteActors
from federation.signatures.keys import generate_rsa, public_pem
from tests.federation.outbox.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="session")
OLD, NEW = "https://b.test/users/bob/inbox", "https://c.test/users/bob/inbox"
PEM = public_pem(generate_rsa())


def document(uri: str, inbox: str, shared: str | None = None) -> dict[str, Any]:
    """An actor as its server shows it."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "Person",
        "preferredUsername": uri.rpartition("/")[2],
        "inbox": inbox,
        "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": PEM},
    } | ({"endpoints": {"sharedInbox": shared}} if shared else {})


@pytest.fixture
def seeking(office: Office) -> RemoteActors:
    """The office's courier looks for those who have left."""
    remote = RemoteActors(office.database, office.courier._outbound)
    office.courier.seeker = Seeker(office.database, remote)
    return remote


async def change(office: Office, statement: str, *values: Any) -> None:
    async with office.database.transaction() as connection:
        await connection.execute(statement, *values)


async def test_whoever_left_an_inbox_is_found_and_gets_everything_in_order(
    office: Office, seeking: RemoteActors
) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.answers[OLD] = [410]
    office.sink.documents["https://b.test/users/bob"] = document("https://b.test/users/bob", NEW)
    for number in range(5):
        await office.say(str(number), [bob], key="a share", personal=True)
    async with office.delivering():
        taken = await office.sink.until(5, host="c.test")
        await office.until_idle()
    assert [post.activity["object"]["content"] for post in taken] == ["0", "1", "2", "3", "4"]
    assert {post.inbox for post in taken} == {NEW}
    # The document was read once, however many messages came back.
    assert office.sink.asked.count("https://b.test/users/bob") == 1
    await office.say("later", [bob])
    async with office.delivering():
        await office.sink.until(6, host="c.test")
    assert not await office.rows("SELECT * FROM gone_inboxes")


@pytest.mark.parametrize("shown", ["the same", "nothing"])
async def test_an_inbox_without_a_successor_is_gone_after_one_look(
    office: Office, seeking: RemoteActors, shown: str
) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.answers[OLD] = [404]
    if shown == "the same":
        office.sink.documents["https://b.test/users/bob"] = document("https://b.test/users/bob", OLD)
    for number in range(3):
        await office.say(str(number), [bob], key=f"share {number}")
    async with office.delivering():
        await office.until_idle()
    assert office.sink.asked == ["https://b.test/users/bob"]
    assert [row["inbox"] for row in await office.rows("SELECT inbox FROM gone_inboxes")] == [OLD]


async def test_an_actor_who_cannot_be_asked_now_is_asked_later(office: Office, seeking: RemoteActors) -> None:
    """The inbox says gone, the server of the actor does not answer: nothing is given up for that."""
    uri = "https://dead.test/users/bob"
    bob = await office.person("dead.test", "bob")
    await change(office, "UPDATE remote_actors SET inbox = $1 WHERE id = $2", OLD, bob)
    office.sink.answers[OLD] = [410]
    await office.say("hello", [bob])
    async with office.delivering():
        await office.sink.until_asked(1, host="b.test")
        await office.until_idle(waiting=1)
    assert not await office.rows("SELECT * FROM gone_inboxes")
    assert await office.sql("SELECT inbox FROM remote_actors WHERE uri = $1", uri) == OLD


async def test_a_shared_inbox_is_followed_to_the_new_one(office: Office, seeking: RemoteActors) -> None:
    bob = await office.person("b.test", "bob", shared=True)
    office.sink.answers["https://b.test/inbox"] = [410]
    uri = "https://b.test/users/bob"
    office.sink.documents[uri] = document(uri, NEW, "https://c.test/inbox")
    await office.say("hello", [bob])
    async with office.delivering():
        taken = await office.sink.until(1, host="c.test")
        await office.until_idle()
    assert taken[0].inbox == "https://c.test/inbox"


async def test_what_waits_goes_along_with_an_actor_who_says_where_they_are(office: Office) -> None:
    """Pauses of the old place do not count at the new one; others behind a shared inbox are not taken along."""
    bob = await office.person("dead.test", "bob", shared=True)
    eve = await office.person("dead.test", "eve", shared=True)
    await office.say("to bob", [bob], personal=True)
    await office.say("to both", [bob, eve])
    async with office.delivering():
        await office.until_idle(waiting=2)

    async def lives_at(connection: Connection, row: int, name: str) -> None:
        await connection.execute(
            "UPDATE remote_actors SET inbox = $2, shared_inbox = 'https://c.test/inbox' WHERE id = $1",
            row, f"https://c.test/users/{name}/inbox",
        )  # fmt: skip

    async with office.delivering():
        async with office.database.transaction() as connection:
            await lives_at(connection, bob, "bob")
        assert [post.inbox for post in await office.sink.until(1, host="c.test")] == [NEW]
        await office.until_idle(waiting=1)
        async with office.database.transaction() as connection:
            await lives_at(connection, eve, "eve")
        assert [post.inbox for post in await office.sink.until(2, host="c.test")][1] == "https://c.test/inbox"
        await office.until_idle()


async def test_who_comes_here_is_handed_what_waited(office: Office) -> None:
    bob = await office.person("dead.test", "bob")
    await office.say("hello", [bob])
    async with office.delivering():
        await office.until_idle(waiting=1)
        await change(
            office, "UPDATE remote_actors SET inbox = 'https://a.test/users/bob/inbox', local = true WHERE id = $1", bob
        )
        while not office.local:
            await asyncio.sleep(0.02)
        await office.until_idle()
    assert [(inbox, said["object"]["content"]) for inbox, _, said in office.local] == [
        ("https://a.test/users/bob/inbox", "hello")
    ]


async def test_what_somebody_on_the_way_has_to_say_waits(office: Office) -> None:
    """A message of the host's does not free it, nor does another inbox."""
    bob = await office.person("b.test", "bob")
    await office.say("hello", [bob])
    await change(office, "UPDATE deliveries SET retry_at = 'infinity'")
    async with office.delivering():
        await change(
            office, "INSERT INTO delivery_hosts (host, state, failing_since) VALUES ('b.test', 'unreachable', now())"
        )
        await office.outbox.host_seen("b.test")
        await change(office, "UPDATE remote_actors SET inbox = $1 WHERE id = $2", NEW, bob)
        await office.until_idle(waiting=1)
    assert office.sink.posts == []
    assert await office.sql("SELECT inbox FROM deliveries") == NEW
