"""The files of an installation move to S3 and back by a command, and everything is served from where it is then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.rig.server import Server, User, archypix, running


@pytest.fixture
def bucket(moto: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {
        "ARCHYPIX_S3_ENDPOINT": moto["endpoint"],
        "ARCHYPIX_S3_BUCKET": "migration-" + "".join(c for c in tmp_path.name.lower() if c.isalnum())[-30:],
        "ARCHYPIX_S3_ACCESS_KEY": moto["access_key"],
        "ARCHYPIX_S3_SECRET_KEY": moto["secret_key"],
    }


def check(server: Server, token: str, photos: Path) -> None:
    alice = User(server, "alice", token)
    listed = alice.pictures()
    assert len(listed) == 12
    for item in listed:
        assert alice.get(f"/pictures/{item['id']}/file").content == (photos / item["filename"]).read_bytes()
        assert alice.get(item["thumbnails"]["medium"]).headers["Content-Type"] == "image/webp"


def test_to_s3_and_back(tmp_path: Path, photos: Path, bucket: dict[str, str]) -> None:
    data = tmp_path / "data"
    with running(data, arguments=("--workers", "1")) as server:
        token = str(server.create_user("alice").headers["Authorization"]).removeprefix("Bearer ")
        assert archypix("import", str(photos), "--user", "alice", data=data).returncode == 0
        refused = archypix("storage", "migrate", "--to", "s3", data=data, env=bucket)
        assert refused.returncode == 1
        assert "Stop the server first" in refused.stderr

    moved = archypix("storage", "migrate", "--to", "s3", data=data, env=bucket)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    again = archypix("storage", "migrate", "--to", "s3", data=data, env=bucket)
    assert again.stdout.split()[:4] == ["copied", "0", "present", "48"], again.stdout
    (data / "files").rename(data / "files.before")
    with running(data, env=bucket, arguments=("--workers", "1")) as server:
        check(server, token, photos)

    shutil.rmtree(data / "files")
    back = archypix("storage", "migrate", "--to", "local", data=data, env=bucket)
    assert back.returncode == 0, back.stdout + back.stderr
    with running(data, arguments=("--workers", "1")) as server:
        check(server, token, photos)
    checked = archypix("doctor", "--deep", data=data)
    assert checked.returncode == 0, checked.stdout
