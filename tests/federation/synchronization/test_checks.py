"""A share that differs is found and mended; one that does not is left alone; and nobody is asked too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from federation.documents.synchronization import Synchronization
from federation.outbound.errors import FetchError, Gone, Misbehaved, Unreachable
from federation.synchronization.loop import CheckLoop
from tests.federation.synchronization.pair import ALICE, Pair, open_pair
from tests.received.post import RecordingHerald


@pytest_asyncio.fixture
async def pair(database_url: str) -> AsyncIterator[Pair]:
    async with open_pair(database_url) as opened:
        yield opened


async def told(pair: Pair, tag: str, count: int = 1) -> None:
    """Pictures come under a tag, and all of it reaches Bob."""
    for _ in range(count):
        await pair.stand.add(tag)
    for message in await pair.stand.settle():
        await pair.hear(message)


async def lost(pair: Pair, tag: str, count: int = 1) -> None:
    """Pictures come under a tag, and nothing of it reaches Bob."""
    for _ in range(count):
        await pair.stand.add(tag)
    assert await pair.stand.settle()


def answers(status: int, url: str) -> Gone:
    error = Gone(f"answered {status}", status=status)
    error.url = url
    return error


async def test_what_is_the_same_asks_nobody(pair: Pair) -> None:
    share = await pair.share("/One")
    await told(pair, "/One", 3)
    await pair.say(share)
    assert await pair.pass_time() == 1
    assert pair.asked == []
    (check,) = await pair.checks()
    assert (check["state"], check["heard_since"]) == ("ask", None)
    assert check["checked_at"] is not None


async def test_what_differs_is_read_page_by_page_and_mended(pair: Pair) -> None:
    share = await pair.share("/One")
    await told(pair, "/One", 2)
    await lost(pair, "/One", 6)
    await pair.say(share)
    assert len(await pair.sees()) == 2
    await pair.pass_time()
    assert await pair.sees() == await pair.truth(share)
    assert len(await pair.sees()) == 8
    # The share itself, and three pages of three.
    assert len(pair.asked) == 4
    assert await pair.agree(share)
    assert await pair.pass_time() == 0


async def test_it_waits_until_it_is_quiet_but_not_for_ever(pair: Pair) -> None:
    share = await pair.share("/One")
    await lost(pair, "/One")
    await pair.say(share)
    (first,) = await pair.checks()
    assert await pair.loop.settle() == 0
    await pair.stand.sql("UPDATE share_checks SET heard_since = heard_since - interval '1 hour'")
    await pair.say(share)
    (second,) = await pair.checks()
    assert second["state"] == first["state"] == "heard"
    assert second["next_at"] < first["next_at"]
    assert await pair.loop.settle() == 2


async def test_without_any_word_a_share_is_asked_about_once_a_day(pair: Pair) -> None:
    share = await pair.share("/One")
    await lost(pair, "/One")
    assert await pair.loop.sweep() == 1
    assert await pair.loop.sweep() == 0
    assert await pair.pass_time(ask=True) == 1
    assert await pair.sees() == await pair.truth(share) != {}
    asked = len(pair.asked)
    assert await pair.pass_time(ask=True) == 1
    assert len(pair.asked) == asked + 1


async def test_what_strangers_say_is_nothing(pair: Pair) -> None:
    share = await pair.share("/One")
    others = "https://carol.test/users/carol"
    async with pair.database.transaction() as connection:
        for actor, collection in [
            (others, pair.uri(share)),
            (others, f"{others}/shares/{uuid4()}"),
            (ALICE, f"{ALICE}/shares/{uuid4()}"),
            (ALICE, f"{ALICE}/followers"),
        ]:
            said = Synchronization(collection, collection, bytes(32))
            await pair.listener.heard(connection, actor, pair.bob, said)
    assert await pair.checks() == []


async def test_a_server_that_does_not_answer_is_left_alone_for_longer_each_time(pair: Pair) -> None:
    shares = [await pair.share(tag) for tag in ("/One", "/Two", "/Three")]
    await lost(pair, "/One")
    pair.trouble = Unreachable("away")
    assert await pair.pass_time(ask=True) == 1, "one try tells of the host"
    first = await pair.checks()
    assert {check["attempts"] for check in first} == {1}
    assert await pair.loop.settle() == 0
    for _ in range(3):
        await pair.pass_time(ask=True)
    assert max(check["attempts"] for check in await pair.checks()) > 1
    pair.trouble = None
    await pair.listener.host_seen("a.test")
    await pair.stand.sql("UPDATE share_checks SET next_at = next_at - interval '10 s'")
    assert await pair.loop.settle() == 3
    assert await pair.sees() == await pair.truth(*shares) != {}
    assert {check["attempts"] for check in await pair.checks()} == {0}


async def test_a_share_that_has_ended_goes_with_its_pictures(pair: Pair) -> None:
    share = await pair.share("/One")
    await told(pair, "/One", 2)
    pair.trouble = answers(410, pair.uri(share))
    await pair.pass_time(ask=True)
    assert await pair.sees() == {}
    assert await pair.stand.sql("SELECT state FROM incoming_shares") == "revoked"
    assert await pair.checks() == []


@pytest.mark.parametrize("url", ["https://evil.test/users/alice/shares/1", None])
async def test_nobody_else_can_say_that_it_has(pair: Pair, url: str | None) -> None:
    await pair.share("/One")
    await told(pair, "/One", 2)
    pair.trouble = answers(410, url or "")
    for _ in range(6):
        await pair.pass_time(ask=True)
    assert len(await pair.sees()) == 2


async def test_not_found_must_be_said_again_and_again(pair: Pair) -> None:
    share = await pair.share("/One")
    await told(pair, "/One", 2)
    pair.trouble = answers(404, pair.uri(share))
    for _ in range(3):
        await pair.pass_time(ask=True)
        assert len(await pair.sees()) == 2
    pair.trouble = None
    await pair.pass_time(ask=True)
    pair.trouble = answers(404, pair.uri(share))
    for _ in range(4):
        assert len(await pair.sees()) == 2
        await pair.pass_time(ask=True)
    assert await pair.sees() == {}


async def test_an_acceptance_that_was_lost_is_said_again(pair: Pair) -> None:
    share = await pair.share("/One", heard=False)
    herald = pair.incoming.herald
    assert isinstance(herald, RecordingHerald)
    herald.said.clear()
    await pair.pass_time(ask=True)
    assert herald.said == [("accepted", pair.uri(share))]
    await pair.stand.accept(share)
    await lost(pair, "/One")
    await pair.pass_time(ask=True)
    await pair.pass_time(ask=True)
    assert len(await pair.sees()) == 1
    assert len(herald.said) == 1


@pytest.mark.parametrize("trouble", [Unreachable("away"), Misbehaved("odd"), FetchError("what")])
async def test_no_other_trouble_takes_anything_away(pair: Pair, trouble: FetchError) -> None:
    """A server that is dead for good: what came from it stays until the person leaves, which needs nobody's help."""
    share = await pair.share("/One")
    await told(pair, "/One", 2)
    pair.trouble = trouble
    for _ in range(8):
        await pair.pass_time(ask=True)
    assert len(await pair.sees()) == 2
    mine = await pair.stand.sql("SELECT id FROM incoming_shares WHERE uri = $1", pair.uri(share))
    await pair.incoming.leave(pair.bob, mine)
    await pair.pass_time(ask=True)
    assert await pair.checks() == []
    assert await pair.stand.sql("SELECT state FROM incoming_shares") == "left"


