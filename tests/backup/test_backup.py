"""Backups of a server that works, of one that stands, killed ones, damaged ones, and what comes back of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.backup.load import working
from tests.programs import needs_program, needs_root
from tests.rig import commands
from tests.rig.photos import photo
from tests.rig.server import User, archypix, environment, running
from tests.rig.trio import STARTS_WITHIN

BIG = 96 << 20
MOST_STARTS = 10
FILM = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(BIG)


def wait(condition: Callable[[], object], *, within: float = 180.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def backup(root: Path, data: Path, *words: str, status: int = 0, stdin: str | None = None) -> str:
    done = archypix("backup", str(root), *words, data=data, stdin=stdin)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def restore(root: Path, data: Path, *words: str, status: int = 0, stdin: str | None = None) -> str:
    done = archypix("restore", str(root), *words, data=data, stdin=stdin)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def require_whole(data: Path) -> None:
    done = archypix("doctor", "--deep", data=data)
    assert done.returncode == 0, done.stdout + done.stderr


def backups(root: Path) -> list[Path]:
    return sorted((root / "backups").iterdir())


def killed_when(words: list[str], made: Path, condition: Callable[[], object]) -> None:
    """Start a command that makes a folder, and kill it without warning while the condition holds.

    One that was quicker than whoever kills it begins anew.
    """
    for _ in range(MOST_STARTS):
        with open(os.devnull, "wb") as nothing:
            process = commands.start(words, env=environment(), log=nothing)
        wait(lambda process=process: condition() or process.poll() is not None)
        process.send_signal(signal.SIGSTOP)
        held = condition()
        process.kill()
        if process.wait() != -signal.SIGKILL:
            shutil.rmtree(made)
        elif held:
            return
    pytest.fail("it ended each time before it could be killed")


def comes(folder: Path, pattern: str) -> bool:
    """Whether a large file is on its way there."""
    with suppress(FileNotFoundError):
        return any(path.stat().st_size > 1 << 20 for path in folder.glob(pattern))
    return False


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with three small pictures and one large film in it; no server runs."""
    home = tmp_path_factory.mktemp("stocked")
    with running(home / "data", arguments=("--workers", "1"), within=STARTS_WITHIN) as server:
        alice = server.create_user("alice")
        for number in range(3):
            (home / "a.jpg").write_bytes(photo(700 + number))
            assert alice.upload(home / "a.jpg", filename=f"{number}.jpg", tags=["/A"]).status_code == 201
        (home / "film.mp4").write_bytes(FILM)
        assert alice.upload(home / "film.mp4").status_code == 201
        (home / "film.mp4").unlink()
        alice.wait_ready()
    yield home / "data"
    shutil.rmtree(home)


@pytest.fixture
def saved(stocked: Path, tmp_path: Path) -> Path:
    """A folder with one backup of it."""
    backup(tmp_path / "saved", stocked)
    return tmp_path / "saved"


def test_taken_while_everybody_works(tmp_path: Path) -> None:
    data, saved, back = tmp_path / "data", tmp_path / "saved", tmp_path / "back"
    with running(data, arguments=("--workers", "1"), within=STARTS_WITHIN) as server:
        alice = server.create_user("alice", password="a long password")
        with working(alice) as works:
            wait(lambda: all(work.rounds > 4 for work in works))
            for _ in range(2):
                acknowledged = {picture: content for work in works for picture, content in dict(work.kept).items()}
                purged = sum(work.purged for work in works)
                backup(saved, data)
                assert sum(work.purged for work in works) > purged, "nothing was purged meanwhile"
        assert not [failed for work in works for failed in work.failed]
    said = backup(saved, data, "--verify")
    assert "everything is as it was copied" in said
    restore(saved, back)
    require_whole(back)
    with running(back, arguments=("--workers", "1"), within=STARTS_WITHIN) as server:
        again = User(server, "alice", str(alice.headers["Authorization"]).removeprefix("Bearer "))
        again.wait_ready()
        assert len(acknowledged) > 4
        for picture, content in acknowledged.items():
            answer = again.get(f"/pictures/{picture}/file")
            assert answer.status_code == 200, picture
            assert answer.content == content
        # Numbers, keys and jobs go on where they stood.
        server.create_user("bob")
        (tmp_path / "new.jpg").write_bytes(photo(799))
        assert again.upload(tmp_path / "new.jpg", tags=["/New/Tag"]).status_code == 201
        again.wait_ready()
    require_whole(back)


def test_only_what_is_new_is_copied_and_old_backups_go(stocked: Path, saved: Path, tmp_path: Path) -> None:
    (first,) = backups(saved)
    said = backup(saved, stocked)
    assert "new              0" in said
    assert all(path.stat().st_mode & 0o077 == 0 for path in first.rglob("*"))
    backup(saved, stocked, "--keep", "2")
    kept = backups(saved)
    assert len(kept) == 2
    assert first not in kept
    restore(saved, tmp_path / "back", "--at", kept[0].name)
    require_whole(tmp_path / "back")


