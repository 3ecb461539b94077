"""One helper process for all processes of a test run: the first that needs it starts it, and ends it last."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

END_WITHIN = 60.0


@contextmanager
def shared(folder: Path, module: str) -> Iterator[dict[str, str]]:
    """Run `python -m MODULE FOLDER`, which prints one line of JSON and lives as long as its input; the JSON."""
    name = module.rpartition(".")[2]
    addresses, process = folder / f"{name}.json", None
    with _locked(folder / f"{name}.users", fcntl.LOCK_SH) as users:
        with _locked(folder / f"{name}.lock", fcntl.LOCK_EX):
            if not addresses.exists():
                process = _start(folder, name, module)
                assert process.stdout is not None
                addresses.write_text(process.stdout.readline())
            told = json.loads(addresses.read_text() or "null")
        if told is None:
            pytest.fail((folder / f"{name}.log").read_text()[-3000:], pytrace=False)
        try:
            yield told
        finally:
            if process is not None:
                fcntl.flock(users, fcntl.LOCK_EX)  # the others are through
                addresses.unlink()
                _stop(process)


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _start(folder: Path, name: str, module: str) -> subprocess.Popen[str]:
    with open(folder / f"{name}.log", "w") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(folder / f"{name}.{os.getpid()}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(END_WITHIN)


@contextmanager
def _locked(path: Path, how: int) -> Iterator[IO[str]]:
    with open(path, "a+") as file:
        fcntl.flock(file, how)
        yield file
