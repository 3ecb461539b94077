"""What files are called in folders, and that names stay."""

from __future__ import annotations

import asyncio
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from archypix.hierarchies import names
from archypix.hierarchies.models import Hierarchy
from archypix.hierarchies.naming import apart, shown, without_mark
from archypix.pictures.locks import lock_library
from tests.hierarchies.cabinet import Cabinet


def marked(stem: str, picture: UUID, extension: str = ".jpg") -> str:
    return f"{stem} ({picture.hex[-6:]}){extension}"


async def give(cabinet: Cabinet, hierarchy: Hierarchy, path: list[str], picture: UUID, *, pinned: bool = False) -> None:
    folder = await cabinet.folder(hierarchy, *path[:-1])
    async with cabinet.shelf.database.transaction() as connection:
        await lock_library(connection, hierarchy.account_id)
        await names.give(connection, hierarchy, folder, path[-1], picture, pinned=pinned)


async def drop(cabinet: Cabinet, hierarchy: Hierarchy, path: list[str]) -> bool:
    folder = await cabinet.folder(hierarchy, *path[:-1])
    async with cabinet.shelf.database.transaction() as connection:
        await lock_library(connection, hierarchy.account_id)
        return await names.drop(connection, hierarchy, folder, path[-1])


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("IMG_0001.jpg", "IMG_0001.jpg"),
        ("a.jpg", "a.jpg"),
        ("sea / sun.jpg", "sea \u2215 sun.jpg"),
        ('<a>:"b"|?*\\.jpg', "_a___b_____.jpg"),
        ("dots...", "dots___"),
        ("blank ", "blank_"),
        ("CON", "CON_"),
        ("con.jpg", "con_.jpg"),
        ("lpt1.tar.gz", "lpt1_.tar.gz"),
        ("console.jpg", "console.jpg"),
        ("e\u0301te\u0301.jpg", "été.jpg"),
        ("\U0001f305 # % ; + '.jpg", "\U0001f305 # % ; + '.jpg"),
        (".hidden", ".hidden"),
        ("..", "__"),
    ],
)
def test_names_that_every_system_takes(label: str, expected: str) -> None:
    assert shown(label) == expected
    assert shown(expected) == expected


def test_marks_come_before_extensions_and_can_be_taken_away() -> None:
    for name in ("a.jpg", "a.b.jpg", "noextension", ".hidden", "a (b).jpg", "été.tiff"):
        assert without_mark(apart(name, "0a1b2c")) == name
        assert without_mark(name) == name


async def test_twins_keep_their_names_whoever_comes_or_goes(cabinet: Cabinet) -> None:
    first, second, third = [await cabinet.shelf.add(filename="a.jpg", tags=("/A",)) for _ in range(3)]
    library = await cabinet.library()
    seen = {"a.jpg": first, marked("a", second): second, marked("a", third): third}
    assert await cabinet.files(library, "A") == seen
    await cabinet.shelf.trash(first)
    assert await cabinet.files(library, "A") == {marked("a", second): second, marked("a", third): third}
    assert await cabinet.opened(library, "A", "a.jpg") is None
    await cabinet.shelf.trash(first, restore=True)
    assert await cabinet.files(library, "A") == seen
    await cabinet.tag(second, "/B", remove=("/A",))
    assert await cabinet.files(library, "A") == {"a.jpg": first, marked("a", third): third}
    assert await cabinet.files(library, "B") == {"a.jpg": second}


async def test_an_older_twin_that_comes_later_takes_no_name(cabinet: Cabinet) -> None:
    old = await cabinet.shelf.add(filename="a.jpg", ingested_at=datetime.fromisoformat("2001-01-01T00:00:00Z"))
    new = await cabinet.shelf.add(filename="A.JPG", tags=("/A",))
    library = await cabinet.library()
    assert await cabinet.opened(library, "A", "a.jpg") == new
    await cabinet.tag(old, "/A")
    assert await cabinet.files(library, "A") == {"A.JPG": new, marked("a", old): old}
    assert await cabinet.opened(library, "A", marked("a", old)) == old


async def test_a_name_that_nobody_has_any_more_is_free(cabinet: Cabinet) -> None:
    first = await cabinet.shelf.add(filename="a.jpg")
    library = await cabinet.library()
    assert await cabinet.files(library) == {"a.jpg": first}
    await cabinet.shelf.trash(first)
    second = await cabinet.shelf.add(filename="a.jpg")
    assert await cabinet.opened(library, "a.jpg") == second
    await cabinet.shelf.trash(first, restore=True)
    assert await cabinet.files(library) == {"a.jpg": second, marked("a", first): first}