def test_what_is_in_the_way_is_left_alone(stocked: Path, saved: Path, tmp_path: Path) -> None:
    assert "is not empty" in restore(saved, stocked, status=1)
    assert "inside the data directory" in backup(stocked / "saved", stocked, status=1)
    assert "does not exist" in backup(tmp_path / "other", tmp_path / "none", status=1)
    (tmp_path / "letters").mkdir()
    assert "has no database" in backup(tmp_path / "other", tmp_path / "letters", status=1)
    assert not list((tmp_path / "letters").iterdir())
    assert "no whole backup" in restore(tmp_path / "nothing", tmp_path / "back", status=1)
    assert "can be restored here" in restore(saved, tmp_path / "back", "--dry-run")
    assert not (tmp_path / "back").exists()


def test_killed_while_it_copies(stocked: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    words = ["backup", str(saved), "--data", str(stocked)]
    killed_when(words, saved, lambda: comes(saved, "incoming/*"))
    assert "no whole backup" in restore(saved, tmp_path / "back", status=1)
    assert "no whole backup" in backup(saved, stocked, "--verify", status=1)
    backup(saved, stocked)
    assert len(backups(saved)) == 1
    assert not (saved / "incoming").exists()
    backup(saved, stocked, "--verify")


def test_a_restore_that_was_killed_goes_on(saved: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    words = ["restore", str(saved), "--data", str(back)]
    killed_when(words, back, lambda: comes(back, "files/.staging/*"))
    for command in (["doctor"], ["user", "list"]):
        refused = archypix(*command, data=back)
        assert refused.returncode == 1
        assert "begun and not ended" in refused.stderr
    with pytest.raises(AssertionError, match="begun and not ended"), running(back):
        pass
    restore(saved, back)
    require_whole(back)
    assert "is not empty" in restore(saved, back, status=1)


def test_a_restore_that_was_killed_in_the_database_goes_on(saved: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    words = ["restore", str(saved), "--data", str(back)]
    killed_when(words, back, lambda: (back / "postgres/cluster/postmaster.pid").exists())
    restore(saved, back)
    require_whole(back)


def test_damage_is_found_and_named_and_the_rest_comes_back(saved: Path, stocked: Path, tmp_path: Path) -> None:
    blobs = sorted(
        (path for path in (saved / "objects/blobs").rglob("*") if path.is_file()), key=lambda p: p.stat().st_size
    )
    flipped, cut = blobs[0], blobs[1]
    content = bytearray(flipped.read_bytes())
    content[-1] ^= 1
    flipped.write_bytes(content)
    cut.write_bytes(cut.read_bytes()[:-1])
    said = backup(saved, stocked, "--verify", status=1)
    assert f"damaged: {flipped}" in said
    assert f"damaged: {cut}" in said
    assert said.count("damaged: ") == 2
    said = restore(saved, tmp_path / "back", status=1)
    assert flipped.name in said
    assert cut.name in said
    findings = archypix("doctor", data=tmp_path / "back").stdout
    assert findings.count("a stored file that is missing") == 2
    # What the server still has is copied again.
    flipped.unlink()
    backup(saved, stocked)
    backup(saved, stocked, "--verify")


@pytest.mark.parametrize("name", ["manifest.json", "tables/pictures.gz", "secrets.json", "objects.gz"])
def test_a_backup_without_one_of_its_files_is_not_restored(saved: Path, tmp_path: Path, name: str) -> None:
    (folder,) = backups(saved)
    path = folder / name
    path.write_bytes(path.read_bytes()[:-9] + bytes(9))
    said = restore(saved, tmp_path / "back", status=1)
    assert "damaged" in said
    assert not (tmp_path / "back").exists()


def test_what_the_server_lacks_itself_is_named(stocked: Path, saved: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(stocked), str(copy)], check=True, timeout=300)
    lost = min((path for path in (copy / "files/blobs").rglob("*") if path.is_file()), key=lambda p: p.stat().st_size)
    lost.unlink()
    assert lost.name in backup(tmp_path / "poor", copy, status=1)
    assert len(backups(tmp_path / "poor")) == 1
    # A backup that has it from before still has it.
    backup(saved, copy)


def test_a_passphrase_seals_the_secrets(stocked: Path, tmp_path: Path) -> None:
    saved, word = tmp_path / "saved", "correct horse battery\n"
    (tmp_path / "word").write_text(word)
    backup(saved, stocked, "--passphrase-file", str(tmp_path / "word"))
    master = (stocked / "secrets/master").read_bytes()
    (folder,) = backups(saved)
    assert master.hex() not in (folder / "secrets.json").read_text()
    assert "sealed" in restore(saved, tmp_path / "back", status=1)
    assert "does not open" in restore(saved, tmp_path / "back", "--passphrase-file", "-", stdin="wrong one\n", status=1)
    assert not (tmp_path / "back").exists()
    restore(saved, tmp_path / "back", "--passphrase-file", "-", stdin=word)
    assert (tmp_path / "back/secrets/master").read_bytes() == master
    require_whole(tmp_path / "back")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    needs_root()
    needs_program("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, stocked: Path, saved: Path) -> None:
    assert "is full" in backup(small_disk, stocked, status=1)
    assert not list((small_disk / "backups").iterdir())
    assert "MB free" in restore(saved, small_disk / "back", status=1)
    assert not (small_disk / "back").exists()
