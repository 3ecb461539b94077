"""Assignments and their sources, what derives from them, and changes to selections."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from archypix.core.errors import Invalid, NotFound
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import MAX_IDS, Selection
from archypix.tags.models import CarriedTag
from tests.pictures.shelf import NOON, Shelf

EVERYTHING = Selection(PictureQuery())


async def assigned(shelf: Shelf, picture_id: UUID) -> set[tuple[str, str]]:
    """(path, source) of a picture's assignments."""
    carried = await shelf.tags.of_picture(shelf.alice.id, picture_id)
    return {(tag.path, reason.source) for tag in carried for reason in tag.reasons}


async def give(shelf: Shelf, picture_id: UUID, path: str, source: str, source_id: int = 0) -> int:
    async with shelf.database.transaction() as connection:
        await lock_library(connection, shelf.alice.id)
        return await shelf.tags.assign(connection, shelf.alice.id, [picture_id], [path], source, source_id)


async def test_carrying_a_tag_means_carrying_its_ancestors(shelf: Shelf) -> None:
    await shelf.add(tags=("/Photos/Travel/Alps",))
    await shelf.add(tags=("/Photos/Travel", "/Photos"))
    assert await shelf.paths() == {"/Photos": (1, 2), "/Photos/Travel": (1, 2), "/Photos/Travel/Alps": (1, 1)}
    assert await shelf.mismatches() == []


