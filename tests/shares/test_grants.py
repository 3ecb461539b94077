"""Passing on: who may let whom in to what, how it is given back, and what is cut with what."""

from __future__ import annotations

from uuid import uuid4

import pytest

from archypix.core.errors import Gone, NotFound
from archypix.shares.models import Cut
from archypix.shares.recount import grant_mismatches
from tests.shares.street import Street

BOB, CAROL, DAVE, ERIN = "bob@b.test", "carol@c.test", "dave@d.test", "erin@e.test"


async def test_one_who_may_passes_on_what_they_have(street: Street) -> None:
    mine, other = await street.shelf.add(tags=("/Alps",)), await street.shelf.add(tags=("/Sea",))
    share = await street.share(BOB, reshare_depth=1)
    assert await street.invite(share, BOB, CAROL, mine, other, uuid4()) == {mine}
    assert await street.gets(CAROL, mine, other) == [200, 403]
    first, second = await street.shares.service.holders(street.alice, share.id)
    assert (second.holder.handle, second.parent, second.pictures, second.depth) == (f"@{CAROL}", first.id, 1, 0)
    assert second.via is not None
    assert second.via.handle == f"@{BOB}"


async def test_who_may_not_pass_on_lets_nobody_in(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    assert await street.invite(share, BOB, CAROL, picture, depth=3) == set()
    deep = await street.share(DAVE, reshare_depth=1)
    assert await street.invite(deep, DAVE, CAROL, picture, depth=3) == {picture}
    # Carol has it at depth 0, whatever Dave had asked for; and nobody else has anything to pass on.
    assert await street.invite(deep, CAROL, ERIN, picture) == set()
    assert await street.invite(deep, ERIN, BOB, picture) == set()
    assert await street.gets(ERIN, picture) == [403]


async def test_nobody_gets_back_what_they_have_given(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=3)
    assert await street.invite(share, BOB, "alice@a.test", picture) == set()
    assert await street.invite(share, BOB, BOB, picture) == set()
    assert await street.invite(share, BOB, CAROL, picture, depth=2) == {picture}
    assert await street.invite(share, CAROL, BOB, picture) == set()
    assert await street.invite(share, CAROL, DAVE, picture) == {picture}


async def test_asking_twice_changes_nothing_and_asking_for_more_adds(street: Street) -> None:
    first, second = [await street.shelf.add(tags=("/Alps",)) for _ in range(2)]
    share = await street.share(BOB, reshare_depth=1)
    for wanted in ([first], [first], [second], [first, second]):
        assert await street.invite(share, BOB, CAROL, *wanted) == set(wanted)
    assert len(await street.shares.service.holders(street.alice, share.id)) == 2
    assert await street.gets(CAROL, first, second) == [200, 200]


async def test_what_leaves_the_root_leaves_all_below(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    await street.invite(share, CAROL, DAVE, picture)
    assert await street.gets(DAVE, picture) == [200]
    await street.shelf.sql("DELETE FROM assignments WHERE picture_id = $1", picture)
    assert [await street.gets(who, picture) for who in (BOB, CAROL, DAVE)] == [[403]] * 3
    street.book.read()
    async with street.database.transaction() as connection:
        await street.shares.grants.withdrawn(connection, share, [picture])
    carol, dave = await street.person(CAROL), await street.person(DAVE)
    assert street.book.read() == [("withdrawn", share.id, ([street.uri(picture)], sorted([carol.id, dave.id])))]
    assert await street.shelf.sql("SELECT count(*) FROM grant_pictures") == 0


async def test_previews_are_passed_on_as_previews(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",), has_thumbnails=True)
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1, originals=False)
    await street.invite(share, CAROL, DAVE, picture)
    for who in (CAROL, DAVE):
        found = await street.ask(who, (picture, "original"), (picture, "small"))
        assert [one.status for one in found] == [403, 200]
    # Given more by whom they have it from, Carol has more; Dave waits until she says so.
    await street.invite(share, BOB, CAROL, picture, depth=1)
    assert (await street.gets(CAROL, picture), await street.gets(DAVE, picture)) == ([200], [403])
    await street.invite(share, CAROL, DAVE, picture)
    assert await street.gets(DAVE, picture) == [200]
    # And less at once.
    await street.invite(share, BOB, CAROL, picture, depth=1, originals=False)
    assert (await street.gets(CAROL, picture), await street.gets(DAVE, picture)) == ([403], [403])


async def test_less_depth_ends_what_is_too_deep(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=3)
    await street.invite(share, BOB, CAROL, picture, depth=2)
    await street.invite(share, CAROL, DAVE, picture, depth=1)
    await street.invite(share, DAVE, ERIN, picture)
    street.book.read()
    await street.invite(share, BOB, CAROL, picture, depth=1)
    assert [await street.gets(who, picture) for who in (CAROL, DAVE, ERIN)] == [[200], [200], [403]]
    await street.shares.service.update(street.alice, share.id, {"reshare_depth": 1})
    assert [await street.gets(who, picture) for who in (BOB, CAROL, DAVE)] == [[200], [200], [403]]
    words = [page[0] for page in street.book.read()]
    assert words == ["cut", "cut", "changed"]
    assert await street.invite(share, CAROL, DAVE, picture) == set()


async def test_the_owner_cuts_a_branch_and_it_stays_cut(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=3)
    await street.invite(share, BOB, CAROL, picture, depth=2)
    await street.invite(share, CAROL, DAVE, picture, depth=1)
    await street.invite(share, DAVE, ERIN, picture)
    street.book.read()
    carols = await street.grant_of(share, CAROL)
    assert await street.shares.service.cut(street.alice, share.id, carols) == 3
    assert [await street.gets(who, picture) for who in (BOB, CAROL, DAVE, ERIN)] == [[200], [403], [403], [403]]
    ((word, _, cut),) = street.book.read()
    assert word == "cut"
    assert isinstance(cut, Cut)
    people = [(await street.person(who)).id for who in (CAROL, DAVE, ERIN)]
    assert (cut.grants, sorted(cut.holders)) == ((carols,), sorted(people))
    assert [(party.handle, via) for party, via in cut.relayers] == [
        (f"@{BOB}", f"https://b.test/users/bob/shares/s-{CAROL}")
    ]
    # Neither by the same share of Bob's nor by another; but Dave, whom nobody has cut, may come by Bob.
    assert await street.invite(share, BOB, CAROL, picture) == set()
    assert await street.invite(share, BOB, CAROL, picture, via="other") == set()
    assert await street.invite(share, BOB, DAVE, picture) == {picture}
    with pytest.raises(NotFound):
        await street.shares.service.cut(street.alice, share.id, carols)
    # The end of the root is that of the share.
    assert await street.shares.service.cut(street.alice, share.id, share.id) == 2
    assert [await street.gets(who, picture) for who in (BOB, DAVE)] == [[403], [403]]
    assert (await street.shares.service.get(street.alice, share.id)).state == "revoked"


async def test_a_relayer_gives_back_pictures_or_all(street: Street) -> None:
    first, second = [await street.shelf.add(tags=("/Alps",)) for _ in range(2)]
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, first, second, depth=1)
    await street.invite(share, CAROL, DAVE, first, second)
    street.book.read()
    assert await street.uninvite(share, BOB, CAROL, first) == []
    assert [await street.gets(who, first, second) for who in (CAROL, DAVE)] == [[403, 200]] * 2
    assert [page[0] for page in street.book.read()] == ["withdrawn"]
    # Others cannot give back what they did not ask for.
    assert await street.uninvite(share, DAVE, CAROL) == []
    (cut,) = await street.uninvite(share, BOB, CAROL)
    assert cut.relayers == ()
    assert len(cut.holders) == 2
    assert [await street.gets(who, first, second) for who in (CAROL, DAVE)] == [[403, 403]] * 2
    assert await street.uninvite(share, BOB, CAROL) == []
    # What a relayer ended they may begin again.
    assert await street.invite(share, BOB, CAROL, second) == {second}


async def test_two_ways_to_a_picture_are_two(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=1)
    other = await street.share(DAVE, reshare_depth=1, originals=False)
    await street.invite(share, BOB, CAROL, picture)
    await street.invite(other, DAVE, CAROL, picture)
    assert await street.gets(CAROL, picture) == [200]
    carol = await street.person(CAROL)
    async with street.database.connection() as connection:
        ways = (await street.shares.grants.covering(connection, carol.id, [picture]))[picture]
    assert [(way.share_id, way.path[0], len(way.path)) for way in ways] == [
        (share.id, share.id, 2), (other.id, other.id, 2),
    ]  # fmt: skip
    assert [way.rights.originals for way in ways] == [True, False]
    assert ways[0].share == share.uri
    assert ways[0].path[1] == await street.grant_of(share, CAROL)
    street.book.read()
    # As long as there is another way nothing is lost.
    async with street.database.transaction() as connection:
        await street.shares.grants.withdrawn(connection, share, [picture])
    assert street.book.read() == []
    await street.shares.service.revoke(street.alice, other.id)
    assert await street.gets(CAROL, picture) == [403]


async def test_leaving_ends_what_hangs_on_it(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=1)
    await street.invite(share, BOB, CAROL, picture)
    bob, carol = await street.person(BOB), await street.person(CAROL)
    street.book.read()
    async with street.database.transaction() as connection:
        await street.shares.service.left(connection, share.id, bob.id)
    assert await street.gets(CAROL, picture) == [403]
    ((word, _, cut),) = street.book.read()
    assert (word, cut.holders, cut.share.state) == ("cut", (carol.id,), "left")


async def test_what_may_be_seen_of_a_share(street: Street) -> None:
    pictures = sorted([await street.shelf.add(tags=("/Alps",)) for _ in range(5)])
    share = await street.share(BOB, reshare_depth=1)
    await street.invite(share, BOB, CAROL, *pictures[:3])
    bob, carol, dave = [await street.person(who) for who in (BOB, CAROL, DAVE)]
    await street.shelf.sql(
        "INSERT INTO share_members (share_id, picture_id, uri, owner_id, state, revision)"
        " SELECT s.id, p.id, 'x' || p.id, s.sender_id, 'announced', 7 FROM shares s, pictures p WHERE s.id = $1",
        share.id,
    )
    grants = street.shares.grants
    async with street.database.connection() as connection:
        page = await grants.view(connection, share.id, bob.id, None, 4)
        assert page is not None
        assert page.next == pictures[3]
        assert page.grant == share.id
        last = await grants.view(connection, share.id, bob.id, page.next, 4)
        assert last is not None
        assert last.next is None
        assert [(one.picture_id, one.revision, one.own) for one in (*page.items, *last.items)] == [
            (picture, 7, True) for picture in pictures
        ]
        hers = await grants.view(connection, share.id, carol.id, None)
        assert hers is not None
        assert [one.uri for one in hers.items] == [street.uri(one) for one in pictures[:3]]
        assert await grants.view(connection, share.id, dave.id, None) is None
        assert await grants.view(connection, uuid4(), bob.id, None) is None
    await street.shares.service.cut(street.alice, share.id, await street.grant_of(share, CAROL))
    async with street.database.connection() as connection:
        with pytest.raises(Gone):
            await grants.view(connection, share.id, carol.id, None)
    await street.shares.service.revoke(street.alice, share.id)
    async with street.database.connection() as connection:
        with pytest.raises(Gone):
            await grants.view(connection, share.id, bob.id, None)
        assert await grants.view(connection, share.id, dave.id, None) is None


async def test_who_holds_a_picture_and_who_holds_anything(street: Street) -> None:
    first, second = await street.shelf.add(tags=("/Alps",)), await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=1)
    await street.share(DAVE)
    await street.invite(share, BOB, CAROL, first)
    await street.invite(share, BOB, DAVE, first)
    service = street.shares.service
    found = await service.holders_of_picture(street.alice, first)
    assert sorted((one.grant.holder.handle, one.grant.via is None) for one in found) == [
        (f"@{BOB}", True), (f"@{CAROL}", False), (f"@{DAVE}", False), (f"@{DAVE}", True),
    ]  # fmt: skip
    found = await service.holders_of_picture(street.alice, second)
    assert sorted(one.grant.holder.handle for one in found) == [f"@{BOB}", f"@{DAVE}"]
    people = await service.all_holders(street.alice)
    assert {one.party.handle: (one.shares, one.direct) for one in people} == {
        f"@{BOB}": (1, True), f"@{CAROL}": (1, False), f"@{DAVE}": (2, True),
    }  # fmt: skip
    with pytest.raises(NotFound):
        await service.holders_of_picture(street.shelf.bob.id, first)
    await service.revoke(street.alice, share.id)
    assert [one.party.handle for one in await service.all_holders(street.alice)] == [f"@{DAVE}"]


