"""Deliveries through all sorts of trouble."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.federation.outbox.office import IDLE, Office

PASSING = (500, 503, 429, 425, 408, 302)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_answers_all_arrives_once_and_in_order(office: Office, seed: int) -> None:
    dice = random.Random(seed)
    rows = [await office.person(host, name) for host in ("b.test", "c.test") for name in ("x", "y")]
    for host in ("b.test", "c.test"):
        office.sink.answers[host] = [dice.choice((202, *PASSING)) for _ in range(12)] + [202]
    async with office.delivering(dice.randint(1, 3)):
        expected = 0
        for number in range(24):
            to = dice.sample(rows, dice.randint(1, 4))
            expected += len(to)
            await office.say(f"{number}", to, key=f"{number % 2}")
        async with asyncio.timeout(90):
            while await office.sql("SELECT count(*) FROM deliveries"):
                if await office.sql(IDLE):
                    await office.pass_time()
                await asyncio.sleep(0.02)
    assert len(office.sink.taken) == expected
    arrived: dict[tuple[str, int], list[int]] = {}
    for post in office.sink.taken:
        number = int(post.activity["object"]["content"])
        arrived.setdefault((post.inbox, number % 2), []).append(number)
    for numbers in arrived.values():
        assert numbers == sorted(set(numbers))


async def test_a_cut_line_to_the_database_loses_no_news(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    async with office.delivering():
        await office.say("before", [bob])
        await office.sink.until(1)
        cut = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name = 'archypix listening' AND datname = current_database()"
        )
        async with asyncio.timeout(90):
            while not await office.sql(cut):
                await asyncio.sleep(0.02)
        await office.say("meanwhile", [bob])
        await office.sink.until(2)
        await office.until_idle()


async def test_results_are_written_when_the_database_is_back(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.held["b.test"] = asyncio.Event()
    async with office.delivering():
        await office.say("hello", [bob])
        async with asyncio.timeout(90):
            while not office.sink.posts:
                await asyncio.sleep(0.01)
        await office.sql("ALTER TABLE delivery_hosts RENAME TO elsewhere")
        office.sink.held["b.test"].set()
        await office.sink.until(1)
        await asyncio.sleep(0.2)
        await office.sql("ALTER TABLE elsewhere RENAME TO delivery_hosts")
        await office.until_idle()
    assert len(office.sink.posts) == 1


async def test_dead_hosts_take_few_places(office: Office) -> None:
    """Many hosts that do not answer, known as such, are not in the way of one that does."""
    hosts = [f"silent{number}.test" for number in range(60)]
    await office.sql("INSERT INTO delivery_hosts (host, attempts, suspect) SELECT unnest($1::text[]), 1, true", hosts)
    for host in hosts:
        office.sink.held[host] = asyncio.Event()
    await office.say("hello", [await office.person(host, "x") for host in [*hosts, "b.test"]])
    async with office.delivering():
        await office.sink.until(1, host="b.test")
        assert sum(office.sink.flying.values()) <= 8


async def test_more_of_one_host_than_of_all_others_does_not_delay_what_is_urgent(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.slow["b.test"] = 0.002
    for number in range(450):
        await office.say(f"{number}", [bob], key=f"{number}")
    async with office.delivering():
        await office.sink.until(20)
        await office.say("revoked", [bob], supersedes="share")
        await office.sink.until(451)
    order = [post.activity["object"]["content"] for post in office.sink.taken]
    # Behind what was fetched already, and before the rest.
    assert order.index("revoked") < 450


async def test_what_others_hold_is_not_delivered_twice(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.held["b.test"] = asyncio.Event()
    await office.say("hello", [bob])
    await office.say("there", [bob])
    async with office.delivering():
        async with asyncio.timeout(90):
            while not office.sink.posts:
                await asyncio.sleep(0.01)
        async with office.database.transaction() as connection:
            await connection.execute("SELECT FROM deliveries FOR UPDATE")
            office.sink.held["b.test"].set()
            await office.sink.until(2)
        await office.until_idle()
    assert len(office.sink.posts) == 2
