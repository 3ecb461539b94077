"""Generated requests, good and bad, against the served OpenAPI document: none of them makes the server fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.server import Server, User, environment, running

# These may end the token that the requests are made with, so they come in a run of their own.
SUICIDAL = (
    "/api/v1/account/tokens/{token_id}",
    "/api/v1/admin/accounts/{name}",
    "/api/v1/admin/accounts/{name}/password",
)


def fuzz(server: Server, user: User, *choice: str, examples: int) -> str:
    """Run schemathesis; its output. Fails on any answer of 500 and above."""
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json",
            "--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing",
            "--max-examples", str(examples), "--request-timeout", "120",
            # One at a time: on Python 3.11 the parser that generators of cases rely on is not safe among threads.
            "--workers", "1",
            "-H", f"Authorization: {user.headers['Authorization']!s}", *choice,
        ],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=2400,
        check=False,
    )  # fmt: skip
    failed = [line for line in server.log if "status=5" in line or "Traceback" in line]
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert failed == []
    return done.stdout


@pytest.mark.long
def test_no_request_makes_the_server_fail(tmp_path: Path, photos: Path) -> None:
    with running(tmp_path / "data", arguments=("--workers", "1")) as server:
        root = server.create_user("root", "--admin")
        for photo in list(photos.iterdir())[:3]:
            root.upload(photo, tags=["/Some/Tag"])
        root.wait_ready()
        left_out = [word for path in ("/api/v1/events", *SUICIDAL) for word in ("--exclude-path", path)]
        output = fuzz(server, root, *left_out, examples=5)
        assert "generated" in output
        assert root.get("/pictures").status_code == 200, "the token was lost on the way, so little was tried"
        fuzz(server, root, *[word for path in SUICIDAL for word in ("--include-path", path)], examples=5)
