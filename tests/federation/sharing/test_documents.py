"""Shares and pictures on the wire: what is written is what is read, and what is wrong is refused or left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.received.models import Glimpse, Party, Rights, SharedPicture, Way
from archypix.shares.models import Share
from federation.documents.errors import Malformed
from federation.documents.parse import load
from federation.sharing import activities
from federation.sharing.asking import read_answer
from federation.sharing.documents import batches, picture_document, share_document
from federation.sharing.handlers.announcements import read_announced
from federation.sharing.reading import read_grants, read_picture, read_sequence, read_share, read_uris

ALICE = "https://a.test/users/alice"
BOB = "https://b.test/users/bob"
PICTURE = f"{ALICE}/pictures/0198f1a2-0000-7000-8000-000000000001"
SHARE_ID = UUID("0198f1a2-0000-7000-8000-0000000000aa")
TAKEN = datetime(2024, 7, 1, 12, 30, 15)


def picture(**more: Any) -> SharedPicture:
    whole = SharedPicture(
        uri=PICTURE, owner=ALICE, filename="goats.jpg", media_type="image/jpeg", kind="image", size=123_456,
        published=datetime(2024, 7, 2, tzinfo=UTC), revision=3, has_thumbnails=True, width=4000, height=3000,
        duration=None, blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj", sha256=bytes(range(32)), content_hash=bytes(32),
        captured_at=TAKEN, utc_offset=120, latitude=46.5, longitude=8.25, altitude=2100.5, camera_make="Nikon",
        camera_model="Z 6", lens="24-70", iso=200, aperture=4.0, focal_length=50.0, exposure=0.004,
        title="Goats", description="Two goats\non a rock", creator="Alice",
        deletes_at=datetime(2024, 8, 1, tzinfo=UTC), grants=(SHARE_ID, uuid4()), share=f"{ALICE}/shares/{SHARE_ID}",
        depth=2, copy=True, metadata_edit=True,
    )  # fmt: skip
    return replace(whole, **more)


def share(**more: Any) -> Share:
    whole = Share(
        id=SHARE_ID, account_id=1, sender=Party(1, ALICE, "@alice@a.test", "Alice", local=True),
        recipient=Party(2, BOB, "@bob@b.test", "Bob"), tag_id=5, path="/Photos/Travel", name="Travel",
        message="Have a look", rights=Rights(originals=False, reshare_depth=2, share_back=True),
        ends_at=datetime(2030, 1, 1, tzinfo=UTC), state="pending", share_back_of=None, offered=uuid4(), sequence=7,
        total=12, created_at=datetime(2024, 7, 2, tzinfo=UTC), answered_at=None, ended_at=None,
    )  # fmt: skip
    return replace(whole, **more)


def over_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    """As another server gets it."""
    return load(orjson.dumps(document))


def test_a_picture_is_read_as_it_was_written() -> None:
    for one in (
        picture(),
        picture(kind="video", media_type="video/mp4", duration=12.5),
        picture(kind="raw", media_type="image/x-nikon-nef"),
        picture(captured_at=None, utc_offset=None, latitude=None, longitude=None, altitude=None, title=None),
        picture(share=None, grants=(), depth=0, copy=False, metadata_edit=False, deletes_at=None),
        picture(also=Way(f"{ALICE}/shares/{uuid4()}", (uuid4(), uuid4()), 1)),
    ):
        assert read_picture(over_the_wire(picture_document(one)), ALICE) == one


def test_without_originals_neither_hashes_nor_places_leave_the_house() -> None:
    said = picture_document(picture(originals=False))
    assert "location" not in said
    assert not {"apx:sha256", "apx:contentHash"} & said.keys()
    read = read_picture(over_the_wire(said), ALICE)
    assert (read.sha256, read.content_hash, read.latitude, read.longitude, read.altitude) == (None,) * 5


def test_places_that_come_without_originals_are_not_read() -> None:
    said = picture_document(picture()) | {"apx:originals": False}
    read = read_picture(over_the_wire(said), ALICE)
    assert (read.sha256, read.latitude, read.longitude) == (None, None, None)


def test_a_share_is_read_as_it_was_written() -> None:
    for one in (share(), share(ends_at=None, share_back_of=f"{BOB}/shares/{uuid4()}", message="")):
        read = read_share(over_the_wire(share_document(one)), ALICE)
        assert (read.uri, read.name, read.message, read.path) == (one.uri, one.name, one.message, one.path)
        assert (read.rights, read.ends_at, read.total) == (one.rights, one.ends_at, one.total)
        assert (read.share_back_of, read.sequence, read.glimpse) == (one.share_back_of, one.sequence, None)


BLUR = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
TWELVE = Glimpse(blurs=(BLUR,) * 12)


def test_an_offer_shows_what_it_is_like() -> None:
    for one in (Glimpse(date(2024, 7, 1), date(2024, 7, 5), (BLUR,) * 9), Glimpse(blurs=(BLUR,))):
        assert read_share(over_the_wire(share_document(share(glimpse=one))), ALICE).glimpse == one


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({"apx:blurhashes": [BLUR, 3, "<img>", BLUR]}, Glimpse(blurs=(BLUR, BLUR))),
        ({"apx:blurhashes": BLUR, "apx:firstDay": "2024-07-01"}, None),
        ({"apx:firstDay": "2024-07-05", "apx:lastDay": "2024-07-01"}, None),
        ({"apx:firstDay": "2024-02-30", "apx:lastDay": "2024-07-01", "apx:blurhashes": [BLUR] * 50}, TWELVE),
    ],
)  # fmt: skip
def test_what_cannot_be_read_of_it_is_left_out(said: dict[str, Any], seen: Glimpse | None) -> None:
    assert read_share(share_document(share()) | said, ALICE).glimpse == seen


Change = Callable[[dict[str, Any]], Any]
BAD_PICTURES: dict[str, Change] = {
    "of another origin": lambda d: d.update(id=d["id"].replace("a.test", "evil.test")),
    "of a neighbour": lambda d: d.update(id=d["id"].replace("alice", "mallory")),
    "attributed to another": lambda d: d.update(attributedTo=BOB),
    "attributed to two": lambda d: d.update(attributedTo=[ALICE, BOB]),
    "no type": lambda d: d.pop("type"),
    "another type": lambda d: d.update(type="Note"),
    "id of capitals": lambda d: d.update(id=d["id"].upper()),
    "id with a query": lambda d: d.update(id=d["id"] + "?x=1"),
    "id of no picture": lambda d: d.update(id=f"{ALICE}/pictures/1"),
    "revision as text": lambda d: d.update({"apx:revision": "3"}),
    "revision below zero": lambda d: d.update({"apx:revision": -1}),
    "revision without bound": lambda d: d.update({"apx:revision": 2**62}),
    "revision true": lambda d: d.update({"apx:revision": True}),
    "revision of a fraction": lambda d: d.update({"apx:revision": 1.5}),
    "no revision": lambda d: d.pop("apx:revision"),
    "size below zero": lambda d: d.update({"apx:size": -5}),
    "size without bound": lambda d: d.update({"apx:size": 2**60}),
    "media type of markup": lambda d: d.update(mediaType="text/html; charset=<script>"),
    "media type a list": lambda d: d.update(mediaType=["image/jpeg"]),
    "published nonsense": lambda d: d.update(published="yesterday"),
    "published without a zone": lambda d: d.update(published="2024-07-02T00:00:00"),
    "published before time": lambda d: d.update(published="0001-01-01T00:00:00+14:00"),
    "name a number": lambda d: d.update(name=5),
    "originals as text": lambda d: d.update({"apx:originals": "false"}),
    "thumbnails as number": lambda d: d.update({"apx:thumbnails": 1}),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_picture_that_is_wrong_is_refused(name: str) -> None:
    document = picture_document(picture())
    BAD_PICTURES[name](document)
    with pytest.raises(Malformed):
        read_picture(over_the_wire(document), ALICE)


LEFT_OUT: dict[str, tuple[dict[str, Any], str, Any]] = {
    "width": ({"width": -1}, "width", None),
    "height": ({"height": 1e30}, "height", None),
    "latitude": ({"location": {"latitude": 200, "longitude": 3}}, "latitude", None),
    "one coordinate": ({"location": {"latitude": 20}}, "latitude", None),
    "location a text": ({"location": "here"}, "latitude", None),
    "hash too short": ({"apx:sha256": "abcd"}, "sha256", None),
    "title of lists": ({"apx:title": [["x"]]}, "title", None),
    "title too long": ({"apx:title": "x" * 5000}, "title", "x" * 1000),
    "title of controls": ({"apx:title": "a\u0007b\u202e"}, "title", "ab\u202e"),
    "capture time": ({"apx:capturedAt": "2024-13-01T00:00:00"}, "captured_at", None),
    "capture time with a zone": ({"apx:capturedAt": "2024-07-01T12:30:15+02:00"}, "captured_at", None),
    "offset": ({"apx:utcOffset": 100_000}, "utc_offset", None),
    "iso": ({"apx:iso": True}, "iso", None),
    "aperture": ({"apx:aperture": 1e300}, "aperture", None),
    "duration": ({"duration": "PT99999999999S"}, "duration", None),
    "blurhash": ({"blurhash": "<script>"}, "blurhash", None),
    "grants": ({"apx:grants": ["x"]}, "grants", ()),
    "share of another": ({"apx:share": f"{BOB}/shares/{SHARE_ID}"}, "share", None),
    "depth": ({"apx:reshareDepth": 10**9}, "depth", 0),
    "another way that is a text": ({"apx:also": "x"}, "also", None),
    "another way by somebody else": ({"apx:also": {"apx:share": f"{BOB}/shares/{SHARE_ID}"}}, "also", None),
    "another way without grants": (
        {"apx:also": {"apx:share": f"{ALICE}/shares/{SHARE_ID}", "apx:grants": 7}},
        "also",
        Way(f"{ALICE}/shares/{SHARE_ID}", ()),
    ),
    "end": ({"apx:deletesAt": "soon"}, "deletes_at", None),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_a_picture_need_not_say_is_left_out_where_it_is_wrong(name: str) -> None:
    change, field, expected = LEFT_OUT[name]
    read = read_picture(over_the_wire(picture_document(picture()) | change), ALICE)
    assert getattr(read, field) == expected


BAD_SHARES: dict[str, Change] = {
    "of another": lambda d: d.update(id=d["id"].replace("alice", "mallory")),
    "attributed to another": lambda d: d.update(attributedTo=BOB),
    "attributed to nobody": lambda d: d.pop("attributedTo"),
    "a note": lambda d: d.update(type="Note"),
    "no name": lambda d: d.pop("name"),
    "an empty name": lambda d: d.update(name=" \u0007 "),
    "a name of 256": lambda d: d.update(name="x" * 256),
    "a name of numbers": lambda d: d.update(name=5),
    "a message without end": lambda d: d.update(summary="x" * 5001),
    "no path": lambda d: d.pop("apx:path"),
    "a path that is none": lambda d: d.update({"apx:path": "Photos"}),
    "a path of 17": lambda d: d.update({"apx:path": "/a" * 17}),
    "a path with an empty part": lambda d: d.update({"apx:path": "/a//b"}),
    "a path of controls": lambda d: d.update({"apx:path": "/a\u0007"}),
    "an end that is none": lambda d: d.update(endTime="never"),
    "an end without a zone": lambda d: d.update(endTime="2030-01-01T00:00:00"),
    "an end after all": lambda d: d.update(endTime="9999-12-31T23:59:59-14:00"),
    "depth below zero": lambda d: d.update({"apx:reshareDepth": -1}),
    "depth of 17": lambda d: d.update({"apx:reshareDepth": 17}),
    "depth true": lambda d: d.update({"apx:reshareDepth": True}),
    "rights as text": lambda d: d.update({"apx:copy": "yes"}),
    "items below zero": lambda d: d.update(totalItems=-1),
    "sequence without bound": lambda d: d.update({"apx:sequence": 2**62}),
    "in return of no share": lambda d: d.update({"apx:shareBackOf": "https://a.test/"}),
}


@pytest.mark.parametrize("name", BAD_SHARES)
def test_a_share_that_is_wrong_is_refused(name: str) -> None:
    document = share_document(share())
    BAD_SHARES[name](document)
    with pytest.raises(Malformed):
        read_share(over_the_wire(document), ALICE)


def test_lists_are_bounded() -> None:
    uris = [f"{ALICE}/pictures/{uuid4()}" for _ in range(101)]
    assert read_uris(uris[:100]) == uris[:100]
    assert read_uris([uris[0], {"id": uris[0], "type": "Tombstone"}]) == uris[:1]
    for wrong in (uris, [], None, ["x"], [5], [[uris[0]]], [{"id": 5}]):
        with pytest.raises(Malformed):
            read_uris(wrong)
    for wrong in ([], "x", ["x"], [str(uuid4())] * 4001, {"id": 1}):
        with pytest.raises(Malformed):
            read_grants(wrong)
    for wrong in (None, -1, "1", 2**62, True, 1.0):
        with pytest.raises(Malformed):
            read_sequence({"apx:sequence": wrong})


def test_of_others_only_the_id_is_read() -> None:
    one = picture()
    said = picture_document(one)
    assert read_announced(said, ALICE).picture == one
    by_relayer = read_announced(said, BOB)
    assert (by_relayer.uri, by_relayer.owner, by_relayer.picture) == (PICTURE, ALICE, None)
    # Even where it claims to be the relayer's.
    assert read_announced(said | {"attributedTo": BOB}, BOB).picture is None


def test_answers_of_owners_count_for_what_was_asked_alone() -> None:
    said, other = picture_document(picture()), f"{ALICE}/pictures/{uuid4()}"
    answer = {
        "pictures": [
            {"id": other, "image": picture_document(picture(uri=other))},
            {"id": PICTURE, "image": said},
            {"id": PICTURE, "error": {"status": 404}},
            "nonsense",
            {"id": 5},
        ]
    }
    told, lost = read_answer(answer, ALICE, [PICTURE, "x", "y", "z", "u"])
    assert [one.uri for one in told] == [PICTURE]
    assert lost == []
    assert read_answer(
        {"pictures": [{"id": PICTURE, "image": picture_document(picture(uri=other))}]}, ALICE, [PICTURE]
    ) == ([], [])
    assert read_answer({"pictures": [{"id": PICTURE, "error": {"status": 403}}]}, ALICE, [PICTURE]) == ([], [PICTURE])
    for nothing in ({}, {"pictures": 5}, {"pictures": [{"id": PICTURE, "error": {"status": 500}}]}):
        assert read_answer(nothing, ALICE, [PICTURE]) == ([], [])


def test_activities_fit_into_an_inbox() -> None:
    long = [picture_document(picture(uri=f"{ALICE}/pictures/{uuid4()}", description="ä" * 10_000)) for _ in range(100)]
    found = [activities.add(share(), batch, 1) for batch in batches(long)]
    assert sum(len(one["object"]) for one in found) == 100
    assert all(len(orjson.dumps(one)) < 262_144 for one in found)
    assert [len(batch) for batch in batches(["x"] * 250)] == [100, 100, 50]
    assert list(batches([])) == []


def test_no_list_of_holders_is_in_what_all_of_them_get() -> None:
    for said in (
        activities.update(share(), [picture_document(picture(share=None))]),
        activities.delete([PICTURE]),
        activities.cut(share(), "https://a.test/o", [SHARE_ID]),
        activities.withdraw(share(), "https://a.test/o", [PICTURE]),
    ):
        assert "to" not in said
        assert "bob" not in orjson.dumps(said).decode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(picture_document(picture()))), json_values)
def test_no_value_of_a_picture_breaks_the_reader(name: str, value: Any) -> None:
    try:
        read = read_picture(picture_document(picture()) | {name: value}, ALICE)
    except Malformed:
        return
    assert read.owner == ALICE
    assert read.uri.startswith(f"{ALICE}/pictures/")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(share_document(share(glimpse=Glimpse(date(2024, 7, 1), date(2024, 7, 5), (BLUR,)))))),
    json_values,
)
def test_no_value_of_a_share_breaks_the_reader(name: str, value: Any) -> None:
    try:
        read = read_share(share_document(share()) | {name: value}, ALICE)
    except Malformed:
        return
    assert read.uri.startswith(f"{ALICE}/shares/")


def test_the_examples_of_the_documentation_are_what_is_read() -> None:
    text = (Path(__file__).parents[3] / "docs/federation/sharing.md").read_text()
    examples = [load(block.encode()) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    of_type = {one["type"][1]: one for one in examples if "type" in one}
    assert read_share(examples[0]["object"], ALICE).path == "/Photos/Travel/Alps"
    (whole, bare) = (read_announced(item, ALICE) for item in of_type["apx:Announce"]["object"])
    assert whole.picture is not None
    assert whole.picture.title == "Goats"
    assert (bare.owner, bare.picture) == ("https://d.test/users/dora", None)
    assert read_sequence(of_type["apx:Announce"]) == 2
    assert read_uris(of_type["apx:Regrant"]["apx:pictures"]) == [PICTURE]
