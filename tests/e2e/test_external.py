"""Two servers with a worker each, on one PostgreSQL, one Redis and one S3 store, are one installation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.e2e.test_import import table
from tests.rig.server import Server, User, archypix, running

Pair = tuple[Server, Server, dict[str, str]]


@pytest.fixture
def pair(database_url: str, redis_url: str, radosgw: dict[str, str], tmp_path: Path) -> Iterator[Pair]:
    """Two servers that share everything but their data directories."""
    env = {
        "ARCHYPIX_DATABASE_URL": database_url,
        "ARCHYPIX_REDIS_URL": redis_url,
        "ARCHYPIX_S3_ENDPOINT": radosgw["endpoint"],
        "ARCHYPIX_S3_BUCKET": f"pair-{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}",
        "ARCHYPIX_S3_ACCESS_KEY": radosgw["access_key"],
        "ARCHYPIX_S3_SECRET_KEY": radosgw["secret_key"],
    }
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(running(tmp_path / name, env=env, arguments=("--workers", "1"))) for name in "ab"
        )
        yield one, two, env


def test_what_goes_in_at_one_server_is_served_by_the_other(pair: Pair, photos: Path) -> None:
    one, two, env = pair
    alice = one.create_user("alice")
    beside = User(two, "alice", str(alice.headers["Authorization"]).removeprefix("Bearer "))
    done = archypix("import", str(photos), "--user", "alice", "--tag", "/Both", data=one.data, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert table(done.stdout)["new"] == 12
    sent = {path.name: path.read_bytes() for path in photos.iterdir()}
    for user in (alice, beside):
        listed = user.pictures(tag="/Both")
        assert len(listed) == 12
        assert {item["state"] for item in listed} == {"ready"}
        for item in listed:
            original = user.get(f"/pictures/{item['id']}/file")
            assert original.content == sent[item["filename"]]
            assert user.get(item["thumbnails"]["small"]).headers["Content-Type"] == "image/webp"
    # A page of one server goes on at the other.
    first = alice.get("/pictures", params={"limit": 7}).json()
    second = beside.get("/pictures", params={"limit": 7, "cursor": first["next"]}).json()
    assert len({item["id"] for item in first["items"] + second["items"]}) == 12
    checked = archypix("doctor", "--deep", "--json", data=two.data, env=env)
    assert checked.returncode == 0, checked.stdout


def test_a_batch_announced_at_one_server_completes_at_the_other(pair: Pair, photos: Path) -> None:
    one, two, _ = pair
    alice = one.create_user("alice")
    beside = User(two, "alice", str(alice.headers["Authorization"]).removeprefix("Bearer "))
    path, *_ = sorted(photos.iterdir())
    content = path.read_bytes()
    file = {"filename": path.name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (planned,) = alice.post("/uploads", json={"files": [file]}).json()["items"]
    for part in planned["parts"]:
        assert requests.put(part["url"], data=content, timeout=60).status_code == 200
    completed = beside.post(f"/uploads/{planned['id']}/complete")
    assert completed.status_code in (200, 201), completed.text
    (again,) = beside.post("/uploads", json={"files": [file]}).json()["items"]
    assert again["known"] is True
    alice.wait_ready()
    assert alice.get(f"/pictures/{completed.json()['id']}/file").content == content


def test_one_server_going_leaves_the_other_working(pair: Pair, photos: Path) -> None:
    one, two, env = pair
    alice = two.create_user("alice")
    one.kill()
    done = archypix("import", str(photos), "--user", "alice", data=two.data, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {item["state"] for item in alice.pictures()} == {"ready"}
    report = json.loads(archypix("doctor", "--json", data=two.data, env=env).stdout)
    assert report["ok"], report
