"""PROPPATCH: properties of clients' own, times that they give, and those that are ours alone."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tests.rig.server import User
from tests.webdav.client import Drive, open_drive
from tests.webdav.mkpics import jpeg

PHOTO = "/Alps/photo.jpg"
MS = "{urn:schemas-microsoft-com:}"


@pytest.fixture
def drive(user: User) -> Drive:
    drive = open_drive(user)
    assert drive.ask("MKCOL", "/Alps/").status_code == 201
    assert drive.ask("PUT", PHOTO, data=jpeg(20_000, "properties")).status_code == 201
    return drive


def patch(drive: Drive, path: str, *instructions: str, **headers: str) -> dict[str, int]:
    """The status that each property has got."""
    body = (
        '<?xml version="1.0" encoding="utf-8"?><D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x"'
        f' xmlns:m="urn:schemas-microsoft-com:">{"".join(instructions)}</D:propertyupdate>'
    )
    answer = drive.ask("PROPPATCH", path, data=body.encode(), headers=headers)
    assert answer.status_code == 207, (answer.status_code, answer.text)
    found = {}
    for propstat in ElementTree.fromstring(answer.content).iter("{DAV:}propstat"):
        status = int((propstat.findtext("{DAV:}status") or "").split(" ")[1])
        found |= {element.tag: status for element in propstat.find("{DAV:}prop") or ()}
    return found


def setting(*elements: str) -> str:
    return f"<D:set><D:prop>{''.join(elements)}</D:prop></D:set>"


def removing(*elements: str) -> str:
    return f"<D:remove><D:prop>{''.join(elements)}</D:prop></D:remove>"


@pytest.mark.parametrize("depth", [{}, {"Depth": "0"}, {"Depth": "1"}, {"Depth": "infinity"}, {"Depth": "?"}])
def test_what_is_set_is_there(drive: Drive, depth: dict[str, str]) -> None:
    assert patch(drive, PHOTO, setting("<x:a>1 &amp; <x:b/></x:a>"), **depth) == {"{urn:x}a": 200}
    element = drive.prop(PHOTO, "{urn:x}a").found["{urn:x}a"]
    assert element.text == "1 & "
    assert [child.tag for child in element] == ["{urn:x}b"]
    assert patch(drive, PHOTO, removing("<x:a/>")) == {"{urn:x}a": 200}
    assert "{urn:x}a" in drive.prop(PHOTO, "{urn:x}a").missing


def test_one_that_may_not_be_set_keeps_the_others_out(drive: Drive) -> None:
    found = patch(drive, PHOTO, setting("<x:a>1</x:a>", "<D:getetag>no</D:getetag>"), setting("<x:b>2</x:b>"))
    assert found == {"{urn:x}a": 424, "{DAV:}getetag": 403, "{urn:x}b": 424}
    assert drive.prop(PHOTO, "{urn:x}a", "{urn:x}b").missing == {"{urn:x}a", "{urn:x}b"}
    assert patch(drive, PHOTO, setting("<x:a>1</x:a>"), removing("<x:a/>")) == {"{urn:x}a": 200}
    assert "{urn:x}a" in drive.prop(PHOTO, "{urn:x}a").missing


def test_properties_go_with_what_has_them(drive: Drive) -> None:
    patch(drive, PHOTO, setting("<x:a>1</x:a>"))
    patch(drive, "/Alps/", setting("<x:f>folder</x:f>"))
    drive.ask("COPY", PHOTO, headers={"Destination": drive.at("/Alps/copy.jpg")})
    drive.ask("MOVE", "/Alps/", headers={"Destination": drive.at("/Mountains/")})
    for path in ("/Mountains/photo.jpg", "/Mountains/copy.jpg"):
        assert drive.prop(path, "{urn:x}a").text("{urn:x}a") == "1"
    assert drive.prop("/Mountains/", "{urn:x}f").text("{urn:x}f") == "folder"
    assert drive.ask("DELETE", "/Mountains/photo.jpg").status_code == 204
    assert drive.ask("PUT", "/Mountains/photo.jpg", data=jpeg(20_000, "other")).status_code == 201
    assert "{urn:x}a" in drive.prop("/Mountains/photo.jpg", "{urn:x}a").missing


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("<D:lastmodified>1562243696</D:lastmodified>", "{DAV:}lastmodified"),
        ("<D:getlastmodified>Thu, 04 Jul 2019 12:34:56 GMT</D:getlastmodified>", "{DAV:}getlastmodified"),
        (
            "<m:Win32LastModifiedTime>Thu, 04 Jul 2019 12:34:56 GMT</m:Win32LastModifiedTime>",
            f"{MS}Win32LastModifiedTime",
        ),
    ],
)
def test_a_file_has_the_time_that_is_set(user: User, drive: Drive, element: str, name: str) -> None:
    etag = drive.ask("HEAD", PHOTO).headers["etag"]
    assert patch(drive, PHOTO, setting(element)) == {name: 200}
    head = drive.ask("HEAD", PHOTO)
    assert head.headers["last-modified"] == "Thu, 04 Jul 2019 12:34:56 GMT"
    assert head.headers["etag"] == etag
    assert user.get(f"/pictures/{user.pictures()[0]['id']}").json()["file_date"].startswith("2019-07-04T12:34:56")
    assert patch(drive, PHOTO, setting(element.replace("1562243696", "soon").replace("Thu, 04 Jul", "soon"))) == {
        name: 409
    }


def test_what_windows_sets_is_taken(drive: Drive) -> None:
    names = ("Win32CreationTime", "Win32LastAccessTime", "Win32LastModifiedTime")
    times = [f"<m:{name}>Thu, 04 Jul 2019 12:34:56 GMT</m:{name}>" for name in names]
    found = patch(drive, PHOTO, setting(*times, "<m:Win32FileAttributes>00000020</m:Win32FileAttributes>"))
    assert set(found.values()) == {200}
    assert drive.prop(PHOTO, f"{MS}Win32FileAttributes").text(f"{MS}Win32FileAttributes") == "00000020"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("nonsense", 400),
        ("<a/>", 400),
        ('<D:propertyupdate xmlns:D="DAV:"/>', 400),
        ('<!DOCTYPE a [<!ENTITY b "c">]><D:propertyupdate xmlns:D="DAV:"/>', 400),
        ("<a>" * 2000, 400),
        ("x" * 2_000_000, 413),
    ],
)
def test_bodies_that_set_nothing(drive: Drive, body: str, status: int) -> None:
    assert drive.ask("PROPPATCH", PHOTO, data=body).status_code == status
    assert (
        drive.ask(
            "PROPPATCH", "/none.jpg", data=f'<D:propertyupdate xmlns:D="DAV:">{setting("<a/>")}</D:propertyupdate>'
        ).status_code
        == 404
    )


def test_too_much_is_refused_whole(drive: Drive) -> None:
    many = setting(*(f"<x:n{number}>1</x:n{number}>" for number in range(101)))
    assert set(patch(drive, PHOTO, many).values()) == {507}
    assert "{urn:x}n1" in drive.prop(PHOTO, "{urn:x}n1").missing
    assert set(patch(drive, PHOTO, setting(f"<x:long>{'x' * 70_000}</x:long>")).values()) == {409}
