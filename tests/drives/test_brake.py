"""The brake: exact however much comes at once, told to the owner, let go by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Forbidden, NotFound, Unavailable
from archypix.drives.brake import PULLED, Brake
from archypix.drives.models import BrakeSettings, Drive
from archypix.notices.service import NoticeService
from tests.drives.den import Den


def some(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


async def many(_connection: Connection) -> int:
    return 100_000


async def delete(den: Den, drive: Drive, pictures: Sequence[UUID], *, size: int | None = None) -> bool:
    """Whether a deletion of these pictures in a hierarchy of so many was let through."""

    async def total(_connection: Connection) -> int:
        return 100_000 if size is None else size

    try:
        async with den.drives.brake.deed(drive, "delete", pictures, total=total):
            return True
    except Forbidden as refused:
        if refused.code != "brake":
            raise
        return False


async def pass_seconds(den: Den, seconds: int) -> None:
    await den.shelf.sql("UPDATE drive_deeds SET at = at - make_interval(secs => $1)", seconds)
    await den.shelf.sql("UPDATE drive_arrivals SET at = at - make_interval(secs => $1)", seconds)
    await den.shelf.sql("UPDATE drive_brakes SET allowed_until = allowed_until - make_interval(secs => $1)", seconds)


async def test_of_fifty_deletions_at_once_twenty_are_done(den: Den, database_url: str) -> None:
    drive = await den.device()
    other = await Database.open(database_url, size=8)
    done: list[UUID] = []

    async def one(number: int, picture: UUID) -> bool:
        brake = den.drives.brake if number % 2 else Brake(other)
        try:
            async with brake.deed(drive, "delete", [picture], total=many):
                await asyncio.sleep(0)
                done.append(picture)
        except Forbidden:
            return False
        return True

    try:
        results = await asyncio.gather(*(one(number, picture) for number, picture in enumerate(some(50))))
    finally:
        await other.close()
    assert (sum(results), len(done)) == (20, 20)
    notices, _ = await NoticeService(den.shelf.database).page(den.shelf.alice.id)
    assert [(notice.kind, notice.data["name"], notice.data["pictures"]) for notice in notices] == [
        (PULLED, "phone", 21)
    ]
    # Some are named: what was held, and what was done before.
    held, gone = ([UUID(one) for one in notices[0].data[name].split()] for name in ("held", "done"))
    assert len(held) == 1
    assert held[0] not in done
    assert len(set(gone)) == 8
    assert set(gone) <= set(done)


async def test_what_is_held_stays_held_until_it_is_allowed(den: Den) -> None:
    drive = await den.device()
    assert not await delete(den, drive, some(21))
    await pass_seconds(den, 86_000)
    assert not await delete(den, drive, some(1))
    (token,) = await den.drives.tokens.list(drive.account_id, drive.hierarchy_id)
    assert token.pulled_at is not None
    await den.drives.brake.allow(drive.account_id, drive.hierarchy_id, drive.token_id)
    assert (await NoticeService(den.shelf.database).page(drive.account_id))[0] == []
    assert await delete(den, drive, some(500))
    assert await delete(den, drive, some(500))
    (token,) = await den.drives.tokens.list(drive.account_id, drive.hierarchy_id)
    assert (token.pulled_at, token.allowed_until is not None) == (None, True)
    await pass_seconds(den, 601)
    assert await delete(den, drive, some(20))
    assert not await delete(den, drive, some(1))


async def test_a_refusal_says_why(den: Den) -> None:
    drive = await den.device()
    with pytest.raises(Forbidden) as refused:
        async with den.drives.brake.deed(drive, "replace", some(21), total=many):
            pytest.fail("this was not to be done")
    assert "more than 20 files or 10 %" in refused.value.detail
    assert "within 60 seconds" in refused.value.detail


async def test_the_window_slides(den: Den) -> None:
    drive = await den.device()
    assert await delete(den, drive, some(15))
    await pass_seconds(den, 40)
    assert await delete(den, drive, some(5))
    await pass_seconds(den, 21)
    assert await delete(den, drive, some(15))
    assert not await delete(den, drive, some(1))


async def test_a_picture_counts_once(den: Den) -> None:
    drive = await den.device()
    pictures = some(20)
    for _ in range(3):
        assert await delete(den, drive, pictures)
    assert await delete(den, drive, pictures[:1] * 40)
    assert not await delete(den, drive, some(1))


@pytest.mark.parametrize(("size", "most"), [(0, 5), (30, 5), (80, 8), (100, 10), (150, 15), (1_000, 20)])
async def test_a_tenth_of_a_small_hierarchy_is_the_most(den: Den, size: int, most: int) -> None:
    drive = await den.device()
    assert [await delete(den, drive, some(1), size=size) for _ in range(most + 2)] == [True] * most + [False] * 2


async def test_without_a_number_the_library_counts(den: Den) -> None:
    drive = await den.device()
    for _ in range(70):
        await den.shelf.add()
    for picture in some(7):
        async with den.drives.brake.deed(drive, "delete", [picture]):
            pass
    with pytest.raises(Forbidden):
        async with den.drives.brake.deed(drive, "delete", some(1)):
            pass


async def test_what_has_gone_counts_among_what_there_was(den: Den) -> None:
    drive = await den.device()
    pictures = [await den.shelf.add() for _ in range(100)]
    for picture in pictures[:10]:
        async with den.drives.brake.deed(drive, "delete", [picture]):
            await den.shelf.trash(picture)
    with pytest.raises(Forbidden):
        async with den.drives.brake.deed(drive, "delete", [pictures[10]]):
            pass


async def test_what_failed_does_not_count_unless_nobody_knows(den: Den) -> None:
    drive = await den.device()
    for _ in range(30):
        with pytest.raises(Conflict):
            async with den.drives.brake.deed(drive, "delete", some(1), total=many):
                raise Conflict("a rule stands against it")
    assert await den.shelf.sql("SELECT count(*) FROM drive_deeds") == 0
    with pytest.raises(Unavailable):
        async with den.drives.brake.deed(drive, "delete", some(20), total=many):
            raise Unavailable("gone in the middle")
    assert not await delete(den, drive, some(1))


async def test_devices_are_counted_apart(den: Den) -> None:
    phone, laptop = await den.device("phone"), await den.device("laptop")
    assert not await delete(den, phone, some(21))
    assert await delete(den, laptop, some(20))


async def test_what_a_device_brought_itself_it_takes_away_more_freely(den: Den) -> None:
    drive, other = await den.device(), await den.device("laptop")
    brought = some(120)
    async with den.shelf.database.transaction() as connection:
        for picture in brought:
            await den.drives.brake.arrived(connection, drive.token_id, picture)
    assert not await delete(den, other, brought[:21])
    for picture in brought[:100]:
        assert await delete(den, drive, [picture], size=30)
    assert await delete(den, drive, some(5), size=30)
    assert not await delete(den, drive, brought[100:101])
    await den.drives.brake.allow(drive.account_id, drive.hierarchy_id, drive.token_id)
    await pass_seconds(den, 3601)
    assert not await delete(den, drive, brought[:21])


async def test_settings_are_the_accounts_own(den: Den) -> None:
    brake = den.drives.brake
    drive = await den.device()
    assert await brake.settings(drive.account_id) == BrakeSettings(20, 10, 60)
    assert await brake.change(drive.account_id, {"files": 2}) == BrakeSettings(2, 10, 60)
    assert await brake.settings(den.shelf.bob.id) == BrakeSettings()
    assert await delete(den, drive, some(2))
    assert not await delete(den, drive, some(1))
    await brake.allow(drive.account_id, drive.hierarchy_id, drive.token_id)
    await pass_seconds(den, 601)
    assert await brake.change(drive.account_id, {"files": None, "share": None}) == BrakeSettings(None, None, 60)
    assert await delete(den, drive, some(5_000))


async def test_a_token_that_is_gone_deletes_nothing(den: Den) -> None:
    drive = await den.device()
    await den.shelf.sql("DELETE FROM drive_tokens")
    with pytest.raises(NotFound):
        await delete(den, drive, some(1))
    with pytest.raises(NotFound):
        await den.drives.brake.allow(drive.account_id, drive.hierarchy_id, drive.token_id)


async def test_old_deeds_are_forgotten(den: Den) -> None:
    drive = await den.device()
    assert await delete(den, drive, some(3))
    async with den.shelf.database.transaction() as connection:
        await den.drives.brake.arrived(connection, drive.token_id, uuid4())
    await den.drives.brake.sweep()
    assert await den.shelf.sql("SELECT count(*) FROM drive_deeds") == 1
    await pass_seconds(den, 86_401)
    await den.drives.brake.sweep()
    assert await den.shelf.sql("SELECT (SELECT count(*) FROM drive_deeds) + (SELECT count(*) FROM drive_arrivals)") == 0
