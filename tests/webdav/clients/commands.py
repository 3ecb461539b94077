"""curl, cadaver and rclone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from tests.programs import needs_program
from tests.webdav.client import Drive, entries
from tests.webdav.clients.program import run


class Curl:
    """curl with the methods of WebDAV."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        self._drive = drive
        self._out = folder / "curl.out"
        self._curl = needs_program("curl")

    def _ask(self, method: str, path: str, *words: str | Path) -> bytes:
        drive = self._drive
        run(self._curl, "--silent", "--show-error", "--fail-with-body", "--user", f"{drive.username}:{drive.token}",
            "--request", method, "--output", self._out, *words, drive.server.url + drive.at(path))  # fmt: skip
        return self._out.read_bytes() if self._out.exists() else b""

    def _destination(self, target: str) -> tuple[str, str]:
        return "--header", f"Destination: {self._drive.server.url}{self._drive.at(target)}"

    def folder(self, path: str) -> None:
        self._ask("MKCOL", path)

    def put(self, local: Path, path: str) -> None:
        self._ask("PUT", path, "--upload-file", local)

    def get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def names(self, path: str) -> set[str]:
        body = self._ask("PROPFIND", path, "--header", "Depth: 1")
        found = {entry.strip("/") for entry in entries(body, self._drive.root)}
        return {entry.rpartition("/")[2] for entry in found - {path.strip("/")}}

    def move(self, source: str, target: str) -> None:
        self._ask("MOVE", source, *self._destination(target))

    def copy(self, source: str, target: str) -> None:
        self._ask("COPY", source, *self._destination(target))

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def delete_folder(self, path: str) -> None:
        self._ask("DELETE", path)

    def close(self) -> None:
        """Nothing is held."""


class Cadaver:
    """cadaver, told by its prompt."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        self._program = needs_program("cadaver")
        self._folder = folder
        self._url = f"{drive.server.url}{drive.root}/"
        host = urlsplit(drive.server.url).hostname
        netrc = folder / ".netrc"
        netrc.write_text(f"machine {host} login {drive.username} password {drive.token}\n")
        netrc.chmod(0o600)

    def _say(self, *lines: str) -> str:
        said = run(self._program, self._url, text="\n".join([*lines, "quit", ""]), env={"HOME": str(self._folder)})
        assert "failed" not in said.lower(), said
        return said

    def folder(self, path: str) -> None:
        self._say(f"mkcol {_quoted(path)}")

    def put(self, local: Path, path: str) -> None:
        self._say(f'put "{local}" {_quoted(path)}')

    def get(self, path: str) -> bytes:
        out = self._folder / "cadaver.out"
        out.unlink(missing_ok=True)
        self._say(f'get {_quoted(path)} "{out}"')
        return out.read_bytes()

    def names(self, path: str) -> set[str]:
        said = self._say(f"ls {_quoted(path)}")
        listed = said.partition("succeeded.")[2].splitlines()
        # "Coll:   name      0  Nov 22 02:00": a kind, a name, a size and a date of three words.
        rows = [line for line in listed if line.startswith(("Coll:", "        "))]
        return {row[8:].rsplit(None, 4)[0].strip() for row in rows}

    def move(self, source: str, target: str) -> None:
        self._say(f"move {_quoted(source)} {_quoted(target)}")

    def copy(self, source: str, target: str) -> None:
        self._say(f"copy {_quoted(source)} {_quoted(target)}")

    def delete(self, path: str) -> None:
        self._say(f"delete {_quoted(path)}")

    def delete_folder(self, path: str) -> None:
        self._say(f"rmcol {_quoted(path)}")

    def close(self) -> None:
        """Nothing is held."""


def _quoted(path: str) -> str:
    escaped = path.strip("/").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
