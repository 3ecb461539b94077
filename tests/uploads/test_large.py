"""A large file passes through a real server without growing it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.rig.server import running

SIZE = 100 << 20
BLOCK = hashlib.shake_256(b"block").digest(1 << 20)


class Peak:
    """A body that looks, at every MiB it hands out, how much memory the server has."""

    def __init__(self, process: psutil.Process, first: bytes) -> None:
        self._process = process
        self._first = first
        self.most = 0

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        for _ in range(SIZE >> 20):
            self.most = max(self.most, self._process.memory_info().rss)
            yield BLOCK


def test_memory_stays_flat_while_a_large_file_comes_in(tmp_path: Path) -> None:
    with running(tmp_path / "data", arguments=("--no-workers",)) as server:
        alice = server.create_user("alice")
        process = psutil.Process(server.pid)
        small = alice.post("/pictures", data=b"\xff\xd8\xff", headers={"Content-Type": "image/jpeg"})
        assert small.status_code == 201
        before = process.memory_info().rss
        raw = Peak(process, b"\xff\xd8\xff\x00")
        answer = alice.post("/pictures", data=iter(raw), headers={"Content-Type": "image/jpeg"}, timeout=120)
        assert (answer.status_code, answer.json()["size"]) == (201, SIZE + 4)
        assert raw.most - before < 30 << 20
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'

        def form(body: Peak) -> Iterator[bytes]:
            yield head
            yield from body
            yield b"\r\n--b--\r\n"

        parts = Peak(process, b"\xff\xd8\xff\x01")
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = alice.post("/pictures", data=form(parts), headers=headers, timeout=120)
        assert (answer.status_code, answer.json()["filename"]) == (201, "a.jpg")
        assert parts.most - before < 30 << 20
