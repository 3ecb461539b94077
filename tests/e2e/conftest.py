"""One server for the stories that do not kill it, and photographs to put in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.server import Server, User, running

TOOLS = Path(__file__).parents[1] / "tools"


def make_photos(folder: Path, *, count: int, seed: int, size: str = "320x240") -> Path:
    """`count` small photo-like JPEGs with camera metadata, a function of `seed` alone."""
    command = [sys.executable, str(TOOLS / "make_photos.py"), str(folder), "--count", str(count)]
    subprocess.run(
        [*command, "--seed", str(seed), "--size", size, "--quality", "80", "--jobs", "1"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    (folder / "manifest.csv").unlink()
    return folder


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve photographs in a folder."""
    return make_photos(tmp_path_factory.mktemp("photos"), count=12, seed=7)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with two workers."""
    with running(tmp_path_factory.mktemp("data"), arguments=("--workers", "2")) as server:
        yield server


@pytest.fixture
def new_user(server: Server, request: pytest.FixtureRequest) -> Callable[[], User]:
    """Makes a user of its own for a test."""
    names = iter(range(1000))

    def make() -> User:
        stem = "".join(c for c in request.node.name.lower() if c.isalnum())[-20:]
        return server.create_user(f"{stem}_{next(names)}")

    return make
