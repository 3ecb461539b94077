"""Locks: one of those who want the same gets it, whichever process they ask; none lasts for ever."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.drives import locks as rules
from archypix.drives.locks import Locks, lifetime
from archypix.drives.models import Drive, Lock
from tests.drives.den import Den

ROOT = Path(__file__).parents[2]


async def take(
    den: Den, drive: Drive, path: str, *, deep: bool = False, shared: bool = False, seconds: int | None = None
) -> Lock:
    async with den.shelf.database.transaction() as connection:
        return await den.drives.locks.acquire(
            connection, drive, parts(path), deep=deep, shared=shared, owner="<D:href>me</D:href>", seconds=seconds
        )


def parts(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


async def names(den: Den, drive: Drive, method: str, path: str) -> list[str]:
    async with den.shelf.database.connection() as connection:
        found: Sequence[Lock] = await getattr(den.drives.locks, method)(connection, drive.hierarchy_id, parts(path))
    return [lock.shown for lock in found]


async def test_of_two_processes_one_gets_it(den: Den, database_url: str) -> None:
    processes = []
    for name in ("one", "two"):
        drive = await den.device(name)
        words = [database_url, str(drive.hierarchy_id), str(drive.token_id), str(drive.account_id)]
        processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.drives.taker", *words, cwd=ROOT,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )
        )  # fmt: skip
    try:
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
    assert sorted(out for out, _ in told) == [b"0\n", b"1\n"]


async def test_of_many_at_once_one_gets_it(den: Den, database_url: str) -> None:
    """Some want the folder with all in it, some what is in it."""
    drives = [await den.device("one"), await den.device("two")]
    databases = [await Database.open(database_url, size=4) for _ in drives]
    got: list[Lock] = []

    async def one(number: int) -> None:
        async with databases[number % 2].transaction() as connection:
            path = ["Alps", "Summer"] if number % 3 else ["Alps"]
            try:
                got.append(
                    await Locks().acquire(connection, drives[number % 2], path, deep=number % 3 == 0, shared=False)
                )
            except Conflict as refused:
                if refused.code != "locked":
                    raise

    try:
        await asyncio.gather(*(one(number) for number in range(24)))
    finally:
        for database in databases:
            await database.close()
    assert len(got) == 1
    assert [held.lock.id for held in await den.drives.held.list(den.shelf.alice.id, drives[0].hierarchy_id)] == [
        got[0].id
    ]


@pytest.mark.parametrize(
    ("held", "wanted", "stands"),
    [
        (("/a", "deep"), ("/a/b/c", ""), True),
        (("/a", ""), ("/a/b", ""), False),
        (("/a/b", ""), ("/a", "deep"), True),
        (("/a/b", ""), ("/a", ""), False),
        (("/a", "deep"), ("/ab", ""), False),
        (("/a-b", ""), ("/a", "deep"), False),
        (("/", "deep"), ("/x", ""), True),
        (("/x", ""), ("/", "deep"), True),
        (("/", ""), ("/x", ""), False),
        (("/a", "shared"), ("/a", "shared"), False),
        (("/a", "shared"), ("/a", ""), True),
        (("/a", ""), ("/a", "shared"), True),
        (("/a", "deep shared"), ("/a/b", "shared"), False),
        (("/Été", ""), ("/E\u0301TE\u0301", ""), True),
        (("/STRASSE", ""), ("/straße", ""), True),
        (("/100%_x", "deep"), ("/100%_x/y", ""), True),
        (("/100%_x", "deep"), ("/100abx/y", ""), False),
    ],
)
async def test_what_stands_against_what(den: Den, held: tuple[str, str], wanted: tuple[str, str], stands: bool) -> None:
    one, two = await den.device("one"), await den.device("two")
    await take(den, one, held[0], deep="deep" in held[1], shared="shared" in held[1])
    try:
        await take(den, two, wanted[0], deep="deep" in wanted[1], shared="shared" in wanted[1])
        assert not stands
    except Conflict:
        assert stands


async def test_what_holds_for_a_path_is_found(den: Den) -> None:
    drive = await den.device()
    await take(den, drive, "/Alps", deep=True)
    for path in ("/Alpsee", "/Sea", "/Sea/b.jpg", "/Sea/deep/c.jpg"):
        await take(den, drive, path)
    assert await names(den, drive, "covering", "/Alps/Summer") == ["Alps"]
    assert await names(den, drive, "covering", "/Sea/b.jpg") == ["Sea/b.jpg"]
    assert await names(den, drive, "below", "/Sea") == ["Sea/b.jpg", "Sea/deep/c.jpg"]
    assert await names(den, drive, "children", "/Sea") == ["Sea", "Sea/b.jpg"]
    assert await names(den, drive, "children", "/") == ["Alps", "Alpsee", "Sea"]
    assert await names(den, drive, "children", "/Alps") == ["Alps"]
    async with den.shelf.database.transaction() as connection:
        await den.drives.locks.remove_below(connection, drive.hierarchy_id, ["Sea"])
    assert await names(den, drive, "below", "/") == ["Alps", "Alpsee"]


async def test_locks_last_an_hour_at_the_most_and_are_refreshed(den: Den) -> None:
    drive = await den.device()
    assert [lifetime(one) for one in (None, 10**12, 3601, 60, 0, -5)] == [3600, 3600, 3600, 60, 1, 1]
    lock = await take(den, drive, "/a", seconds=60)
    assert (lock.expires_at - lock.created_at).total_seconds() < 3600
    async with den.shelf.database.connection() as connection:
        refreshed = await den.drives.locks.refresh(connection, drive, lock.id)
        assert refreshed is not None
        assert refreshed.expires_at > lock.expires_at
        assert await den.drives.locks.refresh(connection, drive, uuid4()) is None


async def test_what_is_over_is_gone(den: Den) -> None:
    drive = await den.device()
    lock = await take(den, drive, "/a")
    await den.shelf.sql("UPDATE drive_locks SET expires_at = now() - interval '1 second'")
    assert await names(den, drive, "covering", "/a") == []
    async with den.shelf.database.connection() as connection:
        assert await den.drives.locks.refresh(connection, drive, lock.id) is None
        assert await den.drives.locks.find(connection, drive.hierarchy_id, lock.id) is None
    await take(den, await den.device("two"), "/a")
    await den.drives.held.sweep()
    assert await den.shelf.sql("SELECT count(*) FROM drive_locks") == 1


async def test_only_the_holder_lets_go_and_the_owner_breaks(den: Den) -> None:
    one, two = await den.device("one"), await den.device("two")
    lock = await take(den, one, "/Alps/a.jpg")

    async def release(connection: Connection, drive: Drive) -> bool:
        return await den.drives.locks.release(connection, drive, lock.id)

    async with den.shelf.database.connection() as connection:
        assert not await release(connection, two)
        assert await den.drives.locks.refresh(connection, two, lock.id) is None
    (held,) = await den.drives.held.list(den.shelf.alice.id, one.hierarchy_id)
    assert (held.device, held.lock.shown, held.lock.owner) == ("one", "Alps/a.jpg", "<D:href>me</D:href>")
    with pytest.raises(NotFound):
        await den.drives.held.break_lock(den.shelf.bob.id, one.hierarchy_id, lock.id)
    with pytest.raises(NotFound):
        await den.drives.held.list(den.shelf.bob.id, one.hierarchy_id)
    await den.drives.held.break_lock(den.shelf.alice.id, one.hierarchy_id, lock.id)
    with pytest.raises(NotFound):
        await den.drives.held.break_lock(den.shelf.alice.id, one.hierarchy_id, lock.id)
    lock = await take(den, two, "/Alps/a.jpg")
    async with den.shelf.database.connection() as connection:
        assert await release(connection, two)


async def test_locks_are_bounded(den: Den, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = await den.device()
    monkeypatch.setattr(rules, "MOST_LOCKS", 2)
    for path in ("/a", "/b"):
        await take(den, drive, path)
    with pytest.raises(Conflict) as refused:
        await take(den, drive, "/c")
    assert refused.value.code == "too_many_locks"
    with pytest.raises(Invalid):
        await take(den, drive, "/" + "é" * 1_001)
    for owner in ("x" * 4_001, "a\0b", "\ud800"):
        async with den.shelf.database.transaction() as connection:
            with pytest.raises(Invalid):
                await den.drives.locks.acquire(connection, drive, ["d"], deep=False, shared=False, owner=owner)
