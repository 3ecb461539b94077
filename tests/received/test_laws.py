"""Whatever order messages come in, doubled, late or lost: the library is what the senders' own lists say."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from archypix.received.models import Announced, Offer, SharedPicture
from tests.received.post import Post, again, offer, open_post, picture

PICTURES = 5
EXAMPLES = count()
WORDS = ("add", "add", "take", "edit", "delete", "pass on", "pass on", "hold back")
DEEDS = some.lists(some.tuples(some.sampled_from(WORDS), some.integers(0, PICTURES - 1)), min_size=1, max_size=16)
# How often each message arrives, and how much later than it should.
FATES = some.lists(some.tuples(some.sampled_from((0, 1, 1, 1, 2)), some.integers(0, 8)), min_size=16, max_size=16)


@pytest_asyncio.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


@dataclass
class Sender:
    """One share as its sender knows it: what is in it, and how often it changed."""

    share: Offer
    present: set[int] = field(default_factory=set)
    sequence: int = 0


@dataclass
class World:
    """Dora's pictures, in a share of her own and passed on by Erik, and what both would say of it."""

    pictures: list[SharedPicture]
    dora: Sender
    erik: Sender
    gone: set[int] = field(default_factory=set)
    said: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def announced(self, number: int, by: Sender) -> Announced:
        told = self.pictures[number]
        return Announced(told.uri, told.owner, told if by is self.dora else None)

    def do(self, word: str, number: int) -> None:
        if number in self.gone:
            return
        match word:
            case "add" | "pass on":
                self._put(self.dora if word == "add" else self.erik, number)
            case "take" | "hold back":
                self._take(self.dora if word == "take" else self.erik, number)
            case "edit":
                self.pictures[number] = again(self.pictures[number], title=f"Title {self.pictures[number].revision}")
                self.said.append(("updated", (self.pictures[number],)))
            case "delete":
                self.gone.add(number)
                self.said.append(("deleted", (self.pictures[number].uri,)))
                for sender in (self.dora, self.erik):
                    self._take(sender, number)

    def _put(self, sender: Sender, number: int) -> None:
        if number not in sender.present:
            sender.present.add(number)
            sender.sequence += 1
            self.said.append(("added", (sender, [self.announced(number, sender)], sender.sequence)))

    def _take(self, sender: Sender, number: int) -> None:
        if number in sender.present:
            sender.present.discard(number)
            sender.sequence += 1
            self.said.append(("removed", (sender, [self.pictures[number].uri], sender.sequence)))

    def digest(self, sender: Sender) -> tuple[bytes, int]:
        total = bytes(32)
        for number in sender.present:
            told = self.pictures[number]
            mark = f"{told.uri}|{told.revision if sender is self.dora else 0}"
            total = bytes(a ^ b for a, b in zip(total, hashlib.sha256(mark.encode()).digest(), strict=True))
        return total, len(sender.present)


async def hear(post: Post, world: World, kind: str, about: tuple[Any, ...]) -> None:
    """One message arrives; what owners are to be asked about is asked at once."""
    if kind == "updated":
        await post.tell("updated", post.dora.id, list(about))
    elif kind == "deleted":
        await post.tell("deleted", post.dora.id, list(about))
    else:
        sender, what, sequence = about
        share = sender.share
        wanted = await post.tell(kind, post.account, share.uri, share.sender.id, what, sequence)
        await ask(post, world, wanted or [])


async def ask(post: Post, world: World, wanted: list[str]) -> None:
    """Dora's server tells what her pictures are, or that they are not there."""
    alive = [world.pictures[n] for n in range(PICTURES) if world.pictures[n].uri in wanted and n not in world.gone]
    await post.tell("described", post.account, post.dora.id, alive)
    await post.tell("lost", post.dora.id, sorted(set(wanted) - {each.uri for each in alive}), [post.account])


def arriving(said: list[Any], fates: list[tuple[int, int]]) -> list[Any]:
    """The messages in the order in which they arrive."""
    order = []
    for place, message in enumerate(said):
        times, late = fates[place % len(fates)]
        order += [(place + late * time, time, message) for time in range(1, times + 1)]
    return [message for _, _, message in sorted(order, key=lambda one: one[:2])]


