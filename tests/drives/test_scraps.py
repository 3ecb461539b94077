"""Files beside the tags: kept whole, seen by whom they concern, bounded, and gone in time with their bytes."""

from __future__ import annotations

import asyncio

import pytest

from archypix.core.errors import Forbidden, Invalid, NotFound, QuotaExceeded, Unavailable
from archypix.drives import scraps as rules
from archypix.drives.bytes_of_scraps import Stored
from archypix.drives.models import Drive, Scrap, ScrapKind, content_tag
from tests.drives.den import Den, caller
from tests.uploads.site import photo, sha256

LARGE = 40_000


def parts(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


async def put(den: Den, drive: Drive, path: str, data: bytes = b"x", kind: ScrapKind = "litter") -> Scrap:
    *folder, name = parts(path)
    return await den.drives.scraps.put(drive, folder, name, den.bytes(data), kind)


async def find(den: Den, drive: Drive, path: str) -> Scrap | None:
    async with den.shelf.database.connection() as connection:
        return await den.drives.scraps.find(connection, drive, parts(path))


async def listed(den: Den, drive: Drive, path: str = "/") -> list[str]:
    async with den.shelf.database.connection() as connection:
        return [scrap.name for scrap in await den.drives.scraps.listed(connection, drive, parts(path))]


async def read(den: Den, scrap: Scrap, start: int = 0, stop: int | None = None) -> bytes:
    reader = await den.drives.scraps.open(scrap)
    try:
        return b"".join([piece async for piece in reader.chunks(start, stop)])
    finally:
        await reader.close()


async def move(den: Den, drive: Drive, scrap: Scrap, path: str) -> Scrap:
    *folder, name = parts(path)
    return await den.drives.scraps.move(drive, scrap, folder, name)


async def remove(den: Den, scrap: Scrap) -> None:
    async with den.shelf.database.transaction() as connection:
        await den.drives.scraps.remove(connection, scrap)


@pytest.mark.parametrize("size", [0, 1, 16_384, 16_385, LARGE])
async def test_bytes_are_given_back(den: Den, size: int) -> None:
    drive = await den.device()
    data = photo(7, size) if size > 4 else b"x" * size
    made = await put(den, drive, "/Été/._a.jpg", data)
    found = await find(den, drive, "/E\u0301TE\u0301/._A.JPG")
    assert found == made
    assert (made.name, made.size, made.etag) == ("._a.jpg", size, content_tag(bytes.fromhex(sha256(data))))
    assert await read(den, made) == data
    assert await read(den, made, 10, 20) == data[10:20]
    assert len(den.objects()) == (size > 16_384)
    content = await den.drives.scraps.content(made)
    assert (content.size, content.sha256, content.head) == (size, made.sha256, data[:16_384])
    await content.commit("blobs/copy", "image/jpeg")
    assert b"".join([piece async for piece in den.storage.read("blobs/copy")]) == data
    assert await den.shelf.sql("SELECT original_bytes FROM libraries WHERE account_id = $1", drive.account_id) == 0


async def test_a_device_sees_its_own_and_everybodys_placeholders(den: Den) -> None:
    phone, laptop, bob = await den.device("phone"), await den.device("laptop"), await den.device(owner=den.shelf.bob)
    await put(den, phone, "/Alps/.DS_Store")
    await put(den, phone, "/Alps/new.jpg", b"", "placeholder")
    await put(den, laptop, "/Alps/other.tmp", b"x", "scratch")
    assert await listed(den, phone, "/Alps") == [".DS_Store", "new.jpg"]
    assert await listed(den, laptop, "/Alps") == ["new.jpg", "other.tmp"]
    assert await listed(den, bob, "/Alps") == []
    assert await find(den, laptop, "/Alps/.DS_Store") is None
    assert await listed(den, phone) == []
    own = await put(den, laptop, "/Alps/new.jpg", b"", "placeholder")
    assert await find(den, laptop, "/Alps/new.jpg") == own
    assert await listed(den, laptop, "/Alps") == ["new.jpg", "other.tmp"]
    async with den.shelf.database.transaction() as connection:
        await den.drives.scraps.forget_placeholders(connection, phone.hierarchy_id, ["ALPS", "New.jpg"])
    assert await listed(den, phone, "/Alps") == [".DS_Store"]


async def test_a_second_one_takes_the_place_of_the_first(den: Den) -> None:
    drive = await den.device()
    for data in (b"small", photo(1, LARGE), photo(2, LARGE), b"small again"):
        await put(den, drive, "/x.tmp", data, "scratch")
        found = await find(den, drive, "/X.TMP")
        assert found is not None
        assert await read(den, found) == data
    await den.drives.scraps.sweep()
    assert den.objects() == set()
    assert await den.shelf.sql("SELECT count(*) FROM drive_scraps") == 1


async def test_of_many_at_once_one_stays_whole(den: Den) -> None:
    drive = await den.device()
    contents = [photo(number, LARGE if number % 2 else 100) for number in range(12)]
    await asyncio.gather(*(put(den, drive, "/x.part", data, "scratch") for data in contents))
    found = await find(den, drive, "/x.part")
    assert found is not None
    assert await read(den, found) in contents
    await den.drives.scraps.sweep()
    assert len(den.objects()) == (found.key is not None)


async def test_folders_of_scraps_move_and_go_with_all_in_them(den: Den) -> None:
    drive, other = await den.device(), await den.device("other")
    folder = await den.drives.scraps.make_folder(drive, ["Alps"], "a.sb-1f-X")
    await den.drives.scraps.make_folder(drive, ["Alps", "a.sb-1f-X"], "inner")
    await put(den, drive, "/Alps/a.sb-1f-X/a.jpg", photo(1, LARGE), "scratch")
    await put(den, drive, "/Alps/a.sb-1f-X/inner/b.jpg", b"b", "scratch")
    await put(den, drive, "/Alps/a.sb-1f-Xyz/c.jpg", b"c", "scratch")
    await put(den, other, "/Alps/a.sb-1f-X/theirs", b"t")
    async with den.shelf.database.connection() as connection:
        inside = await den.drives.scraps.inside(connection, drive, ["alps", "A.sb-1F-x", "inner", "new"])
        assert inside is not None
        assert inside.name == "inner"
        assert await den.drives.scraps.inside(connection, drive, ["Alps", "a.sb-1f-X"]) is None
        assert await den.drives.scraps.inside(connection, other, ["Alps", "a.sb-1f-X", "y"]) is None
    for path in ("/Alps/a.sb-1f-X/inner/deeper", "/Alps/A.SB-1F-X/z"):
        with pytest.raises(Invalid):
            await move(den, drive, folder, path)
    folder = await move(den, drive, folder, "/Sea/b.sb-2")
    assert await listed(den, drive, "/Sea/b.sb-2") == ["a.jpg", "inner"]
    assert await listed(den, drive, "/Sea/b.sb-2/inner") == ["b.jpg"]
    assert await listed(den, drive, "/Alps/a.sb-1f-X") == []
    assert await listed(den, drive, "/Alps/a.sb-1f-Xyz") == ["c.jpg"]
    copied = await den.drives.scraps.copy(drive, folder, ["Sea"], "c.sb-3")
    assert await listed(den, drive, "/Sea/c.sb-3/inner") == ["b.jpg"]
    await remove(den, folder)
    assert await listed(den, drive, "/Sea") == ["c.sb-3"]
    await remove(den, copied)
    await den.drives.scraps.sweep()
    assert den.objects() == set()
    assert await listed(den, other, "/Alps/a.sb-1f-X") == ["theirs"]


async def test_a_move_takes_the_place_of_what_was_there(den: Den) -> None:
    drive = await den.device()
    await put(den, drive, "/a.tmp", b"old", "scratch")
    scrap = await put(den, drive, "/b.tmp", photo(3, LARGE), "scratch")
    moved = await move(den, drive, scrap, "/a.tmp")
    assert await listed(den, drive) == ["a.tmp"]
    assert await read(den, moved) == photo(3, LARGE)
    assert (await move(den, drive, moved, "/A.tmp")).name == "A.tmp"
    assert (await move(den, drive, moved, "/.DS_Store")).kind == "litter"
    await remove(den, moved)
    with pytest.raises(NotFound):
        await move(den, drive, moved, "/c.tmp")


async def test_they_move_and_go_with_the_folder_they_lie_in(den: Den) -> None:
    phone, laptop = await den.device("phone"), await den.device("laptop")
    await put(den, phone, "/Alps/.DS_Store")
    await put(den, laptop, "/Alps/Summer/Thumbs.db")
    await put(den, laptop, "/Sea/Summer/Thumbs.db", b"old")
    async with den.shelf.database.transaction() as connection:
        await den.drives.scraps.move_below(connection, phone, ["Alps"], ["Sea"])
    assert await listed(den, phone, "/Sea") == [".DS_Store"]
    found = await find(den, laptop, "/Sea/Summer/Thumbs.db")
    assert found is not None
    assert await read(den, found) == b"x"
    async with den.shelf.database.transaction() as connection:
        await den.drives.scraps.move_below(connection, phone, ["Sea"], ["y" * 1_995])
    assert await listed(den, laptop, "/" + "y" * 1_995) == []
    await put(den, laptop, "/Alps/Summer/Thumbs.db")
    async with den.shelf.database.transaction() as connection:
        await den.drives.scraps.remove_below(connection, phone, ["alps"])
    assert await listed(den, laptop, "/Alps/Summer") == []


async def test_bounds_of_a_device(den: Den, monkeypatch: pytest.MonkeyPatch) -> None:
    drive, other = await den.device(), await den.device("other")
    monkeypatch.setattr(rules, "MOST_BYTES", 100_000)
    monkeypatch.setattr(rules, "MOST", 4)
    await put(den, drive, "/._a", photo(1, 60_000))
    with pytest.raises(QuotaExceeded):
        await put(den, drive, "/._b", photo(2, 60_000))
    await put(den, drive, "/b.part", photo(2, 60_000), "scratch")
    await put(den, other, "/._b", photo(2, 60_000))
    results = await asyncio.gather(
        *(put(den, drive, f"/{number}.tmp", b"x", "scratch") for number in range(6)), return_exceptions=True
    )
    assert [isinstance(one, QuotaExceeded) for one in results].count(False) == 2
    for path in ("/" + "é" * 1_001, "/a\0b"):
        with pytest.raises(Invalid):
            await put(den, other, path)


async def test_time_ends_them_and_the_sweep_takes_their_bytes(den: Den) -> None:
    drive = await den.device()
    await put(den, drive, "/new.jpg", b"", "placeholder")
    await put(den, drive, "/._a", photo(1, LARGE))
    await den.shelf.sql("UPDATE drive_scraps SET expires_at = expires_at - interval '61 minutes'")
    assert await listed(den, drive) == ["._a"]
    await den.shelf.sql("UPDATE drive_scraps SET expires_at = expires_at - interval '7 days'")
    assert await listed(den, drive) == []
    assert len(den.objects()) == 1
    assert await den.drives.scraps.sweep() == 2
    assert den.objects() == set()


async def test_what_a_token_or_hierarchy_left_is_swept(den: Den) -> None:
    one, two, bob = await den.device("one"), await den.device("two"), await den.device(owner=den.shelf.bob)
    for drive in (one, two, bob):
        await put(den, drive, "/._a", photo(1, LARGE))
    await den.drives.tokens.revoke(caller(den.shelf.alice), one.hierarchy_id, one.token_id)
    with pytest.raises(Forbidden):
        await put(den, one, "/._b")
    await den.shelf.sql("DELETE FROM hierarchies WHERE account_id = $1", den.shelf.alice.id)
    assert await den.drives.scraps.sweep() == 2
    assert len(den.objects()) == 1
    assert await listed(den, bob) == ["._a"]


class Failing(Stored):
    """Bytes that storage does not take."""

    def __init__(self, data: bytes) -> None:
        self.size, self.sha256, self.head = len(data), bytes.fromhex(sha256(data)), data[:16_384]

    async def commit(self, key: str, media_type: str) -> None:
        raise Unavailable("The disk is gone.")


async def test_what_storage_does_not_take_leaves_the_old_one(den: Den) -> None:
    drive = await den.device()
    await put(den, drive, "/x.tmp", b"old", "scratch")
    with pytest.raises(Unavailable):
        await den.drives.scraps.put(drive, [], "x.tmp", Failing(photo(1, LARGE)), "scratch")
    found = await find(den, drive, "/x.tmp")
    assert found is not None
    assert await read(den, found) == b"old"
    await den.drives.scraps.sweep()
    assert await den.shelf.sql("SELECT count(*) FROM drive_scraps") == 1


async def test_a_writer_that_died_is_swept_after_an_hour(den: Den) -> None:
    drive = await den.device()
    scrap = await put(den, drive, "/x.part", photo(1, LARGE), "scratch")
    await den.shelf.sql("UPDATE drive_scraps SET state = 'writing', changed_at = now() - interval '59 minutes'")
    assert await find(den, drive, "/x.part") is None
    assert await den.drives.scraps.sweep() == 0
    await den.shelf.sql("UPDATE drive_scraps SET changed_at = now() - interval '61 minutes' WHERE id = $1", scrap.id)
    assert await den.drives.scraps.sweep() == 1
    assert den.objects() == set()