async def test_what_has_ended_is_swept_and_those_cut_stay_out(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share, ended = await street.share(BOB, reshare_depth=2), await street.share(ERIN, reshare_depth=1)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    await street.invite(share, CAROL, DAVE, picture)
    await street.invite(ended, ERIN, DAVE, picture)
    await street.shares.service.cut(street.alice, share.id, await street.grant_of(share, CAROL))
    await street.shares.service.revoke(street.alice, ended.id)
    await street.shelf.sql("UPDATE grants SET cut_at = cut_at - interval '100 days' WHERE cut_at IS NOT NULL")
    await street.shelf.sql("UPDATE shares SET ended_at = ended_at - interval '100 days' WHERE ended_at IS NOT NULL")
    for _ in range(4):
        await street.shares.sweeper.sweep()
    assert await street.shelf.sql("SELECT count(*) FROM grant_pictures") == 0
    # Bob's root, and the note that Carol is not to come back.
    assert await street.shelf.sql("SELECT count(*) FROM grants") == 2
    assert await street.invite(share, BOB, CAROL, picture) == set()
    assert await street.gets(BOB, picture) == [200]


async def test_a_share_that_may_be_passed_on_later_is(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    assert await street.invite(share, BOB, CAROL, picture, depth=1) == set()
    await street.shares.service.update(street.alice, share.id, {"reshare_depth": 2})
    assert await street.invite(share, BOB, CAROL, picture, depth=1) == {picture}
    assert await street.invite(share, CAROL, DAVE, picture) == {picture}


async def test_doctor_names_grants_that_have_too_much(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, reshare_depth=2)
    await street.invite(share, BOB, CAROL, picture, depth=1)
    await street.invite(share, CAROL, DAVE, picture)

    async def wrong() -> list[object]:
        async with street.database.connection() as connection:
            return [one.stored for one in await grant_mismatches(connection)]

    assert await wrong() == []
    carols, daves = await street.grant_of(share, CAROL), await street.grant_of(share, DAVE)
    await street.shelf.sql("UPDATE grants SET depth = 5 WHERE id = $1", daves)
    assert await wrong() == ["it has more rights than the grant above it"]
    await street.shelf.sql("UPDATE grants SET depth = 0 WHERE id = $1", daves)
    await street.shelf.sql("UPDATE grants SET cut_at = now(), cut_by = 'owner' WHERE id = $1", carols)
    assert await wrong() == ["it stands though the grant above it was cut"]
    await street.shelf.sql("UPDATE grants SET cut_at = now(), cut_by = 'share' WHERE id IN ($1, $2)", share.id, daves)
    assert await wrong() == ["it is active and its recipient holds nothing"]
    await street.shelf.sql("UPDATE grant_pictures SET parent_id = NULL WHERE grant_id = $1", daves)
    assert "it covers a picture that does not depend on the grant above it" in await wrong()
