"""Uploads that break off, and many at once under one name: readers get a whole file or the old one, never a mixture."""

from __future__ import annotations

import random
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.rig.server import User
from tests.webdav.client import Drive, etag, sha256
from tests.webdav.mkpics import jpeg
from tests.webdav.trouble import free_device, shown, staged, until

OLD = jpeg(40_000, "old")
NEW = jpeg(3_000_000, "new")
SIZE = len(NEW)


@pytest.fixture
def drive(user: User) -> Drive:
    """A drive with `/Alps/one.jpg`."""
    drive = free_device(user)
    assert drive.ask("MKCOL", "/Alps/").status_code == 201
    assert drive.ask("PUT", "/Alps/one.jpg", data=OLD).status_code == 201
    return drive


def begin(drive: Drive, path: str, *lines: str) -> socket.socket:
    """A connection with the head of a PUT."""
    parts = urlsplit(drive.server.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
    head = [f"PUT {drive.at(path)} HTTP/1.1", "Host: localhost", f"Authorization: {drive.authorization}", *lines]
    connection.sendall("\r\n".join([*head, "", ""]).encode())
    return connection


def break_off(connection: socket.socket, *, rudely: bool) -> None:
    """Close it; rudely as a machine does that lost its power, as far as a kernel can."""
    if rudely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("path", ["/Alps/one.jpg", "/Alps/two.jpg", "/Alps/._two.jpg"])
def test_what_breaks_off_has_never_been(user: User, drive: Drive, path: str) -> None:
    before, usage = shown(drive), user.get("/account/usage").json()
    for sent in (0, 1, 70_000, SIZE // 2, SIZE - 1):
        for rudely in (False, True):
            connection = begin(drive, path, f"Content-Length: {SIZE}")
            connection.sendall(NEW[:sent])
            if sent >= SIZE // 2:
                until(lambda: bool(staged(user.server)), "nothing of the upload is on the disk")
            assert shown(drive) == before
            break_off(connection, rudely=rudely)
            assert shown(drive) == before
            until(lambda: not staged(user.server), "bytes of a broken upload stay")
    assert drive.ask("GET", "/Alps/one.jpg").content == OLD
    assert drive.ask("GET", path).status_code == (200 if path in before else 404)
    until(lambda: bool(user.get("/account/usage").json() == usage), "quota of broken uploads stays taken")
    assert [item["sha256"] for item in user.pictures()] == [sha256(OLD)]
    assert drive.ask("PUT", path, data=NEW).status_code in (201, 204)
    assert drive.ask("GET", path).content == NEW


def test_what_breaks_off_in_chunks_has_never_been(user: User, drive: Drive) -> None:
    before = shown(drive)
    half = NEW[: SIZE // 2]
    piece = f"{len(half):x}\r\n".encode() + half + b"\r\n"
    for body in (b"", b"fff", piece[: len(half) // 2], piece, piece + b"0\r\n"):
        for path in ("/Alps/one.jpg", "/Alps/two.jpg"):
            connection = begin(drive, path, "Transfer-Encoding: chunked")
            connection.sendall(body)
            break_off(connection, rudely=False)
    until(lambda: not staged(user.server), "bytes of broken uploads stay")
    assert shown(drive) == before
    assert drive.ask("GET", "/Alps/one.jpg").content == OLD


def test_who_leaves_before_the_answer_has_sent_all_or_nothing(user: User, drive: Drive) -> None:
    contents = [jpeg(200_000, f"leaves {number}") for number in range(12)]
    for number, content in enumerate(contents):
        connection = begin(drive, f"/Alps/{number % 4}.jpg", f"Content-Length: {len(content)}")
        connection.sendall(content)
        break_off(connection, rudely=number % 2 == 0)
        listed = shown(drive)
        assert set(listed.values()) <= {None, etag(OLD), *map(etag, contents)}
        for path, tag in listed.items():
            assert tag is None or etag(drive.ask("GET", path).content) in {etag(OLD), *map(etag, contents)}
    until(lambda: not staged(user.server), "bytes of uploads stay")
    assert drive.ask("GET", "/Alps/one.jpg").content == OLD


class Readers:
    """Look at one file again and again, in every way there is, and say what was wrong."""

    def __init__(self, drive: Drive, path: str, contents: list[bytes]) -> None:
        self._device = drive
        self._path = path
        self._known = {etag(content): content for content in contents}
        self.seen: set[str] = set()
        self.looks = 0
        self._over = threading.Event()

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        drive = Drive(self._device.server, self._device.username, self._device.token)
        dice = random.Random(threading.get_ident())
        while not self._over.is_set():
            dice.choice([self._whole, self._head, self._listed, self._part])(drive)
            self.looks += 1

    def _whole(self, drive: Drive) -> None:
        got = drive.ask("GET", self._path)
        assert got.status_code == 200, got.text
        assert got.headers["etag"] == etag(got.content)
        assert int(got.headers["content-length"]) == len(got.content)
        assert got.headers["etag"] in self._known
        self.seen.add(got.headers["etag"])

    def _head(self, drive: Drive) -> None:
        got = drive.ask("HEAD", self._path)
        assert got.status_code == 200
        assert int(got.headers["content-length"]) == len(self._known[got.headers["etag"]])

    def _listed(self, drive: Drive) -> None:
        entry = drive.list("/Alps/")[self._path]
        assert int(entry.text("getcontentlength") or 0) == len(self._known[entry.text("getetag") or ""])

    def _part(self, drive: Drive) -> None:
        first = drive.ask("HEAD", self._path).headers["etag"]
        got = drive.ask("GET", self._path, headers={"Range": "bytes=1000-20000", "If-Range": first})
        content = self._known[got.headers["etag"]]
        assert got.content == (content[1000:20001] if got.status_code == 206 else content)
        assert got.status_code == 200 or got.headers["etag"] == first


def test_readers_of_a_file_that_many_write_get_whole_versions(user: User, drive: Drive) -> None:
    batches = [[jpeg(60_000 + 400_000 * turn, f"{writer}/{turn}") for turn in range(4)] for writer in range(3)]
    contents = [content for batch in batches for content in batch]
    readers = Readers(drive, "/Alps/one.jpg", [OLD, *contents])

    def write(batch: list[bytes]) -> list[int]:
        own = Drive(drive.server, drive.username, drive.token)
        return [own.ask("PUT", "/Alps/one.jpg", data=content).status_code for content in batch]

    with ThreadPoolExecutor(6) as pool:
        reading = [pool.submit(readers.run) for _ in range(3)]
        writing = [pool.submit(write, batch) for batch in batches]
        try:
            assert [each.result() for each in writing] == [[204] * 4] * 3
        finally:
            readers.stop()
        for each in reading:
            each.result()
    assert readers.looks
    (picture,) = user.pictures()
    versions = user.get(f"/pictures/{picture['id']}/versions").json()["items"]
    assert {version["sha256"] for version in versions} | {picture["sha256"]} == set(map(sha256, [OLD, *contents]))
    assert shown(drive) == {"/Alps/": None, "/Alps/one.jpg": etag(drive.ask("GET", "/Alps/one.jpg").content)}


def test_new_names_that_many_write_are_there_once(user: User, drive: Drive) -> None:
    contents = [jpeg(100_000, f"once {number}") for number in range(8)]

    def write(number: int) -> int:
        own = Drive(drive.server, drive.username, drive.token)
        # Two names that are one, and the same bytes twice.
        name = ("New.jpg", "new.JPG")[number % 2]
        return own.ask("PUT", f"/Alps/{name}", data=contents[number // 2]).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(write, range(16)))
    assert sorted(statuses)[0] in (201, 204), statuses
    assert sorted(statuses)[-1] in (201, 204), statuses
    listed = shown(drive)
    assert len(listed) == 3
    (name,) = set(listed) - {"/Alps/", "/Alps/one.jpg"}
    assert name.lower() == "/alps/new.jpg"
    assert listed[name] == etag(drive.ask("GET", "/Alps/NEW.jpg").content)
    kept = {sha256(OLD)}
    for item in [*user.pictures(), *user.pictures(trash=True)]:
        versions = user.get(f"/pictures/{item['id']}/versions").json()["items"]
        kept |= {item["sha256"], *(version["sha256"] for version in versions)}
    assert kept == set(map(sha256, [OLD, *contents]))
