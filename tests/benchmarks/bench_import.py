"""An import of 300 photographs of 12 megapixels, against a bare loop that only decodes and writes the thumbnails.

    python -m tests.benchmarks.bench_import [FOLDER] [--count 300]

The bare loop runs in two processes on the same files with the same sizes and encoder settings (`bench_media`). Printed:
the ratio of the bare loop's time to that of the import (start of the command to the last thumbnail), when the first
thumbnail could be fetched, and the most memory that all processes together held (PSS). Then a list of 200 is asked for
while more photographs are imported, against the same list on the quiet server.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from tests.benchmarks.bench_media import measure, pictures
from tests.rig.server import Server, User, environment, running

LISTS = 60
MORE = 60


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds from the start of the command, and bytes."""

    first_thumbnail: float
    whole: float
    memory: int
    quiet_list: float
    busy_list: float


def first_thumbnail(user: User, events: requests.Response, began: float) -> float:
    """Seconds from `began` until an open page, which listens to events, has fetched a thumbnail of any picture."""
    for line in events.iter_lines(chunk_size=1):
        if line == b"event: picture.ready":
            items = user.get("/pictures", params={"limit": 1, "state": "ready"}).json()["items"]
            if items and user.get(items[0]["thumbnails"]["small"]).status_code == 200:
                events.close()
                return time.perf_counter() - began
    raise RuntimeError("the stream of events ended")


def run_import(folder: Path, count: int) -> Result:
    """Import into a fresh server."""
    with tempfile.TemporaryDirectory() as data, running(Path(data), arguments=("--workers", "2"), anew=True) as server:
        user = server.create_user("bench")
        peak = Peak(server)
        events = user.get("/events", stream=True)
        began = time.perf_counter()
        process = start_import(folder, data)
        peak.watch(process.pid)
        first = first_thumbnail(user, events, began)
        if process.wait() != 0:
            raise RuntimeError("the import failed")
        whole = time.perf_counter() - began
        memory = peak.end()
        ready = user.pictures(state="ready")
        if len(ready) != count:
            raise RuntimeError(f"{len(ready)} of {count} pictures are ready")
        quiet = statistics.median(list_seconds(user) for _ in range(LISTS))
        return Result(first, whole, memory, quiet, busy_list(user, folder, data))


def start_import(folder: Path, data: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "archypix.cli", "import", str(folder), "--user", "bench", "--data", data]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def list_seconds(user: User) -> float:
    """How long a page of 200 takes."""
    began = time.perf_counter()
    user.get("/pictures", params={"limit": 200}).raise_for_status()
    return time.perf_counter() - began


def busy_list(user: User, folder: Path, data: str) -> float:
    """The median time of a page of 200 while photographs come in that the server does not have."""
    with tempfile.TemporaryDirectory() as more:
        for file in sorted(folder.iterdir())[:MORE]:
            # Bytes behind the end of a JPEG make it another file.
            (Path(more) / file.name).write_bytes(file.read_bytes() + os.urandom(16))
        process = start_import(Path(more), data)
        found = []
        while process.poll() is None:
            found.append(list_seconds(user))
            time.sleep(0.05)
        return statistics.median(found)


class Peak:
    """The most memory of a server's processes and one command, looked at once a second: looking costs time itself."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._most = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, command: int) -> None:
        """Begin, with the command's process counted in."""
        self._thread = threading.Thread(target=self._look, args=(command,))
        self._thread.start()

    def _look(self, command: int) -> None:
        while not self._ended.wait(1.0):
            total = self._server.memory()
            try:
                total += psutil.Process(command).memory_full_info().pss
            except psutil.NoSuchProcess:
                pass
            self._most = max(self._most, total)

    def end(self) -> int:
        """Stop looking; bytes."""
        assert self._thread is not None
        self._ended.set()
        self._thread.join()
        return self._most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(tempfile.gettempdir()) / "archypix-bench-photos")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    files = pictures(arguments.folder, arguments.count)
    for _ in range(arguments.rounds):
        bare = measure("bare", files)
        with tempfile.TemporaryDirectory(dir=arguments.folder.parent) as chosen:
            for file in files:
                os.link(file, Path(chosen) / file.name)
            result = run_import(Path(chosen), len(files))
        print(f"bare loop: {bare.wall * len(files):.1f} s for {len(files)} pictures")
        print(f"import: {result.whole:.1f} s; ratio {bare.wall * len(files) / result.whole:.2f} (at least 0.7 wanted)")
        print(f"first thumbnail after {result.first_thumbnail:.2f} s (at most 1 wanted)")
        print(f"memory of all processes: {result.memory / 1e6:.0f} MB at most (under 700 wanted)")
        ratio = result.busy_list / result.quiet_list
        print(f"list of 200 during an import: {ratio:.2f} of the quiet figure (at most 3 wanted)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