async def test_what_cannot_be_mended_is_let_be_until_something_else_is_said(pair: Pair) -> None:
    """Its digest and its pages contradict each other."""
    share = await pair.share("/One")
    await told(pair, "/One", 2)
    await pair.stand.sql("UPDATE shares SET digest = ~digest WHERE id = $1", share)
    await pair.say(share)
    await pair.pass_time()
    for _ in range(5):
        await pair.stand.sql("UPDATE share_checks SET next_at = now() WHERE rounds BETWEEN 1 AND 2")
        await pair.loop.settle()
    heads = [url for url in pair.asked if "?" not in url]
    assert len(heads) == 3
    await pair.say(share)
    assert await pair.pass_time() == 1, "the same again"
    assert len([url for url in pair.asked if "?" not in url]) == 3
    await lost(pair, "/One")
    await pair.say(share)
    await pair.stand.sql("UPDATE share_checks SET next_at = now()")
    assert await pair.loop.settle() == 1, "compared, and not asked about at once"
    assert len(await pair.sees()) == 2
    await pair.stand.sql("UPDATE share_checks SET next_at = now()")
    await pair.loop.settle()
    assert len(await pair.sees()) == 3


async def test_what_is_heard_meanwhile_counts_for_more_than_what_was_found(pair: Pair) -> None:
    share = await pair.share("/One")
    await lost(pair, "/One")
    await pair.loop.sweep()
    plain = pair.fetch

    async def fetch(account_id: int, url: str) -> dict[str, Any]:
        document = await plain(account_id, url)
        if "?" in url:
            await lost(pair, "/One")
            await pair.say(share)
        return document

    pair.repairer._fetch = fetch
    await pair.pass_time(ask=True)
    (check,) = await pair.checks()
    assert (check["state"], check["lease"]) == ("heard", None)
    pair.repairer._fetch = plain
    await pair.pass_time()
    assert await pair.sees() == await pair.truth(share)
    assert len(await pair.sees()) == 2


