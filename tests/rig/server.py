"""A real `archypix serve` on a data directory and a free port, with the means to use it and to kill parts of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.postgres import database_url as embedded_database
from archypix.core.secrets import MASTER
from tests.rig import commands
from tests.rig.prepared import prepare

LISTENING = re.compile(r"listening on (http://\S+)")
SETUP_LINK = re.compile(r"(http\S*/setup\?token=\S+)")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a child: ours without any `ARCHYPIX_*`, plus `extra`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ARCHYPIX_")}
    return inherited | {"PYTHONUNBUFFERED": "1"} | dict(extra or {})


def archypix(
    *words: str, data: Path, env: Mapping[str, str] | None = None, stdin: str | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end."""
    if words[0] in commands.LOADED:
        return commands.run([*words, "--data", str(data)], env=environment(env), stdin=stdin, timeout=timeout)
    return subprocess.run(
        [sys.executable, "-m", "archypix.cli", *words, "--data", str(data)],
        env=environment(env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Server:
    """One running server: a fork of a process that has the program loaded, with a database that was made before.

    `anew`: a server as everybody starts it.
    """

    def __init__(
        self, data: Path, *, env: Mapping[str, str] | None = None, arguments: tuple[str, ...] = (), word: str = "serve",
        anew: bool = False,
    ) -> None:  # fmt: skip
        self.data = data
        self.env = dict(env or {})
        self._arguments = arguments
        self._word = word
        self._anew = anew
        self.process: subprocess.Popen[str] | commands.Process | None = None
        self.url = ""
        self.port = 0
        self.log: list[str] = []
        self._listens = False

    def start(self, *, within: float = 120.0) -> Server:
        """Start it and wait for its address; the port stays the same over restarts."""
        words = [self._word, "--data", str(self.data), "--port", str(self.port), *self._arguments]
        if self._word == "serve" and not self._anew and "ARCHYPIX_DATABASE_URL" not in self.env:
            prepare(self.data)
        begin = _begin_anew if self._anew else commands.start
        self.process = begin(words, env=environment(self.env))
        ready, self._listens = threading.Event(), False
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        if not ready.wait(within) or not self._listens:
            self.kill()
            raise AssertionError("the server did not start:\n" + "\n".join(self.log[-60:]))
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def _read(self, process: subprocess.Popen[str] | commands.Process, ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line.rstrip("\n"))
            if match := LISTENING.search(line):
                self.url, self._listens = match[1], True
                ready.set()
        ready.set()

    @property
    def database_url(self) -> str:
        """Where its database is: its own, unless it was given one."""
        return self.env.get("ARCHYPIX_DATABASE_URL") or embedded_database(DataDir(self.data))

    @property
    def master(self) -> bytes:
        """The secret from which its keys derive."""
        given = self.env.get("ARCHYPIX_SECRET")
        return hashlib.sha256(given.encode()).digest() if given else DataDir(self.data).secret(MASTER)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def processes(self) -> list[psutil.Process]:
        """The server and everything below it."""
        try:
            main = psutil.Process(self.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def find(self, word: str) -> list[psutil.Process]:
        """Processes of this server whose command line holds `word`."""
        found = []
        for process in self.processes():
            try:
                if word in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found

    def memory(self) -> int:
        """Bytes of memory of all processes, shared pages counted once (PSS)."""
        total = 0
        for process in self.processes():
            try:
                total += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return total

    def stop(self, *, within: float = 60.0) -> float:
        """SIGTERM; the seconds it took. Fails when it has to be killed."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {within} s after SIGTERM:\n" + "\n".join(self.log[-30:])) from None
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL to the main process alone, as the kernel's memory killer would."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)

    def create_user(self, name: str, *words: str, password: str | None = None) -> User:
        """An account and a token for it, made by the command line."""
        if password is not None:
            words = (*words, "--password-stdin")
        made = archypix("user", "create", name, *words, data=self.data, env=self.env, stdin=password)
        assert made.returncode == 0, made.stderr
        token = archypix("token", "create", name, data=self.data, env=self.env)
        assert token.returncode == 0, token.stderr
        return User(self, name, token.stdout.strip())


class User(requests.Session):
    """An HTTP client that is signed in with a token; paths are below `/api/v1`."""

    def __init__(self, server: Server, name: str, token: str) -> None:
        super().__init__()
        self.server = server
        self.name = name
        self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method: str, url: str, **keywords: Any) -> requests.Response:  # type: ignore[override]
        """A request; `url` is a path below `/api/v1`, a path of the server (`/files/…`), or whole."""
        if url.startswith("/files/"):
            url = self.server.url + url
        elif url.startswith("/"):
            url = self.server.url + "/api/v1" + url
        keywords.setdefault("timeout", 60)
        return super().request(method, url, **keywords)

    def pictures(self, **query: Any) -> list[dict[str, Any]]:
        """All pictures of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.get("/pictures", params={"limit": 200, **query, **cursor})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            if not page["next"]:
                return items
            cursor = {"cursor": page["next"]}

    def upload(self, path: Path, *, tags: list[str] | None = None, filename: str | None = None) -> requests.Response:
        """One file, as multipart."""
        data = {} if tags is None else {"tags": json.dumps(tags)}
        with path.open("rb") as handle:
            return self.post("/pictures", files={"file": (filename or path.name, handle)}, data=data)

    def wait_ready(self, *, within: float = 180.0) -> None:
        """Until no picture is being processed any more."""
        deadline = time.monotonic() + within
        while self.pictures(state="processing"):
            assert time.monotonic() < deadline, "pictures are still being processed"
            time.sleep(0.1)


def _begin_anew(words: Sequence[str], *, env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "archypix.cli", *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


@contextmanager
def running(
    data: Path, *, env: Mapping[str, str] | None = None, arguments: tuple[str, ...] = (), within: float = 120.0,
    anew: bool = False,
) -> Iterator[Server]:  # fmt: skip
    """A server for the time of a block, which it may take so many seconds to begin; it must stop cleanly at the end."""
    server = Server(data, env=env, arguments=arguments, anew=anew).start(within=within)
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()
