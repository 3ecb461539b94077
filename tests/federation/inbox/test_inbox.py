"""What an inbox takes, what it answers, and what it asks for."""

from __future__ import annotations

import asyncio

import pytest

from archypix.accounts.models import COMMAND_LINE
from federation.inbox.receive import InboxApp
from federation.moderation.service import Moderation
from federation.signatures.models import Kind
from tests.federation.inbox.letters import Letter, Persona, send
from tests.federation.inbox.town import LOCAL, Town, open_town
from tests.federation.outbound.wild import answer, document

BOB = "https://b.test/users/bob"
ALICE = f"{LOCAL}/users/alice"
KINDS = pytest.mark.parametrize("kind", list(Kind))


async def stored(town: Town) -> list[str]:
    """Ids of the activities that were accepted, in the order in which they were stored."""
    rows = await town.site.rows("SELECT activity_id FROM inbox_activities ORDER BY id")
    return [row["activity_id"] for row in rows]


@KINDS
async def test_a_signed_message_is_stored_once(town: Town, kind: Kind) -> None:
    letter = town.letter(town.persona(BOB), kind)
    request = letter.seal()
    first = await send(town.site.url, request)
    assert (first.status, first.body) == (202, b"")
    assert (await send(town.site.url, request)).status == 202
    assert await stored(town) == [letter.activity["id"]]
    assert await town.remote.known(BOB) is not None


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox", "/actor/inbox"])
async def test_every_inbox_takes_messages(town: Town, path: str) -> None:
    bob = town.persona(BOB)
    assert (await town.post(town.letter(bob, Kind.CAVAGE, path=path))).status == 202
    assert len(await stored(town)) == 1


async def test_a_type_that_nobody_knows_is_taken_and_ignored(town: Town) -> None:
    bob = town.persona(BOB)
    assert (await town.post(town.letter(bob, Kind.RFC9421, {"type": "Whisper"}))).status == 202
    assert await town.site.sql("SELECT state FROM inbox_activities") == "done"


async def test_strings_arrays_and_objects_say_the_same(town: Town) -> None:
    bob = town.persona(BOB)
    said = {"actor": [{"id": BOB, "type": "Person"}], "type": ["Like"], "object": [{"id": f"{ALICE}/notes/1"}]}
    assert (await town.post(town.letter(bob, Kind.CAVAGE, said))).status == 202


async def test_messages_at_once_are_all_stored_and_each_actors_in_order(town: Town) -> None:
    people = [town.persona(f"https://b.test/users/u{number}", number % 3) for number in range(8)]
    letters = {person.uri: [town.letter(person, Kind.CAVAGE) for _ in range(8)] for person in people}

    async def tell(mine: list[Letter]) -> None:
        for letter in mine:
            assert (await town.post(letter)).status == 202

    await asyncio.gather(*(tell(mine) for mine in letters.values()))
    found = await stored(town)
    assert len(found) == 64
    for person, mine in letters.items():
        assert [one for one in found if one.startswith(f"{person}/")] == [letter.activity["id"] for letter in mine]


@KINDS
async def test_a_key_that_was_changed_without_a_word_is_asked_for_once(town: Town, kind: Kind) -> None:
    bob = await town.known(BOB)
    assert (await town.post(town.letter(bob, kind))).status == 202
    changed = town.persona(BOB, 1)
    asked = len(town.honest.seen_at("/users/bob"))
    assert (await town.post(town.letter(changed, kind))).status == 202
    assert (await town.post(town.letter(changed, kind))).status == 202
    assert len(town.honest.seen_at("/users/bob")) == asked + 1


@KINDS
async def test_a_key_that_was_changed_right_after_the_first_message_is_asked_for(town: Town, kind: Kind) -> None:
    assert (await town.post(town.letter(town.persona(BOB), kind))).status == 202
    changed = town.persona(BOB, 1)
    assert (await town.post(town.letter(changed, kind))).status == 202
    assert len(town.honest.seen_at("/users/bob")) == 2
    # Once is enough for a while.
    again = town.persona(BOB, 2)
    assert (await town.post(town.letter(again, kind))).status == 401
    assert (await town.post(town.letter(changed, kind))).status == 202
    assert len(town.honest.seen_at("/users/bob")) == 2


async def test_signatures_that_do_not_hold_do_not_make_us_ask_again_and_again(town: Town) -> None:
    bob = await town.known(BOB)
    asked = len(town.honest.seen_at("/users/bob"))
    for _ in range(10):
        wrong = town.letter(bob, Kind.CAVAGE, key=Persona.make(BOB, 2).rsa)
        assert (await town.post(wrong)).status == 401
    assert len(town.honest.seen_at("/users/bob")) == asked + 1


async def test_a_refusal_says_how_to_sign(town: Town) -> None:
    reply = await town.post(town.letter(town.persona(BOB), Kind.CAVAGE, signed=False))
    assert reply.status == 401
    assert "@method" in reply.headers["accept-signature"]


async def test_what_a_host_can_read_is_remembered_when_it_shows_it(town: Town) -> None:
    bob = town.persona(BOB)
    kind = "SELECT signature_kind FROM federation_hosts WHERE host = 'b.test'"
    await town.post(town.letter(bob, Kind.CAVAGE))
    assert await town.site.sql(kind) is None
    await town.post(town.letter(bob, Kind.RFC9421))
    assert await town.site.sql(kind) == "rfc9421"