async def test_beside_each_other_few_of_one_server_and_each_once(pair: Pair) -> None:
    for number in range(6):
        await pair.share(f"/T{number}")
        await lost(pair, f"/T{number}")
    await pair.loop.sweep()
    await pair.stand.sql("UPDATE share_checks SET next_at = now()")
    plain, flying, most = pair.fetch, 0, 0

    async def fetch(account_id: int, url: str) -> dict[str, Any]:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.02)
        flying -= 1
        return await plain(account_id, url)

    pair.repairer._fetch = fetch
    loops = [CheckLoop(pair.database, pair.repairer) for _ in range(2)]
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        async with asyncio.timeout(60):
            while len(await pair.sees()) < 6:
                await asyncio.sleep(0.05)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert most <= 4, "two of each loop"
    assert len(pair.asked) == len(set(pair.asked))


async def test_many_hosts_of_one_domain_are_one_neighbour(pair: Pair) -> None:
    """Whoever has a domain makes as many hosts as they like, none of which ever answers."""
    for number in range(7):
        await pair.share(f"/T{number}")
    await pair.loop.sweep()
    good = await pair.stand.sql("SELECT max(share) FROM share_checks")
    await pair.stand.sql(
        "UPDATE share_checks SET next_at = now() - CASE WHEN share = $1 THEN interval '1 h' ELSE interval '2 h' END,"
        " host = 'x' || right(share, 12) || CASE WHEN share = $1 THEN '.good.test' ELSE '.evil.test' END",
        good,
    )
    asked: set[str] = set()
    held = asyncio.Event()

    async def fetch(account_id: int, url: str) -> dict[str, Any]:
        asked.add(url)
        if url != good:
            await held.wait()
        raise Misbehaved("never mind")

    pair.repairer._fetch = fetch
    task = asyncio.create_task(pair.loop.run())
    try:
        async with asyncio.timeout(60):
            while good not in asked or len(asked) < 3:
                await asyncio.sleep(0.02)
        # Whatever has been waiting for longer was taken, if at all, before the good one was.
        taken = "SELECT count(*) FROM share_checks WHERE lease IS NOT NULL AND share <> $1"
        assert await pair.stand.sql(taken, good) == 2
        assert len(asked) == 3
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://a.test/users/alice/shares/1"},
        {"attributedTo": "https://carol.test/users/carol"},
        {"apx:sequence": "many"},
        {"apx:sequence": None},
        {"first": "https://evil.test/pages/1"},
    ],
)
async def test_an_odd_answer_changes_nothing(pair: Pair, change: dict[str, Any]) -> None:
    await pair.share("/One")
    await told(pair, "/One", 2)
    await lost(pair, "/One")
    plain = pair.fetch

    async def fetch(account_id: int, url: str) -> dict[str, Any]:
        document = await plain(account_id, url)
        return document if "?" in url else document | change

    pair.repairer._fetch = fetch
    await pair.pass_time(ask=True)
    assert len(await pair.sees()) == 2
    (check,) = await pair.checks()
    assert check["attempts"] == 1
    assert check["error"]


async def test_pages_in_a_circle_come_to_an_end(pair: Pair) -> None:
    await pair.share("/One")
    await lost(pair, "/One", 4)
    plain = pair.fetch

    async def fetch(account_id: int, url: str) -> dict[str, Any]:
        document = await plain(account_id, url)
        return document | {"next": url} if "?" in url else document

    pair.repairer._fetch = fetch
    await pair.pass_time(ask=True)
    (check,) = await pair.checks()
    assert check["error"] == "pages without end"
    assert await pair.sees() == {}
