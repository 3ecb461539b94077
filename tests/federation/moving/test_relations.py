"""What ties somebody to others changes sides with them: from local to remote, and back."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import orjson
import pytest

from federation.moving.keys import delivery_key
from federation.outbox.models import FOLLOWERS
from federation.outbox.service import Outbox
from tests.federation.moving.village import BASE, NEIGHBOUR, ORIGIN, Village
from tests.federation.outbound.wild import answer

ALICE = f"{BASE}/users/alice"


@pytest.mark.parametrize(
    ("key", "elsewhere"),
    [
        ("follow:7:90", "follow:70:900"),
        ("follower:7:90", "follower:70:900"),
        ("like:7:0198c0de-0000-7000-8000-000000000000", "like:70:0198c0de-0000-7000-8000-000000000000"),
        ("https://a.test/users/alice/shares/1", "https://a.test/users/alice/shares/1"),
        ("https://a.test:7:90", "https://a.test:7:90"),
        ("follow:8:91", "follow:8:91"),
        ("", ""),
    ],
)
def test_keys_of_deliveries_have_the_numbers_of_the_place(key: str, elsewhere: str) -> None:
    assert delivery_key(key, {7: 70}, {90: 900}) == elsewhere


async def row(village: Village, uri: str) -> dict[str, Any]:
    return (await village.site.rows("SELECT * FROM remote_actors WHERE uri = $1", uri))[0]


async def test_who_goes_and_comes_back_has_the_same_row(village: Village) -> None:
    alice = await village.actors.of_name("alice")
    assert alice is not None
    async with village.site.database.transaction() as connection:
        number = await village.relations._ties.row_of(connection, alice)
    await village.leaves()
    gone = await row(village, ALICE)
    assert (gone["id"], gone["local"]) == (number, False)
    assert gone["inbox"] == f"{NEIGHBOUR}/users/alice/inbox"
    assert (gone["shared_inbox"], gone["access_url"]) == (f"{NEIGHBOUR}/inbox", f"{NEIGHBOUR}/access")
    # A repetition after a crash changes nothing.
    await village.leaves()
    await village.site.sql("UPDATE accounts SET moved_to = NULL, moved_at = NULL WHERE name = 'alice' RETURNING 1")
    await village.comes()
    back = await row(village, ALICE)
    assert (back["id"], back["local"]) == (number, True)
    assert back["inbox"] == f"{ORIGIN}/users/alice/inbox"
    assert (back["shared_inbox"], back["access_url"]) == (None, None)
    assert not await village.site.sql("SELECT count(*) FROM forwardings")
    assert not await village.site.sql("SELECT count(*) FROM remote_keys WHERE actor_id = $1", number)


async def test_who_comes_says_so_to_followers_and_partners_and_goes_on_speaking(village: Village) -> None:
    bob, dora = [await village.known(f"https://b.test/users/{name}") for name in ("bob", "dora")]
    alice, account = await village.actors.of_name("alice"), village.accounts["alice"].id
    assert alice is not None
    rows = {persona.uri: (await village.remote.get(persona.uri)).id for persona in (bob, dora)}
    await village.site.sql(
        "INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id) VALUES ($1, $2, $3, 'accepted', $4)"
        " RETURNING 1",
        uuid4(), alice.id, rows[bob.uri], f"{bob.uri}/follows/1",
    )  # fmt: skip
    await village.site.sql(
        "INSERT INTO following (id, account_id, remote_actor_id, state) VALUES ($1, $2, $3, 'accepted') RETURNING 1",
        uuid4(), account, rows[dora.uri],
    )  # fmt: skip
    for name in ("bob", "dora"):
        village.honest.paths[f"/users/{name}/inbox"] = answer(202)
    # What she brought along waits until she is here.
    async with village.site.database.transaction() as connection:
        note = {"type": "Create", "object": {"type": "Note", "content": "from before"}}
        await village.site.service(Outbox).publish(connection, alice, note, to=[FOLLOWERS])
        await connection.execute("UPDATE deliveries SET retry_at = 'infinity', local = true")
    await asyncio.sleep(0.3)
    assert not village.honest.seen_at("/users/bob/inbox")
    await village.comes()
    async with asyncio.timeout(60):
        while len(said(village, "bob")) < 2 or not said(village, "dora"):
            await asyncio.sleep(0.02)
    assert said(village, "bob") == ["Create", "Update"]
    assert said(village, "dora") == ["Update"]


def said(village: Village, name: str) -> list[str]:
    """Types of what came to somebody's inbox."""
    return [orjson.loads(seen.body)["type"] for seen in village.honest.seen_at(f"/users/{name}/inbox")]


async def test_who_is_given_is_the_same_there(village: Village) -> None:
    """Rows as one server gives them and another takes them: known ones stay, people who are here are local."""
    bob = await village.known("https://b.test/users/bob")
    carol = await village.actors.of_name("carol")
    assert carol is not None
    async with village.site.database.transaction() as connection:
        numbers = [(await village.remote.get(bob.uri)).id, await village.relations._ties.row_of(connection, carol)]
        given = await village.relations.given(connection, numbers)
    assert [one["inbox"] for one in given] == [f"{bob.uri}/inbox", f"{ORIGIN}/users/carol/inbox"]
    assert given[1]["access_url"] == f"{ORIGIN}/access"
    stranger = given[0] | {"id": 9, "uri": "https://c.test/users/eve", "inbox": "https://c.test/users/eve/inbox"}
    hers = given[1] | {"id": 8, "inbox": f"{NEIGHBOUR}/users/carol/inbox"}
    await village.site.sql("DELETE FROM remote_actors WHERE uri = $1 RETURNING 1", carol.uri)
    async with village.site.database.transaction() as connection:
        taken = await village.relations.taken(connection, [given[0] | {"id": 7}, hers, stranger])
        again = await village.relations.taken(connection, [stranger])
    assert taken[7] == numbers[0]
    assert again == {9: taken[9]}
    local = await row(village, carol.uri)
    assert (local["id"], local["local"], local["inbox"]) == (taken[8], True, f"{ORIGIN}/users/carol/inbox")
    new = await row(village, "https://c.test/users/eve")
    assert (new["local"], new["inbox"], new["fetched_at"].year) == (False, "https://c.test/users/eve/inbox", 1970)
