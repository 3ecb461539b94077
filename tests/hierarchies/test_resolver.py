"""Which folders there are, and which pictures are listed in each."""

from __future__ import annotations

from datetime import UTC, datetime

from archypix.hierarchies.models import File, Folder, Missing
from tests.hierarchies.cabinet import Cabinet


async def test_every_account_has_a_library_that_mirrors_all_tags(cabinet: Cabinet) -> None:
    loose = await cabinet.shelf.add(filename="loose.jpg")
    alps = await cabinet.shelf.add(filename="alps.jpg", tags=("/Travel/Alps", "/Travel"))
    travel = await cabinet.shelf.add(filename="travel.jpg", tags=("/Travel",))
    await cabinet.shelf.add(cabinet.shelf.bob, filename="bob.jpg", tags=("/Travel/Alps",))
    library = await cabinet.library()
    assert await cabinet.folders(library) == ["Travel"]
    assert await cabinet.files(library) == {"loose.jpg": loose}
    assert await cabinet.everything(library) == {
        "loose.jpg": loose, "Travel/travel.jpg": travel, "Travel/Alps/alps.jpg": alps,
    }  # fmt: skip


async def test_the_trash_is_not_listed(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/A",))
    library = await cabinet.library()
    assert await cabinet.opened(library, "A", "a.jpg") == picture
    await cabinet.shelf.trash(picture)
    assert await cabinet.files(library, "A") == {}
    assert await cabinet.opened(library, "A", "a.jpg") is None
    await cabinet.shelf.trash(picture, restore=True)
    assert await cabinet.files(library, "A") == {"a.jpg": picture}


async def test_what_is_missing_has_a_parent_if_that_is_there(cabinet: Cabinet) -> None:
    await cabinet.shelf.add(tags=("/A",))
    library = await cabinet.library()
    missing = await cabinet.find(library, "A", "new.jpg")
    assert isinstance(missing, Missing)
    assert missing.parent is not None
    assert missing.parent.path == ("A",)
    assert await cabinet.find(library, "B", "new.jpg") == Missing(None, "new.jpg")
    assert isinstance(await cabinet.find(library), Folder)


async def test_a_mirror_collapses_excludes_and_ends_somewhere(cabinet: Cabinet) -> None:
    add = cabinet.shelf.add
    own = await add(filename="own.jpg", tags=("/P",))
    shown = await add(filename="shown.jpg", tags=("/P/Shown",))
    deep = await add(filename="deep.jpg", tags=("/P/Shown/Deep/Deeper",))
    collapsed = await add(filename="collapsed.jpg", tags=("/P/Collapsed/Inner",))
    both = await add(filename="both.jpg", tags=("/P/Collapsed", "/P/Shown"))
    await add(filename="secret.jpg", tags=("/P/Secret", "/P/Shown"))
    mirror = {"type": "mirror", "root": "/P", "collapsed": ["/P/Collapsed"], "exclude": ["/P/Secret"], "max_depth": 2}
    views = await cabinet.hierarchy(mirror)
    assert await cabinet.folders(views) == ["Shown"]
    assert await cabinet.folders(views, "Shown") == ["Deep"]
    assert await cabinet.folders(views, "Shown", "Deep") == []
    assert await cabinet.everything(views) == {
        "own.jpg": own, "collapsed.jpg": collapsed, "Shown/shown.jpg": shown, "Shown/both.jpg": both,
        "Shown/Deep/deep.jpg": deep,
    }  # fmt: skip


async def test_a_mirror_of_everything_without_folders_lists_everything(cabinet: Cabinet) -> None:
    loose = await cabinet.shelf.add(filename="loose.jpg")
    tagged = await cabinet.shelf.add(filename="tagged.jpg", tags=("/A/B",))
    views = await cabinet.hierarchy({"type": "mirror", "root": "/", "max_depth": 0})
    assert await cabinet.everything(views) == {"loose.jpg": loose, "tagged.jpg": tagged}


async def test_a_mirror_as_a_folder_of_its_own(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/P/A",))
    views = await cabinet.hierarchy(
        {"type": "mirror", "root": "/P", "keep_dir": True},
        {"type": "mirror", "root": "/P", "keep_dir": True, "name": "Other", "id": "other"},
    )
    assert await cabinet.everything(views) == {"P/A/a.jpg": picture, "Other/A/a.jpg": picture}
    folder = await cabinet.folder(views, "Other", "A")
    assert folder.key == f"nother.t{folder.tag_id}"


async def test_queries_narrow_each_other_and_the_most_specific_wins(cabinet: Cabinet) -> None:
    add = cabinet.shelf.add
    best = await add(filename="best.jpg", tags=("/Best",))
    sea = await add(filename="sea.jpg", tags=("/Best", "/Sea/Baltic"))
    both = await add(filename="both.jpg", tags=("/Best", "/Sea", "/Alps"))
    await add(filename="poor.jpg", tags=("/Sea",))
    hidden = await add(filename="hidden.jpg", tags=("/Best", "/Private"))
    loose = await add(filename="loose.jpg")
    views = await cabinet.hierarchy(
        {
            "type": "query", "name": "Best", "all": ["/Best"], "none": ["/Private"], "children": [
                {"type": "query", "name": "Sea", "any": ["/Sea/Baltic", "/Sea"]},
                {"type": "static", "name": "More", "children": [{"type": "query", "name": "Alps", "all": ["/Alps"]}]},
            ],
        },
        {"type": "query", "name": "Loose", "untagged": True},
        {"type": "query", "name": "Not best", "none": ["/Best", "/Sea"]},
        {"type": "query", "name": "Private", "all": ["/Best", "/Private"]},
    )  # fmt: skip
    assert await cabinet.everything(views) == {
        "Best/best.jpg": best, "Best/Sea/sea.jpg": sea, "Best/Sea/both.jpg": both, "Best/More/Alps/both.jpg": both,
        "Loose/loose.jpg": loose, "Not best/loose.jpg": loose, "Private/hidden.jpg": hidden,
    }  # fmt: skip


async def test_a_mirror_in_a_query_shows_what_meets_both(cabinet: Cabinet) -> None:
    both = await cabinet.shelf.add(filename="both.jpg", tags=("/Best", "/P/A"))
    only = await cabinet.shelf.add(filename="only.jpg", tags=("/Best",))
    await cabinet.shelf.add(filename="poor.jpg", tags=("/P/A",))
    views = await cabinet.hierarchy(
        {"type": "query", "name": "Best", "all": ["/Best"], "children": [{"type": "mirror", "root": "/P"}]}
    )
    assert await cabinet.everything(views) == {"Best/A/both.jpg": both, "Best/only.jpg": only}


async def test_an_inbox_lists_nothing(cabinet: Cabinet) -> None:
    await cabinet.shelf.add(filename="in.jpg", tags=("/In",))
    views = await cabinet.hierarchy({"type": "drop", "name": "Inbox", "tags": ["/In"]})
    assert await cabinet.everything(views) == {}
    inbox = await cabinet.folder(views, "Inbox")
    assert inbox.drop
    assert inbox.writable
    assert list(inbox.gains) == await cabinet.ids("/In")


async def test_what_a_picture_gains_and_loses_in_a_folder(cabinet: Cabinet) -> None:
    await cabinet.shelf.add(tags=("/A/B",))
    library = await cabinet.library()
    a, ab = await cabinet.ids("/A", "/A/B")
    root, folder = await cabinet.folder(library), await cabinet.folder(library, "A", "B")
    assert (root.gains, root.loses, root.writable, root.grows, root.movable) == ((), (), True, True, False)
    assert (folder.gains, folder.loses, folder.writable, folder.grows, folder.movable) == (
        (ab,),
        (ab,),
        True,
        True,
        True,
    )
    assert folder.matches(frozenset({a, ab}))
    views = await cabinet.hierarchy(
        {"type": "query", "name": "Read", "all": ["/A"]},
        {"type": "query", "name": "Write", "all": ["/A"], "write": {"add": ["/A/B"], "remove": ["/A"]}},
        {"type": "query", "name": "Wrong", "all": ["/A"], "write": {"add": ["/C"], "remove": []}},
        {"type": "static", "name": "Plain"},
    )
    write = await cabinet.folder(views, "Write")
    assert (write.gains, write.loses, write.writable) == ((ab,), (a,), True)
    for name in ("Read", "Wrong", "Plain"):
        assert not (await cabinet.folder(views, name)).writable


async def test_received_pictures_are_listed_where_nobody_writes(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="hers.jpg", tags=("/Shared/@bob:b.test/Sea",))
    await cabinet.shelf.sql("UPDATE tags SET name = 'SharedToMe', name_key = 'sharedtome' WHERE name = 'Shared'")
    library = await cabinet.library()
    assert await cabinet.files(library, "SharedToMe", "@bob_b.test", "Sea") == {"hers.jpg": picture}
    folder = await cabinet.folder(library, "SharedToMe", "@bob:b.test", "Sea")
    assert (folder.writable, folder.grows, folder.movable) == (False, False, False)


async def test_what_is_known_of_a_file(cabinet: Cabinet) -> None:
    when = datetime(2019, 5, 4, 3, 2, 1)
    picture = await cabinet.shelf.add(filename="a.jpg", file_date=when, size=4321)
    file = await cabinet.find(await cabinet.library(), "a.jpg")
    assert isinstance(file, File)
    assert (file.picture_id, file.size, file.media_type, file.named) == (picture, 4321, "image/jpeg", False)
    assert file.modified == when.replace(tzinfo=UTC)
    assert file.sha256 is not None
    assert file.blob_key is not None
    assert file.sha256.hex() in file.blob_key
    assert (file.sha1, file.md5) == (None, None)


async def test_the_etag_of_a_folder_changes_with_all_below_it(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/A/B",))
    library = await cabinet.library()
    root = await cabinet.folder(library)

    async def version() -> str:
        async with cabinet.shelf.database.connection() as connection:
            return await cabinet.resolver.version(connection, library, root)

    seen = [await version()]
    assert await version() == seen[0]
    await cabinet.tag(picture, "/C")
    seen.append(await version())
    await cabinet.shelf.trash(picture)
    seen.append(await version())
    await cabinet.shelf.tags.rename(cabinet.shelf.alice.id, "/C", "/D")
    seen.append(await version())
    await cabinet.shelf.add(filename="b.jpg")
    seen.append(await version())
    await cabinet.shelf.sql("UPDATE pictures SET filename = 'c.jpg' WHERE id = $1", picture)
    seen.append(await version())
    assert len(set(seen)) == len(seen)
    await cabinet.shelf.add(cabinet.shelf.bob, filename="b.jpg")
    assert await version() == seen[-1]


async def test_folders_follow_tags_as_they_are_renamed(cabinet: Cabinet) -> None:
    picture = await cabinet.shelf.add(filename="a.jpg", tags=("/A/B",))
    library = await cabinet.library()
    key = (await cabinet.folder(library, "A", "B")).key
    await cabinet.shelf.tags.rename(cabinet.shelf.alice.id, "/A/B", "/A/Ç")
    assert await cabinet.everything(library) == {"A/Ç/a.jpg": picture}
    folder = await cabinet.folder(library, "a", "c\u0327")
    assert (folder.key, folder.path) == (key, ("A", "Ç"))


async def test_a_tree_that_a_transaction_saw_and_took_back_is_not_kept(cabinet: Cabinet) -> None:
    await cabinet.shelf.add(tags=("/A",))
    library = await cabinet.library()
    async with cabinet.shelf.database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE tags SET name = 'Z', name_key = 'z' WHERE owner_id = $1", library.account_id)
        assert isinstance(await cabinet.resolver.find(connection, library, ["Z"]), Folder)
        await transaction.rollback()
    await cabinet.shelf.sql("UPDATE tags SET name = 'Y', name_key = 'y' WHERE owner_id = $1", library.account_id)
    assert await cabinet.folders(library) == ["Y"]
