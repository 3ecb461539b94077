"""`doctor` finds nothing where all is well, and names whatever was damaged behind the server's back."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from archypix.core.runtime.services import services
from archypix.core.settings import load_settings
from tests.rig.server import archypix, running


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Path:
    """A data directory with twelve pictures in it, to be copied."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    with running(data, arguments=("--workers", "2")) as server:
        server.create_user("alice")
        done = archypix("import", str(photos), "--user", "alice", "--tag", "/A/B", data=data)
        assert done.returncode == 0, done.stdout + done.stderr
        assert findings(data) == (0, [])
    return data


@pytest.fixture
def stocked(tmp_path: Path, prepared: Path) -> Path:
    """A data directory with twelve pictures in it, no server running."""
    # Owners and all: the database runs as a user of its own.
    subprocess.run(["cp", "-a", str(prepared), str(tmp_path / "data")], check=True, timeout=300)
    return tmp_path / "data"


def findings(data: Path, *words: str) -> tuple[int, list[str]]:
    done = archypix("doctor", "--json", *words, data=data)
    return done.returncode, [each["kind"] for each in json.loads(done.stdout)["findings"]]


def originals(data: Path) -> list[Path]:
    return sorted(path for path in (data / "files" / "blobs").rglob("*") if path.is_file())


def lose_an_original(data: Path) -> None:
    originals(data)[0].unlink()


def cut_an_original(data: Path) -> None:
    originals(data)[0].write_bytes(b"x")


def leave_a_stranger(data: Path) -> None:
    target = originals(data)[0].parent / ("ab" * 32 + "-01234567")
    target.write_bytes(b"nobody knows me")


def lose_a_thumbnail(data: Path) -> None:
    next(path for path in (data / "files" / "thumbs").rglob("small.webp")).unlink()


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lose_an_original, "a stored file that is missing"),
        (cut_an_original, "a stored file of the wrong size"),
        (leave_a_stranger, "an object in storage that no row knows"),
        (lose_a_thumbnail, "a thumbnail that is missing"),
    ],
)
def test_damaged_files_are_named(stocked: Path, damage: Callable[[Path], None], kind: str) -> None:
    assert findings(stocked, "--deep") == (0, [])
    damage(stocked)
    assert findings(stocked) == (1, [kind])


def test_bytes_that_rot_are_found_by_reading_them(stocked: Path) -> None:
    victim = originals(stocked)[0]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert findings(stocked) == (0, [])
    assert findings(stocked, "--deep") == (1, ["a stored file with the wrong bytes"])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE libraries SET original_bytes = original_bytes + 1", "a counter of a library that is wrong"),
        ("UPDATE libraries SET picture_count = picture_count + 1", "a counter of a library that is wrong"),
        ("UPDATE tags SET total = total + 1 WHERE name = 'B'", "a counter of a tag that is wrong"),
        ("UPDATE timeline_counts SET total = total + 1 WHERE ctid = (SELECT ctid FROM timeline_counts LIMIT 1)",
         "a count of the timeline that is wrong"),
        ("UPDATE pictures SET state = 'processing' WHERE id = (SELECT id FROM pictures LIMIT 1)",
         "a picture that waits for nobody"),
    ],
)  # fmt: skip
async def test_wrong_rows_are_named(stocked: Path, statement: str, kind: str) -> None:
    async with services(load_settings({}, data=stocked)) as endpoints:
        connection = await asyncpg.connect(endpoints.database_url)
        await connection.execute(statement)
        await connection.close()
        assert await asyncio.to_thread(findings, stocked) == (1, [kind])
