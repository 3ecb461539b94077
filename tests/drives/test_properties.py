"""Dead properties: given back as they came, moved with what they are of, within bounds."""

from __future__ import annotations

import asyncio

import pytest

from archypix.core.errors import Invalid, QuotaExceeded
from archypix.drives import properties as rules
from archypix.drives.models import Drive
from tests.drives.den import Den

RATING = "{urn:x}rating"


async def put(den: Den, drive: Drive, path: str, **values: str | None) -> None:
    async with den.shelf.database.transaction() as connection:
        await den.drives.properties.change(
            connection, drive.hierarchy_id, path.split("/"), {f"{{urn:x}}{name}": one for name, one in values.items()}
        )


async def everything(den: Den) -> dict[str, str]:
    """All values by path and name; the count of bytes must be right."""
    async with den.shelf.database.connection() as connection:
        rows = await connection.fetch("SELECT path, name, value FROM drive_properties")
        kept = await connection.fetchval("SELECT coalesce(sum(bytes), 0) FROM drive_property_room")
    assert kept == sum(len("".join(row).encode()) for row in rows)
    return {f"{row['path']}#{row['name'].removeprefix('{urn:x}')}": row["value"] for row in rows}


async def test_what_is_set_is_given_back_and_removed(den: Den) -> None:
    drive = await den.device()
    await put(den, drive, "Été/a.jpg", rating="<x>5 & <b>é</b></x>", colour="red")
    await put(den, drive, "E\u0301TE\u0301/A.JPG", rating="<x>4</x>", colour=None, other=None)
    async with den.shelf.database.connection() as connection:
        found = await den.drives.properties.get(connection, drive.hierarchy_id, ["été", "a.jpg"])
        nothing = await den.drives.properties.get(connection, drive.hierarchy_id, ["été"])
    assert (dict(found), dict(nothing)) == ({RATING: "<x>4</x>"}, {})
    assert await everything(den) == {"été/a.jpg#rating": "<x>4</x>"}


async def test_a_folder_is_read_in_one_step(den: Den) -> None:
    drive = await den.device()
    for path in ("a", "a/1.jpg", "a/2.jpg", "a/b/3.jpg", "a-b", "ab/4.jpg", "z"):
        await put(den, drive, path, rating=path)
    async with den.shelf.database.connection() as connection:
        inside = await den.drives.properties.of_folder(connection, drive.hierarchy_id, ["A"])
        root = await den.drives.properties.of_folder(connection, drive.hierarchy_id, [])
        chosen = await den.drives.properties.of_paths(connection, drive.hierarchy_id, [["z"], ["a", "1.jpg"], ["y"]])
    assert sorted(inside) == ["a", "a/1.jpg", "a/2.jpg"]
    assert sorted(root) == ["a", "a-b", "z"]
    assert {path: dict(values) for path, values in chosen.items()} == {
        "a/1.jpg": {RATING: "a/1.jpg"},
        "z": {RATING: "z"},
    }


async def test_they_move_and_are_copied_with_what_they_are_of(den: Den) -> None:
    drive = await den.device()
    properties, hierarchy_id = den.drives.properties, drive.hierarchy_id
    for path in ("a", "a/1.jpg", "a/b/3.jpg", "ab", "t", "t/old.jpg"):
        await put(den, drive, path, p=path)
    async with den.shelf.database.transaction() as connection:
        await properties.copy(connection, hierarchy_id, ["a"], ["c", "d"], deep=False)
        await properties.copy(connection, hierarchy_id, ["a"], ["t"])
    assert await everything(den) == {
        "a#p": "a", "a/1.jpg#p": "a/1.jpg", "a/b/3.jpg#p": "a/b/3.jpg", "ab#p": "ab", "c/d#p": "a",
        "t#p": "a", "t/1.jpg#p": "a/1.jpg", "t/b/3.jpg#p": "a/b/3.jpg",
    }  # fmt: skip
    async with den.shelf.database.transaction() as connection:
        await properties.move(connection, hierarchy_id, ["a"], ["t"])
        await properties.move(connection, hierarchy_id, ["t"], ["T"])
        await properties.remove_below(connection, hierarchy_id, ["t", "b"])
    assert await everything(den) == {"ab#p": "ab", "c/d#p": "a", "t#p": "a", "t/1.jpg#p": "a/1.jpg"}
    for source, target in ((["t"], ["t", "x"]), (["t", "x"], ["t"]), ([], ["t"]), (["t"], [])):
        async with den.shelf.database.transaction() as connection:
            with pytest.raises(Invalid):
                await properties.move(connection, hierarchy_id, source, target)


async def test_bounds_hold_and_nothing_is_half_done(den: Den, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = await den.device()
    await put(den, drive, "a", **{f"p{number}": "x" for number in range(100)})
    before = await everything(den)
    with pytest.raises(QuotaExceeded):
        await put(den, drive, "a", p0="y", p100="x")
    for values in ({"n" * 600: "x"}, {"a": "x" * 65_537}, {"a": "\0"}, {"a\0": "x"}, {"a": "\ud800"}):
        with pytest.raises(Invalid):
            await put(den, drive, "b", **values)
    with pytest.raises(Invalid):
        await put(den, drive, "é" * 1_001, a="x")
    assert await everything(den) == before
    monkeypatch.setattr(rules, "MOST_BYTES", 2_000)
    with pytest.raises(QuotaExceeded):
        await put(den, drive, "b", a="x" * 1_500)
    await put(den, drive, "a", p0=None, p1="")
    assert len(await everything(den)) == 99


async def test_a_path_that_becomes_too_long_loses_them(den: Den) -> None:
    drive = await den.device()
    await put(den, drive, "a/" + "x" * 1_900, p="x")
    async with den.shelf.database.transaction() as connection:
        await den.drives.properties.move(connection, drive.hierarchy_id, ["a"], ["y" * 500])
    assert await everything(den) == {}


async def test_many_at_once_are_counted_right(den: Den) -> None:
    drive = await den.device()
    await asyncio.gather(*(put(den, drive, f"f{number % 4}", **{f"p{number}": "x" * number}) for number in range(40)))
    assert len(await everything(den)) == 40


async def test_they_go_with_their_hierarchy_and_are_nobody_elses(den: Den) -> None:
    alice, bob = await den.device(), await den.device(owner=den.shelf.bob)
    await put(den, alice, "a", p="alice")
    await put(den, bob, "a", p="bob")
    await den.shelf.sql("DELETE FROM hierarchies WHERE account_id = $1", den.shelf.alice.id)
    assert await everything(den) == {"a#p": "bob"}
