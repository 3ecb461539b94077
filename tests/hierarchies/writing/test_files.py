"""Files: what putting, moving, copying and deleting does to tags, trash and versions."""

from __future__ import annotations

import hashlib

import pytest

from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.hierarchies.models import Missing
from archypix.hierarchies.writing.deed import doing
from tests.hierarchies.writing.study import LAPTOP, Study


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


async def paths(study: Study, picture: object) -> set[str]:
    """The tags assigned to a picture."""
    found = await study.cabinet.shelf.tags.of_picture(study.alice, picture)  # type: ignore[arg-type]
    return {tag.path for tag in found if tag.reasons}


async def test_a_new_file_gets_the_tag_of_its_folder_and_lies_under_its_name(study: Study) -> None:
    await study.make_folder("/Trips")
    picture = await study.put("/Trips/Sea.JPG", b"sea")
    assert await study.tree() == {"/Trips/": None, "/Trips/Sea.JPG": b"sea"}
    assert await paths(study, picture) == {"/Trips"}
    await study.undo_all()
    assert await study.tree() == {}
    assert await study.trash() == {sha(b"sea")}


async def test_a_move_takes_one_tag_and_gives_the_other(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/B")
    picture = await study.put("/A/x.jpg", b"x")
    before = await study.state()
    assert not await study.move("/A/x.jpg", "/B/y.jpg")
    assert await study.tree() == {"/A/": None, "/B/": None, "/B/y.jpg": b"x"}
    assert await paths(study, picture) == {"/B"}
    assert await study.cabinet.shelf.sql("SELECT filename FROM pictures WHERE id = $1", picture) == "y.jpg"
    await study.undo_last()
    assert await study.state() == before
    assert (await study.tree())["/A/x.jpg"] == b"x"


async def test_a_renamed_file_keeps_its_tags_and_its_former_name_comes_back_with_an_undo(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    assert not await study.move("/A/x.jpg", "/A/X.JPG")
    await study.move("/A/X.JPG", "/A/other.jpg")
    assert await study.tree() == {"/A/": None, "/A/other.jpg": b"x"}
    await study.undo_last()
    assert await study.tree() == {"/A/": None, "/A/X.JPG": b"x"}


async def test_a_copy_is_the_same_picture_in_two_places(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/A/B")
    picture = await study.put("/A/x.jpg", b"x")
    await study.copy("/A/x.jpg", "/A/B/x.jpg")
    await study.copy("/A/x.jpg", "/x.jpg")
    await study.copy("/A/x.jpg", "/A/second.jpg")
    tree = await study.tree()
    assert set(tree) == {"/A/", "/A/B/", "/A/x.jpg", "/A/B/x.jpg", "/x.jpg", "/A/second.jpg"}
    assert await study.cabinet.shelf.sql("SELECT count(*) FROM pictures") == 1
    await study.delete("/A/second.jpg")
    await study.delete("/A/x.jpg")
    assert await paths(study, picture) == {"/A/B"}
    await study.delete("/A/B/x.jpg")
    assert await study.tree() == {"/A/": None, "/A/B/": None, "/x.jpg": b"x"}
    await study.delete("/x.jpg")
    assert await study.trash() == {sha(b"x")}


async def test_deleted_from_its_last_folder_a_picture_is_in_the_trash_and_comes_back_whole(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    before = await study.state()
    await study.delete("/A/x.jpg")
    assert await study.trash() == {sha(b"x")}
    await study.undo_last()
    assert await study.state() == before
    assert (await study.tree())["/A/x.jpg"] == b"x"


async def test_what_was_deleted_and_is_put_again_is_the_same_picture(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/B")
    picture = await study.put("/A/x.jpg", b"x")
    await study.delete("/A/x.jpg")
    assert await study.put("/B/new.jpg", b"x") == picture
    assert await study.tree() == {"/A/": None, "/B/": None, "/B/new.jpg": b"x"}


async def test_put_under_a_new_name_and_deleted_under_the_old_one_is_a_rename(study: Study) -> None:
    await study.make_folder("/A")
    picture = await study.put("/A/x.jpg", b"x")
    await study.cabinet.tag(picture, "/Best")
    assert await study.put("/A/y.jpg", b"x") == picture
    await study.delete("/A/x.jpg")
    assert await paths(study, picture) == {"/A", "/Best"}
    assert "/A/x.jpg" not in await study.tree()
    assert (await study.tree())["/A/y.jpg"] == b"x"


async def test_a_file_put_over_another_is_a_new_version_whatever_the_library_keeps(study: Study) -> None:
    await study.cabinet.shelf.sql("UPDATE libraries SET version_mode = 'none'")
    await study.make_folder("/A")
    picture = await study.put("/A/x.jpg", b"one")
    await study.cabinet.tag(picture, "/Best")
    before = await study.tree()
    assert await study.put("/A/x.jpg", b"two") == picture
    assert (await study.tree())["/A/x.jpg"] == b"two"
    assert sha(b"one") in await study.kept()
    await study.undo_last()
    assert await study.tree() == before
    await study.undo_last()
    assert (await study.tree())["/A/x.jpg"] == b"two"
    assert sha(b"one") in await study.kept()


async def test_of_two_new_files_put_at_once_under_one_name_the_first_is_a_version_of_the_second(study: Study) -> None:
    await study.make_folder("/A")
    target = await study.find("/A/x.jpg")
    assert isinstance(target, Missing)
    one = await study.put("/A/x.jpg", b"one")
    await study.put_into(target, b"two")
    assert (await study.file("/A/x.jpg")).picture_id == one
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"two"}
    assert await study.trash() == {sha(b"one")}
    await study.undo_last()
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"one"}
    assert await study.trash() == {sha(b"two")}


async def test_known_bytes_put_over_another_picture_take_its_place(study: Study) -> None:
    await study.make_folder("/A")
    await study.make_folder("/B")
    one = await study.put("/A/x.jpg", b"one")
    await study.put("/B/y.jpg", b"two")
    before = await study.tree()
    assert await study.put("/B/y.jpg", b"one") == one
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"one", "/B/": None, "/B/y.jpg": b"one"}
    assert await study.trash() == {sha(b"two")}
    await study.undo_last()
    assert await study.tree() == before


async def test_a_scratch_file_renamed_over_a_picture_is_a_version_of_it(study: Study) -> None:
    await study.make_folder("/A")
    picture = await study.put("/A/x.jpg", b"one")
    await study.cabinet.tag(picture, "/Best")
    await study.put("/A/x.saving", b"two")
    before = await study.tree()
    assert await study.move("/A/x.saving", "/A/x.jpg")
    assert (await study.file("/A/x.jpg")).picture_id == picture
    assert await paths(study, picture) == {"/A", "/Best"}
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"two", "/Best/": None, "/Best/x.jpg": b"two"}
    assert {sha(b"one"), sha(b"two")} <= await study.kept()
    assert await study.trash() == {sha(b"one")}
    await study.undo_last()
    assert await study.tree() == before
    await study.undo_last()
    assert (await study.tree())["/A/x.jpg"] == b"two"


async def test_a_picture_that_lies_elsewhere_takes_the_place_of_the_one_it_is_moved_over(study: Study) -> None:
    for folder in ("/A", "/B", "/C"):
        await study.make_folder(folder)
    one = await study.put("/A/x.jpg", b"one")
    await study.copy("/A/x.jpg", "/C/x.jpg")
    await study.put("/B/y.jpg", b"two")
    before = await study.tree()
    await study.move("/A/x.jpg", "/B/y.jpg")
    assert (await study.file("/B/y.jpg")).picture_id == one
    assert (await study.tree())["/C/x.jpg"] == b"one"
    assert await study.trash() == {sha(b"two")}
    await study.undo_last()
    assert await study.tree() == before


async def test_one_of_two_names_overwritten_becomes_a_picture_of_its_own(study: Study) -> None:
    await study.make_folder("/A")
    picture = await study.put("/A/x.jpg", b"one")
    await study.copy("/A/x.jpg", "/A/y.jpg")
    assert await study.put("/A/y.jpg", b"two") != picture
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"one", "/A/y.jpg": b"two"}
    assert not await study.trash()


