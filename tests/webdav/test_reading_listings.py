"""PROPFIND: which entries, which properties, how deep, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from tests.rig.photos import photo
from tests.rig.server import User
from tests.webdav.client import DAV, OC, Drive, etag, open_drive, put, wish

ALL = '<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'
NAMES = '<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>'


@pytest.fixture
def drive(user: User) -> Drive:
    return open_drive(user)


def test_depth_says_how_much_is_listed(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg")
    put(user, photo(), "b.jpg", "/Lake")
    put(user, photo(), "c.jpg", "/Lake/Morning")
    assert set(drive.list("/", depth="0")) == {"/"}
    assert set(drive.list("/")) == {"/", "/a.jpg", "/Lake/"}
    everything = {"/", "/a.jpg", "/Lake/", "/Lake/b.jpg", "/Lake/Morning/", "/Lake/Morning/c.jpg"}
    assert set(drive.list("/", depth="infinity")) == everything
    assert set(drive.list("/Lake")) == {"/Lake/", "/Lake/b.jpg", "/Lake/Morning/"}
    assert set(drive.list("/Lake/b.jpg")) == set(drive.list("/Lake/b.jpg", depth="infinity")) == {"/Lake/b.jpg"}
    without = drive.ask("PROPFIND", "/Lake")
    assert (without.status_code, without.text.count("<D:response>")) == (207, 3)
    assert drive.ask("PROPFIND", "/", headers={"Depth": "2"}).status_code == 400


def test_a_listing_says_of_files_what_get_says(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, 'A & "b" <c>.jpg', "/Lake")
    path = '/Lake/A & "b" <c>.jpg'
    listed = drive.list("/Lake")
    (name,) = set(listed) - {"/Lake/"}
    entry = listed[name]
    head = drive.ask("HEAD", name)
    assert drive.ask("GET", path).content == content  # the name as it was given opens as well
    assert entry.text("getetag") == head.headers["ETag"] == etag(content)
    assert entry.text("getcontentlength") == head.headers["Content-Length"] == str(len(content))
    assert entry.text("getlastmodified") == head.headers["Last-Modified"]
    assert entry.text("getcontenttype") == head.headers["Content-Type"] == "image/jpeg"
    assert not entry.is_folder
    assert listed["/Lake/"].is_folder
    assert entry.text("displayname") == name.removeprefix("/Lake/")
    assert datetime.fromisoformat(entry.text("creationdate") or "") <= datetime.now(UTC)
    assert parsedate_to_datetime(entry.text("getlastmodified") or "") <= datetime.now(UTC)
    assert {element.tag for element in entry.found[f"{DAV}supportedlock"]} == {f"{DAV}lockentry"}


def test_only_what_is_named_is_told_and_what_is_missing_is_named(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg")
    entry = drive.prop("/a.jpg", "getetag", "{urn:x%s}made-up", "{}bare", "quota-used-bytes")
    assert set(entry.found) == {f"{DAV}getetag"}
    assert entry.missing == {"{urn:x%s}made-up", "bare", f"{DAV}quota-used-bytes"}
    little = drive.ask(
        "PROPFIND", "/a.jpg", data=wish("getetag", "{urn:x}y"), headers={"Depth": "0", "Prefer": "return=minimal"}
    )
    assert "404" not in little.text
    named = drive.list("/a.jpg", depth="0", body=NAMES)["/a.jpg"]
    assert {f"{DAV}getetag", f"{DAV}resourcetype", f"{OC}fileid"} <= set(named.found)
    assert not any(len(element) or element.text for element in named.found.values())
    whole = drive.list("/a.jpg", depth="0", body=ALL)["/a.jpg"]
    assert set(whole.found) == set(drive.list("/a.jpg", depth="0")["/a.jpg"].found)
    more = '<D:propfind xmlns:D="DAV:"><D:allprop/><D:include><size xmlns="http://owncloud.org/ns"/></D:include></D:propfind>'
    assert set(drive.list("/a.jpg", depth="0", body=more)["/a.jpg"].found) == {*whole.found, f"{OC}size"}


def test_a_body_needs_no_content_type_and_may_be_written_any_way(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg")
    for body in (
        wish("getetag"), '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>',
        '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<x:propfind xmlns:x="DAV:"><x:prop><x:getetag/></x:prop>'
        "</x:propfind>",
    ):  # fmt: skip
        assert drive.list("/a.jpg", depth="0", body=body.encode())["/a.jpg"].text("getetag")


@pytest.mark.parametrize(
    "body",
    [
        "<D:propfind", "<D:propfind xmlns:D='DAV:'></D:propfind>", "<a/>", wish("getetag").replace("propfind", "other"),
        '<!DOCTYPE p [<!ENTITY x "y">]><propfind xmlns="DAV:"><prop><getetag/></prop>&x;</propfind>',
        "<D:propfind xmlns:D='DAV:'><D:allprop/><D:propname/></D:propfind>",
        '<D:propfind xmlns:D="DAV:"><D:prop><bar:foo xmlns:bar=""/></D:prop></D:propfind>',
    ],
)  # fmt: skip
def test_bodies_that_ask_for_nothing_sensible_are_refused(drive: Drive, body: str) -> None:
    answer = drive.ask("PROPFIND", "/", data=body, headers={"Depth": "0"})
    assert answer.status_code == 400
    assert answer.text


def test_a_body_without_end_is_refused(drive: Drive) -> None:
    assert drive.ask("PROPFIND", "/", data=b" " * (1 << 20), headers={"Depth": "0"}).status_code == 413


def test_room_is_told_for_folders(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a.jpg", "/Lake")
    for path in ("/", "/Lake"):
        entry = drive.prop(path, "quota-used-bytes", "quota-available-bytes")
        assert int(entry.text("quota-used-bytes") or 0) >= len(content)
        assert int(entry.text("quota-available-bytes") or -1) >= 0


def test_what_owncloud_clients_ask_for(user: User, drive: Drive) -> None:
    content = photo()
    picture = put(user, content, "a.jpg", "/Lake")
    names = [OC + name for name in ("id", "fileid", "permissions", "size")]
    entry = drive.prop("/Lake/a.jpg", *names)
    assert entry.text(f"{OC}fileid") == entry.text(f"{OC}id") == picture.replace("-", "")
    assert entry.text(f"{OC}size") == str(len(content))
    assert set(entry.text(f"{OC}permissions") or "") == set("DNVW")
    assert set(drive.prop("/Lake", *names).text(f"{OC}permissions") or "") >= set("CK")
    reader = open_drive(user, read_only=True)
    assert reader.prop("/Lake/a.jpg", *names).text(f"{OC}permissions") == ""


def test_the_tag_of_a_folder_changes_with_anything_below(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg", "/Lake")

    def tags() -> tuple[str | None, ...]:
        return tuple(drive.prop(path, "getetag").text("getetag") for path in ("/", "/Lake"))

    before = tags()
    assert None not in before
    assert tags() == before
    put(user, photo(), "b.jpg", "/Lake/Deep/Deeper")
    after = tags()
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert drive.ask("HEAD", "/Lake").headers["ETag"] == after[1]


def test_a_long_listing_comes_whole(user: User, drive: Drive) -> None:
    for number in range(300):
        put(user, b"GIF89a" + number.to_bytes(4, "big") * 3, f"n{number}.gif", "/Many")
    listed = drive.list("/Many", body=wish("getcontentlength"))
    assert set(listed) == {"/Many/", *(f"/Many/n{number}.gif" for number in range(300))}


def test_a_listing_of_everything_has_an_end(user: User, drive: Drive) -> None:
    names = [f"/Tags/{number}" for number in range(2001)]
    for start in range(0, len(names), 100):
        chosen = {"include": [put(user, photo(), f"{start}.jpg")]}
        made = user.post("/pictures/batch/tags", json={"selection": chosen, "add": names[start : start + 100]})
        assert made.status_code == 200, made.text
    refused = drive.ask("PROPFIND", "/", headers={"Depth": "infinity"})
    assert refused.status_code == 403
    assert "propfind-finite-depth" in refused.text
    assert len(drive.list("/Tags")) == 1 + 2001
    assert len(drive.list("/Tags/7", depth="infinity")) == 2
