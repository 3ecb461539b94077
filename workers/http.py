"""HTTP for workers: keep-alive connections of one thread, JSON calls, files up and down."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

CHUNK = 256 << 10
TIMEOUT = 30.0
MAX_ANSWER = 4 << 20


class Unreachable(Exception):
    """No answer, or a broken one: trying later makes sense."""


class Refused(Exception):
    """The other side answered with an error; `status` is HTTP's."""

    def __init__(self, status: int, where: str) -> None:
        super().__init__(f"{where} answered {status}")
        self.status = status

    @property
    def temporary(self) -> bool:
        """Whether trying later makes sense."""
        return self.status in (408, 425, 429) or self.status >= 500


class Connections:
    """Connections of one thread, one for each host. Errors never name more of an address than its host."""

    def __init__(self, server_url: str, secret: str) -> None:
        self._server = server_url
        self._secret = secret
        self._open: dict[tuple[str, str], HTTPConnection] = {}
        self._tls: ssl.SSLContext | None = None
        self._interrupted = False

    def call(self, path: str, body: dict[str, Any], wait: float = 0.0) -> dict[str, Any]:
        """POST JSON to the server's `path`; its JSON answer, which it may take `wait` seconds to begin.

        Raises `Unreachable` or `Refused`.
        """
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        response = self._request("POST", self._server + path, orjson.dumps(body), headers, TIMEOUT + wait)
        try:
            answer = orjson.loads(response.read(MAX_ANSWER))
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise Unreachable(f"the server's answer was cut: {type(error).__name__}") from error
        assert isinstance(answer, dict)
        return answer

    def download(self, url: str, into: Path, size: int) -> None:
        """GET exactly `size` bytes into a new file; `url` may be a path of the server."""
        response = self._request("GET", urljoin(self._server, url), None, {}, TIMEOUT)
        received = 0
        try:
            with into.open("xb") as file:
                while received <= size and (chunk := response.read(CHUNK)):
                    file.write(chunk)
                    received += len(chunk)
        except (OSError, HTTPException) as error:
            self.close()
            raise Unreachable(f"the original was cut: {error!r}") from error
        if received != size:
            self.close()
            raise Unreachable(f"the original has {received} bytes instead of {size}")

    def upload(self, url: str, file: Path, start: int = 0, size: int | None = None) -> None:
        """PUT a small file, or `size` bytes of one from `start` on; `url` may be a path of the server."""
        with file.open("rb") as content:
            content.seek(start)
            body = content.read(-1 if size is None else size)
        self._request("PUT", urljoin(self._server, url), body, {}, TIMEOUT).read(MAX_ANSWER)

    def close(self) -> None:
        """Close all connections; the next request opens its own."""
        while self._open:
            self._open.popitem()[1].close()

    def interrupt(self) -> None:
        """Make a request that another thread waits for fail at once, and not be tried again."""
        self._interrupted = True
        for connection in list(self._open.values()):
            if connection.sock is not None:
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _request(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: float
    ) -> HTTPResponse:
        """An answer of 2xx, its body unread. A kept connection that the other side has closed is opened anew once."""
        parts = urlsplit(url)
        where = parts.hostname or "the server"
        target = parts.path + ("?" + parts.query if parts.query else "")
        self._interrupted = False
        key = (parts.scheme, parts.netloc)
        while True:
            kept = key in self._open
            connection = self._open.get(key) or self._connect(*key)
            self._open[key] = connection
            try:
                connection.timeout = timeout
                if connection.sock is not None:
                    connection.sock.settimeout(timeout)
                connection.request(method, target, body, headers)
                response = connection.getresponse()
                break
            except (OSError, HTTPException) as error:
                self._open.pop(key).close()
                if not kept or self._interrupted or isinstance(error, TimeoutError):
                    raise Unreachable(f"{where}: {error!r}") from error
        if not 200 <= response.status < 300:
            self._finish(key, response)
            raise Refused(response.status, where)
        return response

    def _finish(self, key: tuple[str, str], response: HTTPResponse) -> None:
        """Read an error's body, so that its connection can be used again."""
        try:
            response.read(MAX_ANSWER)
        except (OSError, HTTPException):
            self._open.pop(key).close()

    def _connect(self, scheme: str, netloc: str) -> HTTPConnection:
        if scheme == "https":
            self._tls = self._tls or ssl.create_default_context()
            return HTTPSConnection(netloc, context=self._tls)
        return HTTPConnection(netloc)
