"""Trees in memory: bounded in all, and never older than what their user has read."""

from __future__ import annotations

from archypix.tags.trees import TagTrees
from tests.pictures.shelf import Shelf


async def test_trees_of_the_least_used_go_first(shelf: Shelf) -> None:
    for owner in (shelf.alice, shelf.bob):
        await shelf.tags.create(owner.id, "/a/b/c")
    trees = TagTrees(capacity=5)
    async with shelf.database.connection() as connection:
        of_alice = await trees.get(connection, shelf.alice.id)
        assert await trees.get(connection, shelf.alice.id) is of_alice
        of_bob = await trees.get(connection, shelf.bob.id)
        assert await trees.get(connection, shelf.bob.id) is of_bob
        again = await trees.get(connection, shelf.alice.id)
        assert again is not of_alice
        assert again == of_alice


async def test_one_tree_is_kept_however_large(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/a/b/c")
    trees = TagTrees(capacity=1)
    async with shelf.database.connection() as connection:
        tree = await trees.get(connection, shelf.alice.id)
        assert await trees.get(connection, shelf.alice.id) is tree


async def test_a_tree_knows_its_paths_in_any_case_and_says_what_is_gone(shelf: Shelf) -> None:
    tag, _ = await shelf.tags.create(shelf.alice.id, "/Photos/Été")
    async with shelf.database.connection() as connection:
        tree = await shelf.trees.read(connection, shelf.alice.id)
        assert tree.resolve(["/PHOTOS/e\u0301te\u0301", "/Photos/x"], "tag") == [tag.id, None]
        assert tree.written([tag.id, 10**6]) == ["/Photos/Été"]
        await shelf.tags.rename(shelf.alice.id, "/Photos", "/Pictures")
        assert (await shelf.trees.get(connection, shelf.alice.id)).written([tag.id]) == ["/Photos/Été"]
        assert (await shelf.trees.current(connection, shelf.alice.id)).written([tag.id]) == ["/Pictures/Été"]


async def test_what_changes_no_path_keeps_the_revision(shelf: Shelf) -> None:
    await shelf.tags.create(shelf.alice.id, "/a")
    async with shelf.database.connection() as connection:
        before = await shelf.trees.read(connection, shelf.alice.id)
        await shelf.add(tags=("/a",))
        await shelf.tags.update(shelf.alice.id, "/a", {"description": "x", "colour": "#000000"})
        await shelf.tags.order(shelf.alice.id, None, ["a"])
        assert await shelf.trees.current(connection, shelf.alice.id) is before
