"""A database that is away or hangs: drives say so, and never that something is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.rig.server import Server, User
from tests.webdav.client import Drive, etag, sha256
from tests.webdav.mkpics import jpeg
from tests.webdav.trouble import Wire, drives_server, free_device, people_of, require_agreement, shown, transfer, wired

SECONDS = 10.0
ONE, TWO, NEW = (jpeg(30_000, name) for name in ("one", "two", "new"))
TREE = {"/Alps/": None, "/Alps/Hut/": None, "/Alps/one.jpg": etag(ONE), "/Alps/Hut/two.jpg": etag(TWO)}
SCOPE = "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>"
LOCK = f'<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:">{SCOPE}</D:lockinfo>'
PROPERTY = '<D:set><D:prop><a xmlns="x:">b</a></D:prop></D:set>'
PATCH = f'<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:">{PROPERTY}</D:propertyupdate>'
READING = [
    ("PROPFIND", "/", {"Depth": "0"}, None),
    ("PROPFIND", "/", {"Depth": "1"}, None),
    ("PROPFIND", "/Alps/", {"Depth": "infinity"}, None),
    ("PROPFIND", "/Alps/one.jpg", {"Depth": "0"}, None),
    ("GET", "/Alps/one.jpg", {}, None),
    ("GET", "/Alps/one.jpg", {"Range": "bytes=5-9"}, None),
    ("HEAD", "/Alps/Hut/two.jpg", {}, None),
    ("GET", "/Alps/", {}, None),
]
WRITING = [
    ("PUT", "/Alps/one.jpg", {}, NEW),
    ("PUT", "/Alps/new.jpg", {}, NEW),
    ("PUT", "/Alps/._one.jpg", {}, b"litter"),
    ("PUT", "/Alps/empty.jpg", {}, b""),
    ("DELETE", "/Alps/one.jpg", {}, None),
    ("DELETE", "/Alps/", {}, None),
    ("MKCOL", "/Alps/New/", {}, None),
    ("MOVE", "/Alps/one.jpg", {"Destination": "/webdav/library/one.jpg"}, None),
    ("COPY", "/Alps/Hut/", {"Destination": "/webdav/library/Hut/"}, None),
    ("LOCK", "/Alps/one.jpg", {}, LOCK),
    ("PROPPATCH", "/Alps/one.jpg", {}, PATCH),
]


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    """The way to the database of one test."""
    with wired(database_url) as wire:
        yield wire


@pytest.fixture
def server(wire: Wire, redis_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server whose database is at the end of that wire."""
    with drives_server(tmp_path / "data", wire.url, redis_url) as server:
        yield server


@pytest.fixture
def user(server: Server) -> User:
    """Somebody there."""
    return people_of(server).make()


@pytest.fixture
def drive(user: User) -> Drive:
    """A drive with a few files."""
    drive = free_device(user)
    for folder in ("/Alps/", "/Alps/Hut/"):
        assert drive.ask("MKCOL", folder).status_code == 201
    for path, content in (("/Alps/one.jpg", ONE), ("/Alps/Hut/two.jpg", TWO)):
        assert drive.ask("PUT", path, data=content).status_code == 201
        assert drive.ask("GET", path).content == content
    assert shown(drive) == TREE
    return drive


def require_busy(method: str, path: str, answer: requests.Response) -> None:
    assert answer.status_code == 503, (method, path, answer.status_code, answer.text)
    assert int(answer.headers["retry-after"]) > 0, (method, path)
    assert answer.text or method == "HEAD"


def test_a_database_that_is_away(wire: Wire, user: User, drive: Drive) -> None:
    wire.cut()
    for method, path, headers, body in READING + WRITING:
        require_busy(method, path, drive.ask(method, path, headers=headers, data=body))
    wire.mend()
    assert shown(drive) == TREE
    assert drive.ask("GET", "/Alps/one.jpg").content == ONE
    assert drive.ask("PUT", "/Alps/one.jpg", data=NEW).status_code == 204
    assert drive.ask("MKCOL", "/Alps/New/").status_code == 201
    assert drive.ask("DELETE", "/Alps/Hut/").status_code == 204
    assert shown(drive) == {"/Alps/": None, "/Alps/New/": None, "/Alps/one.jpg": etag(NEW)}
    assert [item["sha256"] for item in user.pictures()] == [sha256(NEW)]
    assert [item["sha256"] for item in user.pictures(trash=True)] == [sha256(TWO)]
    require_agreement(user.server)


