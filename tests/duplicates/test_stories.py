"""Duplicates as a person meets them: groups, verdicts, second thoughts."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.accounts.house import Visitor
from tests.duplicates.house import Twins, flipped, ids

HASH = 0x9A3C_51E7_0F2D_B846
OTHER = 0x1234_8765_FEDC_0A9B


async def test_pictures_of_the_same_content_are_grouped_and_the_best_stands_for_them(twins: Twins) -> None:
    small = await twins.picture(content=1, width=100, height=100)
    large = await twins.picture(content=1, width=400, height=300)
    await twins.picture(content=2)
    await twins.settle()
    (group,) = await twins.groups("content")
    assert ids(group) == {small, large}
    assert (group["kind"], group["state"], group["verdict"], group["total"]) == ("content", "open", None, 2)
    assert group["shown"] == str(large)
    assert group["pictures"][0]["owner"] == "@alice:a.test"
    assert await twins.groups("similar") == []
    chosen = await twins.alice.send("PATCH", f"/duplicates/{group['id']}", {"shown": str(small)})
    assert chosen["shown"] == str(small)
    await twins.picture(content=1, width=800, height=600)
    await twins.settle()
    (group,) = await twins.groups("content")
    assert (group["shown"], group["total"]) == (str(small), 3)
    assert await twins.mismatches() == []


async def test_similar_pictures_are_offered_in_chains(twins: Twins) -> None:
    one = await twins.picture(HASH)
    two = await twins.picture(flipped(HASH, 0, 20, 40, 60, 61, 62))
    three = await twins.picture(flipped(HASH, 0, 20, 40, 60, 61, 62, 1, 2, 3, 4, 5, 6))
    far = await twins.picture(flipped(HASH, *range(0, 14, 2)))
    await twins.picture(OTHER)
    await twins.settle()
    assert await twins.sets() == {frozenset({one, two, three})}
    assert far not in (one, two)
    # Of the same content and alike: that is one question, not two.
    await twins.picture(OTHER, content=7)
    await twins.settle()
    (group,) = (group for group in await twins.groups() if one not in ids(group))
    assert len(ids(group)) == 2
    assert await twins.mismatches() == []


async def test_the_same_content_is_not_offered_as_similar(twins: Twins) -> None:
    await twins.picture(HASH, content=3)
    await twins.picture(HASH, content=3)
    await twins.settle()
    assert await twins.groups("similar") == []
    assert len(await twins.groups("content")) == 1


async def test_other_peoples_pictures_never_appear(twins: Twins) -> None:
    mine = await twins.picture(HASH, content=1)
    theirs = await twins.picture(HASH, content=1, owner=twins.shelf.bob)
    more = await twins.picture(flipped(HASH, 3), content=2, owner=twins.shelf.bob)
    await twins.settle()
    for kind in ("content", "similar"):
        assert await twins.groups(kind) == []
    (group,) = await twins.groups("similar", visitor=twins.bob)
    assert ids(group) == {theirs, more}
    place = f"/duplicates/{group['id']}"
    assert (await twins.alice.call("GET", f"/api/v1{place}")).status_code == 404
    await twins.alice.send("PATCH", place, {"shown": str(theirs)}, status=404)
    await twins.judge(group, keep=[theirs], trash=[more], status=404)
    await twins.undo(group, status=404)
    answer = await twins.bob.send("POST", f"{place}/verdict", {"same": [str(theirs), str(mine)]}, status=422)
    assert answer["errors"] == [{"path": "same.1", "detail": "This picture is not in the group."}]


async def test_keep_one_and_trash_the_others_with_their_tags(twins: Twins) -> None:
    keep = await twins.picture(HASH, tags=("/Alps",))
    trash = await twins.picture(flipped(HASH, 1), tags=("/Alps", "/Summer/2020"))
    await twins.settle()
    (group,) = await twins.groups()
    said = await twins.judge(group, keep=[keep], trash=[trash], merge_tags=True)
    assert said["trashed"] == 1
    assert (said["group"]["state"], said["group"]["verdict"], said["group"]["shown"]) == ("settled", "kept", str(keep))
    assert await twins.groups() == []
    assert (await twins.alice.get(f"/pictures/{trash}"))["deleted_at"] is not None
    assert (await twins.alice.get(f"/pictures/{keep}"))["tags"] == ["/Alps", "/Summer/2020"]
    (settled,) = await twins.groups(state="settled")
    assert ids(settled) == {keep, trash}

    back = await twins.undo(group)
    assert (back["restored"], back["group"]["state"], back["group"]["verdict"]) == (1, "open", None)
    assert (await twins.alice.get(f"/pictures/{keep}"))["tags"] == ["/Alps"]
    assert (await twins.alice.get(f"/pictures/{trash}"))["tags"] == ["/Alps", "/Summer/2020"]
    assert await twins.sets() == {frozenset({keep, trash})}
    await twins.undo(group, status=404)
    assert await twins.mismatches() == []


async def test_restoring_from_the_trash_brings_the_group_back_as_it_was(twins: Twins) -> None:
    one, two, three = [await twins.picture(flipped(HASH, bit)) for bit in range(3)]
    await twins.settle()
    (group,) = await twins.groups()
    await twins.judge(group, keep=[one, two], trash=[three])
    assert await twins.groups() == []
    await twins.trash.take_out(twins.shelf.alice.id, three)
    (back,) = await twins.groups()
    assert (back["id"], ids(back)) == (group["id"], {one, two, three})
    # That the kept two belong beside each other stays said.
    await twins.trash.put_in(twins.shelf.alice.id, three)
    assert await twins.groups() == []
    assert await twins.mismatches() == []


async def test_different_pictures_are_never_offered_again(twins: Twins) -> None:
    one, two = await twins.picture(HASH), await twins.picture(flipped(HASH, 9))
    await twins.settle()
    (group,) = await twins.groups()
    await twins.judge(group, different=[one, two])
    await twins.settle()
    assert await twins.groups() == []
    # All is compared anew, and the answer stands.
    for distance in (10, 6):
        await twins.alice.send("PUT", "/duplicates/settings", {"similar_distance": distance})
        await twins.settle()
        assert await twins.groups() == []
    new = await twins.picture(flipped(HASH, 9, 10))
    await twins.settle()
    (group,) = await twins.groups()
    assert ids(group) == {one, two, new}
    await twins.judge(group, different=[one, new])
    assert await twins.sets() == {frozenset({two, new})}
    await twins.judge(group, same=[two, new])
    assert await twins.groups() == []
    await twins.undo(group)
    assert await twins.sets() == {frozenset({two, new})}
    await twins.undo(group)
    await twins.undo(group)
    assert await twins.sets() == {frozenset({one, two, new})}
    assert await twins.mismatches() == []


async def test_verdicts_on_the_same_content(twins: Twins) -> None:
    one, two, three = [await twins.picture(content=5) for _ in range(3)]
    await twins.settle()
    (group,) = await twins.groups("content")
    await twins.judge(group, same=[one, two])
    assert await twins.sets("content") == {frozenset({one, two, three})}
    await twins.judge(group, keep=[one, two], trash=[three])
    assert await twins.groups("content") == []
    await twins.undo(group)
    await twins.judge(group, different=[one, two, three])
    assert await twins.groups("content") == []
    four = await twins.picture(content=5)
    await twins.settle()
    assert await twins.sets("content") == {frozenset({one, two, three, four})}
    assert await twins.mismatches() == []


async def test_lists_can_show_one_picture_of_each_content(twins: Twins) -> None:
    small = await twins.picture(content=1, width=10, height=10, tags=("/A",))
    large = await twins.picture(content=1, width=90, height=90, tags=("/A",))
    alone = await twins.picture(content=2, tags=("/A",))
    theirs = await twins.picture(content=1, owner=twins.shelf.bob)
    await twins.settle()

    async def listed(query: str = "", visitor: Visitor | None = None) -> set[UUID]:
        page = await (visitor or twins.alice).get(f"/pictures?collapse=true{query}")
        return {UUID(each["id"]) for each in page["items"]}

    for query in ("", "&tag=/A", "&any_tag=/A", "&sort=size", "&q=picture"):
        assert await listed(query) == {large, alone}, query
    assert await listed(visitor=twins.bob) == {theirs}
    (group,) = await twins.groups("content")
    await twins.alice.send("PATCH", f"/duplicates/{group['id']}", {"shown": str(small)})
    assert await listed() == {small, alone}
    await twins.trash.put_in(twins.shelf.alice.id, small)
    assert await listed() == {large, alone}
    assert await listed("&trash=true") == {small}
    await twins.trash.take_out(twins.shelf.alice.id, small)
    await twins.judge(group, same=[small, large])
    assert await listed() == {small, alone}
    await twins.undo(group)
    await twins.judge(group, different=[small, large])
    assert await listed() == {small, large, alone}


async def test_the_distance_is_a_setting(twins: Twins) -> None:
    assert await twins.alice.get("/duplicates/settings") == {"similar_distance": 6}
    pair = {await twins.picture(HASH), await twins.picture(flipped(HASH, *range(0, 40, 5)))}
    await twins.settle()
    assert await twins.sets() == set()
    await twins.alice.send("PUT", "/duplicates/settings", {"similar_distance": 8})
    await twins.settle()
    assert await twins.sets() == {frozenset(pair)}
    await twins.alice.send("PUT", "/duplicates/settings", {"similar_distance": 7})
    await twins.settle()
    assert await twins.sets() == set()
    await twins.alice.send("PUT", "/duplicates/settings", {"similar_distance": 11}, status=422)
    assert await twins.mismatches() == []


async def test_another_file_belongs_elsewhere(twins: Twins) -> None:
    one, two = await twins.picture(HASH, content=1), await twins.picture(flipped(HASH, 5), content=2)
    other = await twins.picture(OTHER, content=3)
    await twins.settle()
    assert await twins.sets() == {frozenset({one, two})}
    change = "UPDATE pictures SET perceptual_hash = $2, content_hash = $3, state = $4 WHERE id = $1"
    await twins.shelf.sql(change, two, None, None, "processing")
    await twins.settle()
    # While it is being examined, nothing is known yet.
    assert await twins.sets() == {frozenset({one, two})}
    await twins.shelf.sql(change, two, OTHER, (3).to_bytes(32, "big"), "ready")
    await twins.settle()
    assert await twins.sets() == set()
    assert await twins.sets("content") == {frozenset({two, other})}
    assert await twins.mismatches() == []


async def test_what_is_removed_for_good_leaves_its_group(twins: Twins) -> None:
    # One of three holds the other two together.
    left, middle, right = HASH, flipped(HASH, 0, 1, 2, 3), flipped(HASH, *range(8))
    one, two, three = [await twins.picture(bits, content=1) for bits in (left, middle, right)]
    for picture, content in ((one, 1), (two, 2), (three, 1)):
        await twins.shelf.sql(
            "UPDATE pictures SET content_hash = $2 WHERE id = $1", picture, content.to_bytes(32, "big")
        )
    await twins.settle()
    assert await twins.sets() == {frozenset({one, two, three})}
    await twins.trash.put_in(twins.shelf.alice.id, two)
    assert await twins.sets() == set()
    assert await twins.trash.purge(twins.shelf.alice.id, [two]) == 1
    await twins.settle()
    assert await twins.groups(state="settled") == []
    assert await twins.shelf.sql("SELECT count(*) FROM similar_pairs") == 0
    await twins.trash.put_in(twins.shelf.alice.id, one)
    await twins.trash.purge(twins.shelf.alice.id, [one])
    await twins.settle()
    assert await twins.shelf.sql("SELECT count(*) FROM duplicate_groups") == 0
    assert await twins.shelf.sql("SELECT count(*) FROM duplicates_due") == 0
    assert await twins.mismatches() == []


async def test_groups_that_grow_together_keep_their_verdicts(twins: Twins) -> None:
    one, two = await twins.picture(HASH), await twins.picture(flipped(HASH, 0))
    far = flipped(HASH, *range(20, 30))
    three, four = await twins.picture(far), await twins.picture(flipped(far, 1))
    await twins.settle()
    groups = {ids(group): group for group in await twins.groups()}
    assert set(groups) == {frozenset({one, two}), frozenset({three, four})}
    for members, group in groups.items():
        await twins.judge(group, different=members)
    bridge = await twins.picture(flipped(HASH, *range(20, 25)))
    await twins.settle()
    (group,) = await twins.groups()
    assert ids(group) == {one, two, three, four, bridge}
    await twins.judge(group, same=ids(group))
    assert await twins.groups() == []
    for _ in range(3):
        await twins.undo(group)
    await twins.undo(group, status=404)
    assert await twins.sets() == {frozenset({one, two, three, four, bridge})}


async def test_a_group_that_falls_apart_and_comes_back_is_still_judged(twins: Twins) -> None:
    one, two = await twins.picture(HASH), await twins.picture(flipped(HASH, 0, 1))
    await twins.settle()
    (group,) = await twins.groups()
    await twins.judge(group, different=[one, two])
    for distance, settled in ((1, 0), (6, 1)):
        for _ in range(2):
            await twins.alice.send("PUT", "/duplicates/settings", {"similar_distance": distance})
        assert await twins.shelf.sql("SELECT count(*) FROM duplicates_due") == 2
        await twins.settle()
        assert await twins.groups() == []
        assert len(await twins.groups(state="settled")) == settled
    (group,) = await twins.groups(state="settled")
    await twins.undo(group)
    assert await twins.sets() == {frozenset({one, two})}
    await twins.trash.put_in(twins.shelf.alice.id, one)
    await twins.trash.purge(twins.shelf.alice.id, [one])
    await twins.settle()
    assert await twins.shelf.sql("SELECT count(*) FROM duplicate_verdicts") == 0


async def test_what_is_no_verdict_is_refused(twins: Twins) -> None:
    one, two = await twins.picture(HASH), await twins.picture(HASH)
    await twins.settle()
    (group,) = await twins.groups()
    for said in (
        {},
        {"keep": [one]},
        {"trash": [two]},
        {"different": [one]},
        {"same": [one, one]},
        {"same": [one, two], "different": [one, two]},
        {"same": [one, two], "merge_tags": True},
        {"keep": [one], "trash": [one]},
        {"keep": [one], "trash": [uuid4()]},
        {"keep": ["no id"], "trash": [two]},
        {"keep": [one], "trash": [two], "more": [one]},
        {"different": [UUID(int=number) for number in range(101)]},
    ):
        await twins.judge(group, status=422, **said)
    await twins.trash.put_in(twins.shelf.alice.id, one)
    await twins.judge(group, keep=[one], trash=[two], status=409)
    await twins.alice.send("PATCH", f"/duplicates/{group['id']}", {"shown": str(uuid4())}, status=422)
    for place in (f"/duplicates/{uuid4()}", "/duplicates/x", "/duplicates/%00"):
        await twins.alice.send("GET", place, status=404)
    for query in ("kind=other", "state=x", "limit=0", "limit=51", "cursor=x", "cursor=%00", "more=1"):
        await twins.alice.send("GET", f"/duplicates?{query}", status=422)
