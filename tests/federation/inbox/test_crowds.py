"""Those who only take places, or time, do not take those of others."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from federation.inbox.limits import Rates
from federation.inbox.processing import MOST_LANES
from federation.inbox.receive import MOST_OF_ADDRESS, InboxApp, network_of
from federation.inbox_contract import Handler, Inbound, Postponed
from federation.signatures.models import Kind
from tests.federation.inbox.letters import Letter, Persona, send
from tests.federation.inbox.town import LOCAL, Town

BOB = "https://b.test/users/bob"


def app(town: Town) -> InboxApp:
    (found,) = [mount.app for mount in town.site.app.asgi._mounts if isinstance(mount.app, InboxApp)]  # type: ignore[attr-defined]
    return found


async def test_who_sends_slowly_does_not_take_the_places_of_others(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = town.letter(town.persona(BOB), Kind.CAVAGE)
    place = urlsplit(town.site.url)
    headers = ("POST /inbox HTTP/1.1", "Host: a.test", "Content-Type: application/activity+json", "Content-Length: 9")
    beginning = "\r\n".join((*headers, "", "{")).encode()
    slow = []
    for _ in range(MOST_OF_ADDRESS):
        _, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(beginning)
        slow.append(writer)
    taken = app(town)
    async with asyncio.timeout(90):
        while taken._in_hand < MOST_OF_ADDRESS:
            await asyncio.sleep(0.01)
    reply = await send(town.site.url, letter.seal())
    assert (reply.status, reply.headers["retry-after"]) == (429, "1")
    monkeypatch.setattr(taken._doorkeeper, "address", lambda _: "198.51.100.7")
    assert (await send(town.site.url, letter.seal())).status == 202
    for writer in slow:
        writer.close()
    async with asyncio.timeout(90):
        while taken._of_address:
            await asyncio.sleep(0.01)


async def test_what_cannot_be_read_counts_against_where_it_comes_from(town: Town) -> None:
    town.inbox._limits._rates = Rates(unproved=3)
    bob = town.persona(BOB)
    assert (await town.post(town.letter(bob, Kind.CAVAGE))).status == 202
    broken = Letter(bob, Kind.CAVAGE, {"type": "Like"})
    assert [(await town.post(broken)).status for _ in range(5)] == [400, 400, 400, 429, 429]


async def test_any_number_of_hosts_in_one_domain_hold_up_only_each_other(town: Town) -> None:
    gate, done = asyncio.Event(), []

    class Waiting(Handler):
        types = frozenset({"Probe"})

        async def prepare(self, inbound: Inbound) -> None:
            if inbound.actor.host != "b.test":
                await gate.wait()
            done.append(inbound.actor.host)

        async def apply(self, *_: Any) -> bool:
            return True

    town.inbox.handlers["Probe"] = [Waiting()]
    for number in range(MOST_LANES + 6):
        name = "S" if number % 2 else "s"
        slow = Persona.make(f"https://{name}{number}.evil.test/users/x", number % 3)
        await town.remote.take(slow.uri, slow.document())
        assert (await town.post(town.letter(slow, Kind.CAVAGE, {"type": "Probe"}))).status == 202
    assert (await town.post(town.letter(town.persona(BOB), Kind.CAVAGE, {"type": "Probe"}))).status == 202
    async with asyncio.timeout(90):
        while not done:
            await asyncio.sleep(0.02)
        assert done == ["b.test"]
        gate.set()
        while len(done) < MOST_LANES + 7:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""), ("unix", "unix"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)  # fmt: skip
def test_an_ipv6_sender_is_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_long_texts_of_what_fails_are_not_kept(town: Town) -> None:
    bob = town.persona(BOB)

    class Failing(Handler):
        types = frozenset({"Probe"})

        async def apply(self, *_: Any) -> bool:
            raise Postponed("not now", after=0.0)

    town.inbox.handlers["Probe"] = [Failing()]
    for size in (10, 100_000):
        letter = town.letter(bob, Kind.CAVAGE, {"type": "Probe", "content": "x" * size})
        assert (await town.post(letter)).status == 202
    state = "SELECT count(*) FROM inbox_activities WHERE state = 'failed'"
    async with asyncio.timeout(90):
        while await town.site.sql(state) < 2:
            await town.site.sql(
                "UPDATE inbox_activities SET attempts = 8, next_attempt_at = now() WHERE state = 'due' RETURNING 1"
            )
            await asyncio.sleep(0.05)
    rows = await town.site.rows("SELECT length(body) AS length FROM inbox_activities ORDER BY id")
    assert [row["length"] is None for row in rows] == [False, True]


async def test_a_report_names_nothing_but_addresses(town: Town) -> None:
    bob = town.persona(BOB)
    said = {"type": "Flag", "object": [f"{LOCAL}/users/alice", "javascript:alert(1)", "https://c.test/1"]}
    assert (await town.post(town.letter(bob, Kind.CAVAGE, said))).status == 202
    async with asyncio.timeout(90):
        while not (rows := await town.site.rows("SELECT object_uris FROM reports")):
            await asyncio.sleep(0.05)
    assert [row["object_uris"] for row in rows] == [["https://c.test/1"]]