async def test_one_file_is_opened_under_the_name_that_a_listing_shows(cabinet: Cabinet) -> None:
    pictures = [await cabinet.shelf.add(filename="a.jpg") for _ in range(4)]
    library = await cabinet.library()
    for picture in reversed(pictures[1:]):
        assert await cabinet.opened(library, marked("a", picture)) == picture
    assert await cabinet.files(library) == {"a.jpg": pictures[0]} | {
        marked("a", picture): picture for picture in pictures[1:]
    }


async def test_a_picture_that_is_renamed_has_another_name(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg")
    other = await cabinet.shelf.add(filename="b.jpg")
    library = await cabinet.library()
    await cabinet.files(library)
    await cabinet.shelf.sql("UPDATE pictures SET filename = 'b.jpg' WHERE id = $1", picture)
    assert await cabinet.opened(library, "a.jpg") is None
    assert await cabinet.files(library) == {"b.jpg": other, marked("b", picture): picture}
    await cabinet.shelf.sql("UPDATE pictures SET filename = 'B.jpg' WHERE id = $1", other)
    assert await cabinet.files(library) == {"B.jpg": other, marked("b", picture): picture}


async def test_names_are_found_however_they_are_composed_or_cased(cabinet: Cabinet) -> None:
    name = "Été à Zürich, ÅÄÖ, straße 写真 🌅.jpg"
    picture = await cabinet.shelf.add(filename=name, tags=("/Été",))
    library = await cabinet.library()
    for spelled in (name, unicodedata.normalize("NFD", name), name.upper(), name.replace("ß", "ss")):
        for folder in ("Été", "e\u0301te\u0301", "ÉTÉ"):
            assert await cabinet.opened(library, folder, spelled) == picture
    assert list(await cabinet.files(library, "Été")) == [name]


async def test_forbidden_characters_are_replaced_and_the_old_form_opens(cabinet: Cabinet) -> None:
    colon = await cabinet.shelf.add(filename="a:b.jpg", tags=("/X: Y",))
    line = await cabinet.shelf.add(filename="a_b.jpg", tags=("/X: Y",))
    library = await cabinet.library()
    assert await cabinet.opened(library, "X: Y", "a:b.jpg") == colon
    assert await cabinet.opened(library, "X_ Y", "A:B.jpg") == colon
    listed = await cabinet.files(library, "X: Y")
    assert set(listed.values()) == {colon, line}
    assert not any(":" in name for name in listed)
    for name, picture in listed.items():
        assert await cabinet.opened(library, "x_ y", name) == picture
    assert await cabinet.folders(library) == ["X_ Y"]


async def test_folders_of_one_name_are_told_apart(cabinet: Cabinet) -> None:
    one = await cabinet.shelf.add(filename="1.jpg", tags=("/a:b",))
    two = await cabinet.shelf.add(filename="2.jpg", tags=("/a_b",))
    three = await cabinet.shelf.add(filename="3.jpg", tags=("/Views",))
    ids = await cabinet.ids("/a:b", "/Views")
    views = await cabinet.hierarchy(
        {"type": "mirror", "root": "/"}, {"type": "static", "name": "Views", "id": "views", "children": []}
    )
    assert await cabinet.everything(views) == {
        f"a_b ({ids[0]})/1.jpg": one, "a_b/2.jpg": two, f"Views ({ids[1]})/3.jpg": three,
    }  # fmt: skip
    assert (await cabinet.folder(views, "a:b")).tag_id == ids[0]


async def test_a_file_beside_a_folder_of_its_name_is_marked(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="A.jpg")
    library = await cabinet.library()
    assert await cabinet.files(library) == {"A.jpg": picture}
    await cabinet.shelf.add(filename="x.jpg", tags=("/a.jpg",))
    assert await cabinet.files(library) == {marked("A", picture): picture}
    assert await cabinet.opened(library, marked("A", picture)) == picture


async def test_chosen_names_stay_and_a_picture_may_have_several(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/A",))
    other = await cabinet.shelf.add(filename="c.jpg", tags=("/A",))
    library = await cabinet.library()
    await cabinet.files(library, "A")
    await give(cabinet, library, ["A", "B: ☀.jpg"], picture)
    assert await cabinet.files(library, "A") == {"a.jpg": picture, "B: ☀.jpg": picture, "c.jpg": other}
    assert await cabinet.opened(library, "A", "b: ☀.JPG") == picture
    assert await drop(cabinet, library, ["A", "a.jpg"]) is True
    assert await cabinet.files(library, "A") == {"B: ☀.jpg": picture, "c.jpg": other}
    await cabinet.shelf.sql("UPDATE pictures SET filename = 'z.jpg' WHERE id = $1", picture)
    assert await cabinet.files(library, "A") == {"B: ☀.jpg": picture, "c.jpg": other}
    assert await drop(cabinet, library, ["A", "b: ☀.jpg"]) is False
    assert await cabinet.files(library, "A") == {"z.jpg": picture, "c.jpg": other}


async def test_who_is_given_a_name_has_it(cabinet: Cabinet) -> None:
    first = await cabinet.shelf.add(filename="a.jpg")
    second = await cabinet.shelf.add(filename="b.jpg")
    library = await cabinet.library()
    await cabinet.files(library)
    await give(cabinet, library, ["a.jpg"], second)
    await drop(cabinet, library, ["b.jpg"])
    assert await cabinet.files(library) == {"a.jpg": second, marked("a", first): first}


async def test_a_name_that_is_the_pictures_own_follows_it(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg")
    library = await cabinet.library()
    await give(cabinet, library, ["a.jpg"], picture)
    await cabinet.shelf.sql("UPDATE pictures SET filename = 'z.jpg' WHERE id = $1", picture)
    assert await cabinet.files(library) == {"z.jpg": picture}


async def test_a_pinned_picture_is_listed_above_the_folder_that_has_it(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/A/B",))
    library = await cabinet.library()
    for path in (["a.jpg"], ["A", "copy.jpg"]):
        await give(cabinet, library, path, picture, pinned=True)
        assert await cabinet.opened(library, *path) == picture
    everywhere = {"a.jpg": picture, "A/copy.jpg": picture, "A/B/a.jpg": picture}
    assert await cabinet.everything(library) == everywhere
    await cabinet.tag(picture, "/C", remove=("/A/B",))
    assert await cabinet.everything(library) == {"a.jpg": picture, "C/a.jpg": picture}
    assert await drop(cabinet, library, ["a.jpg"]) is False
    assert await cabinet.everything(library) == {"C/a.jpg": picture}


async def test_names_by_date_and_by_id(cabinet: Cabinet) -> None:
    when = datetime(2024, 5, 1, 10, 22, 33, 250000)
    first = await cabinet.shelf.add(filename="a.JPG", sorted_at=when, tags=("/A",))
    second = await cabinet.shelf.add(filename="b.jpg", sorted_at=when + timedelta(milliseconds=300), tags=("/A",))
    later = await cabinet.shelf.add(filename="noextension", sorted_at=when + timedelta(seconds=1), tags=("/A",))
    mirror = {"type": "mirror", "root": "/A"}
    dates = await cabinet.hierarchy(mirror, slug="dates", naming="date")
    assert await cabinet.everything(dates) == {
        "2024-05-01 10.22.33.jpg": first, marked("2024-05-01 10.22.33", second): second, "2024-05-01 10.22.34": later,
    }  # fmt: skip
    ids = await cabinet.hierarchy(mirror, slug="ids", naming="id")
    fresh = await cabinet.hierarchy(mirror, slug="fresh", naming="id")
    assert await cabinet.opened(fresh, f"{str(second).upper()}.JPG") == second
    assert await cabinet.everything(ids) == {f"{first}.jpg": first, f"{second}.jpg": second, f"{later}": later}


async def test_who_lists_at_once_sees_the_same_names(cabinet: Cabinet) -> None:
    pictures = [await cabinet.shelf.add(filename="a.jpg") for _ in range(12)]
    library = await cabinet.library()
    listings = await asyncio.gather(*(cabinet.files(library) for _ in range(4)))
    expected = {"a.jpg": pictures[0]} | {marked("a", each): each for each in pictures[1:]}
    assert [*listings, await cabinet.files(library)] == [expected] * 5


async def test_names_go_with_their_pictures_and_hierarchies(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg")
    views = await cabinet.hierarchy({"type": "mirror", "root": "/"})
    for hierarchy in (await cabinet.library(), views):
        await cabinet.files(hierarchy)
    assert await cabinet.shelf.sql("SELECT count(*) FROM hierarchy_names") == 2
    await cabinet.shelf.sql("DELETE FROM hierarchies WHERE id = $1", views.id)
    assert await cabinet.shelf.sql("SELECT count(*) FROM hierarchy_names") == 1
    await cabinet.shelf.sql("DELETE FROM pictures WHERE id = $1", picture)
    assert await cabinet.shelf.sql("SELECT count(*) FROM hierarchy_names") == 0


@pytest.mark.parametrize("name", ["x" * 5000, "\ud800.jpg", "a\0b", "..", ".", "", " ", "(", "9999-99-99 99.99.99.jpg"])
async def test_no_name_is_too_strange_to_be_looked_for(cabinet: Cabinet, name: str) -> None:
    for naming in ("original", "date", "id"):
        views = await cabinet.hierarchy({"type": "mirror", "root": "/"}, slug=naming, naming=naming)
        assert await cabinet.opened(views, name) is None
        assert await cabinet.opened(views, name, name) is None
