"""Renaming, moving and merging subtrees: by examples, and against a model that knows nothing of SQL."""

from __future__ import annotations

import random

import pytest

from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.tags.paths import TagPath, format_path, parse_path
from tests.pictures.shelf import Shelf


async def test_a_rename_keeps_everything_below(shelf: Shelf) -> None:
    await shelf.add(tags=("/Photos/Travel/Alps",))
    tag, affected, _ = await shelf.tags.rename(shelf.alice.id, "/photos/travel", "/Photos/Trips")
    assert (tag.path, affected) == ("/Photos/Trips", 0)
    assert await shelf.paths() == {"/Photos": (0, 1), "/Photos/Trips": (0, 1), "/Photos/Trips/Alps": (1, 1)}
    await shelf.tags.rename(shelf.alice.id, "/Photos/Trips", "/Photos/TRIPS")
    assert "/Photos/TRIPS/Alps" in await shelf.paths()
    assert await shelf.mismatches() == []


async def test_a_move_takes_the_pictures_along(shelf: Shelf) -> None:
    await shelf.add(tags=("/Photos/Travel/Alps", "/Photos/Family"))
    await shelf.trash(await shelf.add(tags=("/Photos/Travel",)))
    tag, affected, _ = await shelf.tags.rename(shelf.alice.id, "/Photos/Travel", "/World/Europe/Trips")
    assert (tag.path, affected) == ("/World/Europe/Trips", 2)
    assert await shelf.paths() == {
        "/Photos": (0, 1), "/Photos/Family": (1, 1), "/World": (0, 1), "/World/Europe": (0, 1),
        "/World/Europe/Trips": (0, 1), "/World/Europe/Trips/Alps": (1, 1),
    }  # fmt: skip
    assert await shelf.mismatches() == []
    await shelf.tags.rename(shelf.alice.id, "/World/Europe/Trips", "/Trips")
    assert (await shelf.paths())["/Trips/Alps"] == (1, 1)
    assert await shelf.mismatches() == []


async def test_what_stands_in_the_way_of_a_rename_is_said(shelf: Shelf) -> None:
    for path in ("/a/b/c", "/x/" + "/".join("y" * 14)):
        await shelf.tags.create(shelf.alice.id, path)

    async def refused(path: str, new_path: str) -> str:
        with pytest.raises((Conflict, Invalid, NotFound)) as caught:
            await shelf.tags.rename(shelf.alice.id, path, new_path)
        return caught.value.code

    before = await shelf.paths()
    assert await refused("/a/b", "/X") == "tag_exists"
    assert await refused("/a", "/a/b/c/d") == "inside_itself"
    assert await refused("/a", "/A/new") == "inside_itself"
    assert await refused("/x", "/a/b/x") == "too_deep"
    assert await refused("/no", "/yes") == "not_found"
    assert await refused("/a", "/SharedToMe/a") == "invalid_path"
    assert await refused("/a", "a") == "invalid_path"
    assert await shelf.paths() == before
    assert await shelf.mismatches() == []


async def test_a_merge_joins_what_has_the_same_name_and_keeps_the_rest(shelf: Shelf) -> None:
    await shelf.add(tags=("/Trips/Alps/2020", "/Travel/alps"))
    await shelf.add(tags=("/Trips/Sea",))
    await shelf.add(tags=("/Trips",))
    await shelf.tags.update(shelf.alice.id, "/Trips", {"description": "On the road", "colour": "#111111"})
    await shelf.tags.update(shelf.alice.id, "/Travel", {"colour": "#222222"})
    tag, affected, _ = await shelf.tags.merge(shelf.alice.id, "/Trips", "/Travel")
    assert (tag.path, tag.description, tag.colour, affected) == ("/Travel", "On the road", "#222222", 3)
    assert await shelf.paths() == {
        "/Travel": (1, 3), "/Travel/alps": (1, 1), "/Travel/alps/2020": (1, 1), "/Travel/Sea": (1, 1),
    }  # fmt: skip
    assert await shelf.mismatches() == []


