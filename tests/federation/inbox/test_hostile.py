"""Hostile deliveries: each gets the 4xx that it deserves and leaves no trace in any table."""

from __future__ import annotations

import asyncio
import inspect

import pytest
import pytest_asyncio

from archypix.accounts.models import COMMAND_LINE
from federation.inbox import keyring
from federation.moderation.people import AversionService
from federation.moderation.service import Moderation
from federation.signatures.models import Kind
from tests.federation.inbox.cases import ALICE, BOB, CASES, Case
from tests.federation.inbox.letters import Persona
from tests.federation.inbox.town import Town


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(calm_town: Town) -> Town:
    """The town with everybody whom the cases speak of: known actors, rules on servers, a block of alice's."""
    town = calm_town
    await town.known(BOB, 0)
    await town.known("https://b.test/users/mara", 2)
    await town.known("https://c.test/users/dora", 1)
    await town.known("https://b.test/users/pest", 1)
    moderation = town.site.service(Moderation)
    await moderation.set_rule(COMMAND_LINE, "blocked.test", "blocked")
    await moderation.set_rule(COMMAND_LINE, "böse.test", "blocked")
    await moderation.set_rule(COMMAND_LINE, "c.test", "limited")
    await town.site.service(AversionService).put(town.accounts["alice"].id, "block", handle="https://b.test/users/pest")
    # What the first message looks up for all that follow.
    assert (await town.post(town.letter(town.people[BOB], Kind.CAVAGE))).status == 202
    return town


@pytest.fixture
def hurried(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that hardly come are given up after a second."""
    if "trickles" in case.name:
        monkeypatch.setattr(keyring, "SECONDS", 1.0)


def test_there_are_enough_cases() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 100


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_refused_without_a_trace(hostile: Town, case: Case, kind: Kind) -> None:
    made = case.make(hostile, kind)
    letter = await made if inspect.isawaitable(made) else made
    before = await hostile.digest()
    reply = await hostile.post(letter)
    assert reply.status == case.status, (reply.status, reply.body)
    if case.ours:
        assert reply.error
        assert reply.headers["content-type"] == "application/json"
    after = await hostile.digest()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_replay_has_no_effect(hostile: Town, kind: Kind) -> None:
    letter = hostile.letter(hostile.people[BOB], kind)
    assert (await hostile.post(letter)).status == 202
    async with asyncio.timeout(90):
        while await hostile.site.sql("SELECT count(*) FROM inbox_activities WHERE state IN ('due', 'leased')"):
            await asyncio.sleep(0.02)
    before = await hostile.digest()
    again = hostile.letter(hostile.people[BOB], kind, letter.activity)
    assert (await hostile.post(again)).status == 202
    assert await hostile.digest() == before


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_deletion_of_somebody_unknown_is_taken_and_nothing_is_fetched(hostile: Town, kind: Kind) -> None:
    ghost = Persona.make(f"https://evil.test/users/ghost_{kind.value}", 1)
    seen = len(hostile.evil.seen)
    before = await hostile.digest()
    delete = {"type": "Delete", "object": ghost.uri, "to": [ALICE]}
    assert (await hostile.post(hostile.letter(ghost, kind, delete))).status == 202
    assert await hostile.digest() == before
    assert len(hostile.evil.seen) == seen
