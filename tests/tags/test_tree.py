"""The tree of tags: making, describing, ordering and removing."""

from __future__ import annotations

import asyncpg
import pytest

from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.tags import resolving
from archypix.tags.models import Removal
from tests.pictures.shelf import Shelf


async def test_a_tag_is_made_with_the_ancestors_it_lacks_and_only_once(shelf: Shelf) -> None:
    tag, created = await shelf.tags.create(shelf.alice.id, "/Photos/Travel/Alps", colour="#00ff00")
    assert created
    assert (tag.path, tag.parent, tag.name, tag.depth, tag.colour) == (
        "/Photos/Travel/Alps", "/Photos/Travel", "Alps", 3, "#00ff00",
    )  # fmt: skip
    assert list(await shelf.paths()) == ["/Photos", "/Photos/Travel", "/Photos/Travel/Alps"]
    again, created = await shelf.tags.create(shelf.alice.id, "/Photos/Travel/Alps", colour="#ff0000")
    assert not created
    assert again == tag


async def test_siblings_cannot_differ_by_case_alone(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/Photos/Été")
    with pytest.raises(Conflict, match="Été"):
        await shelf.tags.create(shelf.alice.id, "/Photos/ÉTÉ")
    tag, _ = await shelf.tags.create(shelf.alice.id, "/PHOTOS/Alps")
    assert tag.path == "/Photos/Alps"
    await shelf.tags.create(shelf.alice.id, "/Été")
    assert list(await shelf.paths()) == ["/Photos", "/Photos/Alps", "/Photos/Été", "/Été"]


async def test_a_composed_and_a_decomposed_name_are_one(shelf: Shelf) -> None:
    tag, _ = await shelf.tags.create(shelf.alice.id, "/e\u0301te\u0301")
    assert tag.path == "/été"
    assert await shelf.tags.create(shelf.alice.id, "/été") == (tag, None)


@pytest.mark.parametrize("path", ["/SharedToMe", "/sharedTOme/@bob:b.test", "no", "/a//b"])
async def test_what_is_no_path_or_reserved_is_refused(shelf: Shelf, path: str) -> None:
    with pytest.raises(Invalid):
        await shelf.tags.create(shelf.alice.id, path)
    assert await shelf.paths() == {}


async def test_people_have_their_own_trees(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/Photos")
    assert await shelf.paths(shelf.bob) == {}
    with pytest.raises(NotFound):
        await shelf.tags.update(shelf.bob.id, "/Photos", {"description": "mine"})
    with pytest.raises(NotFound):
        await shelf.tags.delete(shelf.bob.id, "/Photos")
    await shelf.tags.create(shelf.bob.id, "/Photos")
    assert await shelf.paths(shelf.bob) == {"/Photos": (0, 0)}


async def test_a_library_has_only_so_many_tags(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "MOST_TAGS", 3)
    await shelf.tags.create(shelf.alice.id, "/a/b")
    with pytest.raises(Conflict) as caught:
        await shelf.tags.create(shelf.alice.id, "/c/d")
    assert caught.value.code == "too_many_tags"
    await shelf.tags.create(shelf.alice.id, "/a/c")
    assert list(await shelf.paths()) == ["/a", "/a/b", "/a/c"]


async def test_description_colour_and_cover_are_set_and_taken_away(shelf: Shelf) -> None:
    cover = await shelf.add(has_thumbnails=True)
    await shelf.tags.create(shelf.alice.id, "/Photos")
    tag, _ = await shelf.tags.update(
        shelf.alice.id, "/Photos", {"description": "All of them", "colour": "#123456", "cover_id": cover}
    )
    assert (tag.description, tag.colour, tag.cover_id, tag.cover_blob_id) == (
        "All of them", "#123456", cover, shelf.blobs[cover],
    )  # fmt: skip
    await shelf.trash(cover)
    assert (await shelf.tags.tags(shelf.alice.id))[0].cover_id is None
    tag, _ = await shelf.tags.update(shelf.alice.id, "/photos", {"colour": None})
    assert (tag.colour, tag.description) == (None, "All of them")


async def test_the_cover_is_a_picture_of_ones_own(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/Photos")
    of_bob = await shelf.add(shelf.bob)
    with pytest.raises(Invalid):
        await shelf.tags.update(shelf.alice.id, "/Photos", {"cover_id": of_bob})


async def test_ordered_tags_come_first_the_others_by_name(shelf: Shelf) -> None:
    for name in "dcba":
        await shelf.tags.create(shelf.alice.id, f"/Photos/{name}")
    await shelf.tags.order(shelf.alice.id, "/Photos", ["c", "D"])
    assert list(await shelf.paths()) == ["/Photos", "/Photos/c", "/Photos/d", "/Photos/a", "/Photos/b"]
    await shelf.tags.create(shelf.alice.id, "/Zoo")
    await shelf.tags.order(shelf.alice.id, None, ["Zoo"])
    assert next(iter(await shelf.paths())) == "/Zoo"
    with pytest.raises(Invalid) as caught:
        await shelf.tags.order(shelf.alice.id, "/Photos", ["a", "x"])
    assert [fault.path for fault in caught.value.faults] == ["names.1"]


async def test_a_deletion_takes_the_subtree_from_all_pictures_and_leaves_the_pictures(shelf: Shelf) -> None:
    await shelf.add(tags=("/Photos/Travel/Alps", "/Kept"))
    await shelf.add(tags=("/Photos",))
    trashed = await shelf.add(tags=("/Photos/Travel",))
    await shelf.trash(trashed)
    await shelf.tags.create(shelf.alice.id, "/Photography")
    assert await shelf.tags.delete(shelf.alice.id, "/photos", dry_run=True) == Removal(3, 3)
    assert len(await shelf.paths()) == 5
    assert await shelf.tags.delete(shelf.alice.id, "/photos") == Removal(3, 3)
    assert await shelf.paths() == {"/Kept": (1, 1), "/Photography": (0, 0)}
    assert await shelf.sql("SELECT count(*) FROM pictures") == 3
    assert await shelf.mismatches() == []
    with pytest.raises(NotFound):
        await shelf.tags.delete(shelf.alice.id, "/Photos")


async def test_the_tree_cannot_be_made_a_loop(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/a/b/c")
    with pytest.raises(asyncpg.CheckViolationError, match="own ancestor"):
        await shelf.sql("UPDATE tags SET parent_id = (SELECT id FROM tags WHERE name = 'c') WHERE name = 'a'")
    assert await shelf.mismatches() == []
