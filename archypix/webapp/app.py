"""The raw ASGI app that gives browsers the built web application: its shell for every screen, and immutable assets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from archypix.gate.middleware import Receive, Send
from archypix.gate.policy import RawRoute, public
from archypix.webapp.files import File, chosen, files, is_known

# First segments of the addresses of screens; those of `web/src/screens/*/routes.ts`.
SCREENS: Final = (
    "login", "setup", "register", "search", "tags", "pictures", "map", "calendar", "sharing", "people", "rules",
    "drives", "duplicates", "trash", "history", "statistics", "import", "settings", "administration",
)  # fmt: skip
FILE: Final = r"assets/[\w.-]+|[\w-]+\.(?:svg|png|ico|webmanifest|js)"
PATH: Final = re.compile(rf"/(?:(?:{'|'.join(SCREENS)})(?:/[^/]*)*|{FILE})?\Z")
IS_FILE: Final = re.compile(rf"(?:{FILE})\Z")
ROUTES: Final = tuple(RawRoute("GET", path, public, {}) for path in ("/", "/assets/<file>", "/<screen>"))
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: https:{more}{tiles};"
    " media-src 'self' blob: https:{more}; connect-src 'self'{more}; font-src 'self'; manifest-src 'self';"
    " worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
UNBUILT: Final = (
    b"This server runs, but its web application was not built.\n\n"
    b"Packages of Archypix bring it along. In a copy of the sources, `pip install .` and `make run` build it,\n"
    b"and `npm ci && npm run build` in the folder `web` does it by hand. See docs/develop/web.md.\n"
)


class WebApp:
    """Answers GET and HEAD of the application's addresses. Files of pictures may come from `storage_origin`, tiles of
    maps from `tiles_origin`.

    `dist` is a folder that was built by somebody who changes the application; without it, what the package brings.
    """

    def __init__(self, dist: Path | None = None, storage_origin: str = "", tiles_origin: str = "") -> None:
        more, tiles = (f" {origin}" if origin else "" for origin in (storage_origin, tiles_origin))
        self._files = files(dist, POLICY.format(more=more, tiles=tiles).encode("ascii"))

    async def __call__(self, scope: Any, _: Receive, send: Send) -> None:
        name = scope["path"].removeprefix("/")
        asked = {key: value for key, value in scope["headers"] if key in (b"accept-encoding", b"if-none-match")}
        if IS_FILE.match(name):
            file = self._files.get(name)
            status, headers, body = _answer(file, asked) if file else _plain(404, b"There is no such file.\n")
        else:
            shell = self._files.get("index.html")
            status, headers, body = _answer(shell, asked) if shell else _plain(503, UNBUILT)
        if status != 304:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


_Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


def _answer(file: File, asked: dict[bytes, bytes]) -> _Answer:
    coded = chosen(file, asked.get(b"accept-encoding", b""))
    headers = [*file.headers, (b"etag", coded.etag)]
    if is_known(coded.etag, asked.get(b"if-none-match", b"")):
        return 304, headers, b""
    if coded.name:
        headers.append((b"content-encoding", coded.name))
    return 200, [*headers, (b"content-type", file.media_type)], coded.body


def _plain(status: int, text: bytes) -> _Answer:
    return status, [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")], text
