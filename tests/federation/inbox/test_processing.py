"""What accepted activities cause: once, in order, again after trouble, and not for ever."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from archypix.core.database import Connection
from federation.inbox import processing
from federation.inbox_contract import Denied, Handler, Inbound, Postponed
from federation.outbound.errors import Misbehaved, Unreachable
from federation.signatures.models import Kind
from tests.federation.inbox.letters import Persona
from tests.federation.inbox.town import Town


class Probe(Handler):
    """Writes a row for each activity of its type, and fails as told."""

    types = frozenset({"Probe"})

    def __init__(self) -> None:
        self.prepare_fails: list[Exception] = []
        self.apply_fails: list[Exception] = []
        self.prepared = 0

    async def prepare(self, inbound: Inbound) -> Any:
        self.prepared += 1
        if self.prepare_fails:
            raise self.prepare_fails.pop(0)
        return inbound.id

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        assert prepared == inbound.id
        await connection.execute(
            "INSERT INTO audit_log (action, subject) VALUES ('probe', $1)", inbound.id.rsplit("/", 1)[-1]
        )
        if self.apply_fails:
            raise self.apply_fails.pop(0)
        return True


_numbers = count(1)


@pytest_asyncio.fixture
async def town(calm_town: Town) -> Town:
    """One server for all tests here, without what the test before has left."""
    calm_town.inbox.handlers.pop("Probe", None)
    await calm_town.site.sql("DELETE FROM inbox_activities")
    await calm_town.site.sql("DELETE FROM audit_log WHERE action = 'probe'")
    return calm_town


@pytest_asyncio.fixture
async def probe(town: Town) -> Probe:
    """A handler of the town's inbox."""
    probe = Probe()
    town.inbox.add_handler(probe)
    return probe


@pytest_asyncio.fixture
async def bob(town: Town) -> Persona:
    """Somebody new for each test."""
    return await town.known(f"https://b.test/users/bob{next(_numbers)}")


async def tell(town: Town, sender: Persona) -> str:
    """Send a probe; the end of its id."""
    letter = town.letter(sender, Kind.CAVAGE, {"type": "Probe"})
    assert (await town.post(letter)).status == 202
    return str(letter.activity["id"]).rsplit("/", 1)[-1]


async def effects(town: Town) -> list[str]:
    return [
        row["subject"]
        for row in await town.site.rows("SELECT subject FROM audit_log WHERE action = 'probe' ORDER BY id")
    ]


async def settled(town: Town) -> dict[str, Any]:
    """The only activity, once nobody has it in hand."""
    async with asyncio.timeout(90):
        while True:
            (row,) = await town.site.rows("SELECT state, attempts, error, body FROM inbox_activities")
            if row["state"] != "leased" and row["attempts"]:
                return row
            await asyncio.sleep(0.02)


async def again(town: Town) -> dict[str, Any]:
    """The only activity after its next try, which need not wait."""
    before = await settled(town)
    await town.site.sql("UPDATE inbox_activities SET next_attempt_at = now() WHERE state = 'due'")
    async with asyncio.timeout(90):
        while (row := await settled(town))["attempts"] == before["attempts"]:
            await asyncio.sleep(0.02)
    return row


async def test_an_activity_has_its_effect_and_its_text_goes(town: Town, probe: Probe, bob: Persona) -> None:
    said = await tell(town, bob)
    row = await settled(town)
    assert (row["state"], row["error"], row["body"]) == ("done", None, None)
    assert await effects(town) == [said]


async def test_trouble_elsewhere_is_waited_out(town: Town, probe: Probe, bob: Persona) -> None:
    probe.prepare_fails = [Unreachable("no answer"), Postponed("not yet")]
    said = await tell(town, bob)
    row = await settled(town)
    assert (row["state"], row["error"]) == ("due", "no answer")
    assert (await again(town))["error"] == "not yet"
    assert (await again(town))["state"] == "done"
    assert await effects(town) == [said]


async def test_the_wait_grows_and_what_the_other_side_asks_for_is_obeyed(
    town: Town, probe: Probe, bob: Persona
) -> None:
    probe.prepare_fails = [Unreachable("busy", retry_after=4000.0), Unreachable("no answer"), Unreachable("no answer")]
    await tell(town, bob)
    await settled(town)
    wait = "SELECT extract(epoch FROM next_attempt_at - now())::float FROM inbox_activities"
    assert 3900 < await town.site.sql(wait) <= 4000
    await again(town)
    assert 60 < await town.site.sql(wait) < 150
    await again(town)
    assert 300 < await town.site.sql(wait) < 600


async def test_what_never_works_is_given_up_and_kept_for_the_administrator(
    town: Town, probe: Probe, bob: Persona
) -> None:
    probe.prepare_fails = [Unreachable("no answer")] * 20
    await tell(town, bob)
    await settled(town)
    await town.site.sql("UPDATE inbox_activities SET attempts = $1", processing.MOST_ATTEMPTS - 1)
    row = await again(town)
    assert (row["state"], row["error"]) == ("failed", "no answer")
    assert b"Probe" in row["body"]
    assert await effects(town) == []


