"""All benchmarks, one after another: `make bench`. Each prints ratios against a named reference of the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def run(module: str, *words: str) -> int:
    """Run one benchmark; its exit status."""
    print(f"\n== {module}", flush=True)
    return subprocess.run([sys.executable, "-m", f"tests.benchmarks.{module}", *words], check=False).returncode


@contextmanager
def database() -> Iterator[str]:
    """Address of a throw-away PostgreSQL, for generated libraries."""
    with tempfile.TemporaryDirectory(prefix="archypix-bench-") as folder:
        command = [sys.executable, "-m", "tests.embedded", folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            yield json.loads(process.stdout.readline())["postgres"]
            process.stdin.close()


def main() -> int:
    statuses = [
        run("bench_media"),
        run("bench_import"),
        run("bench_pipeline"),
        run("bench_inbox"),
        run("bench_resolver"),
    ]
    with database() as server:
        statuses.append(run("bench_lists", "--server", server))
        statuses.append(run("bench_organise", "--server", server))
        statuses.append(run("bench_delivery", "--server", server))
        statuses.append(run("bench_shares", "--server", server))
        statuses.append(run("bench_webdav", "--server", server))
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