async def test_the_trash_is_not_counted_and_restoring_brings_every_tag_back(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/Photos/Alps", "/Family"))
    before = await shelf.paths()
    await shelf.trash(picture)
    assert await shelf.paths() == {"/Family": (0, 0), "/Photos": (0, 0), "/Photos/Alps": (0, 0)}
    assert await shelf.mismatches() == []
    await shelf.trash(picture, restore=True)
    assert await shelf.paths() == before
    assert await assigned(shelf, picture) == {("/Photos/Alps", "manual"), ("/Family", "manual")}


async def test_one_source_goes_and_the_others_stay(shelf: Shelf) -> None:
    picture = await shelf.add()
    assert await give(shelf, picture, "/Alps", "upload") == 1
    assert await give(shelf, picture, "/Alps", "rule", 7) == 1
    assert await give(shelf, picture, "/Alps", "rule", 8) == 1
    assert await give(shelf, picture, "/alps", "rule", 8) == 0
    async with shelf.database.transaction() as connection:
        await lock_library(connection, shelf.alice.id)
        tags = await shelf.tags.resolve(connection, shelf.alice.id, ["/Alps", "/None"], create=False)
        assert len(tags) == 1
        assert await shelf.tags.unassign_tags(connection, shelf.alice.id, [picture], tags, "rule", 7) == 1
    assert await assigned(shelf, picture) == {("/Alps", "upload"), ("/Alps", "rule")}
    assert await shelf.paths() == {"/Alps": (1, 1)}
    assert await shelf.mismatches() == []


async def test_why_a_picture_carries_a_tag(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/Photos/Alps", "/Photos"))
    await give(shelf, picture, "/Photos/Alps", "rule", 3)
    photos, alps = await shelf.tags.of_picture(shelf.alice.id, picture)
    assert isinstance(photos, CarriedTag)
    assert (photos.path, [reason.source for reason in photos.reasons], photos.implied_by) == (
        "/Photos", ["manual"], ("/Photos/Alps",),
    )  # fmt: skip
    assert (alps.path, [(reason.source, reason.source_id) for reason in alps.reasons], alps.implied_by) == (
        "/Photos/Alps", [("manual", 0), ("rule", 3)], (),
    )  # fmt: skip
    assert abs((datetime.now(UTC) - alps.reasons[0].since).total_seconds()) < 60
    with pytest.raises(NotFound):
        await shelf.tags.of_picture(shelf.bob.id, picture)


async def test_nobody_tags_a_picture_of_another(shelf: Shelf) -> None:
    of_bob = await shelf.add(shelf.bob)
    assert await give(shelf, of_bob, "/Mine", "manual") == 0
    selection = Selection(include=(of_bob,))
    assert await shelf.tags.change_selection(shelf.alice.id, selection, add=["/Mine"]) == 0
    assert await shelf.sql("SELECT count(*) FROM assignments") == 0
    assert await shelf.mismatches() == []


async def test_a_selection_is_a_query_plus_and_minus_ids(shelf: Shelf) -> None:
    in_alps = [await shelf.add(tags=("/Alps",)) for _ in range(3)]
    others = [await shelf.add() for _ in range(2)]
    await shelf.add(shelf.bob)
    selection = Selection(PictureQuery(tags=("/Alps",)), include=(others[0],), exclude=(in_alps[0], others[1]))
    assert await shelf.tags.change_selection(shelf.alice.id, selection, add=["/New/Tag"], dry_run=True) == 3
    assert "/New" not in await shelf.paths()
    assert await shelf.tags.change_selection(shelf.alice.id, selection, add=["/New/Tag"]) == 3
    assert await shelf.tags.change_selection(shelf.alice.id, selection, add=["/New/Tag"]) == 0
    assert (await shelf.paths())["/New/Tag"] == (3, 3)
    assert await assigned(shelf, others[1]) == set()
    assert await shelf.mismatches() == []


async def test_the_empty_query_is_the_whole_library_and_no_query_is_nothing(shelf: Shelf) -> None:
    for _ in range(3):
        await shelf.add()
    await shelf.trash(await shelf.add())
    assert await shelf.tags.change_selection(shelf.alice.id, Selection(), add=["/A"], dry_run=True) == 0
    assert await shelf.tags.change_selection(shelf.alice.id, EVERYTHING, add=["/A"]) == 3


async def test_removing_takes_what_people_gave_and_leaves_what_rules_gave(shelf: Shelf) -> None:
    by_hand, by_rule, by_both = [await shelf.add() for _ in range(3)]
    await give(shelf, by_hand, "/Alps", "upload")
    await give(shelf, by_rule, "/Alps", "rule", 1)
    await give(shelf, by_both, "/Alps", "webdav")
    await give(shelf, by_both, "/Alps", "segment", 2)
    for dry_run in (True, False):
        assert await shelf.tags.change_selection(shelf.alice.id, EVERYTHING, remove=["/alps"], dry_run=dry_run) == 2
    assert await shelf.paths() == {"/Alps": (2, 2)}
    assert await assigned(shelf, by_both) == {("/Alps", "segment")}


async def test_what_was_given_on_the_way_in_is_not_given_again(shelf: Shelf) -> None:
    uploaded, ruled = await shelf.add(), await shelf.add()
    await give(shelf, uploaded, "/Alps", "upload")
    await give(shelf, ruled, "/Alps", "rule", 1)
    for dry_run in (True, False):
        assert await shelf.tags.change_selection(shelf.alice.id, EVERYTHING, add=["/Alps"], dry_run=dry_run) == 1
    assert await assigned(shelf, uploaded) == {("/Alps", "upload")}
    assert await assigned(shelf, ruled) == {("/Alps", "rule"), ("/Alps", "manual")}


async def test_moving_from_tag_to_tag_is_one_step(shelf: Shelf) -> None:
    pictures = [await shelf.add(tags=("/Trips/Inbox",)) for _ in range(3)]
    selection = Selection(PictureQuery(tags=("/Trips/Inbox",)))
    arguments = {"add": ["/Trips/Alps", "/New"], "remove": ["/Trips/Inbox", "/Unknown"]}
    assert await shelf.tags.change_selection(shelf.alice.id, selection, **arguments, dry_run=True) == 3
    assert await shelf.tags.change_selection(shelf.alice.id, selection, **arguments) == 3
    assert await shelf.paths() == {
        "/New": (3, 3), "/Trips": (0, 3), "/Trips/Alps": (3, 3), "/Trips/Inbox": (0, 0),
    }  # fmt: skip
    assert await assigned(shelf, pictures[0]) == {("/Trips/Alps", "manual"), ("/New", "manual")}
    assert await shelf.mismatches() == []


async def test_selections_are_checked(shelf: Shelf) -> None:
    async def refused(selection: Selection, **arguments: list[str]) -> list[str]:
        with pytest.raises(Invalid) as caught:
            await shelf.tags.change_selection(shelf.alice.id, selection, **arguments)
        return [fault.path for fault in caught.value.faults]

    too_many = tuple(new_id() for _ in range(MAX_IDS + 1))
    assert await refused(Selection(include=too_many), add=["/A"]) == ["selection.include"]
    assert await refused(Selection(PictureQuery(trash=True)), add=["/A"]) == ["selection.query.trash"]
    assert await refused(EVERYTHING) == ["add"]
    assert await refused(EVERYTHING, add=["/A", "x"], remove=[]) == ["add.1"]
    assert await refused(EVERYTHING, add=["/A"], remove=["x"]) == ["remove.0"]
    assert await refused(EVERYTHING, add=["/SharedToMe/x"]) == ["add.0"]
    assert await refused(EVERYTHING, add=["/A"] * 101) == ["add"]
    await shelf.tags.create(shelf.alice.id, "/A")
    assert await refused(EVERYTHING, add=["/A"], remove=["/a"]) == ["remove"]


async def test_a_change_of_date_moves_the_picture_in_the_lists_of_its_tags(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/Alps",))
    await shelf.sql("UPDATE pictures SET sorted_at = $2 WHERE id = $1", picture, NOON.replace(year=1999))
    assert await shelf.sql("SELECT sorted_at FROM picture_tags") == NOON.replace(year=1999)
    assert await shelf.mismatches() == []


async def test_a_picture_removed_for_good_leaves_nothing(shelf: Shelf) -> None:
    picture, other = await shelf.add(tags=("/A/B",)), await shelf.add(tags=("/A",))
    await shelf.trash(other)
    await shelf.sql("DELETE FROM pictures WHERE id = ANY ($1)", [picture, other])
    assert await shelf.paths() == {"/A": (0, 0), "/A/B": (0, 0)}
    assert await shelf.sql("SELECT count(*) FROM picture_tags") == 0
    assert await shelf.mismatches() == []