async def test_of_one_server_only_so_much_waits(
    town: Town, probe: Probe, bob: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "MOST_PUT_OFF", 2)
    probe.prepare_fails = [Unreachable("no answer")] * 4
    for _ in range(4):
        await tell(town, bob)
    async with asyncio.timeout(90):
        while await town.site.sql("SELECT count(*) FROM inbox_activities WHERE attempts = 0 OR state = 'leased'"):
            await asyncio.sleep(0.02)
    rows = await town.site.rows("SELECT state, error FROM inbox_activities ORDER BY id")
    assert [row["state"] for row in rows] == ["due", "due", "failed", "failed"]
    assert rows[3]["error"] == "too much of its server waits already: no answer"


async def test_what_is_refused_at_last_leaves_nothing_behind(town: Town, probe: Probe, bob: Persona) -> None:
    probe.apply_fails = [Denied(403, "no right")]
    await tell(town, bob)
    row = await settled(town)
    assert (row["state"], row["error"]) == ("done", "refused: no right")
    assert await effects(town) == []


async def test_a_document_that_lies_ends_the_activity(town: Town, probe: Probe, bob: Persona) -> None:
    probe.prepare_fails = [Misbehaved("another id")]
    await tell(town, bob)
    row = await settled(town)
    assert (row["state"], row["error"]) == ("done", "not to be had: another id")
    assert await effects(town) == []


async def test_a_mistake_of_ours_is_undone_and_tried_again(town: Town, probe: Probe, bob: Persona) -> None:
    probe.apply_fails = [ZeroDivisionError("a mistake")]
    said = await tell(town, bob)
    row = await settled(town)
    assert (row["state"], row["error"]) == ("due", "ZeroDivisionError: a mistake")
    assert await effects(town) == []
    await again(town)
    assert await effects(town) == [said]


async def test_an_actors_activities_have_their_effects_in_order(town: Town, probe: Probe, bob: Persona) -> None:
    said = [await tell(town, bob) for _ in range(20)]
    async with asyncio.timeout(90):
        while len(found := await effects(town)) < 20:
            await asyncio.sleep(0.02)
    assert found == said


async def test_several_servers_on_one_database_do_everything_once(town: Town, probe: Probe, bob: Persona) -> None:
    other = processing.Processor(town.site.database, town.inbox, town.actors, town.remote)
    said = [await tell(town, bob) for _ in range(20)]
    await town.site.sql(
        "UPDATE inbox_activities SET state = 'due', lease = NULL, next_attempt_at = now() WHERE state = 'due'"
    )
    await asyncio.gather(other.settle(), town.processor.settle(), other.settle())
    async with asyncio.timeout(90):
        while len(found := await effects(town)) < 20:
            await asyncio.sleep(0.02)
    assert sorted(found) == sorted(said)


async def test_a_server_that_does_not_answer_holds_up_itself_alone(town: Town, bob: Persona) -> None:
    gate = asyncio.Event()

    class Waiting(Probe):
        async def prepare(self, inbound: Inbound) -> Any:
            if inbound.actor.host == "evil.test":
                await gate.wait()
            return inbound.id

    town.inbox.handlers["Probe"] = [Waiting()]
    slow = [await town.known(f"https://evil.test/users/slow{number}", number % 3) for number in range(12)]
    late = [await tell(town, one) for one in slow for _ in range(2)]
    said = [await tell(town, bob) for _ in range(3)]
    async with asyncio.timeout(90):
        while len(found := await effects(town)) < 3:
            await asyncio.sleep(0.02)
        assert found == said
        gate.set()
        while len(found := await effects(town)) < 27:
            await asyncio.sleep(0.02)
    assert sorted(found) == sorted(said + late)


async def test_a_lease_that_was_lost_has_no_effect(town: Town, probe: Probe, bob: Persona) -> None:
    gate, inside = asyncio.Event(), asyncio.Event()

    class Slow(Probe):
        types = frozenset({"Probe"})

        async def prepare(self, inbound: Inbound) -> Any:
            inside.set()
            await gate.wait()
            return inbound.id

    town.inbox.handlers["Probe"] = [slow := Slow()]
    said = await tell(town, bob)
    await inside.wait()
    # Its time is up, and somebody else takes it.
    await town.site.sql("UPDATE inbox_activities SET next_attempt_at = now() - interval '1 second'")
    town.inbox.handlers["Probe"] = [probe]
    other = processing.Processor(town.site.database, town.inbox, town.actors, town.remote)
    await other.settle()
    assert await effects(town) == [said]
    gate.set()
    await asyncio.sleep(0.2)
    assert await effects(town) == [said]
    assert slow.prepared == 0


async def test_what_ended_long_ago_is_forgotten(town: Town, probe: Probe, bob: Persona) -> None:
    await tell(town, bob)
    await settled(town)
    await town.processor.sweep()
    assert await town.site.sql("SELECT count(*) FROM inbox_activities") == 1
    await town.site.sql("UPDATE inbox_activities SET ended_at = now() - interval '15 days'")
    await town.processor.sweep()
    assert await town.site.sql("SELECT count(*) FROM inbox_activities") == 0


async def test_somebody_here_tells_somebody_here_without_http(town: Town, probe: Probe) -> None:
    carol = await town.actors.of_name("carol")
    assert carol is not None
    said = {
        "id": f"{carol.uri}/activities/1",
        "type": "Probe",
        "actor": carol.uri,
        "object": "https://a.test/users/alice",
    }
    await town.inbox.deliver_local("https://a.test/users/alice/inbox", carol.uri, said)
    await town.inbox.deliver_local("https://a.test/users/alice/inbox", carol.uri, said)
    async with asyncio.timeout(90):
        while not (found := await effects(town)):
            await asyncio.sleep(0.02)
    assert found == ["1"]
