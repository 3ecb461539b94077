"""People at work on a server at full speed: uploads, tags, other files for pictures, the trash, and what is purged."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from archypix.commands.context import library_tools
from archypix.core.settings import load_settings
from archypix.pictures.blobs import BlobSweeper
from tests.rig.photos import photo
from tests.rig.server import User


@dataclass
class Work:
    """What one of them did. `kept` are pictures that the server has acknowledged and that are never thrown away."""

    user: User
    first: int
    kept: dict[str, bytes] = field(default_factory=dict)
    rounds: int = 0
    purged: int = 0
    failed: list[str] = field(default_factory=list)

    def go(self, stop: threading.Event) -> None:
        dice = random.Random(self.first)
        while not stop.is_set():
            try:
                self._round(self.first + self.rounds, dice)
            except requests.RequestException as error:
                self.failed.append(repr(error))
                return
            self.rounds += 1

    def _round(self, number: int, dice: random.Random) -> None:
        content = photo(number, size=(96, 64))
        made = self._send("POST", "/pictures", 201, files={"file": (f"{number}.jpg", content)})
        picture = made.json()["id"]
        paths = [f"/Load/{dice.choice('abc')}", f"/Load/{dice.choice('abc')}/{number % 5}"]
        self._send("POST", "/pictures/batch/tags", 200, json={"selection": {"include": [picture]}, "add": paths})
        if number % 3 == 0:
            content = photo(number + 500_000, size=(96, 64))
            self._send("PUT", f"/pictures/{picture}/file", 200, data=content, headers={"Content-Type": "image/jpeg"})
        if number % 2:
            self._send("DELETE", f"/pictures/{picture}", 200)
            self._send("POST", "/trash/purge", 200, json={"ids": [picture]})
            self.purged += 1
        else:
            self.kept[picture] = content

    def _send(self, method: str, path: str, status: int, **keywords: object) -> requests.Response:
        answer = self.user.request(method, path, **keywords)
        if answer.status_code != status:
            self.failed.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


@contextmanager
def working(user: User, *, people: int = 2) -> Iterator[list[Work]]:
    """People who work until the block ends, and a sweep that never rests."""
    stop = threading.Event()
    works = [Work(user, 600_000 + 10_000 * number) for number in range(people)]
    threads = [threading.Thread(target=work.go, args=(stop,)) for work in works]
    threads.append(threading.Thread(target=lambda: asyncio.run(_sweep(user.server.data, stop))))
    for thread in threads:
        thread.start()
    try:
        yield works
    finally:
        stop.set()
        for thread in threads:
            thread.join()


async def _sweep(data: Path, stop: threading.Event) -> None:
    async with library_tools(load_settings({}, data=str(data))) as tools:
        sweeper = BlobSweeper(tools.database, tools.storage)
        while not stop.is_set():
            await sweeper.sweep_condemned()
            await asyncio.sleep(0.01)
