"""Libraries for programs in Python and JavaScript: webdav4, webdavclient3, and `webdav` of npm."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import webdav3.client
import webdav4.client

from tests.peer.installing import installed_npm
from tests.webdav.client import Drive

NPM = Path(__file__).parent / "npm"


class Webdav4:
    """webdav4 on httpx."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        del folder
        base = f"{drive.server.url}{drive.root}"
        self._client = webdav4.client.Client(base, auth=(drive.username, drive.token), timeout=60)

    def folder(self, path: str) -> None:
        self._client.mkdir(path)

    def put(self, local: Path, path: str) -> None:
        self._client.upload_file(local, path, overwrite=True)

    def get(self, path: str) -> bytes:
        into = io.BytesIO()
        self._client.download_fileobj(path, into)
        return into.getvalue()

    def names(self, path: str) -> set[str]:
        return {str(each).rstrip("/").rpartition("/")[2] for each in self._client.ls(path, detail=False)}

    def move(self, source: str, target: str) -> None:
        self._client.move(source, target)

    def copy(self, source: str, target: str) -> None:
        self._client.copy(source, target)

    def delete(self, path: str) -> None:
        self._client.remove(path)

    def delete_folder(self, path: str) -> None:
        self._client.remove(path)

    def close(self) -> None:
        self._client.http.close()


class Webdavclient3:
    """webdavclient3 on requests."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        self._folder = folder
        self._client = webdav3.client.Client(
            {
                "webdav_hostname": drive.server.url,
                "webdav_root": drive.root,
                "webdav_login": drive.username,
                "webdav_password": drive.token,
            }
        )

    def folder(self, path: str) -> None:
        assert self._client.mkdir(path)

    def put(self, local: Path, path: str) -> None:
        self._client.upload_sync(remote_path=path, local_path=str(local))

    def get(self, path: str) -> bytes:
        out = self._folder / "webdavclient3.out"
        self._client.download_sync(remote_path=path, local_path=str(out))
        return out.read_bytes()

    def names(self, path: str) -> set[str]:
        return {name.rstrip("/") for name in self._client.list(path)}

    def move(self, source: str, target: str) -> None:
        self._client.move(remote_path_from=source, remote_path_to=target)

    def copy(self, source: str, target: str) -> None:
        self._client.copy(remote_path_from=source, remote_path_to=target)

    def delete(self, path: str) -> None:
        self._client.clean(path)

    def delete_folder(self, path: str) -> None:
        self._client.clean(path)

    def close(self) -> None:
        self._client.session.close()


class Npm:
    """`webdav` of npm, told by lines of JSON."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        self._folder = folder
        node = installed_npm(NPM)
        self._process = subprocess.Popen(
            [node, str(NPM / "client.mjs"), f"{drive.server.url}{drive.root}", drive.username, drive.token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _say(self, word: str, *values: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([word, *values]) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, f"{word} {values}: {answer['error']}"
        return answer.get("found")

    def folder(self, path: str) -> None:
        self._say("createDirectory", path)

    def put(self, local: Path, path: str) -> None:
        self._say("put", str(local), path)

    def get(self, path: str) -> bytes:
        out = self._folder / "npm.out"
        self._say("get", path, str(out))
        return out.read_bytes()

    def names(self, path: str) -> set[str]:
        return set(self._say("names", path))

    def move(self, source: str, target: str) -> None:
        self._say("moveFile", source, target)

    def copy(self, source: str, target: str) -> None:
        self._say("copyFile", source, target)

    def delete(self, path: str) -> None:
        self._say("deleteFile", path)

    def delete_folder(self, path: str) -> None:
        self._say("deleteFile", path)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
