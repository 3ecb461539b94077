"""What examining a picture costs, against a bare loop that only decodes and writes the three thumbnails.

    python -m tests.benchmarks.bench_media [FOLDER] [--count 40] [--rounds 3]

Both run as two processes side by side, over the same JPEGs (made by `tests/tools/make_photos.py` when the folder has
none), with the same sizes and encoder settings. Printed: CPU and wall seconds a picture, and the ratio of CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from archypix.media.thumbnails import ENCODING, SIZES

PROCESSES = 2
TOOL = Path(__file__).parents[1] / "tools" / "make_photos.py"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds a picture: CPU of all processes, wall time of the whole loop divided by the number of pictures."""

    cpu: float
    wall: float


def bare_loop(files: list[Path], folder: Path) -> None:
    """Decode each picture once and write its three thumbnails, with nothing but pyvips."""
    import pyvips  # noqa: PLC0415 - the full loop is measured without what the bare one needs, and the other way round

    pyvips.cache_set_max(0)
    for file in files:
        edge = SIZES["large"]
        image = pyvips.Image.thumbnail(str(file), edge, height=edge, size="down").copy_memory()
        for name, edge in SIZES.items():
            if max(image.width, image.height) > edge:
                image = image.thumbnail_image(edge, height=edge, size="down").copy_memory()
            image.webpsave(str(folder / f"{name}.webp"), **ENCODING)


def full_loop(files: list[Path], folder: Path) -> None:
    """Examine each picture."""
    from archypix.media.examine import examine  # noqa: PLC0415

    for file in files:
        examination = examine(file, filename=file.name, thumbnails_into=folder)
        assert examination.failure is None, examination.failure


LOOPS = {"bare": bare_loop, "full": full_loop}


def measure(loop: str, files: list[Path]) -> Cost:
    """Run a loop over `files`, shared out to two processes."""
    environment = os.environ | {"VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "1"}
    began = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.bench_media", "--run", loop]
    children = [
        subprocess.Popen(
            [*command, *map(str, files[number::PROCESSES])],
            stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2],
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    cpu = sum(json.loads(child.communicate()[0]) for child in children)
    wall = time.perf_counter() - began
    if any(child.returncode for child in children):
        raise RuntimeError(f"the {loop} loop failed")
    return Cost(cpu / len(files), wall / len(files))


def compare(files: list[Path], rounds: int = 3) -> dict[str, Cost]:
    """The least cost of each loop over a number of alternating rounds."""
    best: dict[str, Cost] = {}
    for _ in range(rounds):
        for loop in LOOPS:
            cost = measure(loop, files)
            best[loop] = min(best.get(loop, cost), cost, key=lambda each: each.cpu)
    return best


def pictures(folder: Path, count: int) -> list[Path]:
    """`count` JPEGs of 12 megapixels in a folder, made there when they are missing."""
    found = sorted(folder.glob("*.jpg"))
    if len(found) < count:
        subprocess.run([sys.executable, str(TOOL), str(folder), "--count", str(count)], check=True)
        found = sorted(folder.glob("*.jpg"))
    return found[:count]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(tempfile.gettempdir()) / "archypix-bench-photos")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    costs = compare(pictures(arguments.folder, arguments.count), arguments.rounds)
    for loop, cost in costs.items():
        print(f"{loop}: {cost.cpu * 1000:.1f} ms CPU, {cost.wall * 1000:.1f} ms wall a picture, {PROCESSES} processes")
    print(f"ratio of CPU, full to bare: {costs['full'].cpu / costs['bare'].cpu:.3f} (at most 1.15 wanted)")
    return 0


def run_child(loop: str, files: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        LOOPS[loop]([Path(file) for file in files], Path(folder))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(usage.ru_utime + usage.ru_stime)
    return 0


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[2], sys.argv[3:]) if sys.argv[1:2] == ["--run"] else main())
