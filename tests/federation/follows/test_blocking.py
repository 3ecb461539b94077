"""A block and a Follow at the same moment: whichever comes first, nobody is left who follows and is blocked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from federation.moderation.people import AversionService
from federation.signatures.models import Kind
from tests.federation.inbox.town import LOCAL, Town, open_town

BOB = "https://b.test/users/bob"


@pytest_asyncio.fixture
async def town(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(database_url, redis_url, tmp_path / "data") as town:
        yield town


async def test_who_is_being_blocked_does_not_become_a_follower(town: Town) -> None:
    bob, alice = await town.known(BOB), town.accounts["alice"]
    cut, gate = asyncio.Event(), asyncio.Event()

    class Slow:
        async def sever(self, *_: Any) -> None:
            cut.set()
            await gate.wait()

    service: AversionService = town.site.service(AversionService)
    service._severances = (*service._severances, Slow())  # type: ignore[arg-type]
    block = asyncio.create_task(service.put(alice.id, "block", handle=BOB))
    await cut.wait()
    follow = {"type": "Follow", "object": f"{LOCAL}/users/alice"}
    assert (await town.post(town.letter(bob, Kind.CAVAGE, follow))).status == 202
    waiting = "SELECT count(*) FROM inbox_activities WHERE state <> 'done'"
    try:
        async with asyncio.timeout(1):
            while await town.site.sql(waiting):
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    gate.set()
    await block
    async with asyncio.timeout(90):
        while await town.site.sql(waiting):
            await asyncio.sleep(0.02)
    assert await town.site.sql("SELECT count(*) FROM followers") == 0