async def new_world(post: Post) -> World:
    name = f"w{next(EXAMPLES)}"
    pictures = [picture(post.dora, f"{name}-{number}") for number in range(PICTURES)]
    world = World(pictures, Sender(offer(post.dora, name)), Sender(offer(post.erik, name)))
    for sender in (world.dora, world.erik):
        await post.taken(sender.share)
    return world


async def repair(post: Post, world: World) -> None:
    """Both lists are read whole, as after a digest that differs; and what Dora's server is asked again of, is told."""
    for sender in (world.dora, world.erik):
        announced = [world.announced(number, sender) for number in sorted(sender.present)]
        await hear(post, world, "snapshot", (sender, announced, sender.sequence))
    await ask(post, world, [each.uri for number, each in enumerate(world.pictures) if number in world.erik.present])


async def check(post: Post, world: World) -> None:
    """Alice's library against the model."""
    expected = {
        world.pictures[number].filename: (
            world.pictures[number].title,
            sorted(sender.share.sender.handle.replace("@", ":").replace(":", "@", 1)
                   for sender in (world.dora, world.erik) if number in sender.present),
        )
        for number in world.dora.present | world.erik.present
    }  # fmt: skip
    items = {item["filename"]: (item["title"], item["received"]["senders"]) for item in await post.items()}
    assert items == expected
    for sender in (world.dora, world.erik):
        assert await held(post, sender) == world.digest(sender)
    assert await post.shelf.mismatches() == []


async def leave(post: Post, world: World) -> None:
    for sender in (world.dora, world.erik):
        await post.tell("revoked", sender.share.sender.id, sender.share.uri)
    assert await post.items() == []


async def held(post: Post, sender: Sender) -> tuple[bytes, int]:
    """The digest of what Alice's server has of a share."""
    async with post.shelf.database.connection() as connection:
        share_id = await connection.fetchval("SELECT id FROM incoming_shares WHERE uri = $1", sender.share.uri)
        return await post.service.digest(connection, share_id)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, fates=FATES)
async def test_any_order_of_messages_comes_to_the_same(
    post: Post, deeds: list[tuple[str, int]], fates: list[tuple[int, int]]
) -> None:
    world = await new_world(post)
    for word, number in deeds:
        world.do(word, number)
    try:
        # Nothing is lost, but all else may happen.
        for kind, about in arriving(world.said, [(max(times, 1), late) for times, late in fates]):
            await hear(post, world, kind, about)
        # A change that overtakes the very message by which its picture comes is about nothing that is known yet: this
        # alone is left to the digest, which tells it.
        agree = [await held(post, sender) == world.digest(sender) for sender in (world.dora, world.erik)]
        assert agree[1]
        if not agree[0]:
            assert any(word == "edit" for word, _ in deeds)
            await repair(post, world)
        await check(post, world)
    finally:
        await leave(post, world)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, later=DEEDS, fates=FATES)
async def test_whole_lists_make_up_for_whatever_was_lost(
    post: Post, deeds: list[tuple[str, int]], later: list[tuple[str, int]], fates: list[tuple[int, int]]
) -> None:
    world = await new_world(post)
    for word, number in deeds:
        world.do(word, number)
    arrivals = arriving(world.said, fates)
    try:
        await live_through(post, world, arrivals, later)
    finally:
        await leave(post, world)


async def live_through(post: Post, world: World, arrivals: list[Any], later: list[tuple[str, int]]) -> None:
    """Half of the messages, the lists, the other half, and then new ones as they should be."""
    for kind, about in arrivals[: len(arrivals) // 2]:
        await hear(post, world, kind, about)
    await repair(post, world)
    await check(post, world)
    # What is late for the list changes nothing, and life goes on.
    for kind, about in arrivals[len(arrivals) // 2 :]:
        await hear(post, world, kind, about)
    await check(post, world)
    before = len(world.said)
    for word, number in later:
        world.do(word, number)
    for kind, about in world.said[before:]:
        await hear(post, world, kind, about)
    await check(post, world)
