"""The files of an export: each is copied once, compared with its SHA-256, and durable before it counts as there."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from archypix.core.database import Database
from archypix.core.errors import OutOfSpace, Unavailable
from archypix.exchange import describing, store
from archypix.exchange.layout import PICTURES
from archypix.exchange.ledger import Ledger
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key

LANES = 4
CHUNK = 1 << 20
RETRY_SECONDS = 60.0
MOST_NAMED = 1000


@dataclass(slots=True)
class Copied:
    """What became of pictures and versions: copied now, or there already; and what is missing, and why."""

    copied: int = 0
    there: int = 0
    bytes: int = 0
    missing: list[tuple[str, str]] = field(default_factory=list)
    missed: int = 0

    def miss(self, path: str, reason: str) -> None:
        self.missed += 1
        if len(self.missing) < MOST_NAMED:
            self.missing.append((path, reason))


class Copier:
    """Copies what the lines of pictures name. `stopped` says when to leave off, `shown` is told of progress."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        ledger: Ledger,
        folder: Path,
        *,
        stopped: Callable[[], bool],
        shown: Callable[[Copied], None],
    ) -> None:
        self._database = database
        self._storage = storage
        self._ledger = ledger
        self._folder = folder
        self._stopped = stopped
        self._shown = shown
        self._reading = asyncio.Lock()
        self._noting = asyncio.Lock()
        self.result = Copied()

    async def run(self) -> Copied:
        """All files; raises `OutOfSpace` where the folder's disk is full, `Unavailable` where storage stays away."""
        lines = _lines(self._folder / PICTURES)
        lanes = [asyncio.create_task(self._lane(lines)) for _ in range(LANES)]
        try:
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
        return self.result

    async def _lane(self, lines: Iterator[dict[str, Any]]) -> None:
        while not self._stopped():
            async with self._reading:
                some = await asyncio.to_thread(list, islice(lines, 1))
            if not some:
                return
            (said,) = some
            try:
                await self._picture(said)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise OutOfSpace("There is no room left where the export is written.") from error
                self.result.miss(said["file"], error.strerror or "cannot be written")
            self._shown(self.result)

    async def _picture(self, said: dict[str, Any]) -> None:
        moment = datetime.fromisoformat(said["sorted_at"])
        if await self._file(said["file"], said["sha256"], said["size"], moment):
            await self._small(said["sidecar"], describing.sidecar(said))
        for version in said["versions"]:
            if version["file"] is not None:
                await self._file(version["file"], version["sha256"], version["size"], moment)

    async def _file(self, path: str, sha256: str, size: int, moment: datetime) -> bool:
        """Whether the file is there now, whole."""
        target = self._folder / path
        if await self._is_there(path, target, sha256, size):
            self.result.there += 1
            return True
        reason = await self._patiently(target, sha256, size, moment)
        if reason is not None:
            self.result.miss(path, reason)
            return False
        await self._note(path, target, sha256)
        self.result.copied += 1
        self.result.bytes += size
        return True

    async def _is_there(self, path: str, target: Path, sha256: str, size: int) -> bool:
        status = await asyncio.to_thread(_status, target)
        if status is None or status.st_size != size:
            return False
        async with self._noting:
            known = await asyncio.to_thread(self._ledger.known, path)
        if known != (sha256, size, status.st_mtime_ns) and await asyncio.to_thread(_digest, target) != sha256:
            return False
        await self._note(path, target, sha256)
        return True

    async def _patiently(self, target: Path, sha256: str, size: int, moment: datetime) -> str | None:
        """Fetch a file; why that cannot be. Database and storage may be restarting meanwhile."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + RETRY_SECONDS
        while True:
            try:
                return await self._fetch(target, sha256, size, moment)
            except OutOfSpace:
                raise
            except Unavailable as error:
                if loop.time() > deadline or self._stopped():
                    return error.detail
                await asyncio.sleep(1.0)

    async def _fetch(self, target: Path, sha256: str, size: int, moment: datetime) -> str | None:
        async with self._database.connection() as connection:
            blob_id = await store.blob(connection, bytes.fromhex(sha256))
        if blob_id is None:
            return "is not in storage any more: export again"
        try:
            reader = await self._storage.open(blob_key(bytes.fromhex(sha256), blob_id))
        except NoSuchObject:
            return "is not in storage any more: export again"
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        digest, count = hashlib.sha256(), 0
        try:
            with await asyncio.to_thread(part.open, "wb") as file:
                async for chunk in reader.chunks():
                    await asyncio.to_thread(file.write, chunk)
                    digest.update(chunk)
                    count += len(chunk)
                await asyncio.to_thread(_sync, file)
            if digest.hexdigest() != sha256 or count != size:
                return "is damaged in storage: `archypix doctor --deep` says more"
            await asyncio.to_thread(_settle, part, target, moment)
            return None
        finally:
            await reader.close()
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _small(self, path: str, content: bytes) -> None:
        """A small file, written where it differs."""
        target, sha256 = self._folder / path, hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(_put, target, content)
        await self._note(path, target, sha256)

    async def _note(self, path: str, target: Path, sha256: str) -> None:
        status = await asyncio.to_thread(target.stat)
        async with self._noting:
            await asyncio.to_thread(self._ledger.note, path, sha256, status.st_size, status.st_mtime_ns)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(part: Path, target: Path, moment: datetime) -> None:
    """The file is there under its name, with the picture's date where the system takes it."""
    try:
        stamp = moment.timestamp()
        os.utime(part, (stamp, stamp))
    except (OverflowError, ValueError, OSError):
        pass
    os.replace(part, target)


def _put(target: Path, content: bytes) -> None:
    status = _status(target)
    if status is not None and status.st_size == len(content) and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    os.replace(part, target)
