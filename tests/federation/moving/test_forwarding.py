"""What still comes for somebody who has moved, or is about to: nothing is lost, and nothing is done here."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from tests.federation.inbox.letters import Persona
from tests.federation.moving.village import BASE, Village

ALICE, CAROL = f"{BASE}/users/alice", f"{BASE}/users/carol"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def follow(sender: Persona, whom: str = ALICE) -> dict[str, Any]:
    return {"type": "Follow", "object": whom, "id": sender.new_id()}


def post(sender: Persona, text: str = "hello") -> dict[str, Any]:
    note = {"type": "Note", "id": sender.new_id("notes"), "attributedTo": sender.uri, "content": text, "to": PUBLIC}
    return {"type": "Create", "object": note, "to": PUBLIC, "cc": f"{sender.uri}/followers"}


async def followers(village: Village) -> int:
    return int(await village.site.sql("SELECT count(*) FROM followers"))


async def idle(village: Village) -> None:
    """Return when nothing of the inbox is left to be done."""
    async with asyncio.timeout(60):
        while await village.site.sql("SELECT count(*) FROM inbox_activities WHERE state IN ('due', 'leased')"):
            await asyncio.sleep(0.02)


async def all_passed(village: Village) -> None:
    """Return when nothing waits to be passed on."""
    async with asyncio.timeout(60):
        while await village.site.sql("SELECT count(*) FROM forwarded"):
            await asyncio.sleep(0.02)


async def test_what_comes_for_her_is_passed_on_and_has_no_effect_here(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    said = follow(bob)
    assert (await village.post(village.letter_to(bob, said))).status == 202
    (passed,) = await village.until(1)
    assert (passed["person"], passed["inbox"], passed["actor"]) == (ALICE, "/users/alice/inbox", bob.uri)
    assert passed["activity"]["id"] == said["id"]
    await idle(village)
    assert await followers(village) == 0
    # A repetition is known, and goes no second time.
    assert (await village.post(village.letter_to(bob, said))).status == 202
    await idle(village)
    await all_passed(village)
    assert len(village.passed_on()) == 1


async def test_a_message_nobody_signed_is_not_passed_on(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    letter = village.letter_to(bob, follow(bob))
    letter.signed = False
    assert (await village.post(letter)).status == 401
    assert not await village.site.sql("SELECT count(*) FROM inbox_activities")


async def test_answers_to_what_she_said_are_passed_on_though_she_said_it_here(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    accept = {"type": "Accept", "object": f"{ALICE}/activities/{uuid4()}"}
    for path in ("/users/alice/inbox", "/inbox"):
        said = accept | {"id": bob.new_id()}
        assert (await village.post(village.letter_to(bob, said, path))).status == 202
    assert {passed["inbox"] for passed in await village.until(2)} == {None, "/users/alice/inbox"}


async def test_the_shared_inbox_serves_those_who_stay_and_those_who_left(village: Village) -> None:
    """Whom alice follows says something to followers: it names nobody, and is passed on."""
    bob, dora = [await village.known(f"https://b.test/users/{name}") for name in ("bob", "dora")]
    for name in ("alice", "carol"):
        row = (await village.remote.get(bob.uri)).id
        await village.site.sql(
            "INSERT INTO following (id, account_id, remote_actor_id, state) VALUES ($1, $2, $3, 'accepted')"
            " RETURNING 1",
            uuid4(), village.accounts[name].id, row,
        )  # fmt: skip
    await village.leaves()
    assert (await village.post(village.letter_to(bob, post(bob), "/inbox"))).status == 202
    (passed,) = await village.until(1)
    assert passed["inbox"] is None
    await idle(village)
    # Nobody has to do with dora.
    assert (await village.post(village.letter_to(dora, post(dora), "/inbox"))).status == 403
    await village.leaves("carol")
    assert (await village.post(village.letter_to(bob, post(bob), "/inbox"))).status == 202
    assert [one["person"] for one in (await village.until(3))[1:]] == [ALICE, CAROL]


async def test_order_is_kept_over_trouble_of_the_other_server(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    village.answers[:] = [503, 503, 202]
    said = []
    for _ in range(4):
        said.append(follow(bob))
        assert (await village.post(village.letter_to(bob, said[-1]))).status == 202
        await idle(village)
    passed = await village.until(6)
    taken = [one["activity"]["id"] for one in passed][2:]
    assert taken == [one["id"] for one in said]
    # Until the first one was taken, nothing else was brought.
    assert {one["activity"]["id"] for one in passed[:3]} == {said[0]["id"]}
    await all_passed(village)


async def test_what_the_new_server_refuses_for_good_is_not_tried_again(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    village.answers[:] = [422, 202]
    for _ in range(2):
        assert (await village.post(village.letter_to(bob, follow(bob)))).status == 202
        await idle(village)
    await village.until(2)
    await all_passed(village)
    assert len(village.passed_on()) == 2


async def test_after_thirty_days_senders_are_told_to_look(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    await village.leaves()
    await village.site.sql("UPDATE forwardings SET until = now() - interval '1 second' RETURNING 1")
    village._look_anew()
    reply = await village.post(village.letter_to(bob, follow(bob)))
    assert reply.status == 410
    assert (await village.post(village.letter_to(bob, follow(bob), "/inbox"))).status == 403
    assert not await village.site.sql("SELECT count(*) FROM inbox_activities")


async def test_while_she_is_held_messages_wait_and_count_no_attempts(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    account = village.accounts["alice"].id
    await village.site.sql("UPDATE accounts SET held_at = now() WHERE id = $1 RETURNING 1", account)
    assert (await village.post(village.letter_to(bob, follow(bob)))).status == 202
    await village.site.sql("SELECT pg_sleep(0.6)")
    (row,) = await village.site.rows("SELECT state, attempts FROM inbox_activities")
    assert row["attempts"] <= 1
    assert await followers(village) == 0
    # Others are not kept waiting.
    assert (await village.post(village.letter_to(bob, follow(bob, CAROL), "/users/carol/inbox"))).status == 202
    async with asyncio.timeout(60):
        while await followers(village) != 1:
            await asyncio.sleep(0.02)
    # She stays after all.
    await village.site.sql("UPDATE accounts SET held_at = NULL WHERE id = $1 RETURNING 1", account)
    await idle(village)
    assert await followers(village) == 2
    assert village.passed_on() == []


async def test_what_waited_while_she_was_held_goes_with_her(village: Village) -> None:
    bob = await village.known("https://b.test/users/bob")
    account = village.accounts["alice"].id
    await village.site.sql("UPDATE accounts SET held_at = now() WHERE id = $1 RETURNING 1", account)
    said = follow(bob)
    assert (await village.post(village.letter_to(bob, said))).status == 202
    await village.leaves()
    (passed,) = await village.until(1)
    assert passed["activity"]["id"] == said["id"]
    assert await followers(village) == 0


async def test_people_of_the_old_server_reach_her_too(village: Village) -> None:
    """What carol says to alice goes to the other server, by the row that alice always had."""
    alice, carol = await village.actors.of_name("alice"), await village.actors.of_name("carol")
    assert alice is not None
    assert carol is not None
    async with village.site.database.transaction() as connection:
        row = await village.relations._ties.row_of(connection, alice)
    await village.leaves()
    async with village.site.database.transaction() as connection:
        await village.relations._outbox.publish(
            connection, carol, {"type": "Follow", "object": ALICE}, to=[row], personal=True
        )
    async with asyncio.timeout(60):
        while not village.honest.seen_at("/users/alice/inbox"):
            await asyncio.sleep(0.02)
    assert not await village.site.sql("SELECT local FROM remote_actors WHERE uri = $1", ALICE)


async def test_who_is_just_leaving_may_speak_from_the_new_server_in_a_moment(village: Village) -> None:
    """The new server lets her in before the old one lets her go: nothing that she says meanwhile is lost."""
    alice = village.persona(ALICE)
    said = {"type": "Follow", "object": CAROL, "id": alice.new_id()}
    assert (await village.post(village.letter_to(alice, said, "/users/carol/inbox"))).status == 403
    account = village.accounts["alice"].id
    await village.site.sql("UPDATE accounts SET held_at = now() WHERE id = $1 RETURNING 1", account)
    reply = await village.post(village.letter_to(alice, said, "/users/carol/inbox"))
    assert (reply.status, reply.headers["retry-after"]) == (429, "1")