async def test_what_a_rule_gives_is_not_taken_away(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    await study.rule("By name", {"field": "filename", "contains": "x"}, "/Ruled")
    before = await study.state()
    for attempt in (
        lambda: study.delete("/Ruled/x.jpg"),
        lambda: study.move("/Ruled/x.jpg", "/A/y.jpg"),
        lambda: study.delete_folder("/Ruled"),
    ):
        with pytest.raises(Conflict, match="By name") as refused:
            await attempt()
        assert refused.value.code == "rule"
    assert await study.state() == before


async def test_with_full_delete_a_picture_goes_from_everywhere_and_keeps_its_tags(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "mirror", "id": "all", "root": "/"}, slug="full", deletion="full_delete"
    )
    await study.make_folder("/A")
    await study.make_folder("/B")
    picture = await study.put("/A/x.jpg", b"x")
    await study.copy("/A/x.jpg", "/B/x.jpg")
    await study.delete("/A/x.jpg")
    assert await study.tree() == {"/A/": None, "/B/": None}
    assert await study.trash() == {sha(b"x")}
    await study.undo_last()
    assert await paths(study, picture) == {"/A", "/B"}
    assert set(await study.tree()) == {"/A/", "/B/", "/A/x.jpg", "/B/x.jpg"}


async def test_a_drop_folder_gives_tags_and_never_overwrites(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "drop", "id": "in", "name": "Inbox", "tags": ["/New"]},
        {"type": "mirror", "id": "all", "root": "/"},
        slug="inbox",
    )
    one = await study.put("/Inbox/x.jpg", b"one")
    two = await study.put("/Inbox/x.jpg", b"two")
    assert one != two
    assert await paths(study, one) == await paths(study, two) == {"/New"}
    assert len([path for path in await study.tree() if path.startswith("/New/x")]) == 2


