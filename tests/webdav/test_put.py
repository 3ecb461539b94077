"""PUT: whole or not at all, over what is there or beside it, and the name is there at once."""

from __future__ import annotations

import base64
import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.rig.server import User, archypix
from tests.webdav.client import Drive, etag, open_drive, sha256
from tests.webdav.mkpics import jpeg


@pytest.fixture
def drive(user: User) -> Drive:
    return open_drive(user)


def make(drive: Drive, path: str) -> None:
    assert drive.ask("MKCOL", path).status_code == 201


def put(drive: Drive, path: str, content: bytes, **headers: str) -> int:
    return drive.ask("PUT", path, data=content, headers=headers).status_code


def names(drive: Drive, path: str) -> set[str]:
    return set(drive.list(path)) - {path}


def detail(user: User, content: bytes) -> dict[str, object]:
    """The picture that has or had this content as people see it."""
    for item in [*user.pictures(), *user.pictures(trash=True)]:
        found = user.get(f"/pictures/{item['id']}").json()
        if found["sha256"] == sha256(content):
            return dict(found)
    raise AssertionError("no picture has this content")


def connect(drive: Drive, head: str) -> socket.socket:
    """A connection that has sent the head of a request, with credentials."""
    parts = urlsplit(drive.server.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
    connection.sendall(f"{head}\r\nHost: localhost\r\nAuthorization: {drive.authorization}\r\n".encode())
    return connection


def test_a_new_file_is_a_picture_with_the_tag_of_its_folder(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(20_000, "new")
    answer = drive.ask("PUT", "/Alps/one.jpg", data=content)
    assert answer.status_code == 201
    assert answer.headers["etag"] == etag(content)
    got = drive.ask("GET", "/Alps/one.jpg")
    assert got.content == content
    assert got.headers["etag"] == answer.headers["etag"]
    assert names(drive, "/Alps/") == {"/Alps/one.jpg"}
    (picture,) = user.pictures(tag="/Alps")
    assert picture["filename"] == "one.jpg"


def test_over_a_file_is_a_new_version_of_its_picture(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    old, new = jpeg(20_000, "old"), jpeg(21_000, "new")
    assert put(drive, "/Alps/one.jpg", old) == 201
    (before,) = user.pictures(tag="/Alps")
    assert put(drive, "/Alps/one.jpg", new) == 204
    (after,) = user.pictures(tag="/Alps")
    assert after["id"] == before["id"]
    assert drive.ask("GET", "/Alps/one.jpg").content == new
    versions = user.get(f"/pictures/{after['id']}/versions").json()["items"]
    assert [version["sha256"] for version in versions if version["sha256"] == sha256(old)]


def test_the_same_bytes_over_a_file_change_nothing(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(20_000, "same")
    assert put(drive, "/Alps/one.jpg", content) == 201
    before = drive.list("/Alps/one.jpg", depth="0")["/Alps/one.jpg"].text("getlastmodified")
    assert put(drive, "/Alps/one.jpg", content) == 204
    assert drive.list("/Alps/one.jpg", depth="0")["/Alps/one.jpg"].text("getlastmodified") == before
    assert not user.get(f"/pictures/{user.pictures()[0]['id']}/versions").json()["items"]


def test_known_bytes_get_another_tag_and_this_name(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    make(drive, "/Best/")
    content = jpeg(20_000, "known")
    assert put(drive, "/Alps/one.jpg", content) == 201
    assert put(drive, "/Best/number one.jpg", content) in (201, 204)
    assert drive.ask("GET", "/Best/number one.jpg").content == content
    assert names(drive, "/Best/") == {"/Best/number one.jpg"}
    assert names(drive, "/Alps/") == {"/Alps/one.jpg"}
    assert len(user.pictures()) == 1


def test_a_copy_that_is_overwritten_becomes_a_picture_of_its_own(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    old, new = jpeg(20_000, "first"), jpeg(20_000, "second")
    assert put(drive, "/Alps/one.jpg", old) == 201
    target = {"Destination": drive.at("/Alps/two.jpg")}
    assert drive.ask("COPY", "/Alps/one.jpg", headers=target).status_code == 201
    assert put(drive, "/Alps/two.jpg", new) == 204
    assert drive.ask("GET", "/Alps/one.jpg").content == old
    assert drive.ask("GET", "/Alps/two.jpg").content == new
    assert len(user.pictures(tag="/Alps")) == 2


def test_bytes_of_another_picture_over_a_file_lose_nobody(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    make(drive, "/Best/")
    one, other = jpeg(20_000, "one"), jpeg(20_000, "other")
    assert put(drive, "/Alps/a.jpg", one) == 201
    assert put(drive, "/Best/b.jpg", other) == 201
    assert put(drive, "/Alps/a.jpg", other) == 204
    assert drive.ask("GET", "/Alps/a.jpg").content == other
    assert drive.ask("GET", "/Best/b.jpg").content == other
    assert detail(user, one)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"OC-Checksum": "SHA1:" + hashlib.sha1(b"x").hexdigest()}, 400),
        ({"OC-Checksum": "MD5:" + hashlib.md5(b"x").hexdigest()}, 400),
        ({"OC-Checksum": "ADLER32:00000001"}, 400),
        ({"OC-Checksum": "SHA1:12"}, 400),
        ({"Content-MD5": base64.b64encode(hashlib.md5(b"x").digest()).decode()}, 400),
        ({"Content-MD5": "nonsense"}, 400),
        ({"X-Expected-Entity-Length": "many"}, 201),
        ({"Content-Range": "bytes 0-9/100"}, 400),
        ({"X-OC-Mtime": "yesterday"}, 400),
        ({"OC-Checksum": "BLAKE9:12"}, 201),
    ],
)
def test_what_is_said_of_the_bytes_is_held_against_them(drive: Drive, headers: dict[str, str], status: int) -> None:
    make(drive, "/Alps/")
    assert put(drive, "/Alps/one.jpg", jpeg(20_000, "sums"), **headers) == status
    assert bool(names(drive, "/Alps/")) == (status == 201)


def test_true_checksums_are_taken_and_told(drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(20_000, "true")
    sha1 = hashlib.sha1(content).hexdigest()
    assert put(drive, "/Alps/one.jpg", content, **{"OC-Checksum": f"SHA1:{sha1}", "X-OC-Mtime": "1562243696"}) == 201
    entry = drive.prop("/Alps/one.jpg", "{http://owncloud.org/ns}checksums", "getlastmodified")
    assert f"SHA1:{sha1}" in (entry.text("{http://owncloud.org/ns}checksums") or "")
    assert entry.text("getlastmodified") == "Thu, 04 Jul 2019 12:34:56 GMT"
    answer = drive.ask("PUT", "/Alps/one.jpg", data=content, headers={"X-OC-Mtime": "1562243697.5"})
    assert answer.headers["x-oc-mtime"] == "accepted"
    assert drive.prop("/Alps/one.jpg", "getlastmodified").text("getlastmodified") == "Thu, 04 Jul 2019 12:34:57 GMT"


def test_a_body_without_length_arrives_whole(drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(2_000_000, "chunked")
    pieces = (content[start : start + 70_000] for start in range(0, len(content), 70_000))
    answer = drive.ask("PUT", "/Alps/one.jpg", data=pieces, headers={"X-Expected-Entity-Length": str(len(content))})
    assert answer.status_code == 201
    assert drive.ask("GET", "/Alps/one.jpg").content == content


def test_a_body_without_length_that_is_cut_is_refused(drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(200_000, "cut")
    answer = drive.ask(
        "PUT", "/Alps/one.jpg", data=iter([content[:100_000]]), headers={"X-Expected-Entity-Length": str(len(content))}
    )
    assert answer.status_code == 400
    assert not names(drive, "/Alps/")


def test_a_dropped_upload_leaves_what_was_there(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    old = jpeg(20_000, "kept")
    assert put(drive, "/Alps/one.jpg", old) == 201
    for name in ("one", "two"):
        connection = connect(drive, f"PUT {drive.at(f'/Alps/{name}.jpg')} HTTP/1.1")
        connection.sendall(b"Content-Length: 500000\r\n\r\n" + jpeg(400_000, "half")[:100_000])
        # While it is under way nobody sees any of it.
        assert drive.ask("GET", "/Alps/one.jpg").content == old
        assert names(drive, "/Alps/") == {"/Alps/one.jpg"}
        connection.close()
    assert drive.ask("GET", "/Alps/one.jpg").content == old
    assert names(drive, "/Alps/") == {"/Alps/one.jpg"}
    assert len(user.pictures()) == 1


def test_half_a_body_and_an_end_are_answered_with_a_refusal(drive: Drive) -> None:
    make(drive, "/Alps/")
    with connect(drive, f"PUT {drive.at('/Alps/one.jpg')} HTTP/1.1") as connection:
        connection.sendall(b"Content-Length: 500000\r\n\r\n" + b"x" * 1000)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert not names(drive, "/Alps/")


def test_a_waiting_client_is_refused_before_it_sends(drive: Drive) -> None:
    for path, authorization, status in (
        ("/none/one.jpg", drive.authorization, b"409"),
        ("/one.jpg", "Basic bm9ib2R5Ondyb25n", b"401"),
    ):
        parts = urlsplit(drive.server.url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as connection:
            connection.sendall(
                f"PUT {drive.at(path)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n"
                "Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n".encode()
            )
            assert connection.recv(12).startswith(b"HTTP/1.1 " + status)


def test_a_waiting_client_is_told_to_go_on(drive: Drive) -> None:
    content = jpeg(20_000, "expected")
    with connect(drive, f"PUT {drive.at('/one.jpg')} HTTP/1.1") as connection:
        connection.sendall(f"Expect: 100-continue\r\nContent-Length: {len(content)}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(content)
        assert connection.recv(1000).startswith(b"HTTP/1.1 201")
    assert drive.ask("GET", "/one.jpg").content == content


def test_many_at_once_to_one_name_are_versions_of_one_picture(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    contents = [jpeg(30_000, f"at once {number}") for number in range(6)]
    others = [Drive(drive.server, drive.username, drive.token) for _ in contents]
    with ThreadPoolExecutor(len(contents)) as pool:
        statuses = list(
            pool.map(lambda pair: put(pair[0], "/Alps/one.jpg", pair[1]), zip(others, contents, strict=True))
        )
    assert sorted(statuses) == [201, 204, 204, 204, 204, 204]
    assert drive.ask("GET", "/Alps/one.jpg").content in contents
    (picture,) = user.pictures(tag="/Alps")
    versions = user.get(f"/pictures/{picture['id']}/versions").json()["items"]
    kept = {version["sha256"] for version in versions} | {sha256(drive.ask("GET", "/Alps/one.jpg").content)}
    assert kept == {sha256(content) for content in contents}


def test_only_one_of_many_makes_a_file_that_must_be_new(drive: Drive) -> None:
    contents = [jpeg(30_000, f"only {number}") for number in range(5)]
    others = [Drive(drive.server, drive.username, drive.token) for _ in contents]
    with ThreadPoolExecutor(len(contents)) as pool:
        statuses = list(
            pool.map(
                lambda pair: put(pair[0], "/one.jpg", pair[1], **{"If-None-Match": "*"}),
                zip(others, contents, strict=True),
            )
        )
    assert sorted(statuses) == [201, 412, 412, 412, 412]


def test_conditions_stand_before_the_body(drive: Drive) -> None:
    content, other = jpeg(20_000, "this"), jpeg(20_000, "that")
    assert put(drive, "/one.jpg", content, **{"If-Match": "*"}) == 412
    assert put(drive, "/one.jpg", content, **{"If-None-Match": "*"}) == 201
    assert put(drive, "/one.jpg", other, **{"If-Match": '"else"'}) == 412
    assert put(drive, "/one.jpg", other, **{"If-None-Match": etag(content)}) == 412
    assert put(drive, "/one.jpg", other, **{"If-Unmodified-Since": "Thu, 04 Jul 2019 12:34:56 GMT"}) == 412
    assert put(drive, "/one.jpg", other, If=f"([{etag(other)}])") == 412
    assert drive.ask("GET", "/one.jpg").content == content
    assert put(drive, "/one.jpg", other, **{"If-Match": f'"x", {etag(content)}'}) == 204


def test_nothing_is_a_placeholder(user: User, drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(20_000, "soon")
    assert put(drive, "/Alps/one.jpg", b"") == 201
    assert drive.list("/Alps/")["/Alps/one.jpg"].text("getcontentlength") == "0"
    assert drive.ask("GET", "/Alps/one.jpg").content == b""
    assert not user.pictures()
    assert put(drive, "/Alps/one.jpg", content) in (201, 204)
    assert names(drive, "/Alps/") == {"/Alps/one.jpg"}
    assert put(drive, "/Alps/one.jpg", b"") == 204
    assert drive.ask("GET", "/Alps/one.jpg").content == content


def test_places_that_take_no_file(drive: Drive) -> None:
    make(drive, "/Alps/")
    content = jpeg(20_000, "nowhere")
    assert put(drive, "/Alps", content) == 405
    assert put(drive, "/Alps/", content) == 405
    assert put(drive, "/", content) == 405
    assert put(drive, "/Alps/one.jpg/", content) == 409
    assert put(drive, "/none/one.jpg", content) == 409


def test_a_device_that_may_only_read_changes_nothing(user: User, drive: Drive) -> None:
    content = jpeg(20_000, "read")
    assert put(drive, "/one.jpg", content) == 201
    reader = open_drive(user, read_only=True)
    target = {"Destination": reader.at("/two.jpg")}
    for method in ("PUT", "DELETE", "MKCOL", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"):
        assert reader.ask(method, "/one.jpg", headers=target).status_code == 403
    assert reader.ask("GET", "/one.jpg").content == content


def test_a_file_that_does_not_fit_the_quota_is_refused_before_it_is_sent(user: User, drive: Drive) -> None:
    server = user.server
    limited = archypix("user", "quota", user.name, "100KB", data=server.data, env=server.env)
    assert limited.returncode == 0, limited.stderr
    assert put(drive, "/one.jpg", jpeg(60_000, "fits")) == 201
    assert put(drive, "/two.jpg", jpeg(60_000, "fits not")) == 507
    with connect(drive, f"PUT {drive.at('/two.jpg')} HTTP/1.1") as connection:
        connection.sendall(b"Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n")
        assert connection.recv(12).startswith(b"HTTP/1.1 507")
    pieces = (jpeg(60_000, "unknown length")[start : start + 1000] for start in range(0, 60_000, 1000))
    assert drive.ask("PUT", "/two.jpg", data=pieces).status_code == 507
    assert names(drive, "/") == {"/one.jpg"}
    # What is no picture counts for nothing.
    assert put(drive, "/.DS_Store", b"x" * 60_000) == 201


def test_an_inbox_takes_everything_and_replaces_nothing(user: User) -> None:
    nodes = [
        {"type": "drop", "name": "In", "tags": ["/New"]},
        {"type": "query", "name": "Seen", "any": ["/Best"]},
        {"type": "mirror", "root": "/"},
    ]
    made = user.post("/hierarchies", json={"slug": "camera", "name": "Camera", "config": {"nodes": nodes}})
    assert made.status_code == 201, made.text
    drive = open_drive(user, slug="camera")
    one, two = jpeg(20_000, "inbox one"), jpeg(20_000, "inbox two")
    assert put(drive, "/In/IMG_0001.jpg", one) == 201
    assert put(drive, "/In/IMG_0001.jpg", two) == 201
    assert len(user.pictures(tag="/New")) == 2
    assert not names(drive, "/In/")
    contents = {drive.ask("GET", path).content for path in names(drive, "/New/")}
    assert contents == {one, two}
    assert put(drive, "/Seen/IMG_0002.jpg", jpeg(20_000, "not here")) == 403
    assert len(user.pictures()) == 2
