"""A person leaves one server with everything and arrives at another, by the command line alone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import make_photos
from tests.exchange.home import Export, table
from tests.rig.server import Server, User, archypix

WITHIN = 120.0


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """A server with workers for the time of a block."""
    server = Server(data, arguments=("--workers", "2")).start(within=WITHIN)
    try:
        yield server
    finally:
        server.stop()


def settled(user: User) -> list[dict[str, Any]]:
    """The library, once nothing waits to be looked at or written into files."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        items = [user.get(f"/pictures/{item['id']}").json() for item in user.pictures()]
        if not any(item["state"] == "processing" or item["metadata_state"] == "pending" for item in items):
            return items
        time.sleep(0.2)
    raise TimeoutError(f"not within {WITHIN} s")


@pytest.fixture
def left(tmp_path: Path) -> tuple[Export, dict[str, dict[str, Any]]]:
    """What somebody exported from a running server, and their library as it was."""
    with serving(tmp_path / "here") as server:
        return leave(server, tmp_path)


def leave(server: Server, tmp_path: Path) -> tuple[Export, dict[str, dict[str, Any]]]:
    """Somebody puts pictures in, edits some, and exports all."""
    alice = server.create_user("alice")
    photos = make_photos(tmp_path / "photos", count=6, seed=23, size="160x120")
    done = archypix("import", str(photos), "--user", alice.name, "--tag", "/Trips/Alps", data=server.data)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second, *_ = alice.pictures()
    assert alice.patch(f"/pictures/{first['id']}", json={"title": "Two goats", "rating": 5}).status_code == 200
    assert alice.patch(f"/pictures/{second['id']}", json={"captured_at": "2001-02-03T04:05:06"}).status_code == 200
    before = {item["filename"]: item for item in settled(alice)}
    assert before[first["filename"]]["metadata_state"] == "synced"

    done = archypix("export", alice.name, str(tmp_path / "out"), data=server.data)
    assert done.returncode == 0, done.stdout + done.stderr
    export = Export(tmp_path / "out", done.stdout)
    export.check()
    return export, before


def test_a_library_goes_to_another_server_and_is_the_same_there(
    left: tuple[Export, dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    (export, before), elsewhere = left, tmp_path / "there"
    assert archypix("user", "create", "anna", data=elsewhere).returncode == 0
    for expected in ({"new": 6, "known": 0}, {"new": 0, "known": 6}):
        done = archypix("import", str(export.folder), "--user", "anna", data=elsewhere)
        assert done.returncode == 0, done.stdout + done.stderr
        assert table(done.stdout).items() >= expected.items()
    # Without a server too, and the same comes out.
    done = archypix("export", "anna", str(tmp_path / "again"), data=elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    Export(tmp_path / "again", done.stdout).check()

    with serving(elsewhere) as other:
        token = archypix("token", "create", "anna", data=elsewhere).stdout.split()[-1]
        anna = User(other, "anna", token)
        after = {item["filename"]: item for item in settled(anna)}
        assert set(after) == set(before)
        for name, item in after.items():
            for field in ("sha256", "captured_at", "title", "rating", "tags", "edited_fields", "state", "camera_model"):
                assert item[field] == before[name][field], (name, field)
            original = anna.get(f"/pictures/{item['id']}/file", params={"variant": "original"})
            assert hashlib.sha256(original.content).hexdigest() == before[name]["sha256"]
    assert archypix("doctor", data=elsewhere).returncode == 0
