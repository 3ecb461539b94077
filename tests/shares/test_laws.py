"""Whatever is asked for, given back and cut, in whatever order: access is what a model says, and losers are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from archypix.shares.models import Share, Variant
from archypix.shares.recount import grant_mismatches
from tests.shares.model import Model, Node
from tests.shares.street import Street

BOB = "bob@b.test"
CAROL, DAVE, ERIN = "carol@c.test", "dave@d.test", "erin@e.test"
PEOPLE = [BOB, CAROL, DAVE, ERIN]
PICTURES = range(3)
KINDS: tuple[Variant, Variant] = ("original", "small")
HOLDERS = some.sampled_from([*PEOPLE, "alice@a.test"])
RELAYERS = some.sampled_from([BOB, BOB, *PEOPLE])
SOME = some.sets(some.sampled_from(PICTURES), min_size=1)
INVITE = [
    some.tuples(some.just("invite"), some.just(relayer), holders, SOME, some.integers(0, 4), some.booleans())
    for relayer, holders in [(BOB, some.just(CAROL)), (CAROL, some.just(DAVE)), *((one, HOLDERS) for one in PEOPLE)]
]
DEEDS = some.lists(
    some.one_of(
        *INVITE,
        some.tuples(some.just("uninvite"), RELAYERS, HOLDERS, some.none() | SOME),
        some.tuples(some.just("cut"), some.integers(0, 5)),
        some.tuples(some.just("tag"), SOME),
        some.tuples(some.just("untag"), SOME),
        some.tuples(some.just("change"), some.integers(0, 4), some.booleans()),
    ),
    min_size=8,
    max_size=16,
)


@dataclass
class World:
    """A street with three pictures, and the share of the present example beside its model."""

    street: Street
    pictures: list[UUID]
    tag_id: int
    share: Share | None = None
    model: Model = field(default_factory=lambda: Model(Node(BOB, None, 16, True), 3, set(PICTURES)))

    async def begin(self) -> None:
        """A new share; the one before ends."""
        if self.share is not None:
            await self.street.shares.service.revoke(self.street.alice, self.share.id)
            for who in PEOPLE:
                assert set(await self.street.gets(who, *self.pictures)) == {403}
        await self.tag(set(PICTURES))
        self.share = await self.street.share(BOB, "/T", reshare_depth=3)
        self.model = Model(Node(BOB, None, 16, True, id=self.share.id), 3, set(PICTURES))
        self.street.book.read()

    async def tag(self, chosen: set[int], *, off: bool = False) -> None:
        ids = [self.pictures[number] for number in chosen]
        if off:
            await self.street.shelf.sql("DELETE FROM assignments WHERE picture_id = ANY ($1)", ids)
        else:
            await self.street.shelf.sql(
                "INSERT INTO assignments (picture_id, tag_id, source) SELECT unnest($1::uuid[]), $2, 'manual'"
                " ON CONFLICT DO NOTHING",
                ids, self.tag_id,
            )  # fmt: skip

    async def do(self, deed: tuple[Any, ...]) -> None:
        """One deed, here and in the model."""
        assert self.share is not None
        street, share, model = self.street, self.share, self.model
        match deed:
            case ("invite", relayer, holder, chosen, depth, originals):
                named = [self.pictures[number] for number in sorted(chosen)]
                granted = await street.invite(share, relayer, holder, *named, depth=depth, originals=originals)
                wanted = model.invite(relayer, holder, chosen, depth, originals)
                assert granted == {self.pictures[number] for number in wanted}
            case ("uninvite", relayer, holder, chosen):
                named = [self.pictures[number] for number in chosen or ()]
                await street.uninvite(share, relayer, holder, *named)
                model.uninvite(relayer, holder, chosen)
            case ("cut", number):
                below = model.nodes[1:]
                if number < len(below):
                    node = below[number]
                    await street.shares.service.cut(street.alice, share.id, node.id)
                    model.cut.add(node.holder)
                    model.remove(node)
            case ("tag", chosen):
                await self.tag(chosen)
                model.tagged |= chosen
            case ("untag", chosen):
                await self.tag(chosen, off=True)
                async with street.database.transaction() as connection:
                    await street.shares.grants.withdrawn(connection, share, [self.pictures[one] for one in chosen])
                model.tagged -= chosen
                for child in model.root.children:
                    model.uncover(child, chosen)
            case ("change", depth, originals):
                values = {"reshare_depth": depth, "originals": originals}
                await street.shares.service.update(street.alice, share.id, values)
                model.limit(depth)
                model.originals = originals

    async def sound(self) -> None:
        """`doctor` finds nothing wrong."""
        async with self.street.database.connection() as connection:
            assert await grant_mismatches(connection) == []

    async def agree(self) -> None:
        """Tree and decisions are what the model says, and nobody has more than whom they have it from."""
        assert self.share is not None
        rows = {one.id: one for one in await self.street.shares.service.holders(self.street.alice, self.share.id)}
        by_place = {(one.parent, one.holder.handle): one for one in rows.values()}
        for node in self.model.nodes:
            row = by_place.pop((None if node.parent is None else node.parent.id, f"@{node.holder}"))
            node.id = row.id
            expected = (max(self.model.reach(node), 0), node.originals and self.model.originals)
            assert (row.depth, row.originals) == expected
            assert node.parent is None or row.depth < rows[node.parent.id].depth
            assert node.parent is None or row.originals <= rows[node.parent.id].originals
        assert not by_place
        for who in PEOPLE:
            has = self.model.has(who)
            assert set(has) <= self.model.tagged
            asked = [(one, kind) for kind in KINDS for one in self.pictures]
            found = [one.status for one in await self.street.ask(who, *asked)]
            originals = [200 if has.get(number) else 403 for number in PICTURES]
            assert found == originals + [200 if number in has else 403 for number in PICTURES]

    async def told(self, before: dict[str, set[int]]) -> None:
        """Everybody below the root who has lost a picture has been told by the owner."""
        pages = self.street.book.read()
        for who in PEOPLE[1:]:
            row = (await self.street.person(who)).id
            for number in before[who] - set(self.model.has(who)):
                uri = self.street.uri(self.pictures[number])
                assert any(
                    (word == "cut" and row in about.holders)
                    or (word == "withdrawn" and uri in about[0] and row in about[1])
                    for word, _, about in pages
                ), (who, number)


@pytest_asyncio.fixture
async def world(street: Street) -> World:
    """Three pictures under a tag."""
    pictures = [await street.shelf.add(tags=("/T",), has_thumbnails=True) for _ in PICTURES]
    tag_id = await street.shelf.sql("SELECT id FROM tags WHERE name = 'T'")
    return World(street, pictures, tag_id)


@given(deeds=DEEDS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_access_is_what_the_model_says(world: World, deeds: list[tuple[Any, ...]]) -> None:
    await world.begin()
    begun = [(BOB, CAROL, 3), (CAROL, DAVE, 2), (DAVE, ERIN, 1)]
    for deed in [*(("invite", relayer, holder, {0, 1}, depth, True) for relayer, holder, depth in begun), *deeds]:
        before = {who: set(world.model.has(who)) for who in PEOPLE}
        await world.do(deed)
        await world.agree()
        await world.told(before)
    await world.sound()


async def test_the_model_lets_somebody_in_at_all(world: World) -> None:
    await world.begin()
    await world.do(("invite", BOB, PEOPLE[1], {0, 1}, 2, True))
    await world.agree()
    await world.do(("invite", PEOPLE[1], PEOPLE[2], {1, 2}, 2, True))
    await world.agree()
    assert (set(world.model.has(PEOPLE[1])), set(world.model.has(PEOPLE[2]))) == ({0, 1}, {1})
