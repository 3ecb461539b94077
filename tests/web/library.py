"""Libraries that stories begin with: pictures by rows, and what hangs on them by the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.rig.server import User
from tests.web.million import Span, fill

SUMMER = Span(datetime(2023, 5, 1), datetime(2023, 9, 1), full=0)


async def filled(person: User, count: int) -> list[str]:
    """So many pictures of one summer for somebody without any; their ids, the newest first."""
    await fill(person.server, person.name, count, span=SUMMER, faces=8)
    return [str(picture["id"]) for picture in person.pictures()]


async def hung(person: User, albums: Mapping[str, int]) -> dict[str, list[str]]:
    """Pictures under tags, so many under each (`/`: without one), for somebody without any; their ids by tags."""
    rest = await filled(person, sum(albums.values()))
    under = {}
    for tag, count in albums.items():
        under[tag], rest = rest[:count], rest[count:]
        if tag != "/":
            given: dict[str, Any] = {"selection": {"include": under[tag]}, "add": [tag]}
            answer = person.post("/pictures/batch/tags", json=given)
            assert answer.status_code == 200, answer.text
    return under
