"""Trying services out: what is foretold is what then happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from archypix.pipeline.service import Draft
from archypix.pipeline.trial import Trial
from tests.pipeline.desk import Desk

CALENDAR = {"root": "/Cal", "bands": [{"from": None, "to": None, "template": "{year}/{month}"}]}


async def _carried(desk: Desk, pictures: list[UUID]) -> dict[UUID, set[str]]:
    return {picture: set(await desk.tags(picture)) for picture in pictures}


def _told(
    before: dict[UUID, set[str]], after: dict[UUID, set[str]]
) -> tuple[int, dict[str, tuple[set[UUID], set[UUID]]]]:
    """How many pictures changed, and by tag which gained it and which lost it."""
    changes: dict[str, tuple[set[UUID], set[UUID]]] = {}
    for picture in before:
        for tag in after[picture] - before[picture]:
            changes.setdefault(tag, (set(), set()))[0].add(picture)
        for tag in before[picture] - after[picture]:
            changes.setdefault(tag, (set(), set()))[1].add(picture)
    return sum(before[picture] != after[picture] for picture in before), changes


def _foretold(trial: Trial) -> tuple[int, dict[str, tuple[set[UUID], set[UUID]]]]:
    assert all(each.gains == len(each.gained) and each.loses == len(each.lost) for each in trial.differences)
    return trial.affected, {each.path: (set(each.gained), set(each.lost)) for each in trial.differences}


async def _library(desk: Desk) -> list[UUID]:
    """Twelve pictures, and services that look at each other."""
    pictures = [
        await desk.shelf.add(
            rating=number % 6, captured_at=datetime(2018 + number % 3, 1 + number % 5, 2),
            tags=("/Hand",) if number % 4 == 0 else (),
        )
        for number in range(12)
    ]  # fmt: skip
    pictures.append(await desk.shelf.add(state="processing", rating=5))
    return pictures


@pytest.mark.parametrize(
    "draft",
    [
        Draft("rule", "n", {"rules": [{"when": "rating:>=3", "tag": "/New/Good"}]}),
        Draft("rule", "n", {"rules": [{"when": "rating:>=3", "tag": "/Hand"}]}),
        Draft("rule", "n", {"rules": [{"when": {"tag": "/Best"}, "tag": "/A"}]}, requires=["/Hand"]),
        Draft("rule", "n", {"rules": [{"when": {"always": True}, "tag": "/A"}]}, excludes=["/Never/There"]),
        Draft("rule", "n", {"rules": [{"when": {"always": True}, "tag": "/A"}]}, requires=["/Never/There"]),
        Draft("rule", "n", {"rules": [{"when": {"always": True}, "tag": "/A"}]}, enabled=False),
        Draft("segmentation", "n", CALENDAR),
        Draft("segmentation", "n", CALENDAR, excludes=["/Hand"]),
        Draft("share_mapping", "n", {"share": 7, "tags": ["/Got"]}),
    ],
)
async def test_a_new_service_does_what_was_foretold(desk: Desk, draft: Draft) -> None:
    pictures = await _library(desk)
    await desk.rule("rating:5", "/Best")
    before = await _carried(desk, pictures)
    tags = await desk.shelf.paths()
    foretold = _foretold(await desk.trials.create(desk.alice.id, draft))
    assert await desk.shelf.paths() == tags
    await desk.services.create(desk.alice.id, draft)
    assert foretold == _told(before, await _carried(desk, pictures))


@pytest.mark.parametrize(
    "changes",
    [
        {"config": {"rules": [{"when": "rating:4", "tag": "/Best"}]}},
        {"config": {"rules": [{"when": "rating:4", "tag": "/Best/Of/All"}, {"when": "rating:1", "tag": "/Hand"}]}},
        {"enabled": False},
        {"requires": ["/Hand"]},
        {"excludes": ["/Hand"], "name": "other"},
        {"name": "other"},
    ],
)
async def test_a_changed_service_does_what_was_foretold_with_those_behind_it(
    desk: Desk, changes: dict[str, Any]
) -> None:
    pictures = await _library(desk)
    service = await desk.rule("rating:>=4", "/Best")
    await desk.make("segmentation", CALENDAR, excludes=["/Best"])
    await desk.rules(({"tag": "/Cal/2019"}, "/Nineteen"), ({"tag": "/Best"}, "/Seen"), ({"untagged": True}, "/Bare"))
    before = await _carried(desk, pictures)
    foretold = _foretold(await desk.trials.update(desk.alice.id, service, changes))
    await desk.change(service, **changes)
    assert foretold == _told(before, await _carried(desk, pictures))
    assert await desk.wrong() == []
