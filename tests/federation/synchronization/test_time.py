"""Waits that are shorter in tests; and what is given up when a server has been away for a week."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from archypix.core.database import Connection
from federation.inbox_contract import Handler, Inbound, Postponed
from federation.outbox.loop import DeliveryLoop
from federation.pace import Pace
from federation.signatures.models import Kind
from tests.federation.inbox.town import open_town
from tests.federation.outbox.office import Office, open_office

BOB = "https://b.test/users/bob"
SHARE = "https://a.test/users/alice/shares/1"


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office(database_url) as opened:
        yield opened


def test_the_usual_pace_changes_nothing() -> None:
    assert Pace().seconds(15.0) == 15.0
    assert Pace().seconds(0.0, least=5.0) == 0.0
    assert Pace(0.01).seconds(15.0) == pytest.approx(0.15)
    assert Pace(0.01).seconds(45.0, least=6.0) == 6.0
    assert Pace(0.01).seconds(3.0, least=6.0) == 3.0


async def test_deliveries_are_tried_again_sooner(office: Office) -> None:
    office.sink.answers["b.test"] = [503, 500, 503, 202]
    loop = asyncio.create_task(DeliveryLoop(office.url, office.database, office.courier, pace=Pace(0.001)).run())
    try:
        await office.say("hello", [await office.person("b.test", "bob")])
        await office.sink.until(1, host="b.test")
        await office.until_idle()
    finally:
        loop.cancel()
        await asyncio.wait([loop])


class Late(Handler):
    """Takes what has been postponed often enough."""

    types = frozenset({"Probe"})

    def __init__(self) -> None:
        self.left = 4

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if self.left:
            self.left -= 1
            raise Postponed("not yet")
        return True


async def test_what_the_inbox_puts_off_too(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with open_town(database_url, redis_url, tmp_path / "data", federation_time_scale=0.001) as town:
        late = Late()
        town.inbox.add_handler(late)
        bob = await town.known(BOB)
        assert (await town.post(town.letter(bob, Kind.CAVAGE, {"type": "Probe"}))).status == 202
        async with asyncio.timeout(90):
            while await town.site.sql("SELECT count(*) FROM inbox_activities WHERE state <> 'done'"):
                await asyncio.sleep(0.02)
        assert late.left == 0


async def queued(office: Office) -> list[str]:
    rows = await office.rows(
        "SELECT a.type || coalesce(' ' || d.collection, '') AS what FROM deliveries d"
        " JOIN activities a ON a.id = d.activity_id ORDER BY d.id"
    )
    return [row["what"].replace(f" {SHARE}", " shared") for row in rows]


async def test_what_a_digest_makes_up_for_waits_no_longer_than_a_week(office: Office) -> None:
    """Offers and revocations wait on: without the one nobody would ask, and the other is not to come late."""
    bob = await office.person("b.test", "bob")
    for kind, collection in [
        ("Offer", SHARE), ("Add", SHARE), ("Remove", SHARE), ("Update", SHARE), ("Delete", SHARE), ("Undo", SHARE),
        ("Add", None), ("Update", None),
    ]:  # fmt: skip
        async with office.database.transaction() as connection:
            said = {"type": [kind, "apx:Announce"], "object": f"{SHARE}/1"}
            await office.outbox.publish(connection, office.alice, said, to=[bob], collection=collection)
    await office.sql("INSERT INTO delivery_hosts (host, state, failing_since) VALUES ('b.test', 'unreachable', now())")
    await office.sql("UPDATE deliveries SET created_at = now() - interval '6 days'")
    await office.queues.sweep()
    assert len(await queued(office)) == 8
    await office.sql("UPDATE deliveries SET created_at = now() - interval '8 days'")
    await office.queues.sweep()
    assert await queued(office) == ["Offer shared", "Undo shared", "Add", "Update"]


async def test_for_a_server_that_is_not_lost_everything_waits(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    async with office.database.transaction() as connection:
        said = {"type": "Add", "object": f"{SHARE}/1"}
        await office.outbox.publish(connection, office.alice, said, to=[bob], collection=SHARE)
    await office.sql("UPDATE deliveries SET created_at = now() - interval '8 days'")
    await office.queues.sweep()
    assert await queued(office) == ["Add shared"]
