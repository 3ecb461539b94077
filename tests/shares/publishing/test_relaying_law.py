"""Whatever happens to pictures that are passed on, and in whatever order their owner answers: in the end exactly those
are told of that are there, may be passed on, and are granted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.shares.publishing.recount import share_mismatches
from tests.shares.publishing.passing import Passing
from tests.shares.publishing.stand import Message, Recipient, open_stand

EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            ("receive", "tag", "untag", "hide", "show", "lose", "come", "depth", "close", "step", "answer",
             "answer", "crash", "purge")
        ),
        st.integers(0, 5),
    ),
    min_size=5,
    max_size=25,
)  # fmt: skip


@pytest_asyncio.fixture
async def passing(database_url: str) -> AsyncIterator[Passing]:
    async with open_stand(database_url) as stand:
        yield Passing(stand)


@dataclass
class Story:
    """One run. The owner refuses `refused`, and answers what they are asked in order, but when they like."""

    passing: Passing
    share: UUID
    ways: list[UUID]
    pictures: list[UUID] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    asked: list[tuple[int, Message]] = field(default_factory=list)
    granted: set[str] = field(default_factory=set)
    heard: list[Message] = field(default_factory=list)
    invites: int = 0

    async def do(self, what: str, which: int) -> None:
        stand, passing = self.passing.stand, self.passing
        if what == "receive":
            self.pictures.append(await passing.receive("/Alps", by=self.ways[which % 2]))
        elif what == "step":
            await stand.publisher.step(stand.shelf.alice.id)
        elif what == "crash":
            before = stand.herald.invites
            await stand.crash(which)
            if len(stand.herald.said) == 0:
                stand.herald.invites = before
        elif what == "answer":
            await self.answer()
        elif what == "depth":
            await stand.sql(
                "UPDATE incoming_shares SET reshare_depth = $2 WHERE id = $1", self.ways[which % 2], which % 3
            )
        elif what == "close":
            self.refused ^= {passing.uri(one) for one in self.pictures[which % 2 :: 2]}
            await self._obey()
        elif self.pictures:
            await self._edit(what, self.pictures[which % len(self.pictures)], which)
        self.collect()

    async def _edit(self, what: str, picture: UUID, which: int) -> None:
        stand = self.passing.stand
        if not await stand.sql("SELECT true FROM pictures WHERE id = $1", picture):
            return
        if what == "tag":
            await stand.assign([picture], "/Alps")
        elif what == "untag":
            await stand.untag(picture)
        elif what in ("hide", "show"):
            await stand.shelf.trash(picture, restore=what == "show")
        elif what == "lose":
            await stand.sql(
                "DELETE FROM received WHERE picture_id = $1 AND share_id = $2", picture, self.ways[which % 2]
            )
        elif what == "come":
            way = self.ways[which % 2]
            if not await stand.sql("SELECT true FROM received WHERE picture_id = $1 AND share_id = $2", picture, way):
                await self.passing.come(picture, way)
        elif what == "purge":
            await stand.purge(picture)

    def collect(self) -> None:
        """What was said since: to the owner, who answers later, and to the recipient."""
        stand = self.passing.stand
        said, stand.herald.said = stand.herald.said, []
        self.heard += said
        for message in said:
            if message.kind in ("invited", "uninvited"):
                self.invites += message.kind == "invited"
                self.asked.append((self.invites, message))

    async def answer(self) -> None:
        """The owner takes the next message, and answers an invitation."""
        if not self.asked:
            return
        number, message = self.asked.pop(0)
        if message.kind == "uninvited":
            self.granted -= set(message.uris)
            return
        yes = [uri for uri in message.uris if uri not in self.refused]
        self.granted = (self.granted - set(message.uris)) | set(yes)
        no = [uri for uri in message.uris if uri in self.refused]
        await self.passing.answer(self.share, yes, no, number)

    async def _obey(self) -> None:
        """What the owner has granted and refuses now ends; for what they refuse no more they wait to be asked again."""
        if ended := sorted(self.granted & self.refused):
            self.granted -= set(ended)
            await self.passing.answer(self.share, [], ended, None)

    async def settle(self) -> None:
        """Everything arrives, everybody answers, until nobody has anything to say."""
        for _ in range(2):
            await self._rest()
            await self.passing.stand.sql("UPDATE share_members SET asked_at = asked_at - interval '2 days'")
            await self.passing.stand.publisher.remind()
        await self._rest()

    async def _rest(self) -> None:
        stand = self.passing.stand
        await stand.publisher.settle(stand.shelf.alice.id)
        self.collect()
        while self.asked:
            await self.answer()
            await stand.publisher.settle(stand.shelf.alice.id)
            self.collect()

    async def check(self) -> None:
        stand = self.passing.stand
        bob = Recipient()
        for message in reversed(self.heard):
            bob.hear(message)
        async with stand.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT p.origin_uri FROM pictures p JOIN assignments a ON a.picture_id = p.id"
                " JOIN received r ON r.picture_id = p.id JOIN incoming_shares s ON s.id = r.share_id"
                " WHERE p.owner_id = $1 AND p.deleted_at IS NULL AND s.reshare_depth > 0",
                stand.shelf.alice.id,
            )
            assert await share_mismatches(connection) == []
        assert bob.present() == {row["origin_uri"] for row in rows} - self.refused
        assert bob.present() <= self.granted
        assert bob.digest() == await stand.digest(self.share)


async def begun(passing: Passing) -> Story:
    """A story of its own, whatever was before."""
    stand = passing.stand
    for statement in ("shares", "pictures", "incoming_shares", "share_log"):
        await stand.sql(f"DELETE FROM {statement}")
    stand.herald.said, stand.herald.invites = [], 0
    story = Story(
        passing, await stand.share("/Alps", reshare_depth=3), [await passing.way(depth=1), await passing.way(depth=2)]
    )
    story.pictures = [await passing.receive("/Alps", by=story.ways[number % 2]) for number in range(4)]
    story.refused = {passing.uri(story.pictures[0])}
    return story


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(edits=EDITS)
async def test_in_the_end_exactly_what_is_granted_is_passed_on(passing: Passing, edits: list[tuple[str, int]]) -> None:
    story = await begun(passing)
    for edit in edits:
        await story.do(*edit)
    await story.settle()
    await story.check()
