"""Everything at once: whatever people, uploads and two servers do, all ends as if evaluated from scratch."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from archypix.core.database import Database
from archypix.core.errors import ArchypixError
from archypix.core.loops import running
from archypix.pictures.locks import lock_library
from archypix.pictures.selection import Selection
from archypix.pipeline import run
from archypix.pipeline.loop import PipelineLoop
from archypix.pipeline.run import Runner
from archypix.pipeline.service import Draft
from tests.pipeline import scratch
from tests.pipeline.desk import Desk, open_desk

WRITERS = 6
STEPS = 45
PATHS = ["/a", "/a/b", "/a/b/c", "/d", "/d/e", "/Cal", "/Cal/2020", "/Cal/2020/March", "/x", "/x/y", "/hand"]


def condition(chance: random.Random, depth: int = 0) -> Any:
    """A random condition of those that `scratch.meets` knows."""
    match chance.randrange(9 if depth < 2 else 6):
        case 0:
            return {"field": "rating", "min": chance.randrange(6)}
        case 1:
            return {"field": "iso", "max": chance.randrange(3) * 100}
        case 2 | 3:
            return {"tag": chance.choice(PATHS)}
        case 4:
            return {"tag": chance.choice(PATHS), "exact": True}
        case 5:
            return chance.choice([{"untagged": True}, {"always": True}])
        case 6:
            return {"not": condition(chance, depth + 1)}
        case _:
            return {chance.choice(["and", "or"]): [condition(chance, depth + 1) for _ in range(2)]}


def draft(chance: random.Random) -> Draft:
    gates = {name: chance.sample(PATHS, chance.choice([0, 0, 1])) for name in ("requires", "excludes")}
    if chance.randrange(4) == 0:
        config: Any = {
            "root": chance.choice(["/Cal", "/Time"]),
            "catch_all": {"name": "Undated", "undated": True},
            "bands": [{"from": None, "to": None, "template": "{year}/{month}", "parts": {"month": {"name": True}}}],
        }
        return Draft("segmentation", "calendar", config, **gates)
    whens = [condition(chance), "rating:>=3"] if chance.randrange(3) == 0 else [condition(chance)]
    return Draft("rule", "rules", {"rules": [{"when": when, "tag": chance.choice(PATHS)} for when in whens]}, **gates)


async def act(desk: Desk, pictures: list[UUID], chance: random.Random) -> None:
    """One random thing that somebody does."""
    alice = desk.alice.id
    some = chance.sample(pictures, min(len(pictures), 4))
    paths = chance.sample(PATHS, 2)
    match chance.randrange(16):
        case 0 | 1:
            await desk.shelf.tags.change_selection(alice, Selection(include=tuple(some)), add=paths)
        case 2:
            await desk.shelf.tags.change_selection(alice, Selection(include=tuple(some)), remove=paths)
        case 3:
            state = chance.choice(["ready", "processing"])
            moment = chance.choice([None, datetime(2020, 1 + chance.randrange(12), 3)])
            values: dict[str, Any] = {"rating": chance.randrange(6), "captured_at": moment, "state": state}
            pictures.append(await desk.shelf.add(tags=tuple(paths), **values))
        case 4 | 5:
            await _sql(
                desk,
                "UPDATE pictures SET rating = $2, iso = $3, captured_at = $4, state = 'ready' WHERE id = ANY ($1)",
                some, chance.randrange(6), chance.randrange(3) * 100,
                chance.choice([None, datetime(2020 + chance.randrange(2), 3, 3)]),
            )  # fmt: skip
        case 6:
            moment_sql = chance.choice(["now()", "NULL"])
            await _sql(desk, f"UPDATE pictures SET deleted_at = {moment_sql} WHERE id = ANY ($1)", some)
        case 7:
            await desk.shelf.tags.rename(alice, paths[0], chance.choice([paths[1] + "/n", "/new", paths[0] + "2"]))
        case 8:
            await desk.shelf.tags.merge(alice, *paths)
        case 9:
            await desk.shelf.tags.delete(alice, paths[0])
        case 10 | 11:
            await desk.services.create(alice, draft(chance))
        case _:
            await change_service(desk, chance)


async def change_service(desk: Desk, chance: random.Random) -> None:
    """Something with one of the services."""
    alice = desk.alice.id
    ids = [shown.service.id for shown in (await desk.services.services(alice)).services]
    if not ids:
        return
    service = chance.choice(ids)
    match chance.randrange(6):
        case 0 | 1:
            new = draft(chance)
            changes = {"requires": new.requires, "excludes": new.excludes, "config": new.config}
            await desk.services.update(alice, service, changes)
        case 2:
            await desk.services.update(alice, service, {"enabled": chance.random() < 0.6})
        case 3:
            await desk.services.order(alice, chance.sample(ids, len(ids)))
        case _:
            if len(ids) > 5:
                await desk.services.delete(alice, service, promote=chance.random() < 0.3)


async def _sql(desk: Desk, statement: str, pictures: list[UUID], *values: Any) -> None:
    async with desk.shelf.database.transaction() as connection:
        await lock_library(connection, desk.alice.id)
        await connection.execute(statement, pictures, *values)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_all_at_once_ends_as_if_evaluated_from_scratch(
    database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ways through all pictures take several steps even for these few.
    for name in ("FIRST_WINDOW", "LEAST_WINDOW", "LARGEST_WINDOW"):
        monkeypatch.setattr(run, name, 7)
    async with open_desk(database_url, size=WRITERS + 2) as desk:
        pictures = [await desk.shelf.add(rating=number % 6) for number in range(12)]

        async def writer(number: int) -> None:
            chance = random.Random(seed * 100 + number)
            for _ in range(STEPS):
                try:
                    await act(desk, pictures, chance)
                except ArchypixError:
                    pass

        others = [await Database.open(database_url, size=3) for _ in range(2)]
        loops = {str(number): PipelineLoop(database_url, Runner(each)).run for number, each in enumerate(others)}
        try:
            async with running(loops), asyncio.timeout(240), asyncio.TaskGroup() as group:
                for number in range(WRITERS):
                    group.create_task(writer(number))
        finally:
            for each in others:
                await each.close()
        await desk.settle()
        await compare(desk)


async def compare(desk: Desk) -> None:
    """What is there, and what has to be; and what `doctor` says to it."""
    assert await desk.shelf.sql("SELECT array_agg(failure) FROM services WHERE failure IS NOT NULL") is None
    now = await scratch.read(desk.shelf, desk.alice.id)
    assert now.held == now.expected()
    assert now.services
    assert await desk.wrong() == []


async def test_doctor_finds_what_does_not_follow(desk: Desk) -> None:
    pictures = [await desk.shelf.add(rating=number % 6) for number in range(6)]
    service = await desk.rule("rating:>=3", "/Good")
    await desk.make("segmentation", {"root": "/Cal", "bands": [], "catch_all": {"name": "U", "undated": True}})
    await desk.settle()
    assert await desk.wrong() == []
    await desk.shelf.sql("DELETE FROM assignments WHERE picture_id = $1 AND source = 'rule'", pictures[4])
    await desk.shelf.sql("UPDATE assignments SET picture_id = $2 WHERE picture_id = $1 AND source = 'rule'",
                         pictures[5], pictures[1])  # fmt: skip
    await desk.shelf.sql("DELETE FROM assignments WHERE picture_id = $1 AND source = 'segment'", pictures[0])
    found = [str(each) for each in await desk.wrong()]
    assert len([text for text in found if f"service {service} (rule)" in text]) == 3
    assert any("service)" in text for text in found)
    # What has a mark is yet to be looked at.
    for picture in (*pictures[:2], *pictures[4:]):
        await desk.edit(picture, filename="x.jpg")
    assert not [text for text in map(str, await desk.wrong()) if "service " in text]
    await desk.settle()
    assert not [text for text in map(str, await desk.wrong()) if "service " in text]