def test_a_database_that_breaks_off_midway(wire: Wire, user: User, drive: Drive) -> None:
    """An answer is what it always is, or none; wherever in its making the database went."""
    refused = 0
    for number in range(4 * len(READING)):
        method, path, headers, _ = READING[number % len(READING)]
        right = drive.ask(method, path, headers=headers)
        # What is known is kept in memory until something changes.
        assert drive.ask("MKCOL", f"/Alps/{number}/").status_code == 201
        assert drive.ask("DELETE", f"/Alps/{number}/").status_code == 204
        wire.after(1 + number // len(READING), wire.cut_now, early=number % 2 == 0)
        answer = drive.ask(method, path, headers=headers)
        wire.after(0, bool, early=False)
        if not wire.listens:
            wire.mend()
        if answer.status_code >= 500:
            require_busy(method, path, answer)
            refused += 1
        else:
            assert (answer.status_code, len(answer.content)) == (right.status_code, len(right.content))
    assert refused > len(READING)
    assert shown(drive) == TREE
    require_agreement(user.server)


def test_who_asks_again_after_a_break_gets_it_done(wire: Wire, user: User, drive: Drive) -> None:
    """A safe save and a deletion under a lock, broken off after or before each of their transactions."""
    contents, refused = [ONE], 0
    for number in range(6):
        for early in (True, False):
            contents.append(jpeg(20_000, f"{number} {early}"))
            assert drive.ask("PUT", "/Alps/one.jpg.part", data=contents[-1]).status_code == 201
            wire.after(1 + number, wire.cut_now, early=early, holding=b"COMMIT")
            status = transfer(drive, "MOVE", "/Alps/one.jpg.part", "/Alps/one.jpg")
            refused += again(wire, status)
            if status == 503:
                assert transfer(drive, "MOVE", "/Alps/one.jpg.part", "/Alps/one.jpg") in (204, 404)
            assert shown(drive) == TREE | {"/Alps/one.jpg": etag(contents[-1])}
            taken = drive.ask("LOCK", "/Alps/one.jpg", data=LOCK)
            assert taken.status_code == 200, taken.text
            token = {"If": f"({taken.headers['lock-token']})"}
            wire.after(1 + number, wire.cut_now, early=early, holding=b"COMMIT")
            status = drive.ask("DELETE", "/Alps/one.jpg", headers=token).status_code
            refused += again(wire, status)
            if status == 503:
                assert drive.ask("DELETE", "/Alps/one.jpg", headers=token).status_code in (204, 404)
            # The lock has gone with it.
            assert drive.ask("PUT", "/Alps/one.jpg", data=contents[-1]).status_code == 201
    assert refused > 6
    (picture,) = user.pictures(tag="/Alps", exact=True)
    versions = user.get(f"/pictures/{picture['id']}/versions").json()["items"]
    assert {picture["sha256"], *(version["sha256"] for version in versions)} == set(map(sha256, contents))
    require_agreement(user.server)


def test_a_move_that_was_broken_off_leaves_no_lock(wire: Wire, user: User, drive: Drive) -> None:
    refused = 0
    for number in range(8):
        taken = drive.ask("LOCK", "/Alps/Hut/two.jpg", data=LOCK)
        headers = {"If": f"({taken.headers['lock-token']})", "Destination": drive.at("/Alps/Hut/moved.jpg")}
        wire.after(1 + number // 2, wire.cut_now, early=number % 2 == 0, holding=b"COMMIT")
        status = drive.ask("MOVE", "/Alps/Hut/two.jpg", headers=headers).status_code
        refused += again(wire, status)
        if status == 503:
            assert drive.ask("MOVE", "/Alps/Hut/two.jpg", headers=headers).status_code in (201, 404)
        assert transfer(drive, "MOVE", "/Alps/Hut/moved.jpg", "/Alps/Hut/two.jpg") == 201
    assert refused
    assert shown(drive) == TREE
    require_agreement(user.server)


def again(wire: Wire, status: int) -> bool:
    """Whether something was refused because its connection broke; the next can be made."""
    wire.after(0, bool, early=False)
    if not wire.listens:
        wire.mend()
    assert status in (201, 204, 503), status
    return status == 503


def test_a_database_that_hangs_for_ten_seconds(wire: Wire, user: User, drive: Drive) -> None:
    until = time.monotonic() + SECONDS

    def read_on(number: int) -> int:
        own = Drive(drive.server, drive.username, drive.token)
        looks = 0
        while time.monotonic() < until:
            method, path, headers, _ = READING[(number + looks) % len(READING)]
            answer = own.ask(method, path, headers=headers)
            if answer.status_code == 503:
                require_busy(method, path, answer)
            else:
                assert answer.status_code in (200, 206, 207), (method, path, answer.status_code, answer.text)
                assert method != "PROPFIND" or path not in ("/Alps/",) or b"two.jpg" in answer.content
            looks += 1
        return looks

    def write_on(number: int) -> bool:
        own = Drive(drive.server, drive.username, drive.token)
        answer = own.ask("PUT", f"/Alps/{number}.jpg", data=jpeg(20_000, str(number)))
        assert answer.status_code in (201, 503), answer.text
        return answer.status_code == 201

    wire.stop()
    with ThreadPoolExecutor(24) as pool:
        reading = [pool.submit(read_on, number) for number in range(16)]
        writing = [pool.submit(write_on, number) for number in range(4)]
        time.sleep(max(0.0, until - time.monotonic()))
        wire.go_on()
        assert all(each.result() for each in reading)
        written = [each.result() for each in writing]
    for number, done in enumerate(written):
        # Who was told to come again does so.
        again = drive.ask("PUT", f"/Alps/{number}.jpg", data=jpeg(20_000, str(number)))
        assert again.status_code in ((204,) if done else (201, 204)), again.text
    assert shown(drive) == TREE | {f"/Alps/{number}.jpg": etag(jpeg(20_000, str(number))) for number in range(4)}
    require_agreement(user.server)
