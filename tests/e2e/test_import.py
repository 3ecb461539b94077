"""A folder goes in by the command line and is found again."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.conftest import make_photos
from tests.rig.server import Server, User, archypix, environment

NewUser = Callable[[], User]
MOST_STARTS = 10


def table(output: str) -> dict[str, int]:
    """The counts at the end of an import, by their names."""
    rows = {}
    for line in output.splitlines():
        name, _, count = line.rpartition("  ")
        if count.strip().isdigit():
            rows[name.strip()] = int(count)
    return rows


def test_originals_come_back_bit_for_bit_with_thumbnails_metadata_and_tags(
    server: Server, new_user: NewUser, photos: Path, tmp_path: Path
) -> None:
    alice = new_user()
    folder = tmp_path / "in"
    shutil.copytree(photos, folder / "2020" / "Alps")
    done = archypix(
        "import", str(folder), "--user", alice.name, "--tag", "/Photos", "--folders-as-tags", data=server.data
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert table(done.stdout) == {"new": 12, "known": 0, "in trash": 0, "failed": 0}

    listed = alice.pictures()
    sent = {path.name: path.read_bytes() for path in photos.iterdir()}
    assert {item["filename"] for item in listed} == set(sent)
    for item in listed:
        assert item["state"] == "ready"
        assert item["tags"] == ["/Photos/2020/Alps"]
        assert item["captured_at"] is not None
        assert item["blurhash"]
        assert {item["width"], item["height"]} == {320, 240}
        original = alice.get(f"/pictures/{item['id']}/file", params={"variant": "original"})
        assert original.content == sent[item["filename"]]
        assert hashlib.sha256(original.content).hexdigest() == item["sha256"]
        for variant in ("small", "medium", "large"):
            thumbnail = alice.get(item["thumbnails"][variant])
            assert thumbnail.status_code == 200
            assert thumbnail.headers["Content-Type"] == "image/webp"
            assert thumbnail.content[8:12] == b"WEBP"
    captured = [item["captured_at"] for item in listed]
    assert captured == sorted(captured, reverse=True)

    log = "\n".join(server.log)
    assert str(alice.headers["Authorization"]).removeprefix("Bearer ") not in log
    assert listed[0]["thumbnails"]["small"].partition("s=")[2] not in log

    tags = {tag["path"]: (tag["count"], tag["total"]) for tag in alice.get("/tags").json()["items"]}
    assert tags == {"/Photos": (0, 12), "/Photos/2020": (0, 12), "/Photos/2020/Alps": (12, 12)}
    assert len(alice.pictures(tag="/Photos/2020")) == 12


def test_a_second_import_knows_everything_and_says_what_is_in_the_trash(
    server: Server, new_user: NewUser, photos: Path
) -> None:
    alice = new_user()
    archypix("import", str(photos), "--user", alice.name, data=server.data)
    first, *_ = alice.pictures()
    assert alice.delete(f"/pictures/{first['id']}").status_code in (200, 204)
    again = archypix("import", str(photos), "--user", alice.name, data=server.data)
    assert again.returncode == 0
    assert table(again.stdout) == {"new": 0, "known": 11, "in trash": 1, "failed": 0}
    assert len(alice.pictures()) == 11


def test_what_cannot_be_taken_is_named_with_its_reason(server: Server, new_user: NewUser, tmp_path: Path) -> None:
    alice = new_user()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("no picture at all")
    done = archypix("import", str(tmp_path), "--user", alice.name, data=server.data)
    assert done.returncode == 1
    assert table(done.stdout)["failed"] == 1
    assert table(done.stdout)["kept, but cannot be shown"] == 1
    assert "empty.jpg" in done.stdout
    (kept,) = alice.pictures()
    assert kept["state"] == "failed"
    file = alice.get(f"/pictures/{kept['id']}/file", params={"variant": "original"})
    assert file.content == b"no picture at all"


def test_wrong_calls_are_refused_with_a_sentence(server: Server, tmp_path: Path) -> None:
    nobody = archypix("import", str(tmp_path), "--user", "nobody_of_that_name", data=server.data)
    assert nobody.returncode == 1
    assert "nobody_of_that_name" in nobody.stderr
    nowhere = archypix("import", str(tmp_path / "none"), "--user", "x", data=server.data)
    assert nowhere.returncode == 1
    assert "is not a folder" in nowhere.stderr
    assert "Traceback" not in nobody.stderr + nowhere.stderr


def test_ctrl_c_stops_it_and_the_next_run_goes_on(server: Server, new_user: NewUser, tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "many", count=80, seed=11, size="160x120")
    for _ in range(MOST_STARTS):
        alice = new_user()
        words = ["import", str(folder), "--user", alice.name, "--data", str(server.data)]
        process = subprocess.Popen(
            [sys.executable, "-m", "archypix.cli", *words],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not alice.get("/pictures", params={"limit": 1}).json()["items"]:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=120)
        # Where all was taken before the signal came there is nothing to stop.
        if table(output)["new"] < 80:
            break
    assert process.returncode == 130, output + errors
    assert "run the same command again" in output
    taken = table(output)["new"]
    again = archypix(*words[:-2], data=server.data)
    assert again.returncode == 0, again.stdout + again.stderr
    assert table(again.stdout)["new"] == 80 - taken
    assert table(again.stdout)["known"] == taken
    assert len(alice.pictures()) == 80


def test_it_works_while_the_server_does_not_run(tmp_path: Path, photos: Path) -> None:
    data = tmp_path / "data"
    assert archypix("user", "create", "alice", data=data).returncode == 0
    done = archypix("import", str(photos), "--user", "alice", data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert table(done.stdout)["new"] == 12
    assert "the server is not running" in done.stderr.lower()
    assert archypix("doctor", data=data).returncode == 0
