"""A server that is killed while devices write: what was answered is there, and nothing is there by half."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import requests

from tests.rig.server import Server
from tests.webdav.client import Drive, etag, open_drive
from tests.webdav.mkpics import jpeg
from tests.webdav.people import people_of

KILLS = 2


class Writer(threading.Thread):
    """A device that puts file after file, and renames every other one, until its server is gone."""

    def __init__(self, drive: Drive, kept: dict[str, bytes], stem: str) -> None:
        super().__init__(daemon=True)
        self._drive = drive
        self._kept = kept
        self._stem = stem
        self.count = 0

    def run(self) -> None:
        for number in itertools.count():
            path, content = f"/Alps/{self._stem}-{number}.jpg", jpeg(40_000, f"{self._stem} {number}")
            try:
                assert self._drive.ask("PUT", path, data=content).status_code == 201
                self._kept[path] = content
                self.count += 1
                if number % 2:
                    target = path.replace(".jpg", "-renamed.jpg")
                    del self._kept[path]
                    answer = self._drive.ask("MOVE", path, headers={"Destination": self._drive.at(target)})
                    assert answer.status_code == 201
                    self._kept[target] = content
            except requests.RequestException:
                return


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", arguments=("--no-workers",)).start(within=120)
    try:
        user = people_of(server).make()
        drive = open_drive(user)
        assert drive.ask("MKCOL", "/Alps/").status_code == 201
        kept: dict[str, bytes] = {}
        for kill in range(KILLS):
            writers = [Writer(Drive(server, drive.username, drive.token), kept, f"{kill}-{n}") for n in range(3)]
            for writer in writers:
                writer.start()
            deadline = time.monotonic() + 120
            while sum(writer.count for writer in writers) < 8:
                assert time.monotonic() < deadline, "nothing is written"
                time.sleep(0.01)
            server.kill()
            for writer in writers:
                writer.join(60)
            server.start(within=120)
        listed = {path: entry for path, entry in drive.list("/Alps/").items() if not entry.is_folder}
        assert set(kept) <= set(listed)
        for path, entry in listed.items():
            content = drive.ask("GET", path).content
            assert etag(content) == entry.text("getetag")
            assert content == kept.get(path, content)
    finally:
        if server.runs:
            server.stop(within=60)
