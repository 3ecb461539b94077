"""Folders: made, moved, copied and deleted, they are tags with all that is below them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from archypix.core.errors import ArchypixError, Conflict, Forbidden, Invalid
from tests.hierarchies.writing.study import Study


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


async def refused(study: Study, deed: Any, code: str, kind: type[ArchypixError] = Conflict) -> None:
    """A deed is refused whole, with this code."""
    state, tree = await study.state(), await study.tree()
    with pytest.raises(kind) as error:
        await deed
    assert error.value.code == code
    assert await study.state() == state
    assert await study.tree() == tree


async def test_a_folder_made_is_an_empty_tag(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/Ünï")
    assert await study.cabinet.shelf.paths() == {"/A": (0, 0), "/A/Ünï": (0, 0)}
    await study.undo_all()
    assert await study.cabinet.shelf.paths() == {}


async def test_a_folder_renamed_keeps_its_tag_its_files_and_their_names(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/B")
    await study.put("/A/B/x.jpg", b"x")
    await study.copy("/A/B/x.jpg", "/A/B/y.jpg")
    before, state = await study.tree(), await study.state()
    await study.move_folder("/A/B", "/A/b")
    await study.undo_last()
    assert await study.tree() == before
    await study.move_folder("/A/B", "/C")
    assert await study.tree() == {"/A/": None, "/C/": None, "/C/x.jpg": b"x", "/C/y.jpg": b"x"}
    await study.undo_last()
    assert await study.tree() == before
    assert await study.state() == state


async def test_a_folder_moved_over_another_replaces_it(study: Study) -> None:
    for folder in ("/A", "/A/In", "/B", "/B/Old"):
        await study.make_folder(folder)
    await study.put("/A/In/x.jpg", b"x")
    await study.put("/B/Old/y.jpg", b"y")
    await study.put("/B/z.jpg", b"z")
    await study.copy("/B/z.jpg", "/A/z.jpg")
    before, state = await study.tree(), await study.state()
    await study.move_folder("/A", "/B")
    assert await study.tree() == {"/B/": None, "/B/In/": None, "/B/In/x.jpg": b"x", "/B/z.jpg": b"z"}
    assert await study.trash() == {sha(b"y")}
    await study.undo_last()
    assert await study.tree() == before
    assert await study.state() == state


async def test_a_folder_copied_holds_the_same_pictures(study: Study) -> None:
    for folder in ("/A", "/A/In", "/B"):
        await study.make_folder(folder)
    await study.put("/A/In/x.jpg", b"x")
    await study.copy("/A/In/x.jpg", "/A/In/second.jpg")
    await study.put("/B/y.jpg", b"y")
    before, state = await study.tree(), await study.state()
    await study.copy_folder("/A", "/B")
    assert await study.tree() == {
        "/A/": None, "/A/In/": None, "/A/In/x.jpg": b"x", "/A/In/second.jpg": b"x",
        "/B/": None, "/B/In/": None, "/B/In/x.jpg": b"x", "/B/In/second.jpg": b"x",
    }  # fmt: skip
    await study.undo_last()
    assert await study.tree() == before
    assert await study.state() == state
    await study.copy_folder("/A", "/C", deep=False)
    assert await study.tree() == before | {"/C/": None}


async def test_a_copy_further_down_leaves_files_where_they_were(study: Study) -> None:
    for folder in ("/A", "/B", "/B/Down"):
        await study.make_folder(folder)
    await study.put("/A/x.jpg", b"x")
    await study.copy("/A/x.jpg", "/B/kept.jpg")
    await study.copy("/A/x.jpg", "/top.jpg")
    before = await study.tree()
    await study.copy_folder("/A", "/B/Down/A")
    assert await study.tree() == before | {"/B/Down/A/": None, "/B/Down/A/x.jpg": b"x"}
    await study.undo_last()
    assert await study.tree() == before


async def test_a_folder_moved_below_one_that_has_its_pictures_leaves_them_there(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/B")
    await study.put("/A/x.jpg", b"x")
    await study.copy("/A/x.jpg", "/B/y.jpg")
    before = await study.tree()
    await study.move_folder("/A", "/B/In")
    assert await study.tree() == {"/B/": None, "/B/In/": None, "/B/In/x.jpg": b"x", "/B/y.jpg": b"x"}
    await study.undo_last()
    assert await study.tree() == before


async def test_a_folder_deleted_takes_its_files_as_if_one_by_one(study: Study) -> None:
    for folder in ("/A", "/A/In", "/B"):
        await study.make_folder(folder)
    await study.put("/A/In/x.jpg", b"x")
    await study.put("/A/y.jpg", b"y")
    await study.copy("/A/y.jpg", "/B/y.jpg")
    await study.put("/z.jpg", b"z")
    await study.copy("/z.jpg", "/A/z.jpg")
    before, state = await study.tree(), await study.state()
    await study.delete_folder("/A")
    assert await study.tree() == {"/B/": None, "/B/y.jpg": b"y", "/z.jpg": b"z"}
    assert await study.trash() == {sha(b"x")}
    await study.undo_last()
    assert await study.tree() == before
    assert await study.state() == state


async def test_a_thousand_pictures_in_a_folder_are_one_operation(study: Study) -> None:
    shelf = study.cabinet.shelf
    await study.make_folder("/A")
    ids = [await shelf.add() for _ in range(200)]
    async with shelf.database.transaction() as connection:
        await shelf.tags.assign(connection, study.alice, ids, ["/A/Many"], "manual")
    numbers = "SELECT count(*) FROM operations"
    before = await shelf.sql(numbers)
    await study.move_folder("/A/Many", "/Many")
    await study.delete_folder("/Many")
    assert await shelf.sql(numbers) == before + 2
    assert await shelf.sql("SELECT count(*) FROM pictures WHERE deleted_at IS NOT NULL") == 200
    await study.undo_last()
    assert await shelf.paths() == {"/A": (0, 0), "/Many": (200, 200)}


async def test_folders_that_cannot_be_are_refused(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/B")
    await study.put("/A/x.jpg", b"x")
    await refused(study, study.move_folder("/A", "/A/B/C"), "inside_itself")
    await refused(study, study.move_folder("/A/B", "/A"), "inside_itself")
    await refused(study, study.copy_folder("/A", "/A/B/C"), "inside_itself")
    await refused(study, study.make_folder("/A/None/C"), "no_parent")
    await refused(study, study.make_folder("/SharedToMe"), "read_only", Forbidden)
    await refused(study, study.make_folder("/" + "x" * 101), "invalid_path", Invalid)
    root = await study.folder("/")
    await refused(study, study.writer.delete_folder(study.hierarchy, root, study.by), "read_only", Forbidden)


async def test_what_services_name_is_not_deleted(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/Ruled")
    await study.rule("By name", {"field": "filename", "contains": "nothing"}, "/A/Ruled")
    await refused(study, study.delete_folder("/A"), "rule")
    await study.move_folder("/A/Ruled", "/Ruled")
    await study.delete_folder("/A")
    assert await study.tree() == {"/Ruled/": None}


async def test_what_a_drive_leaves_out_is_not_deleted_with_the_folder_around_it(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/Secret")
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "mirror", "id": "all", "root": "/", "exclude": ["/A/Secret"]}, slug="open"
    )
    await refused(study, study.delete_folder("/A"), "hidden")
    await refused(study, study.make_folder("/A/secret"), "exists")


async def test_folders_of_the_configuration_stay(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "static", "id": "s", "name": "Views", "children": [
            {"type": "query", "id": "q", "name": "Best", "all": ["/Best"]},
            {"type": "mirror", "id": "m", "name": "Tags", "root": "/T", "keep_dir": True},
        ]},
        slug="set",
    )  # fmt: skip
    await study.make_folder("/Views/Tags/In")
    for folder in ("/Views", "/Views/Best", "/Views/Tags"):
        await refused(study, study.delete_folder(folder), "read_only", Forbidden)
        await refused(study, study.move_folder(folder, "/Other"), "read_only", Forbidden)
    await refused(study, study.make_folder("/Views/Best/In"), "read_only", Forbidden)
    await refused(study, study.move_folder("/Views/Tags/In", "/Views/In"), "read_only", Forbidden)


async def test_in_a_collapsed_folder_a_picture_loses_the_tag_that_it_has(study: Study) -> None:
    shelf = study.cabinet.shelf
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "mirror", "id": "all", "root": "/", "collapsed": ["/A/In"]}, slug="flat"
    )
    picture = await shelf.add(tags=("/A/In",))
    other = await shelf.add(tags=("/B",), filename="b.jpg")
    await study.delete("/A/picture.jpg")
    await study.move("/B/b.jpg", "/A/c.jpg")
    assert await shelf.sql("SELECT deleted_at IS NOT NULL FROM pictures WHERE id = $1", picture)
    assert (await study.cabinet.files(study.hierarchy, "A")) == {"c.jpg": other}
