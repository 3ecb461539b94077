"""Whatever happens in a library, and whenever it is looked at: those who are told end with what it says, and the digest
is that of what they hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.shares import pictures_store
from archypix.shares.publishing.recount import share_mismatches
from tests.shares.publishing.stand import Message, Recipient, Stand, open_stand

TAGS = ("/Alps", "/Alps/2020", "/Sea")
EDITS_OF = (
    "new", "raw", "ready", "tag", "untag", "trash", "restore", "purge", "title", "rating", "step", "step", "crash",
    "grant", "grant", "share", "end",
)  # fmt: skip
Edit = tuple[str, int, int]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(EDITS_OF),
        st.integers(0, 7),
        st.integers(0, 2),
    ),
    min_size=5,
    max_size=25,
)


@pytest_asyncio.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    async with open_stand(database_url) as stand:
        yield stand


class Story:
    """One run: pictures and shares by number; everything is forgotten at its end."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.pictures: list[UUID] = []
        self.shares: list[UUID] = []
        self.heard: list[Message] = []

    async def begin(self) -> None:
        alice = self.stand.shelf.alice.id
        await self.stand.sql("DELETE FROM shares WHERE account_id = $1", alice)
        await self.stand.sql("DELETE FROM pictures WHERE owner_id = $1", alice)
        await self.stand.sql("DELETE FROM share_log")
        await self.stand.sql("DELETE FROM shared_pictures")
        self.shares = [
            await self.stand.share("/Alps"),
            await self.stand.share("/Sea", "carol", originals=False),
        ]
        self.pictures = [await self.stand.add(*tags) for tags in (TAGS[:1], TAGS[1:2], TAGS[1:], TAGS[2:])]
        self.heard = await self.stand.settle()
        await self.stand.grant(self.shares[0], "erin", [])

    async def do(self, what: str, which: int, tag: int) -> None:
        stand = self.stand
        if what in ("new", "raw"):
            self.pictures.append(await stand.add(TAGS[tag], state="ready" if what == "new" else "processing"))
        elif what == "step":
            await stand.publisher.step(stand.shelf.alice.id)
        elif what == "crash":
            await stand.crash(which)
        elif what == "share":
            self.shares.append(await stand.share(TAGS[tag], "dave", future=which % 2 == 0))
        elif what == "end" and which < 2:
            await stand.sql(
                "UPDATE shares SET state = 'revoked', ended_at = now() WHERE id = $1 AND state = 'active'",
                self.shares[which % len(self.shares)],
            )
        elif what == "grant":
            await self._grant(self.pictures[which % len(self.pictures)])
        elif self.pictures and what != "end":
            await self._edit(what, self.pictures[which % len(self.pictures)], which, tag)

    async def _edit(self, what: str, picture: UUID, which: int, tag: int) -> None:
        stand = self.stand
        if what == "tag" and await stand.sql("SELECT true FROM pictures WHERE id = $1", picture):
            await stand.assign([picture], TAGS[tag])
        elif what == "untag":
            await stand.untag(picture)
        elif what in ("trash", "restore"):
            await stand.shelf.trash(picture, restore=what == "restore")
        elif what == "purge":
            await stand.purge(picture)
        elif what == "ready":
            await stand.set(picture, state="ready", has_thumbnails=True)
        elif what == "title":
            await stand.set(picture, title=f"title {tag}")
        elif what == "rating":
            await stand.set(picture, rating=which % 6)

    async def _grant(self, picture: UUID) -> None:
        """Erin is let in to a picture by Bob, where it is his to pass on, and fetches what is to be known of it."""
        stand = self.stand
        granted = await stand.sql(
            "INSERT INTO grant_pictures SELECT g.id, NULL, p.id FROM grants g JOIN shares s ON s.id = g.share_id"
            " JOIN pictures p ON p.id = $3 AND s.tag_id = ANY (p.tag_closure)"
            " JOIN share_members m ON m.share_id = s.id AND m.picture_id = p.id"
            " WHERE s.id = $1 AND s.state = 'active' AND g.holder_id = $2 ON CONFLICT DO NOTHING RETURNING true",
            self.shares[0], stand.people["erin"], picture,
        )  # fmt: skip
        if granted:
            async with stand.database.connection() as connection:
                told = await pictures_store.pictures(connection, stand.shelf.alice.id, [picture], originals=True)
            to = (stand.people["erin"],)
            stand.herald.said.append(Message("granted", self.shares[0], to, (told[0].uri,), tuple(told)))

    async def check_below(self) -> None:
        """Erin, who hears everything in order, has what Bob was granted for her, as it is now."""
        stand = self.stand
        erin, held = Recipient(), set[str]()
        for message in self.heard:
            if stand.people["erin"] in message.to:
                erin.hear(message)
                held = held | set(message.uris) if message.kind == "granted" else held
                held = held - set(message.uris) if message.kind in ("withdrawn", "deleted") else held
        async with stand.database.connection() as connection:
            rows = await connection.fetch("SELECT picture_id FROM grant_pictures")
            truth = await pictures_store.pictures(
                connection, stand.shelf.alice.id, [row["picture_id"] for row in rows], originals=True
            )
        assert held == {picture.uri for picture in truth} == {stand.uri(row["picture_id"]) for row in rows}
        for picture in truth:
            assert replace(erin.documents[picture.uri], share=None) == picture
        having = Recipient(dict.fromkeys(held, (0, True)), erin.documents)
        assert await stand.digest(self.shares[0], "erin") == having.digest()

    async def check(self, share_id: UUID, random: Random) -> None:
        """Somebody who hears everything about a share in any order, and some of it twice, has what the library says."""
        stand = self.stand
        somebody = Recipient()
        heard = [message for message in self.heard if message.share == share_id]
        heard += random.sample(heard, len(heard) // 2)
        random.shuffle(heard)
        for message in heard:
            somebody.hear(message)
        rows = await self._rows(share_id)
        must = {stand.uri(row["id"]) for row in rows if row["live"] and row["state"] != "processing"}
        # What was told of before it went into the trash stays; what was not is no news there.
        may = {stand.uri(row["id"]) for row in rows if not row["live"]}
        assert must <= somebody.present() <= must | may
        assert await stand.digest(share_id) == somebody.digest()
        originals = await stand.sql("SELECT originals FROM shares WHERE id = $1", share_id)
        async with stand.database.connection() as connection:
            truth = await pictures_store.pictures(
                connection, stand.shelf.alice.id, [row["id"] for row in rows], originals=originals
            )
        plain = {"grants": (), "share": None, "depth": 0, "copy": False, "metadata_edit": False}
        for picture in truth:
            if picture.uri in somebody.present():
                assert replace(somebody.documents[picture.uri], **plain) == picture

    async def _rows(self, share_id: UUID) -> list[dict[str, object]]:
        """What the share covers, asked in another way than by who publishes."""
        async with self.stand.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT p.id, p.deleted_at IS NULL AS live, p.state FROM shares s"
                " JOIN tags t ON s.tag_id = ANY (t.lineage) JOIN assignments a ON a.tag_id = t.id"
                " JOIN pictures p ON p.id = a.picture_id WHERE s.id = $1 AND (s.future OR p.id IN"
                " (SELECT picture_id FROM share_snapshots WHERE share_id = s.id))",
                share_id,
            )
        return [dict(row) for row in rows]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(edits=EDITS, random=st.randoms(use_true_random=False))
async def test_whoever_hears_it_all_has_what_the_library_says(stand: Stand, edits: list[Edit], random: Random) -> None:
    story = Story(stand)
    await story.begin()
    for edit in edits:
        await story.do(*edit)
        story.heard += stand.herald.said
        stand.herald.said = []
    story.heard += await stand.settle()
    for share_id in story.shares:
        if await stand.sql("SELECT state FROM shares WHERE id = $1", share_id) == "active":
            await story.check(share_id, random)
            if share_id == story.shares[0]:
                await story.check_below()
        else:
            assert await stand.digest(share_id) is None
            assert await stand.sql("SELECT count(*) FROM share_members WHERE share_id = $1", share_id) == 0
    assert await stand.shelf.mismatches() == []
    async with stand.database.connection() as connection:
        assert await share_mismatches(connection) == []
