"""Keywords of files as tags below a root that the owner chose."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyexiv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.media.metadata import keywords
from archypix.media.tags import Tags, read_tags
from archypix.tags.paths import parse_path
from archypix.writing.keywords import keyword_paths
from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site
from tests.uploads.site import photo as junk


async def reported(site: Site, person: Person, seed: int, words: list[str]) -> str:
    """A picture that a worker has examined, and found these keywords in."""
    picture_id: str = (await person.upload(junk(seed))).json["id"]
    hand = Hand(site)
    job = await hand.one()
    await hand.put_thumbnails(job)
    assert (await hand.complete(job, keywords=words)).status == 200
    return picture_id


async def again(site: Site, picture_id: str, words: list[str]) -> None:
    """The same picture, examined once more."""
    await site.sql(
        "INSERT INTO jobs (id, kind, picture_id, blob_id, state)"
        " SELECT gen_random_uuid(), 'examine', id, blob_id, 'due' FROM pictures WHERE id = $1 RETURNING 1",
        picture_id,
    )
    hand = Hand(site)
    assert (await hand.complete(await hand.one(), keywords=words)).status == 200


async def tags_of(person: Person, picture_id: str) -> list[str]:
    found: list[str] = (await person.get(f"/pictures/{picture_id}"))["tags"]
    return found


async def test_keywords_become_tags_only_below_a_chosen_root(alice: Person, site: Site) -> None:
    plain = await reported(site, alice, 1, ["sea"])
    assert await tags_of(alice, plain) == []
    settings = await alice.send("PATCH", "/account/library", {"keywords_root": "/From files/Words"})
    assert settings["keywords_root"] == "/From files/Words"
    picture_id = await reported(site, alice, 2, ["sea", "Places|France|Paris", "AC/DC"])
    assert await tags_of(alice, picture_id) == [
        "/From files/Words/AC-DC",
        "/From files/Words/Places/France/Paris",
        "/From files/Words/sea",
    ]
    why: Any = await alice.get(f"/pictures/{picture_id}/tags")
    assert {source["source"] for tag in why["items"] for source in tag["sources"]} == {"upload"}
    assert await site.findings() == []


async def test_what_is_gone_from_the_file_goes_and_what_people_gave_stays(alice: Person, site: Site) -> None:
    await alice.send("PATCH", "/account/library", {"keywords_root": "/K"})
    picture_id = await reported(site, alice, 1, ["sea", "sun"])
    selection = {"selection": {"include": [picture_id]}, "add": ["/Mine"]}
    await alice.send("POST", "/pictures/batch/tags", selection)
    await again(site, picture_id, ["sun", "sand"])
    assert await tags_of(alice, picture_id) == ["/K/sand", "/K/sun", "/Mine"]
    # The root is a tag like any other: it may move.
    await alice.send("POST", "/tags/rename", {"path": "/K", "new_path": "/Words"})
    assert (await alice.get("/account/library"))["keywords_root"] == "/Words"
    await again(site, picture_id, ["sky"])
    assert await tags_of(alice, picture_id) == ["/Mine", "/Words/sky"]
    await alice.send("POST", "/tags", {"path": "/Other"}, status=201)
    await alice.send("POST", "/tags/merge", {"path": "/Words", "into": "/Other"})
    assert (await alice.get("/account/library"))["keywords_root"] == "/Other"
    answer = await alice.call("DELETE", "/tags", params={"path": "/Other"})
    assert answer.status in (200, 204)
    assert (await alice.get("/account/library"))["keywords_root"] is None
    await again(site, picture_id, ["sea"])
    assert await tags_of(alice, picture_id) == ["/Mine"]
    assert await site.findings() == []


@pytest.mark.parametrize("root", ["K", "/", "/a//b", "/SharedToMe/x", "/\x00", "/" + "x" * 101, 5])
async def test_roots_that_are_none(alice: Person, root: Any) -> None:
    answer = await alice.call("PATCH", "/account/library", json={"keywords_root": root})
    assert answer.status == 422
    assert (await alice.get("/account/library"))["keywords_root"] is None


async def test_keywords_never_keep_a_picture_from_being_examined(alice: Person, site: Site) -> None:
    await alice.send("PATCH", "/account/library", {"keywords_root": "/K"})
    words = [f"word {number}" for number in range(500)] + ["|", "a|" * 60, " ", "/", "\u202e", "x" * 200, "Sea", "SEA"]
    picture_id = await reported(site, alice, 1, words)
    assert len(await tags_of(alice, picture_id)) == 100
    assert await site.findings() == []


@given(st.lists(st.text(max_size=200), max_size=30))
def test_every_keyword_is_a_path_or_none(words: list[str]) -> None:
    root = ("A", "B")
    found = keyword_paths(root, words)
    for path in found:
        assert parse_path(path)[:2] == root
        assert len(parse_path(path)) > 2
    assert len({path.casefold() for path in found}) <= len(found) <= len(words)


def test_levels_are_read_from_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    shutil.copy(photo("iphone-4s.jpg"), path)
    with pyexiv2.Image(str(path)) as image:
        image.modify_xmp(
            {
                "Xmp.dc.subject": ["sea", "France", "Paris", "Ann"],
                "Xmp.lr.hierarchicalSubject": ["Places|France|Paris", "sea"],
                "Xmp.digiKam.TagsList": ["People/Ann", "Places/France/Paris"],
            }
        )
    assert keywords(read_tags(path)) == ("Places|France|Paris", "People|Ann", "sea")


def test_plain_words_are_as_they_were() -> None:
    assert keywords(Tags(xmp={"Xmp.dc.subject": ["a", "b"]}, iptc={"Iptc.Application2.Keywords": ["b", "c"]})) == (
        "a",
        "b",
        "c",
    )
