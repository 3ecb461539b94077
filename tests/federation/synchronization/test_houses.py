"""Three servers between which messages are lost for good, and what they say a moment later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio

from federation.outbox.queues import QueueService
from federation.synchronization.loop import CheckLoop
from tests.federation.sharing.houses import House, Somebody, open_houses, until


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def houses(
    _admin: asyncpg.Connection, _services: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[House]]:
    """Three servers for which time passes a hundred times as fast."""
    folder = tmp_path_factory.mktemp("houses")
    async with open_houses(_admin, _services, folder, 3, federation_time_scale=0.01) as found:
        yield found


def host(somebody: Somebody) -> str:
    return urlsplit(somebody.uri).netloc


@asynccontextmanager
async def losing(sender: Somebody, receiver: Somebody, count: int = 1) -> AsyncIterator[None]:
    """What the sender's server has to say to the receiver's meanwhile, at least `count` messages, never gets there."""
    sql, lane = sender.house.site.sql, host(receiver)

    async def halted() -> bool:
        return bool(
            await sql(
                "UPDATE delivery_hosts SET retry_at = now() + interval '1 hour', asked = true WHERE host = $1"
                " AND leased_by IS NULL AND NOT EXISTS (SELECT FROM deliveries d WHERE d.host = $1) RETURNING true",
                lane,
            )
        )

    async def queued() -> bool:
        waiting = await sql("SELECT count(*) FROM deliveries WHERE host = $1", lane)
        return int(waiting) >= count and not await sql("SELECT count(*) FROM share_log")

    # To somebody who was never told anything there is no lane yet.
    await sql("INSERT INTO delivery_hosts (host) VALUES ($1) ON CONFLICT DO NOTHING", lane)
    await until(halted, "a quiet moment")
    try:
        yield
        await until(queued, "something to lose")
    finally:
        await sql("DELETE FROM deliveries WHERE host = $1", lane)
        await sql("UPDATE delivery_hosts SET retry_at = NULL, asked = false WHERE host = $1", lane)


async def a_day_later(house: House) -> None:
    """Everything is asked about, also what is being compared right now, maybe with what was before."""
    await house.site.service(CheckLoop).sweep()
    ask = (
        "UPDATE share_checks SET state = 'ask', next_at = now()"
        " WHERE NOT EXISTS (SELECT FROM share_checks WHERE lease IS NOT NULL) RETURNING true"
    )

    async def asked() -> bool:
        return bool(await house.site.sql(ask))

    await until(asked, "a moment in which nothing is compared")


async def titles(somebody: Somebody) -> dict[str, str]:
    """The titles of what the library shows, by file name; what goes while it is read is left out."""
    found = {}
    for one in (await somebody.get("/pictures", limit=200))["items"]:
        answer = await somebody.person.call("GET", f"/pictures/{one['id']}")
        if answer.status != 404:
            found[one["filename"]] = answer.json["title"]
    return found


async def has_title(somebody: Somebody, filename: str, title: str) -> None:
    async def look() -> bool:
        return (await titles(somebody)).get(filename) == title

    await until(look, f"{title} at {somebody.handle}")


async def test_the_next_message_tells_that_something_is_missing(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_n"), await houses[1].person("bob_n")
    await alice.add("/Next", name="one.jpg")
    await bob.accept(await alice.share("/Next", bob))
    await bob.sees("one.jpg")
    async with losing(alice, bob):
        await alice.add("/Next", name="two.jpg")
    await alice.add("/Next", name="three.jpg")
    await bob.sees("one.jpg", "two.jpg", "three.jpg")
    errors = await bob.house.site.rows("SELECT error FROM share_checks WHERE error IS NOT NULL")
    assert errors == []


async def test_without_a_message_the_day_brings_it(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_d"), await houses[1].person("bob_d")
    kept = await alice.add("/Day", name="kept.jpg")
    gone = await alice.add("/Day", name="gone.jpg")
    share = await alice.share("/Day", bob)
    await bob.accept(share)
    await bob.sees("kept.jpg", "gone.jpg")
    async with losing(alice, bob, 2):
        await alice.tag(gone, remove=("/Day",))
        await alice.send("PATCH", f"/pictures/{kept}", {"title": "Kept"})
    await a_day_later(bob.house)
    await bob.sees("kept.jpg")
    await has_title(bob, "kept.jpg", "Kept")
    async with losing(alice, bob):
        await alice.send("POST", f"/shares/{share}/revoke")
    assert await bob.names() == ["kept.jpg"]
    await a_day_later(bob.house)
    await bob.sees()
    assert (await bob.offered(share))["state"] == "revoked"


async def test_for_who_holds_by_somebody_else_too(houses: list[House]) -> None:
    """Alice, Bob, Carol: what Alice's server says to Carol's is lost."""
    alice, bob, carol = [await house.person(f"{name}_p") for house, name in zip(houses, "abc", strict=True)]
    pictures = {name: await alice.add("/Pass", name=f"{name}.jpg") for name in ("one", "two", "three")}
    share = await alice.share("/Pass", bob, reshare_depth=1)
    await bob.accept(share)
    await bob.sees("one.jpg", "two.jpg", "three.jpg")
    for item in (await bob.get("/pictures"))["items"]:
        await bob.tag(item["id"], add=("/On",))
    await carol.accept(await bob.share("/On", carol))
    await carol.sees("one.jpg", "two.jpg", "three.jpg")
    async with losing(alice, carol):
        await alice.send("PATCH", f"/pictures/{pictures['one']}", {"title": "First"})
    async with losing(alice, carol), losing(bob, carol):
        await alice.tag(pictures["two"], remove=("/Pass",))
        await bob.sees("one.jpg", "three.jpg")
    assert len(await carol.names()) == 3
    await alice.send("PATCH", f"/pictures/{pictures['three']}", {"title": "Third"})
    await has_title(carol, "three.jpg", "Third")
    await has_title(carol, "one.jpg", "First")
    await carol.sees("one.jpg", "three.jpg")


async def test_between_two_of_one_server(houses: list[House]) -> None:
    alice, dora = await houses[0].person("alice_l"), await houses[0].person("dora_l")
    await alice.add("/Here", name="one.jpg")
    await dora.accept(await alice.share("/Here", dora))
    await dora.sees("one.jpg")
    async with losing(alice, dora):
        await alice.add("/Here", name="two.jpg")
    assert await dora.names() == ["one.jpg"]
    await a_day_later(dora.house)
    await dora.sees("one.jpg", "two.jpg")


async def test_what_was_given_up_after_a_week_is_made_up_for_when_the_server_is_back(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_w"), await houses[1].person("bob_w")
    await alice.add("/Week", name="one.jpg")
    share = await alice.share("/Week", bob)
    mine = await bob.accept(share)
    await bob.sees("one.jpg")
    sql, lane = alice.house.site.sql, host(bob)
    await sql(
        "UPDATE delivery_hosts SET state = 'unreachable', failing_since = now() - interval '8 days',"
        " retry_at = now() + interval '1 hour' WHERE host = $1",
        lane,
    )
    await alice.add("/Week", name="two.jpg")

    async def queued() -> bool:
        return bool(await sql("SELECT count(*) FROM deliveries WHERE host = $1", lane))

    await until(queued, "the Add to be queued")
    await sql("UPDATE deliveries SET created_at = now() - interval '8 days' WHERE host = $1", lane)
    await alice.house.site.service(QueueService).sweep()
    assert await sql("SELECT count(*) FROM deliveries WHERE host = $1", lane) == 0

    # Meanwhile each can do with the share what they like, without the other.
    await alice.send("PATCH", f"/shares/{share}", {"name": "A week"})
    assert (await bob.get(f"/shares/incoming/{mine}"))["pictures"] == 1

    # Bob's server lives again, and says something.
    await sql("UPDATE delivery_hosts SET retry_at = NULL, state = 'open', failing_since = NULL WHERE host = $1", lane)
    await alice.add("/Week", name="three.jpg")
    await bob.sees("one.jpg", "two.jpg", "three.jpg")
