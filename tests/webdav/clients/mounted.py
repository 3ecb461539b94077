"""Drives in the file system: davfs2, and GNOME's gio."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.programs import needs_program, needs_root
from tests.webdav.client import Drive
from tests.webdav.clients.program import run

# Newer kernels read folders in pieces larger than its usual buffer: "Invalid argument".
CONFIGURATION = """
secrets {folder}/secrets
delay_upload 0
n_cookies 0
use_expect100 1
gui_optimize 0
buf_size 64
"""


class Davfs:
    """davfs2: every word is one of the file system, and what was written arrives with the file's end or the mount's."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        needs_root()
        self._url = f"{drive.server.url}{drive.root}/"
        self._mount = needs_program("mount.davfs")
        self._place = folder / "drive"
        self._settings = folder / "davfs2.conf"
        self._place.mkdir()
        self._settings.write_text(CONFIGURATION.format(folder=folder))
        secrets = folder / "secrets"
        secrets.write_text(f'{self._url} {drive.username} "{drive.token}"\n')
        secrets.chmod(0o600)
        self._enter()

    def _enter(self) -> None:
        run(self._mount, self._url, self._place, "-o", f"conf={self._settings}")

    def _leave(self) -> None:
        run("umount", self._place)

    def _settled(self) -> None:
        """What was written is there, and what is shown is what is there now."""
        self._leave()
        self._enter()

    def _at(self, path: str) -> Path:
        return self._place / path.strip("/")

    def folder(self, path: str) -> None:
        self._at(path).mkdir()

    def put(self, local: Path, path: str) -> None:
        shutil.copyfile(local, self._at(path))
        self._settled()

    def get(self, path: str) -> bytes:
        return self._at(path).read_bytes()

    def names(self, path: str) -> set[str]:
        return {each.name for each in self._at(path).iterdir() if each.name != "lost+found"}

    def move(self, source: str, target: str) -> None:
        self._at(source).rename(self._at(target))

    def copy(self, source: str, target: str) -> None:
        shutil.copyfile(self._at(source), self._at(target))
        self._settled()

    def delete(self, path: str) -> None:
        self._at(path).unlink()

    def delete_folder(self, path: str) -> None:
        shutil.rmtree(self._at(path))

    def close(self) -> None:
        self._leave()


class Gio:
    """gio, in a session of its own: the mount lives as long as its shell."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        gio = needs_program("gio")
        needs_program("dbus-run-session")
        host = urlsplit(drive.server.url)
        self._gio, self._folder = gio, folder
        self._root = f"dav://{quote(drive.username)}@{host.hostname}:{host.port}{drive.root}"
        self._numbers = itertools.count()
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        self._shell = subprocess.Popen(
            ["dbus-run-session", "--", "bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8",
                 "GVFS_DISABLE_FUSE": "1"},
        )  # fmt: skip
        (folder / "password").write_text(f"{drive.token}\n")
        self._say(f"{gio} mount {_word(self._root + '/')} < {_word(str(folder / 'password'))}")

    def _say(self, command: str) -> str:
        """What a command of the session prints; the test fails where it does."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        mark = f"=={next(self._numbers)}=="
        self._shell.stdin.write(f"timeout 60 {command}\necho {mark}$?\n")
        self._shell.stdin.flush()
        said = ""
        for line in self._shell.stdout:
            before, found, status = line.partition(mark)
            said += before if found else line
            if found:
                assert status.strip() == "0", f"{command}: {said}"
                return said
        raise AssertionError(f"the session ended: {said}")

    def _at(self, path: str) -> str:
        return _word(f"{self._root}{quote(path)}")

    def folder(self, path: str) -> None:
        self._say(f"{self._gio} mkdir {self._at(path)}")

    def put(self, local: Path, path: str) -> None:
        self._say(f"{self._gio} copy {_word(str(local))} {self._at(path)}")

    def get(self, path: str) -> bytes:
        out = self._folder / "gio.out"
        out.unlink(missing_ok=True)
        self._say(f"{self._gio} copy {self._at(path)} {_word(str(out))}")
        return out.read_bytes()

    def _kinds(self, path: str) -> dict[str, str]:
        # With all that is said of each: a name, a size, a kind.
        rows = [row.split("\t") for row in self._say(f"{self._gio} list --long {self._at(path)}").splitlines()]
        return {row[0]: row[2] for row in rows}

    def names(self, path: str) -> set[str]:
        return set(self._kinds(path))

    def move(self, source: str, target: str) -> None:
        self._say(f"{self._gio} move {self._at(source)} {self._at(target)}")

    def copy(self, source: str, target: str) -> None:
        self._say(f"{self._gio} copy {self._at(source)} {self._at(target)}")

    def delete(self, path: str) -> None:
        self._say(f"{self._gio} remove {self._at(path)}")

    def delete_folder(self, path: str) -> None:
        # As the file manager does it: gio itself removes empty folders only.
        for name, kind in self._kinds(path).items():
            (self.delete_folder if kind == "(directory)" else self.delete)(f"{path}/{name}")
        self.delete(path)

    def close(self) -> None:
        assert self._shell.stdin is not None
        self._say(f"{self._gio} mount --unmount {_word(self._root + '/')}")
        self._shell.stdin.close()
        self._shell.wait(60)


def _word(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
