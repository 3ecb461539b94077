"""The data directory: made as it should be, refused with a plain sentence where it cannot be used, secrets kept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import FOLDERS, DataDir
from tests.core.runtime.conftest import ROOT, Driver
from tests.programs import needs_program, needs_root

Start = Callable[..., Driver]


def in_mount(place: Path, options: str, then: str = "") -> tuple[str, ...]:
    """Words that run a command with a small file system of its own at `place`, gone when the command ends."""
    needs_root()
    needs_program("unshare")
    script = f'mount -t tmpfs -o {options} none "{place}" && {then or "true"} && exec "$@"'
    return ("unshare", "--mount", "sh", "-c", script, "sh")


def test_it_is_made_for_this_user_alone(tmp_path: Path) -> None:
    data = DataDir.open(tmp_path / "not" / "yet" / "there")
    for folder in (data.root, *(data.root / name for name in FOLDERS)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(data.run.glob("probe*"))
    assert DataDir.open(data.root) == data


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match=f"There is a file where .*{tmp_path}/file"):
        DataDir.open(tmp_path / "file")
    with pytest.raises(StartupError, match="There is a file where"):
        DataDir.open(tmp_path / "file" / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secrets").write_text("")
    with pytest.raises(StartupError, match=f"There is a file where .*{tmp_path}/data/secrets"):
        DataDir.open(tmp_path / "data")


@pytest.mark.parametrize("made", [True, False])
def test_a_read_only_file_system_is_said_plainly(tmp_path: Path, start: Start, made: bool) -> None:
    folders = " ".join(f'"{tmp_path}/data/{name}"' for name in FOLDERS)
    fill = f"mkdir -p {folders} && " if made else ""
    before = in_mount(tmp_path, "size=10m", f'{fill}mount -o remount,ro "{tmp_path}"')
    said = start("serve", tmp_path / "data", before=before).listen()
    assert said == {
        "error": f"It is read-only: the data directory {tmp_path}/data must lie on a file system that can be written."
    }


@pytest.mark.parametrize(("size", "least"), [("2m", 4), ("100m", 128)])
def test_a_full_disk_is_said_plainly(tmp_path: Path, start: Start, size: str, least: int) -> None:
    driver = start("serve", tmp_path / "data", before=in_mount(tmp_path, f"size={size}"))
    error = driver.listen()["error"]
    assert error.startswith(f"The disk that holds the data directory {tmp_path}/data is full: ")
    assert f"needs at least {least} MB to start. Make room, or choose another directory with --data." in error


def test_another_users_directory_is_said_plainly(tmp_path: Path, open_folder: Path, start: Start) -> None:
    needs_root()
    said = start("open", open_folder / "data", "--uid", "65534").listen()
    assert said["error"].startswith(f"The user nobody may not write to the data directory {open_folder}/data.")


def test_a_secret_stays_the_same_and_is_ones_own(tmp_path: Path) -> None:
    data = DataDir.open(tmp_path / "data")
    secret = data.secret("session")
    assert len(secret) == 32
    assert data.secret("other") != secret
    assert DataDir.open(data.root).secret("session") == secret
    file = data.secrets / "session"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert data.secret("session") == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(os.listdir(data.secrets)) == ["other", "session"]


def test_processes_that_ask_for_a_new_secret_at_once_get_the_same(tmp_path: Path) -> None:
    root = DataDir.open(tmp_path / "data").root
    ask = (
        "import sys; from pathlib import Path; from archypix.core.runtime.datadir import DataDir;"
        "data = DataDir(Path(sys.argv[1])); print('.', flush=True); sys.stdin.readline(); print(data.secret('s').hex())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", ask, root], stdin=-1, stdout=-1, text=True, cwd=ROOT) for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    assert len({process.communicate("\n")[0] for process in processes}) == 1


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_damaged_secret_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    data = DataDir.open(tmp_path / "data")
    (data.secrets / "session").write_bytes(content)
    with pytest.raises(StartupError, match="damaged"):
        data.secret("session")
    assert (data.secrets / "session").read_bytes() == content


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "UPPER"])
def test_a_secrets_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        DataDir.open(tmp_path / "data").secret(name)


def test_a_lock_tells_who_holds_it_and_old_notes_do_not_matter(tmp_path: Path) -> None:
    data = DataDir.open(tmp_path / "data")
    (data.run / "server.lock").write_text("999999999 is no note")
    mine, other = data.lock("server"), data.lock("server")
    assert not other.is_held()
    assert mine.try_acquire()
    assert other.is_held()
    assert not other.try_acquire()
    holder = other.holder()
    assert holder is not None
    assert holder.pid == os.getpid()
    mine.release()
    assert not other.is_held()
    assert other.try_acquire()


def test_root_leaves_nothing_of_its_own_in_anothers_directory(open_folder: Path, start: Start) -> None:
    needs_root()
    root = open_folder / "data"
    root.mkdir()
    os.chown(root, 65534, 65534)
    driver = start("command", root).ready()
    DataDir.open(root).secret("session")
    assert driver.end() == 0
    assert {path.stat().st_uid for path in (root, *root.rglob("*"))} == {65534}
    assert start("command", root, "--uid", "65534").ready().end() == 0
