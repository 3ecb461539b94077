"""What ten tagging services of ten rules add to an import of 1,000 photographs of 12 megapixels.

    python -m tests.benchmarks.bench_pipeline [FOLDER] [--count 1000] [--rounds 1]

The same photographs are imported into two fresh servers, one without services and one with ten. Timed is from the start
of the command to the moment when every picture has its thumbnails and, with services, the tags that the rules give.
Printed: the ratio of the two times.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.bench_import import start_import
from tests.benchmarks.bench_media import pictures
from tests.rig.server import User, running

SOURCES = 300
SERVICES = 10
RULES = 10


@contextmanager
def photographs(folder: Path, count: int) -> Iterator[Path]:
    """A folder with `count` different files, from the photographs in `folder`."""
    files = pictures(folder, min(count, SOURCES))
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        for number in range(count):
            source = files[number % len(files)]
            # Bytes behind the end of a JPEG make it another file.
            (Path(made) / f"{number:05}.jpg").write_bytes(source.read_bytes() + os.urandom(16))
        yield Path(made)


def make_services(user: User) -> None:
    """Ten services, of which every one gives each picture one tag by one of its ten rules."""
    for number in range(SERVICES):
        rules = [
            {"when": {"field": "filename", "glob": f"*{digit}.jpg"}, "tag": f"/Auto/Service {number}/Digit {digit}"}
            for digit in range(RULES)
        ]
        body = {"kind": "rule", "name": f"Service {number}", "config": {"rules": rules}}
        answer = user.post("/services", json=body)
        assert answer.status_code == 201, answer.text


def run(folder: Path, count: int, *, services: bool) -> float:
    """Seconds that an import into a fresh server takes."""
    with tempfile.TemporaryDirectory() as data, running(Path(data), arguments=("--workers", "2"), anew=True) as server:
        user = server.create_user("bench")
        if services:
            make_services(user)
        began = time.perf_counter()
        if start_import(folder, data).wait() != 0:
            raise RuntimeError("the import failed")
        while services and tagged(user) < count * SERVICES:
            time.sleep(0.05)
        took = time.perf_counter() - began
        ready = len(user.pictures(state="ready"))
        if ready != count:
            raise RuntimeError(f"{ready} of {count} pictures are ready")
        return took


def tagged(user: User) -> int:
    """How many tags of services pictures carry."""
    items = user.get("/tags").json()["items"]
    return sum(item["count"] for item in items if item["path"].startswith("/Auto/"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(tempfile.gettempdir()) / "archypix-bench-photos")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    with photographs(arguments.folder, arguments.count) as folder:
        for _ in range(arguments.rounds):
            without = run(folder, arguments.count, services=False)
            with_them = run(folder, arguments.count, services=True)
            print(
                f"import of {arguments.count} photographs: {without:.1f} s, with {SERVICES} services of {RULES} rules"
                f" {with_them:.1f} s; ratio {with_them / without:.3f} (at most 1.10 wanted)",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
