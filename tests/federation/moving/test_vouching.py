"""Messages that the server where somebody lived brings for them: believed of that server, about that person."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from federation.signatures.mutual import signed
from tests.federation.inbox.letters import Persona
from tests.federation.moving.village import BASE, FORWARDED, NEIGHBOUR, ORIGIN, Village

ALICE, CAROL = f"{BASE}/users/alice", f"{BASE}/users/carol"


def brought(sender: Persona, activity: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A Follow of alice, as the neighbour brings it."""
    said = {"id": sender.new_id(), "type": "Follow", "actor": sender.uri, "object": ALICE} | (activity or {})
    return {
        "person": ALICE, "inbox": "/users/alice/inbox", "actor": sender.uri, "activity": said, "synchronization": None,
    } | more  # fmt: skip


async def follows(village: Village, count: int) -> None:
    """Return when somebody here has so many followers."""
    async with asyncio.timeout(60):
        while await village.site.sql("SELECT count(*) FROM followers") != count:
            await asyncio.sleep(0.02)


async def test_it_is_taken_as_if_its_actor_had_brought_it(village: Village) -> None:
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    said = brought(bob)
    assert (await village.bring(said)).status == 202
    await follows(village, 1)
    # Another time it has no effect.
    assert (await village.bring(said)).status == 202
    await follows(village, 1)


async def test_without_an_inbox_it_was_for_all(village: Village) -> None:
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    assert (await village.bring(brought(bob, inbox=None))).status == 202
    await follows(village, 1)


async def test_who_did_not_come_from_there_is_none_of_their_business(village: Village) -> None:
    bob = village.persona("https://b.test/users/bob")
    before = await village.digest()
    answer = await village.bring(brought(bob))
    assert (answer.status, answer.json["code"]) == (403, "not_from_there")
    await village.comes()
    answer = await village.bring(brought(bob, {"object": CAROL}, person=CAROL, inbox="/users/carol/inbox"))
    assert answer.status == 403
    await village.site.sql("UPDATE arrivals_from SET since = now() - interval '41 days' RETURNING 1")
    assert (await village.bring(brought(bob))).status == 403
    changed = {name for name, digest in (await village.digest()).items() if before[name] != digest}
    assert not changed & {"followers", "inbox_activities"}


@pytest.mark.parametrize("who", ["a stranger", "another key", "no neighbour any more"])
async def test_only_neighbours_are_believed(village: Village, who: str) -> None:
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    key = village.neighbour.ed25519
    if who == "a stranger":
        key = village.persona("https://b.test/actor", type="Application").ed25519
    elif who == "another key":
        key = Persona.make(f"{NEIGHBOUR}/actor").ed25519
    else:
        await village.site.sql("UPDATE domain_membership SET neighbours = '{}' RETURNING 1")
    assert (await village.bring(brought(bob), key=key)).status in (401, 403)
    assert not await village.site.sql("SELECT count(*) FROM inbox_activities")


async def test_a_message_is_taken_once(village: Village) -> None:
    """The very bytes again are refused, whoever sends them."""
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    body, key = json.dumps(brought(bob)).encode(), village.neighbour.ed25519
    headers = signed("POST", ORIGIN + FORWARDED, body, key_id=key.id, key=key, sequence=1)
    headers |= {"Host": "b1.a.test", "Content-Type": "application/json"}
    answers = []
    for _ in range(2):
        async with village.site.client.post(village.site.url + FORWARDED, data=body, headers=headers) as response:
            answers.append(response.status)
    assert answers == [202, 409]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"actor": "https://b.test/users/eve"}, 200),
        ({"activity": {}}, 200),
        ({"activity": {"id": "https://evil.test/1", "type": "Follow", "actor": "https://b.test/users/bob"}}, 200),
        ({"inbox": "/users/nobody/inbox"}, 200),
        ({"inbox": "/etc/passwd"}, 200),
        ({"activity": "text"}, 422),
        ({"person": 7}, 422),
        ({"synchronization": "x" * 9000}, 422),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    village: Village, change: dict[str, Any], status: int
) -> None:
    """200 says that it is through, refused for good: the neighbour need not come again."""
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    answer = await village.bring(brought(bob) | change)
    assert answer.status == status, answer.body
    if status == 200:
        assert answer.json["refused"]
    assert not await village.site.sql("SELECT count(*) FROM inbox_activities")


async def test_whoever_cannot_be_read_now_is_waited_for(village: Village) -> None:
    gone = Persona.make("https://nowhere.test/users/bob")
    await village.comes()
    answer = await village.bring(brought(gone))
    assert answer.status == 503
    assert not await village.site.sql("SELECT count(*) FROM inbox_activities")


async def test_whoever_has_gone_on_is_brought_after(village: Village) -> None:
    """She came from one neighbour and left for another (the same one, here): the message goes on."""
    bob = village.persona("https://b.test/users/bob")
    await village.comes()
    await village.leaves()
    assert (await village.bring(brought(bob))).status == 202
    (passed,) = await village.until(1)
    assert passed["person"] == ALICE
    assert not await village.site.sql("SELECT count(*) FROM followers")
