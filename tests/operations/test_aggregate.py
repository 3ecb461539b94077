"""What a selection amounts to."""

from __future__ import annotations

from datetime import datetime

from tests.operations.test_batch_api import ALL, add
from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site

__all__ = ["alice", "bob", "site"]
PATH = "/pictures/aggregate"


async def test_counts_tags_ranges_and_what_is_common(alice: Person, bob: Person, site: Site) -> None:
    first, second, third = await add(alice, 3, creator="Zoë")
    await add(bob, 1, start=10)
    await alice.send("PATCH", f"/pictures/{first}", {"captured_at": "2018-03-02T10:00:00", "rating": 4})
    await alice.send("PATCH", f"/pictures/{second}", {"captured_at": "2019-03-02T10:00:00", "rating": 4})
    await alice.send("PATCH", f"/pictures/{third}", {"latitude": 1.5, "longitude": 2.5})
    await alice.send("POST", "/pictures/batch/tags", {"selection": {"include": [first]}, "add": ["/B/C"]})
    await site.sql("UPDATE pictures SET camera_make = 'Canon', lens = 'L', iso = 100 WHERE id = $1", first)
    await site.sql("UPDATE pictures SET camera_make = 'Canon', iso = 400, kind = 'video' WHERE id = $1", second)

    result = await alice.send("POST", PATH, {"selection": ALL})
    assert (result["count"], result["bytes"], result["located"]) == (3, 60_000, 1)
    assert result["kinds"] == {"image": 2, "raw": 0, "video": 1, "other": 0}
    assert result["ratings"] == {"0": 0, "1": 0, "2": 0, "3": 0, "4": 2, "5": 0, "none": 1}
    assert result["ranges"]["captured_at"] == {"min": "2018-03-02T10:00:00", "max": "2019-03-02T10:00:00", "known": 2}
    assert result["ranges"]["iso"] == {"min": 100, "max": 400, "known": 2}
    assert result["ranges"]["exposure"] == {"min": None, "max": None, "known": 0}
    assert result["cameras"] == [{"make": "Canon", "model": None, "count": 2}]
    assert result["lenses"] == [{"lens": "L", "count": 1}]
    assert result["tags"] == [
        {"path": "/A", "count": 3, "sources": {"upload": 3}},
        {"path": "/B/C", "count": 1, "sources": {"manual": 1}},
    ]
    assert result["more_tags"] is False
    assert result["common"]["creator"] == "Zoë"
    assert result["common"]["title"] is None
    assert not {"captured_at", "rating", "latitude", "filename", "iso"} & set(result["common"])
    two = await alice.send("POST", PATH, {"selection": {"query": {"tag": ["/A"]}, "exclude": [third]}})
    assert (two["count"], two["common"]["rating"]) == (2, 4)
    assert datetime.fromisoformat(two["ranges"]["ingested_at"]["min"]).tzinfo is not None


async def test_nothing_and_the_trash(alice: Person, bob: Person) -> None:
    (picture,) = await add(alice, 1)
    for selection in ({}, {"include": [picture]}, ALL):
        result = await bob.send("POST", PATH, {"selection": selection})
        assert (result["count"], result["bytes"], result["tags"], result["common"]) == (0, 0, [], {})
    await alice.send("DELETE", f"/pictures/{picture}")
    assert (await alice.send("POST", PATH, {"selection": ALL}))["count"] == 0
    assert (await alice.send("POST", PATH, {"selection": {"query": {"trash": True}}}))["count"] == 1
    assert (await alice.send("POST", PATH, {"selection": {"query": "is:trash"}}))["count"] == 1
    assert (await alice.call("POST", PATH, json={"selection": {"query": "tag:("}})).status == 422
