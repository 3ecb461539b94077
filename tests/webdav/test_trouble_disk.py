"""A disk that is full: what does not fit is refused with the reason, and everything that was there stays whole."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio

from archypix.storage.local import RESERVE
from tests.programs import needs_program, needs_root
from tests.rig.server import Server, User
from tests.webdav.client import Drive, etag
from tests.webdav.mkpics import jpeg
from tests.webdav.trouble import drives_server, free_device, people_of, require_agreement, shown, staged, transfer

MEGABYTE = 1 << 20
SMALL = RESERVE + 8 * MEGABYTE
LARGE = RESERVE + 64 * MEGABYTE
DATABASE_SIZE = 64 * MEGABYTE
MOST_PUTS = 300


@dataclass
class Full:
    """A drive on a disk of its own, and what was acknowledged of what came there, by path."""

    server: Server
    user: User
    drive: Drive
    disk: Path
    there: dict[str, bytes] = field(default_factory=dict)

    def put(self, path: str, content: bytes) -> int:
        status = self.drive.ask("PUT", path, data=content).status_code
        if status < 300:
            self.there[path] = content
        return status

    def require_whole(self) -> None:
        """All that was acknowledged is there with its bytes, and nothing else."""
        assert shown(self.drive) == {"/Alps/": None} | {path: etag(content) for path, content in self.there.items()}
        for path, content in self.there.items():
            assert self.drive.ask("GET", path).content == content
        assert not staged(self.server)

    def grow(self) -> None:
        """There is room again."""
        subprocess.run(["mount", "-o", f"remount,size={LARGE}", str(self.disk)], check=True)


@pytest.fixture
def full(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Full]:
    """A drive whose disk takes eight megabytes."""
    needs_root()
    needs_program("mount")
    disk = tmp_path / "data" / "files"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(disk)], check=True)
    try:
        with drives_server(tmp_path / "data", database_url, redis_url) as server:
            user = people_of(server).make()
            drive = free_device(user)
            assert drive.ask("MKCOL", "/Alps/").status_code == 201
            yield Full(server, user, drive, disk)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_refuses_and_loses_nothing(full: Full) -> None:
    assert full.put("/Alps/one.jpg", jpeg(2 * MEGABYTE, "one")) == 201
    assert full.put("/Alps/two.jpg", jpeg(2 * MEGABYTE, "two")) == 201
    large, rest = jpeg(6 * MEGABYTE, "large"), jpeg(3 * MEGABYTE, "rest")
    # As a new file, over one that is there, as a scrap, and without saying how long it will be.
    for path in ("/Alps/new.jpg", "/Alps/one.jpg", "/Alps/._one.jpg"):
        refused = full.drive.ask("PUT", path, data=large)
        assert (refused.status_code, "full" in refused.text) == (507, True)
        assert full.drive.ask("PUT", path, data=iter([large[:MEGABYTE]] * 6)).status_code == 507
        full.require_whole()
    # While it comes the disk is filled by others.
    assert interrupted(full, "/Alps/one.jpg", rest) == 507
    full.require_whole()
    # What needs no room works as ever.
    assert transfer(full.drive, "COPY", "/Alps/one.jpg", "/three.jpg") == 201
    assert transfer(full.drive, "MOVE", "/Alps/two.jpg", "/two.jpg") == 201
    assert full.drive.ask("DELETE", "/Alps/one.jpg").status_code == 204
    full.there = {"/three.jpg": full.there["/Alps/one.jpg"], "/two.jpg": full.there["/Alps/two.jpg"]}
    full.require_whole()
    (full.disk / "filler").unlink()
    full.grow()
    assert full.put("/Alps/one.jpg", large) == 201
    assert full.put("/two.jpg", rest) == 204
    full.require_whole()
    require_agreement(full.server)


def interrupted(full: Full, path: str, content: bytes) -> int:
    """The status of a PUT in whose middle the disk becomes full."""
    parts = urlsplit(full.server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as connection:
        head = f"PUT {full.drive.at(path)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {full.drive.authorization}\r\n"
        connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content[: len(content) // 2])
        fill(full.disk / "filler", RESERVE)
        connection.sendall(content[len(content) // 2 :])
        return int(connection.recv(1000).split(b" ")[1])


@pytest_asyncio.fixture(loop_scope="session")
async def cramped_database(postgres_url: str, database_url: str) -> AsyncIterator[tuple[str, Path]]:
    """A database on a small disk of its own, and that disk."""
    needs_root()
    needs_program("mount")
    owner = Path(parse_qs(urlsplit(postgres_url).query)["host"][0]).stat()
    folder, name = tempfile.mkdtemp(prefix="cramped"), urlsplit(database_url).path[1:]
    options = f"size={DATABASE_SIZE},mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    admin = await asyncpg.connect(postgres_url)
    try:
        await admin.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        await admin.execute(f"ALTER DATABASE {name} SET TABLESPACE {name}")
        yield database_url, Path(folder)
        await admin.execute(f"ALTER DATABASE {name} SET TABLESPACE pg_default")
        await admin.execute(f"DROP TABLESPACE {name}")
    finally:
        await admin.close()
        subprocess.run(["umount", "-l", folder], check=True)
        Path(folder).rmdir()


@pytest.fixture
def cramped(cramped_database: tuple[str, Path], redis_url: str, tmp_path: Path) -> Iterator[Full]:
    """A drive whose database has little room."""
    url, disk = cramped_database
    with drives_server(tmp_path / "data", url, redis_url) as server:
        user = people_of(server).make()
        drive = free_device(user)
        assert drive.ask("MKCOL", "/Alps/").status_code == 201
        yield Full(server, user, drive, disk)


def test_a_database_without_room_refuses_and_loses_nothing(cramped: Full) -> None:
    assert cramped.put("/Alps/one.jpg", jpeg(2000, "one")) == 201
    filler = cramped.disk / "filler"
    fill(filler, 0)
    # PostgreSQL finds a little room again now and then: what is said is said by the refusal itself.
    for number in range(1, MOST_PUTS):
        path, content = f"/Alps/{number}.jpg", jpeg(2000, str(number))
        answer = cramped.drive.ask("PUT", path, data=content)
        if answer.status_code != 201:
            break
        cramped.there[path] = content
    assert answer.status_code == 507
    assert "full" in answer.text
    # What cannot be written can be read.
    cramped.require_whole()
    filler.unlink()
    cramped.require_whole()
    assert cramped.put("/Alps/new.jpg", jpeg(2000, "new")) == 201
    cramped.require_whole()
    require_agreement(cramped.server)


def fill(filler: Path, left: int) -> None:
    """Leave so many bytes of a disk."""
    with filler.open("wb") as file:
        state = os.statvfs(filler.parent)
        file.write(bytes(max(0, state.f_bavail * state.f_frsize - left)))
