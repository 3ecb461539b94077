"""Compiled predicates against a plain reading of them, on random pictures in a real database."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings

from archypix.predicates.compile import Context, Parameters, condition, fields, map_tags, tag_paths
from archypix.predicates.models import HasTag, Never, Not, Number, Or, Predicate, Text, Words
from archypix.predicates.tree import parse_tree
from archypix.tags.trees import TagTree
from tests.pictures.shelf import Shelf, open_shelf
from tests.predicates.evaluator import meets
from tests.predicates.strategies import picture, predicates

PICTURES = 60


class Album:
    """Random pictures of Alice's, in the database and as plain values; Bob has one, which nothing may find."""

    def __init__(self, shelf: Shelf, pictures: dict[UUID, dict[str, Any]], tree: TagTree) -> None:
        self.shelf = shelf
        self.pictures = pictures
        self.tree = tree

    async def found(self, predicate: Predicate) -> set[UUID]:
        """Whom the database finds. The condition must be true or false for every row."""
        parameters = Parameters()
        context = Context(self.shelf.alice.id, tag_ids=self._tag, named=self.tree.named)
        asked = condition(predicate, parameters, context)
        owner = parameters.add(self.shelf.alice.id)
        statement = f"SELECT p.id, ({asked}) AS met FROM pictures p WHERE p.owner_id = {owner}"
        async with self.shelf.database.connection() as connection:
            rows = await connection.fetch(statement, *parameters.values)
        assert {row["met"] for row in rows} <= {True, False}
        return {row["id"] for row in rows if row["met"]}

    def _tag(self, path: str) -> int | None:
        return self.tree.resolve([path], "tag")[0]


@pytest_asyncio.fixture
async def album(database_url: str) -> AsyncIterator[Album]:
    chance = random.Random(11)
    async with open_shelf(database_url) as shelf:
        pictures = {}
        for _ in range(PICTURES):
            values = picture(chance)
            columns = {name: value for name, value in values.items() if name not in ("tags", "metadata")}
            picture_id = await shelf.add(tags=values["tags"], **columns)
            await shelf.sql("INSERT INTO picture_metadata VALUES ($1, $2)", picture_id, values["metadata"])
            pictures[picture_id] = values
        await shelf.add(shelf.bob, tags=("/A/Lake",), title="Lake a")
        async with shelf.database.connection() as connection:
            tree = await shelf.trees.read(connection, shelf.alice.id)
        yield Album(shelf, pictures, tree)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(predicate=predicates)
async def test_the_database_finds_what_a_plain_reading_finds(album: Album, predicate: Predicate) -> None:
    expected = {picture_id for picture_id, values in album.pictures.items() if meets(values, predicate)}
    assert await album.found(predicate) == expected


async def test_tags_can_be_said_in_another_way(album: Album) -> None:
    asked: list[tuple[int | None, bool]] = []

    def has_tag(tag_id: int | None, exact: bool, parameters: Parameters) -> str:
        asked.append((tag_id, exact))
        return f"{parameters.add(tag_id)}::integer IS NOT NULL"

    parameters = Parameters()
    predicate = Or((HasTag("/A"), HasTag("/None"), HasTag("", 77, True)))
    context = Context(album.shelf.alice.id, tag_ids=lambda path: 5 if path == "/A" else None, has_tag=has_tag)
    text = condition(predicate, parameters, context)
    assert asked == [(5, False), (None, False), (77, True)]
    assert text == "(($1::integer IS NOT NULL) OR ($2::integer IS NOT NULL) OR ($3::integer IS NOT NULL))"


def test_a_predicate_tells_what_it_depends_on() -> None:
    predicate = parse_tree(
        {"and": [{"tag": "/A"}, {"not": {"tag": "/B/C"}}, {"tag": "/A"}, {"field": "megapixels", "min": 2},
                 {"field": "exif.Name", "equals": "x"}, {"words": "lake"}]}
    )  # fmt: skip
    assert tag_paths(predicate) == ["/A", "/B/C"]
    assert fields(predicate) >= {"tags", "width", "height", "metadata", "title", "lens"}
    assert fields(Number("iso", 1.0)) == {"iso"}
    assert tag_paths(map_tags(predicate, lambda tag: Never() if tag.path == "/A" else HasTag("", 9))) == []
    assert map_tags(Not(HasTag("/A")), lambda tag: HasTag("/Z", exact=tag.exact)) == Not(HasTag("/Z"))


async def test_hostile_values_reach_the_database_as_values(album: Album) -> None:
    for value in ("'; DROP TABLE pictures; --", "\\", "%", "_", "$1", "a' OR 'a'='a", "\U0001f600", "*" * 200):
        for op in ("equals", "contains", "starts_with", "ends_with", "glob"):
            await album.found(Text("filename", op, value))  # type: ignore[arg-type]
            await album.found(Text("exif." + value.replace(".", "")[:100], op, value))  # type: ignore[arg-type]
        await album.found(Words(value))