async def test_a_tag_merges_into_its_ancestor(shelf: Shelf) -> None:
    await shelf.add(tags=("/A/B/B/A",))
    await shelf.add(tags=("/A/B",))
    await shelf.tags.merge(shelf.alice.id, "/A/B", "/A")
    assert await shelf.paths() == {"/A": (1, 2), "/A/B": (0, 1), "/A/B/A": (1, 1)}
    assert await shelf.mismatches() == []


async def test_a_tag_does_not_merge_into_itself_or_its_descendant(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/A/B")
    for into in ("/A", "/a/b"):
        with pytest.raises(Conflict) as caught:
            await shelf.tags.merge(shelf.alice.id, "/A", into)
        assert caught.value.code == "inside_itself"
    with pytest.raises(NotFound):
        await shelf.tags.merge(shelf.alice.id, "/A", "/nowhere")


class Model:
    """Tags as a set of paths (lower case), pictures as sets of paths."""

    def __init__(self) -> None:
        self.tags: set[TagPath] = set()
        self.pictures: list[set[TagPath]] = []

    def make(self, path: TagPath) -> None:
        self.tags |= {path[:end] for end in range(1, len(path) + 1)}

    def rewrite(self, old: TagPath, new: TagPath) -> None:
        def moved(path: TagPath) -> TagPath:
            return new + path[len(old) :] if path[: len(old)] == old else path

        self.tags = {moved(path) for path in self.tags}
        self.make(new)
        self.pictures = [{moved(path) for path in picture} for picture in self.pictures]

    def rename(self, old: TagPath, new: TagPath) -> bool:
        deepest = max(len(path) for path in self.tags if path[: len(old)] == old)
        too_deep = len(new) + deepest - len(old) > 16
        if (new in self.tags and new != old) or (new[: len(old)] == old and new != old) or too_deep:
            return False
        self.rewrite(old, new)
        return True

    def merge(self, old: TagPath, into: TagPath) -> bool:
        if into[: len(old)] == old:
            return False
        if any(len(into) + len(path) - len(old) > 16 for path in self.tags if path[: len(old)] == old):
            return False
        self.rewrite(old, into)
        return True

    def delete(self, old: TagPath) -> None:
        self.tags = {path for path in self.tags if path[: len(old)] != old}
        self.pictures = [{path for path in picture if path[: len(old)] != old} for picture in self.pictures]

    def counts(self) -> dict[str, tuple[int, int]]:
        return {
            format_path(tag): (
                sum(tag in picture for picture in self.pictures),
                sum(any(path[: len(tag)] == tag for path in picture) for picture in self.pictures),
            )
            for tag in self.tags
        }


@pytest.mark.parametrize("seed", range(6))
async def test_any_sequence_of_operations_ends_as_in_the_model(shelf: Shelf, seed: int) -> None:
    chance = random.Random(seed)
    model = Model()
    owner = shelf.alice.id

    def some_path() -> TagPath:
        return tuple(chance.choice("abc") for _ in range(chance.randint(1, 4)))

    for _ in range(12):
        paths = {some_path() for _ in range(chance.randint(1, 4))}
        await shelf.add(tags=tuple(format_path(path) for path in paths))
        model.pictures.append(paths)
        for path in paths:
            model.make(path)
    for _ in range(25):
        old, new = chance.choice(sorted(model.tags) or [("a",)]), some_path()
        operation = chance.choice(["rename", "rename", "merge", "merge", "delete", "create"])
        try:
            if operation == "create":
                model.make(new)
                await shelf.tags.create(owner, format_path(new))
            elif old not in model.tags:
                continue
            elif operation == "delete":
                model.delete(old)
                await shelf.tags.delete(owner, format_path(old))
            elif operation == "rename":
                expected = model.rename(old, new)
                await shelf.tags.rename(owner, format_path(old), format_path(new))
                assert expected
            else:
                into = chance.choice(sorted(model.tags))
                expected = model.merge(old, into)
                await shelf.tags.merge(owner, format_path(old), format_path(into))
                assert expected
        except Conflict:
            assert not expected
        assert await shelf.paths() == model.counts(), operation
    assert await shelf.mismatches() == []
    assert all(parse_path(path) for path in await shelf.paths())
