"""A peer as a child process: free ports, a line that says it is ready, a control API, an end by its own process id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests


class ControlError(AssertionError):
    """The peer's control API answered with an error, which it explains."""


class PeerProcess:
    """One running peer. As a context manager it is started and ended; where the block fails, its log is shown.

    Control calls block: from a coroutine whose loop also serves the other side, use `asyncio.to_thread`.
    """

    name = "peer"

    def __init__(self, *, origin: str | None = None, host_map: Mapping[str, str] | None = None) -> None:
        """`origin`: what its ids say, default `http://localhost:PORT`; `host_map`: host -> origin on loopback."""
        self.port, self.control_port = _free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.control = f"http://127.0.0.1:{self.control_port}"
        self.origin = origin or f"http://localhost:{self.port}"
        self.host = self.origin.split("://", 1)[1]
        self.host_map = dict(host_map or {})
        self.log: deque[str] = deque(maxlen=500)
        self._process: subprocess.Popen[str] | None = None
        self._data: tempfile.TemporaryDirectory[str] | None = None
        self._session = requests.Session()

    # What a kind of peer says about itself.

    def command(self) -> Sequence[str | Path]:
        """The words that start it."""
        raise NotImplementedError

    def settings(self, data: Path) -> dict[str, str]:
        """Its environment; `data` is an empty folder of its own."""
        raise NotImplementedError

    # Its life.

    def start(self, *, within: float = 120.0) -> Self:
        """Start it and wait until it listens."""
        self._data = tempfile.TemporaryDirectory(prefix=f"peer-{self.name}-")
        command = self.command()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PEER_", "ARCHYPIX_"))}
        self._process = subprocess.Popen(
            command,
            env=inherited | {"PEER_UNTIL_STDIN_ENDS": "1"} | self.settings(Path(self._data.name)),
            # Never written to: its end tells the peer that the tests are gone, however they went.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, ready), daemon=True)
        self._reader.start()
        if not ready.wait(within) or self._process.poll() is not None:
            shown = "\n".join(self.log)
            self.stop()
            raise AssertionError(f"{self.name} did not start:\n{shown}")
        return self

    def stop(self) -> None:
        """End it; harmless when it has ended."""
        if self._process is not None:
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                pass
            # What it started itself goes with it: some builds of node are a program that starts another.
            self._signal(signal.SIGKILL)
            self._process.wait(60)
            self._reader.join(5)
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process = None
        self._session.close()
        if self._data is not None:
            self._data.cleanup()
            self._data = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.show()
        self.stop()

    def show(self) -> None:
        """Print what it said, for the report of a failing test."""
        print(f"--- {self.name} {self.origin} ---", *self.log, sep="\n", file=sys.stderr)

    @property
    def map_entry(self) -> tuple[str, str]:
        """Its host and where it is in truth, for the host map of others."""
        return self.host, self.url

    # Its control API.

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, timeout: float = 30, **query: Any
    ) -> Any:
        """One call of the control API. Raises ControlError where it answers with an error."""
        answer = self._session.request(
            method,
            f"{self.control}{path}",
            params={key.rstrip("_"): str(value) for key, value in query.items() if value is not None},
            data=json.dumps(body) if body is not None else None,
            # One that is kept may be closed at the moment in which it is used again.
            headers={"content-type": "application/json", "connection": "close"},
            timeout=timeout,
        )
        if answer.status_code != 200:
            raise ControlError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def wait_for(self, look: Callable[[], Any], *, within: float = 90.0, what: str = "something") -> Any:
        """The first true answer of `look`, asked again and again. Raises AssertionError after `within` seconds."""
        end = time.monotonic() + within
        while not (found := look()):
            if time.monotonic() > end:
                self.show()
                raise AssertionError(f"{self.name} has not seen {what} within {within} s")
            time.sleep(0.05)
        return found

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line.rstrip("\n"))
            if line.startswith("{") and '"ready":true' in line.replace(" ", ""):
                ready.set()
        ready.set()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def joined_map(host_map: Mapping[str, str]) -> str:
    """A host map as the peers and our settings write it: `host=origin,…`."""
    return ",".join(f"{host}={origin}" for host, origin in host_map.items())
