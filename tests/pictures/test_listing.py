"""Lists: which pictures, in which order, page by page, against a plain reading of the same rules."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from archypix.core.errors import Invalid, NotFound
from archypix.core.ids import new_id
from archypix.pictures import listing
from archypix.pictures.listing import Order, Sort
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from archypix.pictures.service import ListRequest, Owner
from archypix.tags.trees import TagTrees
from tests.pictures.shelf import NOON, Shelf

EVERYTHING = PictureQuery()
SORT_KEYS: dict[Sort, str] = {
    "captured": "sorted_at",
    "ingested": "ingested_at",
    "edited": "edited_at",
    "size": "size",
    "name": "filename",
    "deleted": "deleted_at",
}


async def ids(shelf: Shelf, query: PictureQuery = EVERYTHING, owner: Owner | None = None, **more: Any) -> list[UUID]:
    """The ids of all pages of a list, in order."""
    found, cursor = [], None
    while True:
        request = ListRequest(query, cursor=cursor, **{"limit": 500} | more)
        page = await shelf.pictures.page(owner or shelf.alice, request)
        assert len(page.items) <= request.limit
        assert page.items or cursor is None, "the last page is never empty"
        found += [UUID(item["id"]) for item in page.items]
        cursor = page.next
        if cursor is None:
            return found


async def test_the_timeline_is_newest_first_and_only_ones_own(shelf: Shelf) -> None:
    old, new, middle = [await shelf.add(sorted_at=NOON + timedelta(days=days)) for days in (0, 9, 5)]
    await shelf.add(shelf.bob)
    await shelf.trash(await shelf.add())
    assert await ids(shelf) == [new, middle, old]
    assert await ids(shelf, order="asc") == [old, middle, new]


async def test_pictures_of_one_moment_keep_an_order_across_pages(shelf: Shelf) -> None:
    pictures = sorted([await shelf.add(tags=("/A",)) for _ in range(7)])
    for query in (PictureQuery(), PictureQuery(tags=("/A",))):
        assert await ids(shelf, query, limit=2, order="asc") == pictures
        assert await ids(shelf, query, limit=3) == pictures[::-1]


async def test_what_comes_in_meanwhile_moves_nothing(shelf: Shelf) -> None:
    pictures = [await shelf.add(tags=("/A",), sorted_at=NOON + timedelta(days=day)) for day in range(6)][::-1]
    for query in (PictureQuery(), PictureQuery(tags=("/A",))):
        first = await shelf.pictures.page(shelf.alice, ListRequest(query, limit=3))
        newer = await shelf.add(tags=("/A",), sorted_at=NOON + timedelta(days=99))
        await shelf.trash(pictures[2])
        rest = await shelf.pictures.page(shelf.alice, ListRequest(query, limit=3, cursor=first.next))
        assert [UUID(item["id"]) for item in first.items + rest.items] == pictures
        await shelf.trash(pictures[2], restore=True)
        await shelf.trash(newer)


async def test_an_item_says_what_a_client_needs(shelf: Shelf) -> None:
    moment = datetime(2020, 1, 2, 3, 4, 5, 678901, UTC)
    picture = await shelf.add(
        tags=("/Photos/Alps", "/Family"), filename="IMG_1.JPG", width=40, height=30, captured_at=NOON, utc_offset=120,
        blurhash="LKO2", rating=4, title="Peak", latitude=45.5, longitude=6.5, has_thumbnails=True, size=1234,
        sha256=bytes(range(32)), ingested_at=moment, edited_at=moment,
    )  # fmt: skip
    page = await shelf.pictures.page(shelf.alice, ListRequest())
    assert page.next is None
    assert page.items == [
        {
            "id": str(picture),
            "filename": "IMG_1.JPG",
            "media_type": "image/jpeg",
            "kind": "image",
            "state": "ready",
            "failure": None,
            "width": 40,
            "height": 30,
            "duration": None,
            "captured_at": "2020-06-15T12:00:00",
            "utc_offset": 120,
            "date_source": "exif",
            "sorted_at": "2020-06-15T12:00:00",
            "blurhash": "LKO2",
            "thumbnails": {name: f"/files/{shelf.blobs[picture]}/{name}" for name in ("small", "medium", "large")},
            "rating": 4,
            "title": "Peak",
            "latitude": 45.5,
            "longitude": 6.5,
            "size": 1234,
            "sha256": bytes(range(32)).hex(),
            "tags": ["/Family", "/Photos/Alps"],
            "owner": "@alice:a.test",
            "received": None,
            "availability": "ok",
            "version": 1,
            "revision": 1,
            "ingested_at": "2020-01-02T03:04:05.678Z",
            "edited_at": "2020-01-02T03:04:05.678Z",
            "deleted_at": None,
            "metadata_state": None,
        }
    ]


async def test_thumbnails_are_null_until_they_are_there(shelf: Shelf) -> None:
    await shelf.add(state="processing")
    page = await shelf.pictures.page(shelf.alice, ListRequest())
    assert page.items[0]["thumbnails"] == {"small": None, "medium": None, "large": None}


async def test_a_tag_lists_its_descendants_and_only_itself_when_exact(shelf: Shelf) -> None:
    here, below = await shelf.add(tags=("/Photos",)), await shelf.add(tags=("/Photos/Alps",))
    both, other = await shelf.add(tags=("/Photos", "/Photos/Alps")), await shelf.add(tags=("/Photography",))
    untagged = await shelf.add()
    assert set(await ids(shelf, PictureQuery(tags=("/photos",)))) == {here, below, both}
    assert set(await ids(shelf, PictureQuery(tags=("/Photos",), exact=True))) == {here, both}
    assert set(await ids(shelf, PictureQuery(not_tags=("/Photos",)))) == {other, untagged}
    assert await ids(shelf, PictureQuery(untagged=True)) == [untagged]


async def test_a_tag_that_there_is_not_is_carried_by_none(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/A",))
    assert await ids(shelf, PictureQuery(tags=("/A", "/no"))) == []
    assert await ids(shelf, PictureQuery(any_tags=("/no",))) == []
    assert await ids(shelf, PictureQuery(any_tags=("/no", "/A"))) == [picture]
    assert await ids(shelf, PictureQuery(not_tags=("/no",))) == [picture]
    with pytest.raises(Invalid) as caught:
        await ids(shelf, PictureQuery(tags=("/A", "no")))
    assert [fault.path for fault in caught.value.faults] == ["tag.1"]


async def test_the_tags_of_another_person_are_no_tags_here(shelf: Shelf) -> None:
    await shelf.add(shelf.bob, tags=("/A",))
    mine = await shelf.add(tags=("/A",))
    assert await ids(shelf, PictureQuery(tags=("/A",))) == [mine]


async def test_the_trash_is_listed_by_when_things_came_there(shelf: Shelf) -> None:
    first, second, kept = await shelf.add(tags=("/A",)), await shelf.add(), await shelf.add(tags=("/A",))
    await shelf.trash(first)
    await shelf.trash(second)
    trash = PictureQuery(trash=True)
    assert await ids(shelf, trash) == [second, first]
    assert await ids(shelf, trash, sort="captured", order="asc") == sorted([first, second])
    assert await ids(shelf, PictureQuery(trash=True, tags=("/A",))) == [first]
    assert await ids(shelf, PictureQuery(tags=("/A",))) == [kept]
    item = (await shelf.pictures.page(shelf.alice, ListRequest(trash))).items[0]
    assert item["deleted_at"].endswith("Z")
    with pytest.raises(Invalid) as caught:
        await ids(shelf, sort="deleted")
    assert [fault.path for fault in caught.value.faults] == ["sort"]


async def test_words_are_looked_for_in_texts_whatever_their_case_and_accents(shelf: Shelf) -> None:
    one = await shelf.add(filename="Été_100%.jpg", title="Monte Rosa")
    other = await shelf.add(filename="x.jpg", description="La rosa blanca", camera_make="Canon", camera_model="EOS 5D")
    third = await shelf.add(filename="Ete 101 jpg", creator="Łukasz", lens="EF 50mm")
    assert set(await ids(shelf, PictureQuery(text=" ROSA "))) == {one, other}
    assert await ids(shelf, PictureQuery(text="rosa monte")) == [one]
    assert set(await ids(shelf, PictureQuery(text="e\u0301t"))) == {one, third}
    assert await ids(shelf, PictureQuery(text="été_100")) == [one]
    assert await ids(shelf, PictureQuery(text="canon 5d")) == [other]
    assert await ids(shelf, PictureQuery(text="lukasz 50")) == [third]
    assert await ids(shelf, PictureQuery(text="osa")) == []
    assert await ids(shelf, PictureQuery(text='"monte ros"')) == []
    assert await ids(shelf, PictureQuery(text='"monte rosa" or "ef 50mm"')) == [third, one]
    assert await ids(shelf, PictureQuery(text="\\")) == []
    assert await ids(shelf, PictureQuery(text="-rosa")) == [third]


async def test_words_follow_changes(shelf: Shelf) -> None:
    picture = await shelf.add(title="Lake")
    written = "SELECT (ctid, xmin)::text FROM picture_documents WHERE picture_id = $1"
    before = await shelf.sql(written, picture)
    await shelf.tags.change_selection(shelf.alice.id, Selection(PictureQuery()), add=["/New"])
    assert await shelf.sql(written, picture) == before, "tags are no words of a document"
    await shelf.sql("UPDATE pictures SET title = 'Sea', sorted_at = now() WHERE id = $1", picture)
    assert await ids(shelf, PictureQuery(text="lake")) == []
    assert await ids(shelf, PictureQuery(text="sea")) == [picture]
    assert await shelf.mismatches() == []
    await shelf.sql("UPDATE picture_documents SET document = '' WHERE picture_id = $1", picture)
    assert [found.subject for found in await shelf.mismatches()] == [f"picture {picture}"]
    await shelf.sql("DELETE FROM pictures WHERE id = $1", picture)
    assert await shelf.sql("SELECT count(*) FROM picture_documents") == 0


async def test_words_find_the_names_of_tags(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/Places/Côte d'Azur/Nice",), title="Beach")
    other = await shelf.add(title="A nice beach")
    await shelf.add(tags=("/Unused cote",))
    assert set(await ids(shelf, PictureQuery(text="nice"))) == {picture, other}
    assert await ids(shelf, PictureQuery(text="cote azu beach")) == [picture]
    assert await ids(shelf, PictureQuery(text="places nice")) == [picture]
    assert await ids(shelf, PictureQuery(text="nice -place")) == [other]
    await shelf.tags.rename(shelf.alice.id, "/Places/Côte d'Azur", "/Places/Riviera")
    assert await ids(shelf, PictureQuery(text="riviera")) == [picture]


async def test_words_of_another_person_are_no_words_here(shelf: Shelf) -> None:
    await shelf.add(shelf.bob, title="Rosa")
    assert await ids(shelf, PictureQuery(text="rosa")) == []


async def test_a_query_says_what_fields_say(shelf: Shelf) -> None:
    tagged = await shelf.add(tags=("/A/B",), iso=800, captured_at=NOON)
    old = await shelf.add(tags=("/A",), iso=100, captured_at=datetime(2018, 3, 4, 23))
    plain = await shelf.add(filename="a.png", latitude=45.9, longitude=6.8)
    trashed = await shelf.add(tags=("/A/B",))
    await shelf.trash(trashed)
    for text, expected in {
        "tag:/a": [tagged, old],
        "tag:=/A": [old],
        "tag:/A -tag:/A/B": [old],
        "tag:/none": [],
        "-tag:/none": [plain, tagged, old],
        "tag:/A tag:A/B or is:untagged": [plain, tagged],
        "is:untagged": [plain],
        "is:trash": [trashed],
        "is:trash tag:/A/B": [trashed],
        "year:2018": [old],
        "year:2018..2019 time:22:00..04:00": [old],
        "before:2020": [old],
        "date:2020-06": [tagged],
        "iso:>=800": [tagged],
        "-iso:>=800": [plain, old],
        "near:46,7,20km": [plain],
        "has:gps filename:*.png": [plain],
        "country:france or city:x or color:red or shared:bob or sender:x or owner:bob": [],
        "owner:alice": [plain, tagged, old],
        "(iso:100 or iso:800) not (year:2018)": [tagged],
    }.items():
        assert await ids(shelf, PictureQuery(text=text)) == expected, text


async def test_a_bad_query_says_where(shelf: Shelf) -> None:
    for text, place in {"a\0b": 2, "x" * 2001: 2001, "a (b": 5, "iso:x": 5, "tag:/a//b": 5, "rosa camra:x": 6}.items():
        with pytest.raises(Invalid) as caught:
            await ids(shelf, PictureQuery(text=text))
        (fault,) = caught.value.faults
        assert fault.path == "q"
        assert fault.detail.startswith(f"At character {place}: "), fault.detail


async def test_states_are_told_apart(shelf: Shelf) -> None:
    by_state = {state: await shelf.add(state=state) for state in ("ready", "processing", "failed")}
    for state, picture in by_state.items():
        assert await ids(shelf, PictureQuery(state=state)) == [picture]  # type: ignore[arg-type]


async def test_a_cursor_serves_its_own_query_only(shelf: Shelf) -> None:
    for _ in range(3):
        await shelf.add(tags=("/A",))
    cursor = (await shelf.pictures.page(shelf.alice, ListRequest(limit=1))).next
    for request in (
        ListRequest(PictureQuery(tags=("/A",)), cursor=cursor),
        ListRequest(order="asc", cursor=cursor),
        ListRequest(sort="size", cursor=cursor),
    ):
        with pytest.raises(Invalid) as caught:
            await shelf.pictures.page(shelf.alice, request)
        assert caught.value.code == "cursor_mismatch"
    with pytest.raises(Invalid):
        await shelf.pictures.page(shelf.bob, ListRequest(cursor=cursor))
    assert len((await shelf.pictures.page(shelf.alice, ListRequest(limit=500, cursor=cursor))).items) == 2


async def test_another_server_sees_renamed_and_new_tags_at_once(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/Old/Alps",))
    await ids(shelf)
    # The tags of this service change without the trees of the reading one hearing of it, as on another server.
    shelf.tags._trees = TagTrees()
    await shelf.tags.rename(shelf.alice.id, "/Old", "/New")
    page = await shelf.pictures.page(shelf.alice, ListRequest())
    assert page.items[0]["tags"] == ["/New/Alps"]
    await shelf.tags.rename(shelf.alice.id, "/New", "/Newer")
    assert await ids(shelf, PictureQuery(tags=("/New",))) == []
    await shelf.tags.rename(shelf.alice.id, "/Newer", "/Newest")
    assert await ids(shelf, PictureQuery(tags=("/Newest",))) == [picture]
    await shelf.tags.create(shelf.alice.id, "/Other")
    await shelf.tags.rename(shelf.alice.id, "/Newest", "/Gone")
    await shelf.tags.rename(shelf.alice.id, "/Other", "/Newest")
    assert await ids(shelf, PictureQuery(tags=("/Newest",))) == []
    await shelf.tags.delete(shelf.alice.id, "/Gone")
    assert (await shelf.pictures.whole(shelf.alice, picture))["tags"] == []


async def test_the_whole_picture(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/A",), camera_make="Canon", iso=100, description="x", content_hash=b"\1" * 32)
    await shelf.sql("INSERT INTO picture_metadata VALUES ($1, $2)", picture, {"Exif.Image.Make": "Canon"})
    whole = await shelf.pictures.whole(shelf.alice, picture)
    assert whole["id"] == str(picture)
    assert (whole["camera_make"], whole["iso"], whole["content_hash"]) == ("Canon", 100, "01" * 32)
    assert (whole["metadata"], whole["versions"], whole["tags"]) == ({"Exif.Image.Make": "Canon"}, 0, ["/A"])
    for owner, picture_id in ((shelf.bob, picture), (shelf.alice, new_id())):
        with pytest.raises(NotFound):
            await shelf.pictures.whole(owner, picture_id)


PATHS = ("/a", "/a/b", "/a/b/c", "/d", "/d/e", "/f")


class Library:
    """Sixty random pictures, as rows in the database and as plain values."""

    def __init__(self, shelf: Shelf, rows: list[dict[str, Any]]) -> None:
        self.shelf = shelf
        self.rows = rows

    def expected(self, query: PictureQuery, sort: Sort, order: Order) -> list[UUID]:
        def carries(row: dict[str, Any], path: str, exact: bool) -> bool:
            return any(tag == path or (not exact and tag.startswith(f"{path}/")) for tag in row["tags"])

        def words(row: dict[str, Any]) -> list[str]:
            return re.split(r"\W", " ".join([row["filename"], *row["tags"]]))

        rows = [
            row
            for row in self.rows
            if (row["deleted_at"] is not None) == query.trash
            and all(carries(row, path, query.exact) for path in query.tags)
            and (not query.any_tags or any(carries(row, path, query.exact) for path in query.any_tags))
            and not any(carries(row, path, False) for path in query.not_tags)
            and not (query.untagged and row["tags"])
            and query.state in (None, row["state"])
            and all(any(known.startswith(word) for known in words(row)) for word in query.text.split())
        ]
        column = SORT_KEYS[sort]
        return [row["id"] for row in sorted(rows, key=lambda row: (row[column], row["id"]), reverse=order == "desc")]


@pytest_asyncio.fixture
async def library(shelf: Shelf) -> Library:
    chance = random.Random(7)
    rows = []
    for _ in range(60):
        row: dict[str, Any] = {
            "tags": tuple(chance.sample(PATHS, chance.choice([0, 1, 1, 2, 3]))),
            "sorted_at": NOON + timedelta(days=chance.randrange(8)),
            "ingested_at": datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(8)),
            "edited_at": datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(8)),
            "size": chance.randrange(5),
            "filename": chance.choice(["a.jpg", "B.jpg", "é.png", "a b.jpg"]),
            "state": chance.choice(["ready", "ready", "failed"]),
            "deleted_at": chance.choice([None, None, None, datetime(2023, 1, 1, chance.randrange(3), tzinfo=UTC)]),
        }
        row["id"] = await shelf.add(**row)
        rows.append(row)
    return Library(shelf, rows)


QUERIES = [
    PictureQuery(),
    PictureQuery(tags=("/a",)),
    PictureQuery(tags=("/a/b",), exact=True),
    PictureQuery(tags=("/a", "/d")),
    PictureQuery(tags=("/a", "/d/e", "/f")),
    PictureQuery(tags=("/a", "/d"), exact=True),
    PictureQuery(any_tags=("/a/b", "/d")),
    PictureQuery(any_tags=("/a/b", "/d"), exact=True),
    PictureQuery(tags=("/a",), any_tags=("/d", "/f"), not_tags=("/a/b/c",)),
    PictureQuery(tags=("/a",), any_tags=("/d",), exact=True, not_tags=("/a/b",)),
    PictureQuery(any_tags=("/a", "/d"), not_tags=("/d/e",), state="ready"),
    PictureQuery(tags=("/a",), text="a jp"),
    PictureQuery(text="a"),
    PictureQuery(text="jpg d"),
    PictureQuery(text="jpg a", tags=("/d",)),
    PictureQuery(text="jpg"),
    PictureQuery(tags=("/f",), any_tags=("/d", "/a"), text="jp"),
    PictureQuery(not_tags=("/a",)),
    PictureQuery(untagged=True),
    PictureQuery(state="failed"),
]


@pytest.mark.parametrize("along", [True, False])
@pytest.mark.parametrize("most_probed", [0, listing.MOST_PROBED])
async def test_every_query_in_every_order_is_as_written_down_plainly(
    library: Library, along: bool, most_probed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way the counters would choose: the ways differ in cost alone."""
    monkeypatch.setattr(listing, "goes_along", lambda *_: along)
    monkeypatch.setattr(listing, "goes_by_words", lambda *_: not along)
    monkeypatch.setattr(listing, "MOST_PROBED", most_probed)
    monkeypatch.setattr(listing, "SLICE", 5)
    for query, sort, order in product(QUERIES, SORT_KEYS, ("asc", "desc")):
        if sort == "deleted":
            continue
        found = await ids(library.shelf, query, sort=sort, order=order, limit=7)
        assert found == library.expected(query, sort, order), (query, sort, order)  # type: ignore[arg-type]


async def test_every_query_in_the_trash_is_as_written_down_plainly(library: Library) -> None:
    for query, sort in product(QUERIES, SORT_KEYS):
        in_trash = replace(query, trash=True)
        found = await ids(library.shelf, in_trash, sort=sort, limit=4)
        assert found == library.expected(in_trash, sort, "desc"), (query, sort)


def test_the_cheaper_way_is_chosen_from_the_counters() -> None:
    assert not listing.goes_along(200, 1_000_000, 100)
    assert not listing.goes_along(200, 1_000_000, 0)
    assert listing.goes_along(200, 1_000_000, 500_000)
    assert listing.goes_along(200, 100, 90)
