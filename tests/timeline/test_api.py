"""`GET /timeline` and `GET /timeline/bucket` as programs see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.pictures.house import Gallery
from tests.pictures.shelf import Shelf
from tests.timeline.conftest import fill

QUERIES: list[list[tuple[str, str]]] = [
    [],
    [("tag", "/A")],
    [("tag", "/A/B")],
    [("tag", "/A"), ("exact", "true")],
    [("tag", "/A"), ("tag", "/D")],
    [("tag", "/A"), ("tag", "/D"), ("exact", "true")],
    [("any_tag", "/A"), ("any_tag", "/D")],
    [("tag", "/A"), ("any_tag", "/D")],
    [("tag", "/A"), ("not_tag", "/D")],
    [("tag", "/Nowhere")],
    [("untagged", "true")],
    [("untagged", "true"), ("tag", "/A")],
    [("trash", "true")],
    [("trash", "true"), ("tag", "/A")],
    [("state", "failed")],
    [("q", "holiday")],
    [("q", "tag:/A -tag:/D")],
    [("q", "year:2020"), ("tag", "/A")],
]


async def stock(shelf: Shelf) -> None:
    """Pictures of all kinds, a few at the same time."""
    tags: list[tuple[str, ...]] = [(), ("/A",), ("/A/B",), ("/D",), ("/A", "/D"), ("/A/B", "/D"), ()]
    for number in range(35):
        month, day = number % 5 + 1, number % 3 + 27
        picture = await shelf.add(
            tags=tags[number % 7],
            sorted_at=datetime(2019 + number % 2, month, min(day, 28), number % 4),
            state="failed" if number % 6 == 0 else "ready",
            title="A holiday" if number % 4 == 0 else None,
        )
        if number % 8 == 0:
            await shelf.trash(picture)
    for moment in (datetime.min, datetime(1, 1, 1, 1), datetime(9999, 12, 31, 23), datetime.max):
        await shelf.add(tags=("/A",), sorted_at=moment)


async def listed(gallery: Gallery, asked: list[tuple[str, str]], order: str) -> list[str]:
    sort = "captured"
    page = await gallery.alice.get(
        f"/pictures?{urlencode([*asked, ('sort', sort), ('order', order), ('limit', '500')])}"
    )
    assert page["next"] is None
    return [item["id"] for item in page["items"]]


async def timeline(gallery: Gallery, asked: list[tuple[str, str]], order: str) -> tuple[Any, list[str], list[Any]]:
    """The timeline, and the ids and answers of all its buckets."""
    asked = [*asked, ("order", order)]
    whole = await gallery.alice.get(f"/timeline?{urlencode(asked)}")
    ids: list[str] = []
    answers = []
    for item in whole["items"]:
        key: str | None = item["key"]
        found = 0
        while key is not None:
            answer = await gallery.alice.get(f"/timeline/bucket?{urlencode([*asked, ('key', key)])}")
            ids += answer["ids"]
            found += answer["count"]
            key = answer["next"]
            answers.append(answer)
        assert found == item["count"] > 0
    assert whole["total"] == len(ids)
    return whole, ids, answers


async def test_buckets_hold_what_lists_hold(gallery: Gallery) -> None:
    await stock(gallery.shelf)
    for asked in QUERIES:
        for order in ("desc", "asc"):
            _, ids, _ = await timeline(gallery, asked, order)
            assert ids == await listed(gallery, asked, order), (asked, order)
    assert (await gallery.bob.get("/timeline")) == {"items": [], "total": 0}
    assert (await gallery.bob.get("/timeline/bucket?key=2020-01"))["ids"] == []


async def test_what_a_bucket_tells_of_its_pictures(gallery: Gallery) -> None:
    shelf = gallery.shelf
    photo = await shelf.add(
        sorted_at=datetime(2020, 5, 6, 7, 8, 9, 123456), width=4000, height=3000, blurhash="LKO2?U%2Tw=w", rating=4,
        has_thumbnails=True,
    )  # fmt: skip
    video = await shelf.add(sorted_at=datetime(2020, 5, 7), kind="video", duration=12.5, state="processing")
    assert await gallery.alice.get("/timeline") == {
        "items": [{"key": "2020-05", "from": "2020-05-01T00:00:00", "to": "2020-06-01T00:00:00", "count": 2}],
        "total": 2,
    }
    small = f"/files/{shelf.blobs[photo]}/small"
    assert await gallery.alice.get("/timeline/bucket?key=2020-05") == {
        "key": "2020-05",
        "count": 2,
        "next": None,
        "ids": [str(video), str(photo)],
        "ratio": [None, 1.333],
        "blurhash": [None, "LKO2?U%2Tw=w"],
        "sorted_at": ["2020-05-07T00:00:00", "2020-05-06T07:08:09.123456"],
        "name": ["picture.jpg", "picture.jpg"],
        "kind": ["video", "image"],
        "state": ["processing", "ready"],
        "duration": [12.5, None],
        "rating": [None, 4],
        "thumbnails": [None, small.replace("small", "{size}")],
    }


async def test_a_full_month_has_parts_and_a_full_day_too(gallery: Gallery) -> None:
    await fill(gallery.shelf, 2500, "2020-05-06 08:00", "10 seconds")
    await fill(gallery.shelf, 10, "2020-05-07", "1 minute")
    await fill(gallery.shelf, 2001, "2020-07-01", "20 minutes")
    whole, ids, answers = await timeline(gallery, [], "desc")
    assert [(item["key"][:10], item["count"]) for item in whole["items"]] == [
        ("2020-07-17", 849),
        ("2020-07-01", 1152),
        ("2020-05-07", 10),
        ("2020-05-06", 500),
        ("2020-05-06", 2000),
    ]
    assert len(set(ids)) == 4511
    assert all(answer["count"] <= 2000 for answer in answers)
    times = [moment for answer in answers for moment in answer["sorted_at"]]
    assert times == sorted(times, reverse=True)
    _, upwards, _ = await timeline(gallery, [], "asc")
    assert upwards == ids[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_more_pictures_of_one_moment_than_an_answer_takes(gallery: Gallery, order: str) -> None:
    await fill(gallery.shelf, 4100, "2020-05-06 08:00", "0")
    whole, ids, _ = await timeline(gallery, [], order)
    assert sorted(item["count"] for item in whole["items"]) == [100, 2000, 2000]
    assert len(set(ids)) == 4100
    assert ids == sorted(ids, reverse=order == "desc")


async def test_a_bucket_that_grew_gives_its_rest_by_the_next_key(gallery: Gallery) -> None:
    await fill(gallery.shelf, 2100, "2020-05-06", "1 second")
    for order in ("asc", "desc"):
        first = await gallery.alice.get(f"/timeline/bucket?key=2020-05&order={order}")
        rest = await gallery.alice.get(f"/timeline/bucket?key={quote(first['next'])}&order={order}")
        assert (first["count"], rest["count"], rest["next"]) == (2000, 100, None)
        assert len({*first["ids"], *rest["ids"]}) == 2100


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/timeline/bucket", "key"),
        ("/timeline/bucket?key=", "key"),
        ("/timeline/bucket?key=2020", "key"),
        ("/timeline/bucket?key=2020-13", "key"),
        ("/timeline/bucket?key=%00", "key"),
        ("/timeline/bucket?key=" + "1" * 300, "key"),
        ("/timeline/bucket?key=2020-05&key=2020-06", "key"),
        ("/timeline/bucket?key=2020-05&order=up", "order"),
        ("/timeline/bucket?key=2020-05&tag=A", "tag.0"),
        ("/timeline?order=up", "order"),
        ("/timeline?tag=A", "tag.0"),
        ("/timeline?q=(", "q"),
        ("/timeline?colour=red", "colour"),
        ("/timeline?limit=3", "limit"),
    ],
)
async def test_a_bad_parameter_is_named(gallery: Gallery, path: str, field: str) -> None:
    problem = await gallery.alice.send("GET", path, status=422)
    assert [error["path"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("asked", QUERIES, ids=lambda asked: urlencode(asked) or "everything")
async def test_days_hold_what_buckets_hold(gallery: Gallery, asked: list[tuple[str, str]]) -> None:
    await stock(gallery.shelf)
    whole = await gallery.alice.get(f"/timeline?{urlencode(asked)}")
    found = await gallery.alice.get(f"/timeline/days?{urlencode(asked)}")
    assert sum(found["counts"]) == whole["total"]
    assert found["days"] == sorted(set(found["days"]))
    assert len(found["days"]) == len(found["counts"])
    some = await gallery.alice.get(
        f"/timeline/days?{urlencode([*asked, ('from', '2019-02-01'), ('to', '2020-03-28')])}"
    )
    kept = [(day, n) for day, n in zip(found["days"], found["counts"], strict=True) if "2019-02" <= day <= "2020-03-28"]
    assert list(zip(some["days"], some["counts"], strict=True)) == kept


@pytest.mark.parametrize("text", ["from=yesterday", "to=2020-13-01", "q=iso:", "key=2020-05"])
async def test_what_are_no_days_is_refused(gallery: Gallery, text: str) -> None:
    assert (await gallery.alice.call("GET", f"/api/v1/timeline/days?{text}")).status_code == 422
