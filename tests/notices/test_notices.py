"""Notices: kept in bounds, told with the change, paged."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from archypix.notices import store
from archypix.notices.service import NoticeService, notify
from tests.pictures.shelf import Shelf, open_shelf


@pytest.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with open_shelf(database_url) as shelf:
        yield shelf


async def tell(shelf: Shelf, number: int, account: int | None = None) -> None:
    async with shelf.database.transaction() as connection:
        await notify(connection, account or shelf.alice.id, "share.offered", {"number": number, "name": "x" * 5000})


async def test_a_page_follows_the_other_without_gaps(shelf: Shelf) -> None:
    for number in range(7):
        await tell(shelf, number)
    await tell(shelf, 99, shelf.bob.id)
    service = NoticeService(shelf.database)
    first, unread = await service.page(shelf.alice.id, limit=4)
    rest, _ = await service.page(shelf.alice.id, before=first[-1].id, limit=4)
    assert ([one.data["number"] for one in (*first, *rest)], unread) == ([6, 5, 4, 3, 2, 1, 0], 7)
    assert len(first[0].data["name"]) == 300
    assert await service.read(shelf.alice.id, up_to=rest[0].id) == 3
    left, unread = await service.page(shelf.alice.id, unread=True)
    assert ([one.data["number"] for one in left], unread) == ([6, 5, 4, 3], 4)
    assert await service.read(shelf.alice.id) == 4


async def test_the_oldest_make_room(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_KEPT", 5)
    await tell(shelf, 99, shelf.bob.id)
    for number in range(9):
        await tell(shelf, number)
    service = NoticeService(shelf.database)
    assert [one.data["number"] for one in (await service.page(shelf.alice.id))[0]] == [8, 7, 6, 5, 4]
    assert len((await service.page(shelf.bob.id))[0]) == 1


async def test_what_did_not_happen_is_not_told(shelf: Shelf) -> None:
    with pytest.raises(RuntimeError):
        async with shelf.database.transaction() as connection:
            await notify(connection, shelf.alice.id, "share.offered", {})
            raise RuntimeError
    assert await NoticeService(shelf.database).page(shelf.alice.id) == ([], 0)
