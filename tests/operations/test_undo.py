"""Taking changes back: what comes back, what stays, and what the log says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from archypix.core.database import Connection
from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.journal import store as journal
from archypix.operations.service import OperationService
from archypix.pictures.editing import BatchEdit, Shift
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from tests.operations.desk import Desk, these

SUMMER = datetime(2019, 7, 1, 12, 30, 15, 250_000)


async def test_tags_given_and_taken_come_back_as_they_were(desk: Desk) -> None:
    first = await desk.shelf.add(tags=("/A/B", "/C"))
    await desk.shelf.add(tags=("/D",))
    before = await desk.state()
    operation = await desk.tag("/New/Deep", "/A/B", remove=["/C"])
    changed = await desk.state()
    undone = await desk.operations.undo(desk.alice, operation)
    assert (undone.affected, undone.skipped) == (2, 0)
    assert await desk.state() == before
    assert undone.operation is not None
    redone = await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.state() == changed
    assert redone.operation is not None
    await desk.operations.undo(desk.alice, redone.operation)
    assert await desk.state() == before
    assert await desk.shelf.mismatches() == []
    assert first in {row["id"] for row in before["pictures"]}


async def test_fields_come_back_with_their_marks_and_places(desk: Desk) -> None:
    one = await desk.shelf.add(captured_at=SUMMER, sorted_at=SUMMER, title="Old", edited_fields=["title"])
    await desk.shelf.add(file_date=datetime(2001, 1, 1), sorted_at=datetime(2001, 1, 1), date_source="file", rating=2)
    before = await desk.state()
    operation = await desk.edit(
        captured_at=datetime(2020, 2, 2), utc_offset=-90, latitude=45.123456789, longitude=-6.1, altitude=1e-7,
        rating=5, title=None, description="a\nb", creator="Zoë", filename="x.jpg",
    )  # fmt: skip
    rows = (await desk.state())["pictures"]
    assert [(row["captured_at"], row["sorted_at"], row["date_source"]) for row in rows] == [
        (datetime(2020, 2, 2), datetime(2020, 2, 2), "edited")
    ] * 2
    changed = await desk.state()
    undone = await desk.operations.undo(desk.alice, operation)
    assert (undone.affected, undone.skipped) == (2, 0)
    assert await desk.state() == before
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.state() == changed
    assert desk.told.count(one) == 3


async def test_a_single_edit_is_an_operation_too(desk: Desk) -> None:
    picture = await desk.shelf.add(title="Old")
    before = await desk.state()
    operation = await desk.editing.edit(desk.alice, picture, {"title": "New", "rating": 3})
    assert operation is not None
    assert await desk.editing.edit(desk.alice, picture, {"title": "New"}) is None
    assert (await desk.operations.undo(desk.alice, operation)).affected == 1
    assert await desk.state() == before


async def test_what_was_changed_since_stays_and_is_counted(desk: Desk) -> None:
    pictures = [await desk.shelf.add(title=f"old {number}") for number in range(4)]
    operation = await desk.edit(title="New", rating=1)
    await desk.edit(on=these(pictures[0]), title="Newer", rating=2)
    await desk.edit(on=these(pictures[1]), title="Newer")
    await desk.shelf.sql("DELETE FROM pictures WHERE id = $1", pictures[3])
    undone = await desk.operations.undo(desk.alice, operation)
    assert (undone.affected, undone.skipped) == (2, 2)
    rows = {row["id"]: (row["title"], row["rating"]) for row in (await desk.state())["pictures"]}
    # Of the second only the title was changed since.
    assert rows == {pictures[0]: ("Newer", 2), pictures[1]: ("Newer", None), pictures[2]: ("old 2", None)}


async def test_tags_changed_since_stay(desk: Desk) -> None:
    one, two = await desk.shelf.add(), await desk.shelf.add(tags=("/B",))
    operation = await desk.tag("/A", remove=["/B"])
    await desk.tag(remove=["/A"], on=these(one))
    await desk.tag("/B", on=these(two))
    undone = await desk.operations.undo(desk.alice, operation)
    assert (undone.affected, undone.skipped) == (1, 1)
    assert await desk.shelf.paths() == {"/B": (1, 1)}


async def test_the_trash_both_ways(desk: Desk) -> None:
    one, two, three = [await desk.shelf.add() for _ in range(3)]
    before = await desk.state()
    trashed = (await desk.trash.put_in_selected(desk.alice, these(one, two))).operation
    assert trashed is not None
    undone = await desk.operations.undo(desk.alice, trashed)
    assert (undone.affected, undone.skipped) == (2, 0)
    assert await desk.state() == before
    single = await desk.trash.put_in(desk.alice, three)
    restored = await desk.trash.take_out(desk.alice, three)
    assert single is not None
    assert restored is not None
    assert await desk.trash.take_out(desk.alice, three) is None
    assert (await desk.operations.undo(desk.alice, restored)).affected == 1
    assert [row["trashed"] for row in (await desk.state())["pictures"]] == [False, False, True]
    listed = [item.kind for item in (await desk.operations.page(desk.alice, 10)).items]
    assert listed == ["trash", "restore", "trash", "restore", "trash"]


async def test_who_came_back_or_is_gone_for_good_is_skipped(desk: Desk) -> None:
    pictures = [await desk.shelf.add() for _ in range(3)]
    first = (await desk.trash.put_in_selected(desk.alice, these(*pictures))).operation
    await desk.trash.take_out(desk.alice, pictures[0])
    await desk.shelf.sql("DELETE FROM pictures WHERE id = $1", pictures[1])
    assert first is not None
    undone = await desk.operations.undo(desk.alice, first)
    assert (undone.affected, undone.skipped) == (1, 2)
    assert [row["trashed"] for row in (await desk.state())["pictures"]] == [False, False]


async def test_an_operation_is_undone_once(desk: Desk) -> None:
    await desk.shelf.add()
    operation = await desk.tag("/A")
    undone = await desk.operations.undo(desk.alice, operation)
    with pytest.raises(Conflict) as refused:
        await desk.operations.undo(desk.alice, operation)
    assert refused.value.code == "already_undone"
    # Taken back itself, it leaves the first one standing, which can be undone again.
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert (await desk.operations.undo(desk.alice, operation)).affected == 1
    assert await desk.shelf.paths() == {}


async def test_of_others_there_is_nothing_to_undo(desk: Desk) -> None:
    await desk.shelf.add()
    operation = await desk.tag("/A")
    for account, identifier in ((desk.shelf.bob.id, operation), (desk.alice, uuid4())):
        with pytest.raises(NotFound):
            await desk.operations.undo(account, identifier)
    several = await desk.operations.undo_several(desk.shelf.bob.id, [operation])
    assert [refused.code for refused in several.refused] == ["not_found"]
    assert (await desk.operations.page(desk.shelf.bob.id, 10)).items == []


async def test_a_deleted_subtree_comes_back_with_its_ids_and_pictures(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B/C", "/X"))
    await desk.shelf.add(tags=("/A/B",))
    trashed = await desk.shelf.add(tags=("/A",))
    await desk.shelf.trash(trashed)
    await desk.shelf.tags.update(desk.alice, "/A/B", {"description": "Here", "colour": "#ff0000"})
    before = await desk.state()
    removal = await desk.shelf.tags.delete(desk.alice, "/A")
    assert removal.operation is not None
    undone = await desk.operations.undo(desk.alice, removal.operation)
    assert (undone.affected, undone.skipped) == (3, 0)
    assert await desk.state() == before
    assert await desk.shelf.mismatches() == []
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.shelf.paths() == {"/X": (1, 1)}
    assert await desk.shelf.mismatches() == []


async def test_a_tag_whose_place_is_taken_comes_back_as_the_one_there(desk: Desk) -> None:
    picture = await desk.shelf.add(tags=("/A/B",))
    operation = (await desk.shelf.tags.delete(desk.alice, "/A/B")).operation
    other = await desk.shelf.add(tags=("/A/b",))
    assert operation is not None
    await desk.operations.undo(desk.alice, operation)
    assert await desk.shelf.paths() == {"/A": (0, 2), "/A/b": (2, 2)}
    assert picture != other
    assert await desk.shelf.mismatches() == []


async def test_what_lay_under_a_tag_needs_that_first(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B",))
    child = (await desk.shelf.tags.delete(desk.alice, "/A/B")).operation
    parent = (await desk.shelf.tags.delete(desk.alice, "/A")).operation
    assert child is not None
    assert parent is not None
    with pytest.raises(Conflict) as refused:
        await desk.operations.undo(desk.alice, child)
    assert refused.value.code == "not_undoable"
    both = await desk.operations.undo_several(desk.alice, [child, parent])
    assert ([one.undone for one in both.done], both.refused) == ([parent, child], [])
    assert await desk.shelf.paths() == {"/A": (0, 1), "/A/B": (1, 1)}


async def test_a_tag_made_and_needed_since_stays(desk: Desk) -> None:
    picture = await desk.shelf.add()
    operation = await desk.tag("/New")
    await desk.shelf.tags.create(desk.alice, "/New/Child")
    assert (await desk.operations.undo(desk.alice, operation)).affected == 1
    assert await desk.shelf.paths() == {"/New": (0, 0), "/New/Child": (0, 0)}
    assert await desk.shelf.sql("SELECT tag_ids FROM pictures WHERE id = $1", picture) == []


async def test_renames_and_moves_go_back(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B/C",))
    before = await desk.state()
    await desk.shelf.tags.rename(desk.alice, "/A/B", "/X/Y/Z")
    await desk.operations.undo(desk.alice, await desk.latest())
    assert await desk.state() == before
    await desk.shelf.tags.rename(desk.alice, "/A", "/Q")
    renamed = await desk.latest()
    await desk.shelf.tags.rename(desk.alice, "/Q", "/R")
    with pytest.raises(Conflict):
        await desk.operations.undo(desk.alice, renamed)
    assert await desk.shelf.mismatches() == []


async def test_everything_since_a_time(desk: Desk) -> None:
    one = await desk.shelf.add(title="a")
    await desk.tag("/Kept")
    since = await desk.shelf.sql("SELECT clock_timestamp()")
    before = await desk.state()
    await desk.tag("/A", remove=["/Kept"])
    undone = await desk.operations.undo(desk.alice, await desk.edit(title="b"))
    await desk.shelf.tags.rename(desk.alice, "/A", "/B/C")
    await desk.trash.put_in(desk.alice, one)
    result = await desk.operations.undo_several(desk.alice, since=since)
    assert await desk.state() == before
    assert undone.operation not in [done.undone for done in result.done]
    assert (len(result.done), result.refused) == (3, [])
    assert (await desk.operations.undo_several(desk.alice, since=since)).done == []


async def test_pages_of_the_log(desk: Desk) -> None:
    await desk.shelf.add()
    made = [await desk.tag(f"/T{number}") for number in range(5)]
    found: list[UUID] = []
    cursor = None
    while True:
        page = await desk.operations.page(desk.alice, 2, cursor)
        found += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == made[::-1]
    with pytest.raises(Invalid):
        await desk.operations.page(desk.shelf.bob.id, 2, (await desk.operations.page(desk.alice, 2)).next)


async def test_old_operations_go(desk: Desk) -> None:
    await desk.shelf.add()
    old = await desk.tag("/A")
    new = await desk.tag("/B")
    await desk.shelf.sql("UPDATE operations SET at = $2 WHERE id = $1", old, datetime.now(UTC) - timedelta(days=31))
    assert await desk.operations.sweep() == 1
    assert [item.id for item in (await desk.operations.page(desk.alice, 10)).items] == [new]
    assert await desk.shelf.sql("SELECT count(*) FROM operation_items") == 1


@pytest.mark.parametrize(("name", "most"), [("MOST_OPERATIONS", 3), ("MOST_BYTES", 1200)])
async def test_of_too_many_the_oldest_go(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    monkeypatch.setattr(journal, name, most)
    await desk.shelf.add()
    made = [await desk.tag(f"/T{number}") for number in range(6)]
    await desk.shelf.tags.create(desk.shelf.bob.id, "/Bob")
    kept = [item.id for item in (await desk.operations.page(desk.alice, 10)).items]
    assert 1 <= len(kept) <= 3
    assert kept == made[::-1][: len(kept)]


async def test_nothing_changed_is_no_operation(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A",))
    nobody = Selection(PictureQuery(text="nobody"))
    assert (await desk.shelf.tags.change(desk.alice, nobody, add=["/A"])).operation is None
    assert (await desk.trash.put_in_selected(desk.alice, nobody)).operation is None
    assert (await desk.editing.edit_selected(desk.alice, nobody, BatchEdit({"title": "x"}))).operation is None
    assert (await desk.editing.edit_selected(desk.alice, nobody, BatchEdit(shift=Shift(timedelta(1))))).count == 0
    dry: dict[str, Any] = {"add": ["/B"], "dry_run": True}
    assert (await desk.shelf.tags.change(desk.alice, Selection(PictureQuery()), **dry)).operation is None
    assert (await desk.operations.page(desk.alice, 10)).items == []


async def test_a_tag_that_a_service_names_by_now_stays(desk: Desk) -> None:
    class Rules:
        """Names the tag `/A/New`."""

        moved = 0

        async def tags_moved(self, connection: Connection, owner_id: int) -> None:
            self.moved += 1

        async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> None: ...

        async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> None: ...

        async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
            named = "SELECT count(*) FROM tags WHERE name = 'New' AND id = ANY ($1)"
            return {"rules": await connection.fetchval(named, list(ids))}

    rules = Rules()
    operations = OperationService(desk.shelf.database, days=30, followers=(rules,))
    await desk.shelf.add()
    await operations.undo(desk.alice, await desk.tag("/A/New", "/B/C"))
    assert await desk.shelf.paths() == {"/A": (0, 0), "/A/New": (0, 0)}
    await desk.shelf.tags.rename(desk.alice, "/A", "/Z")
    await operations.undo(desk.alice, await desk.latest())
    assert rules.moved == 1


async def test_a_tag_that_is_back_already_is_not_made_twice(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B",))
    deleted = (await desk.shelf.tags.delete(desk.alice, "/A/B")).operation
    assert deleted is not None
    back = await desk.operations.undo(desk.alice, deleted)
    assert back.operation is not None
    again = await desk.operations.undo(desk.alice, back.operation)
    await desk.operations.undo(desk.alice, deleted)
    await desk.shelf.tags.rename(desk.alice, "/A/B", "/A/C")
    assert again.operation is not None
    await desk.operations.undo(desk.alice, again.operation)
    assert await desk.shelf.paths() == {"/A": (0, 1), "/A/C": (1, 1)}


async def test_nothing_comes_back_too_deep(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B/C",))
    deleted = (await desk.shelf.tags.delete(desk.alice, "/A/B")).operation
    assert deleted is not None
    deep = "/" + "/".join("x" * 15)
    await desk.shelf.tags.rename(desk.alice, "/A", deep)
    with pytest.raises(Conflict) as refused:
        await desk.operations.undo(desk.alice, deleted)
    assert refused.value.code == "too_deep"
    assert deep + "/B" not in await desk.shelf.paths()
    both = await desk.operations.undo_several(desk.alice, [deleted, await desk.latest()])
    assert len(both.done) == 2
    assert await desk.shelf.paths() == {"/A": (0, 1), "/A/B": (0, 1), "/A/B/C": (1, 1)}
    assert await desk.shelf.mismatches() == []