async def test_a_name_from_an_earlier_stay_in_a_folder_does_not_come_back(study: Study) -> None:
    await study.make_folder("/A")
    picture = await study.put("/A/x.jpg", b"x")
    await study.cabinet.tag(picture, "/B", remove=("/A",))
    await study.move("/B/x.jpg", "/A/y.jpg")
    assert await study.tree() == {"/A/": None, "/A/y.jpg": b"x", "/B/": None}


async def test_what_another_device_did_stays_when_one_is_taken_back(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    study.by = LAPTOP
    await study.make_folder("/B")
    await study.copy("/A/x.jpg", "/B/x.jpg")
    await study.delete("/A/x.jpg")
    undone = await study.undo_all(LAPTOP)
    assert not undone.refused
    assert await study.tree() == {"/A/": None, "/A/x.jpg": b"x"}
    items = (await study.operations.page(study.alice, 50)).items
    assert {item.by_name for item in items if item.undone_at} == {"Laptop"}


async def test_a_file_that_went_meanwhile_is_not_found(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    file = await study.file("/A/x.jpg")
    await study.delete("/A/x.jpg")
    with pytest.raises(NotFound):
        await study.writer.delete(study.hierarchy, file, study.by)


async def test_what_went_after_it_was_found_is_not_moved(study: Study) -> None:
    for folder in ("/A", "/B"):
        await study.make_folder(folder)
    await study.put("/A/x.jpg", b"x")
    state, file, target = await study.standing(), await study.file("/A/x.jpg"), await study.find("/B/x.jpg")
    assert isinstance(target, Missing)
    await study.delete("/A/x.jpg")
    with pytest.raises(NotFound):
        await study.writer.move(study.hierarchy, file, target, study.by, state=state)
    with pytest.raises(NotFound):
        await study.writer.copy(study.hierarchy, file, target, study.by, state=state)
    assert await study.tree() == {"/A/": None, "/B/": None}


async def test_what_came_after_nothing_was_found_is_replaced_and_comes_back(study: Study) -> None:
    for folder in ("/A", "/B"):
        await study.make_folder(folder)
    await study.put("/A/x.jpg", b"x")
    state, file, target = await study.standing(), await study.file("/A/x.jpg"), await study.find("/B/x.jpg")
    assert isinstance(target, Missing)
    await study.put("/B/x.jpg", b"other")
    before = await study.tree()
    study.by = LAPTOP
    assert await study.writer.move(study.hierarchy, file, target, study.by, state=state)
    assert await study.tree() == {"/A/": None, "/B/": None, "/B/x.jpg": b"x"}
    await study.undo_all(LAPTOP)
    assert await study.tree() == before


async def test_the_door_and_a_deed_tell_the_same_state(study: Study) -> None:
    await study.make_folder("/A")
    await study.put("/A/x.jpg", b"x")
    async with study.cabinet.shelf.database.transaction() as connection:
        async with doing(connection, study.hierarchy, "Nothing", study.by, state=await study.standing()) as deed:
            assert deed.unchanged
        async with doing(connection, study.hierarchy, "Nothing", study.by, state="another") as deed:
            assert not deed.unchanged


async def test_names_are_bounded(study: Study) -> None:
    await study.put("/x.jpg", b"x")
    long = "ü" * 251 + ".jpg"
    await study.move("/x.jpg", f"/{long}")
    assert await study.tree() == {f"/{long}": b"x"}
    with pytest.raises(Invalid):
        await study.move(f"/{long}", f"/u{long}")


async def test_below_what_is_not_there_nothing_is_put(study: Study) -> None:
    target = await study.find("/None/x.jpg")
    assert isinstance(target, Missing)
    async with study.cabinet.shelf.database.connection() as connection:
        with pytest.raises(Conflict) as refused:
            await study.writer.may_put(connection, study.hierarchy, target)
    assert refused.value.code == "no_parent"