async def test_the_deletion_of_a_known_actor_whose_server_says_that_it_is_gone(town: Town) -> None:
    bob = await town.known(BOB)
    town.serve(BOB, answer(410))
    unknown_key = Persona.make(BOB, 2)
    delete = {"type": "Delete", "object": BOB}
    assert (await town.post(town.letter(bob, Kind.CAVAGE, delete, key=unknown_key.rsa))).status == 202
    assert len(await stored(town)) == 1


class TestLimits:
    async def test_an_actor_that_sends_too_much_is_told_when_to_go_on(
        self, database_url: str, redis_url: str, tmp_path: object
    ) -> None:
        async with open_town(database_url, redis_url, tmp_path, federation_actor_rate=3) as town:  # type: ignore[arg-type]
            bob, mara = town.persona(BOB), town.persona("https://b.test/users/mara", 1)
            statuses = [(await town.post(town.letter(bob, Kind.CAVAGE))).status for _ in range(4)]
            assert statuses == [202, 202, 202, 429]
            refused = await town.post(town.letter(bob, Kind.CAVAGE))
            assert 1 <= int(refused.headers["retry-after"]) <= 60
            assert (await town.post(town.letter(mara, Kind.CAVAGE))).status == 202

    async def test_whoever_forges_messages_does_not_use_up_the_budget_of_others(
        self, database_url: str, redis_url: str, tmp_path: object
    ) -> None:
        async with open_town(database_url, redis_url, tmp_path, federation_actor_rate=3) as town:  # type: ignore[arg-type]
            bob = await town.known(BOB)
            for _ in range(10):
                assert (await town.post(town.letter(bob, Kind.CAVAGE, signed=False))).status == 401
            assert (await town.post(town.letter(bob, Kind.CAVAGE))).status == 202

    async def test_a_sender_that_trickles_is_sent_away(self, town: Town) -> None:
        (app,) = [mount.app for mount in town.site.app.asgi._mounts if isinstance(mount.app, InboxApp)]  # type: ignore[attr-defined]
        app._body_seconds = 0.3
        request = town.letter(town.persona(BOB), Kind.CAVAGE).seal()
        reply = await send(town.site.url, request, pieces=40, pause=0.1)
        assert reply.status == 408
        assert await stored(town) == []


class TestModeration:
    async def test_in_allow_list_mode_only_named_servers_are_heard(
        self, database_url: str, redis_url: str, tmp_path: object
    ) -> None:
        async with open_town(database_url, redis_url, tmp_path, federation_allow_list=True) as town:  # type: ignore[arg-type]
            bob = town.persona(BOB)
            assert (await town.post(town.letter(bob, Kind.CAVAGE))).status == 403
            await town.site.service(Moderation).set_rule(COMMAND_LINE, "b.test", "allowed")
            assert (await town.post(town.letter(bob, Kind.CAVAGE))).status == 202

    async def test_of_a_limited_server_those_who_are_followed_are_heard(self, town: Town) -> None:
        bob, mara = await town.known(BOB), await town.known("https://b.test/users/mara", 1)
        await town.site.service(Moderation).set_rule(COMMAND_LINE, "b.test", "limited")
        await town.accounts["alice"].send("POST", "/follows", {"handle": BOB}, status=201)
        assert (await town.post(town.letter(bob, Kind.CAVAGE))).status == 202
        assert (await town.post(town.letter(mara, Kind.CAVAGE))).status == 403

    async def test_a_message_for_two_people_of_whom_one_blocked_its_sender_is_taken(self, town: Town) -> None:
        bob = await town.known(BOB)
        await town.accounts["alice"].send("POST", "/blocks", {"handle": BOB}, status=201)
        both = {"to": [ALICE, f"{LOCAL}/users/carol"]}
        assert (await town.post(town.letter(bob, Kind.CAVAGE, path="/inbox"))).status == 403
        assert (await town.post(town.letter(bob, Kind.CAVAGE, both, path="/inbox"))).status == 202


async def test_a_report_by_another_server_reaches_the_administrator(town: Town) -> None:
    bob = town.persona(BOB)
    flag = {"type": "Flag", "object": [ALICE, f"{ALICE}/notes/1"], "content": "<b>rude</b> words"}
    assert (await town.post(town.letter(bob, Kind.CAVAGE, flag, path="/inbox"))).status == 202
    await town.processor.settle()
    async with asyncio.timeout(90):
        while not (rows := await town.site.rows("SELECT subject_uri, object_uris, comment FROM reports")):
            await asyncio.sleep(0.05)
    assert rows == [{"subject_uri": ALICE, "object_uris": [f"{ALICE}/notes/1"], "comment": "rude words"}]


async def test_an_actor_whose_key_has_a_document_of_its_own(town: Town) -> None:
    bob = Persona.make(BOB)
    place = f"{BOB}/key"
    said = bob.document(publicKey=place, assertionMethod=[])
    town.serve(BOB, said)
    shown = Persona.make(BOB).document()["publicKey"] | {"id": place}
    town.serve(place, document(shown))
    letter = town.letter(bob, Kind.CAVAGE, key=type(bob.rsa)(place, "rsa", bob.rsa.key))
    assert (await town.post(letter)).status == 202
