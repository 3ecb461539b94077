"""Whatever is lost, doubled or late between two servers, after one repair the recipient has what the sender says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from tests.federation.synchronization.pair import Pair, open_pair
from tests.shares.publishing.stand import Message

# What Alice does: with which picture, and which of two shared tags.
WORDS = ("add", "add", "edit", "tag", "untag", "trash", "restore", "purge")
DEEDS = some.lists(
    some.tuples(some.sampled_from(WORDS), some.integers(0, 5), some.integers(0, 1)), min_size=1, max_size=14
)
# What becomes of each message: how often it arrives, and how much later than it should; whether a digest goes along.
POST = some.lists(
    some.tuples(some.sampled_from((0, 0, 1, 1, 1, 2)), some.integers(0, 6), some.booleans()), min_size=24, max_size=24
)


@pytest_asyncio.fixture
async def pair(database_url: str) -> AsyncIterator[Pair]:
    async with open_pair(database_url) as opened:
        yield opened


async def do(pair: Pair, word: str, pictures: list[UUID], number: int, tag: str) -> None:
    """One deed of Alice's."""
    if word == "add" or not pictures:
        pictures.append(await pair.stand.add(tag, filename="p.jpg"))
        return
    chosen = pictures[number % len(pictures)]
    match word:
        case "edit":
            await pair.stand.set(chosen, title=uuid4().hex)
        case "tag":
            await pair.stand.assign([chosen], tag)
        case "untag":
            await pair.stand.untag(chosen)
        case "trash" | "restore":
            await pair.stand.shelf.trash(chosen, restore=word == "restore")
        case "purge":
            pictures.remove(chosen)
            await pair.stand.purge(chosen)


def on_the_way(said: list[Message], fates: list[tuple[int, int, bool]]) -> list[tuple[Message, bool]]:
    """The messages as they arrive."""
    arriving = []
    for place, message in enumerate(said):
        times, late, beside = fates[place % len(fates)]
        arriving += [(place + late * time, time, message, beside) for time in range(1, times + 1)]
    return [(message, beside) for _, _, message, beside in sorted(arriving, key=lambda one: one[:2])]


# Each example takes a while, and so would making a failing one smaller.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(deeds=DEEDS, fates=POST, repaired_between=some.integers(0, 24))
async def test_one_repair_makes_up_for_anything(
    pair: Pair, deeds: list[tuple[str, int, int]], fates: list[tuple[int, int, bool]], repaired_between: int
) -> None:
    tags = [f"/T{uuid4().hex[:8]}" for _ in range(2)]
    shares = [await pair.share(tag) for tag in tags]
    pictures: list[UUID] = []
    said: list[Message] = []
    for word, number, which in deeds:
        await do(pair, word, pictures, number, tags[which])
        said += await pair.stand.settle()
    for place, (message, beside) in enumerate(on_the_way(said, fates)):
        await pair.hear(message)
        if beside:
            await pair.say(message.share)
        if place == repaired_between:
            await pair.pass_time(ask=True)
    await pair.pass_time(ask=True)
    truth = await pair.truth(*shares)
    assert {uri: seen for uri, seen in (await pair.sees()).items() if uri in truth} == truth
    assert [await pair.agree(share) for share in shares] == [True, True]
    await tidy(pair, pictures)
    assert await pair.sees() == {}


async def tidy(pair: Pair, pictures: list[UUID]) -> None:
    """Alice takes everything away, and Bob hears nothing of it."""
    await pair.stand.untag(*pictures)
    await pair.stand.settle()
    await pair.pass_time(ask=True)
    for share in await pair.checks():
        await pair.stand.sql("UPDATE shares SET state = 'revoked', ended_at = now() WHERE id = $1",
                             UUID(share["share"][-36:]))  # fmt: skip
    await pair.stand.settle()
    await pair.pass_time(ask=True)
    assert await pair.checks() == []
