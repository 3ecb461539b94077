"""Names of every kind: listed in one form, found in any, and paths that are none refused with a word."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest

from tests.rig.photos import photo
from tests.rig.server import User
from tests.webdav.client import Drive, etag, open_drive, put

# As they are given, and as they are listed.
NAMES = {
    "plain.jpg": "plain.jpg",
    "with space & ampersand.jpg": "with space & ampersand.jpg",
    "100% #1; a+b, (c)'s [d]{e} =f@g!~$^`.jpg": "100% #1; a+b, (c)'s [d]{e} =f@g!~$^`.jpg",
    "%41%2F.jpg": "%41%2F.jpg",
    "Größe.jpg": "Größe.jpg",
    "日本語 العربية.jpg": "日本語 العربية.jpg",
    "🌅🏞️.jpg": "🌅🏞️.jpg",
    "x" * 176 + ".jpg": "x" * 176 + ".jpg",
}


@pytest.fixture
def drive(user: User) -> Drive:
    return open_drive(user)


def test_names_of_every_kind_are_listed_and_open_by_the_address_listed(user: User, drive: Drive) -> None:
    contents = {name: photo() for name in NAMES}
    for name, content in contents.items():
        put(user, content, unicodedata.normalize("NFD", name), "/Names")
    listed = drive.list("/Names")
    assert set(listed) == {"/Names/", *(f"/Names/{name}" for name in NAMES.values())}
    for given, name in NAMES.items():
        entry = listed[f"/Names/{name}"]
        assert entry.href.isascii()
        assert entry.text("displayname") == name
        answer = drive.get(drive.server.url + entry.href)
        assert answer.content == contents[given], name


def test_a_name_is_found_in_any_unicode_form_and_case(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "Café Ångström.JPG", "/Été")
    tag = etag(content)
    for path in ("/Été/Café Ångström.JPG", "/été/café ångström.jpg", "/ÉTÉ/CAFÉ ÅNGSTRÖM.JPG"):
        for form in ("NFC", "NFD"):
            wanted = unicodedata.normalize(form, path)
            assert drive.ask("HEAD", wanted).headers.get("ETag") == tag, (path, form)
            assert drive.list(wanted, depth="0")


def test_what_windows_forbids_is_listed_otherwise_and_found_as_it_was(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, 'a:b*c?"<d>|e.jpg', "/Names")
    (path,) = set(drive.list("/Names")) - {"/Names/"}
    assert not set(path.removeprefix("/Names/")) & set('<>:"|?*\\')
    for each in (path, '/Names/a:b*c?"<d>|e.jpg'):
        assert drive.ask("GET", each).content == content


def test_two_pictures_of_one_name_are_two_files(user: User, drive: Drive) -> None:
    contents = [photo(), photo()]
    for content in contents:
        put(user, content, "a.jpg", "/Names")
    listed = sorted(set(drive.list("/Names")) - {"/Names/"})
    assert len(listed) == 2
    assert sorted(drive.ask("GET", path).content for path in listed) == sorted(contents)


def test_a_slash_in_a_label_is_no_folder(user: User, drive: Drive) -> None:
    put(user, photo(), "AC\u2215DC.jpg")
    assert "/AC\u2215DC.jpg" in drive.list("/")


@pytest.mark.parametrize(
    "path",
    [
        "%zz", "%", "%f", "%ff", "%C3%28", "%ED%A0%80", "%00", "a%00.jpg", "..", "%2e%2e", "a/../../b", ".", "a%2Fb",
        "a%0D%0AX-Evil:%201", "a%1Fb", "a#b",
    ],
)  # fmt: skip
def test_paths_that_are_none_are_refused_with_a_word(drive: Drive, path: str) -> None:
    for method in ("GET", "PROPFIND", "OPTIONS"):
        status, headers, body = drive.raw(f"{method} {drive.root}/{path} HTTP/1.1".encode())
        assert status == 400, (method, path)
        assert body.strip(), (method, path)
        assert "x-evil" not in headers


def test_no_path_leads_out_of_the_drive_or_to_an_error(drive: Drive) -> None:
    climbing = ("/webdav/../api/v1/account", "/webdav/%2e%2e/", "//webdav//x")
    for path in ("/webdav", "/webdav/", "/webdav/other/", *climbing):
        status, _, _ = drive.raw(f"GET {path} HTTP/1.1".encode())
        assert status in (400, 401, 404), path
    assert drive.raw(f"GET {drive.root}/{'a/' * 300} HTTP/1.1".encode())[0] == 400
    assert drive.raw(f"GET {drive.root}/{'a' * 3000} HTTP/1.1".encode())[0] == 400


def test_a_request_may_name_the_whole_address(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a b.jpg")
    for origin in ("http://localhost", "HTTP://photos.example:8443", "https://localhost"):
        status, _, body = drive.raw(f"GET {origin}{drive.root}/a%20b.jpg HTTP/1.1".encode())
        assert (status, body) == (200, content)
    status, _, body = drive.raw(f"PROPFIND http://localhost{drive.root} HTTP/1.1\r\nDepth: 0".encode())
    assert status == 207
    assert f"<D:href>{drive.root}/</D:href>".encode() in body


def test_double_slashes_are_one(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a.jpg", "/Lake")
    status, _, body = drive.raw(f"GET {drive.root}//Lake///a.jpg HTTP/1.1".encode())
    assert (status, body) == (200, content)


def test_every_way_to_encode_an_address_leads_to_the_file(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a~b+c.jpg")
    for encoded in ("a~b+c.jpg", "a%7Eb%2Bc.jpg", "a%7eb%2bc.jpg", "".join(f"%{ord(c):02X}" for c in "a~b+c.jpg")):
        assert drive.get(f"{drive.server.url}{drive.root}/{encoded}").content == content
    assert drive.get(f"{drive.server.url}{drive.root}/{quote('a~b c.jpg')}").status_code == 404
