"""A digest beside a message: sent with it, signed with it, and heard only where the signature covers it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from archypix.core.database import Connection
from federation.documents.synchronization import HEADER, NAME, Synchronization, written
from federation.inbox_contract import Denied, Handler, Inbound
from federation.signatures.models import Kind
from tests.federation.inbox.letters import Persona
from tests.federation.inbox.town import Town
from tests.federation.outbox.office import Office, open_office

BOB = "https://b.test/users/bob"
SAID = Synchronization(f"{BOB}/shares/1", f"{BOB}/shares/1", bytes(range(32)))
KINDS = pytest.mark.parametrize("kind", list(Kind))


@dataclass
class Ear:
    """Keeps what is heard."""

    heard_: list[tuple[str, int, Synchronization]] = field(default_factory=list)

    async def heard(self, connection: Connection, actor_uri: str, account_id: int, said: Synchronization) -> None:
        assert connection.is_in_transaction()
        self.heard_.append((actor_uri, account_id, said))


class Probe(Handler):
    """Takes what it is told, unless it is told not to."""

    types = frozenset({"Probe"})

    def __init__(self) -> None:
        self.refuses = False
        self.given: list[Synchronization | None] = []

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        self.given.append(inbound.synchronization)
        if self.refuses:
            raise Denied(403, "no")
        return True


@pytest.fixture
def ear(town: Town) -> Ear:
    ear = Ear()
    town.inbox.synchronizer = ear
    return ear


@pytest.fixture
def probe(town: Town) -> Probe:
    probe = Probe()
    town.inbox.add_handler(probe)
    return probe


async def tell(town: Town, bob: Persona, kind: Kind, *, cover: bool = True, lines: int = 1, **more: Any) -> int:
    """Post a probe with the header; the status, once it is processed."""
    letter = town.letter(bob, kind, {"type": "Probe"}, **more)
    letter.extra = [(HEADER, written(SAID))] * lines
    letter.cover = (NAME,) if cover else ()
    status = (await town.post(letter)).status
    await ended(town)
    return status


async def ended(town: Town) -> None:
    async with asyncio.timeout(90):
        while await town.site.sql("SELECT count(*) FROM inbox_activities WHERE ended_at IS NULL"):
            await asyncio.sleep(0.02)


@KINDS
async def test_what_the_signature_covers_is_heard(town: Town, ear: Ear, probe: Probe, kind: Kind) -> None:
    alice = await town.actors.of_name("alice")
    assert alice is not None
    assert await tell(town, await town.known(BOB), kind) == 202
    assert probe.given == [SAID]
    assert ear.heard_ == [(BOB, alice.account_id, SAID)]
    assert await town.site.sql("SELECT count(*) FROM inbox_activities WHERE synchronization IS NOT NULL") == 0


@KINDS
async def test_what_it_does_not_cover_is_not(town: Town, ear: Ear, probe: Probe, kind: Kind) -> None:
    assert await tell(town, await town.known(BOB), kind, cover=False) == 202
    assert probe.given == [None]
    assert ear.heard_ == []


@KINDS
async def test_changed_on_the_way_it_takes_the_message_with_it(town: Town, ear: Ear, probe: Probe, kind: Kind) -> None:
    forged = written(Synchronization(SAID.collection, SAID.url, bytes(32)))
    assert await tell(town, await town.known(BOB), kind, after=[lambda letter: letter.set(HEADER, forged)]) == 401
    assert (probe.given, ear.heard_) == ([], [])


@KINDS
async def test_said_twice_it_says_nothing(town: Town, ear: Ear, probe: Probe, kind: Kind) -> None:
    assert await tell(town, await town.known(BOB), kind, lines=2) == 202
    assert (probe.given, ear.heard_) == ([None], [])


async def test_of_a_refused_activity_it_is_heard_too(town: Town, ear: Ear, probe: Probe) -> None:
    """What it is about may be what got lost."""
    probe.refuses = True
    assert await tell(town, await town.known(BOB), Kind.CAVAGE) == 202
    assert [said for _, _, said in ear.heard_] == [SAID]


async def test_in_the_shared_inbox_it_is_for_nobody(town: Town, ear: Ear, probe: Probe) -> None:
    assert await tell(town, await town.known(BOB), Kind.CAVAGE, path="/inbox") == 202
    assert ear.heard_ == []


async def test_between_two_of_one_server_it_is_handed_over(town: Town, ear: Ear, probe: Probe) -> None:
    carol = await town.actors.of_name("carol")
    assert carol is not None
    said = {"id": f"{carol.uri}/activities/1", "type": "Probe", "actor": carol.uri, "object": BOB}
    mine = Synchronization(f"{carol.uri}/shares/1", f"{carol.uri}/shares/1", bytes(32))
    await town.inbox.deliver_local("https://a.test/users/alice/inbox", carol.uri, said, mine)
    await ended(town)
    assert probe.given == [mine]
    assert [(actor, what) for actor, _, what in ear.heard_] == [(carol.uri, mine)]


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office(database_url) as opened:
        yield opened


def digesting(office: Office) -> list[tuple[str, str, str]]:
    """Have a digest said beside each delivery about a collection, another each time; what was asked."""
    asked: list[tuple[str, str, str]] = []

    async def said(collection: str, inbox: str, actor_uri: str) -> Synchronization | None:
        asked.append((collection, inbox, actor_uri))
        return Synchronization(collection, collection, bytes([len(asked)]) * 32)

    office.courier.synchronizing = said
    return asked


async def test_a_delivery_about_a_collection_carries_its_digest(office: Office) -> None:
    share = "https://a.test/users/alice/shares/1"
    bob, carol = await office.person("b.test", "bob"), await office.person("c.test", "carol")
    asked = digesting(office)
    office.sink.answers["b.test"] = [500, 202]
    async with office.delivering():
        await office.say("first", [bob], personal=True, collection=share, key=share)
        await office.until_idle(waiting=1)
        await office.pass_time()
        await office.sink.until(1, host="b.test")
        await office.say("about nothing", [carol])
        await office.sink.until(2)
    headers = [post.headers for post in office.sink.posts]
    assert [one.get(HEADER) for one in headers] == [
        written(Synchronization(share, share, bytes([number]) * 32)) for number in (1, 2)
    ] + [None]
    assert asked == [(share, "https://b.test/users/bob/inbox", "https://a.test/users/alice")] * 2
    assert "content-type collection-synchronization" in headers[0]["Signature"]


async def test_for_somebody_here_it_is_handed_over_with_the_activity(office: Office) -> None:
    share = "https://a.test/users/alice/shares/1"
    digesting(office)
    async with office.delivering():
        await office.say("hello", [await office.person("a.test", "dora", local=True)], collection=share)
        await office.until_idle()
    assert office.digests == [Synchronization(share, share, bytes([1]) * 32)]
