"""litmus, the test suite of Debian for WebDAV servers: all of it, without a warning."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rig.server import User
from tests.webdav.client import open_drive
from tests.webdav.mkpics import jpeg

SCRIPT = Path(__file__).parent / "run_litmus.sh"
TESTS = 104


def run(user: User, folder: Path, uploads: Path | None) -> str:
    """What litmus says of a new drive, and what it complains of."""
    drive = open_drive(user)
    environment = dict(os.environ) | ({"HTDOCS": str(uploads)} if uploads else {})
    done = subprocess.run(
        ["bash", str(SCRIPT), f"{user.server.url}{drive.root}/", drive.username, drive.token, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    complaints = [
        f"{path.stem}: {line}"
        for path in sorted(folder.glob("*.txt"))
        for line in path.read_text(errors="replace").splitlines()
        if "WARNING" in line or "FAIL" in line
    ]
    return "\n".join([done.stdout, *complaints, done.stderr])


@pytest.mark.program("litmus")
@pytest.mark.parametrize("pictures", [False, True], ids=["texts", "pictures"])
def test_all_of_litmus(new_user: Callable[[], User], tmp_path: Path, pictures: bool) -> None:
    uploads = tmp_path / "uploads" if pictures else None
    if uploads is not None:
        uploads.mkdir()
        (uploads / "foo").write_bytes(jpeg(20_000, "litmus"))
    told = run(new_user(), tmp_path / "out", uploads)
    assert f"TOTAL {TESTS}/{TESTS} passed" in told, told
    assert "WARNING" not in told, told
