"""The raw ASGI app at `/files/`: serves and takes stored files to whoever shows a signed address.

It stands beside Quart because bodies must pass with back-pressure, and holds neither a thread nor more than a chunk in
memory for a client that stalls.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

from archypix.core.errors import ArchypixError, PreconditionFailed, RangeNotSatisfiable, TooLarge
from archypix.storage.answers import Answer, Headers
from archypix.storage.conditions import byte_range, matches, single
from archypix.storage.disposition import GUARDS, content_disposition, may_be_shown, safe_media_type
from archypix.storage.errors import NoSuchObject, SizeMismatch
from archypix.storage.interface import Reader, Storage
from archypix.storage.keys import is_key
from archypix.storage.receiving import Body, Disconnected, Pace, Receive, Send, TooSlow
from archypix.storage.signing import PREFIX, Grant, Purpose, Signer
from archypix.storage.transfers import SEND_SECONDS, Transfer, Transfers

METHODS: Final = b"GET, HEAD, PUT"
_DIGITS: Final = re.compile(rb"[0-9]{1,18}")


class FilesApp:
    """Answers `/files/<key>?…`. `send_seconds` is how long a client may take no bytes before it is given up."""

    def __init__(
        self, storage: Storage, signer: Signer, *, pace: Pace | None = None, send_seconds: float = SEND_SECONDS
    ) -> None:
        self._storage = storage
        self._signer = signer
        self._pace = pace or Pace()
        self._transfers = Transfers(send_seconds)

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._transfers.stop()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request. An answer breaks off midway when its client goes away or stalls, and by `stop`."""
        body = Body(receive, self._pace)
        answer = Answer(send)
        try:
            async with self._transfers.until_stopped() as deadline:
                await self._serve(scope, body, answer, deadline)
        except TimeoutError:
            if not answer.begun:
                await answer.problem(503, "unavailable", "The server is stopping.", [(b"retry-after", b"5")])
        except Disconnected:
            pass
        except ArchypixError as error:
            if answer.begun:
                raise
            if not isinstance(error, TooSlow):
                await body.drain()
            await answer.refuse(error)

    async def _serve(self, scope: Any, body: Body, answer: Answer, deadline: asyncio.Timeout) -> None:
        method: str = scope["method"]
        headers: Headers = scope["headers"]
        if method == "PUT":
            await self._put(self._admit("put", scope), headers, body, answer)
        elif method in ("GET", "HEAD"):
            transfer = self._transfers.begin(answer, body, deadline)
            await self._get(self._admit("get", scope), headers, transfer, head=method == "HEAD")
        else:
            await body.drain()
            await answer.problem(405, "method_not_allowed", "Files are read and put here.", [(b"allow", METHODS)])

    def _admit(self, purpose: Purpose, scope: Any) -> Grant:
        path: str = scope["path"]
        key = path.removeprefix(PREFIX)
        if len(key) == len(path) or not is_key(key):
            raise NoSuchObject
        return self._signer.verify(purpose, key, scope["query_string"].decode("latin-1"))

    async def _get(self, grant: Grant, headers: Headers, transfer: Transfer, *, head: bool) -> None:
        left = self._signer.seconds_left(grant)
        direct = self._storage.direct_url(grant.key, media_type=grant.media_type, max_age=left)
        if direct is not None:
            await transfer.answer.redirect(direct, left)
            return
        reader = await self._storage.open(grant.key)
        try:
            await _serve_object(grant, reader, headers, transfer, left, head=head)
        finally:
            await reader.close()

    async def _put(self, grant: Grant, headers: Headers, body: Body, answer: Answer) -> None:
        most = grant.size if grant.size is not None else grant.max_size or 0
        _check_length(single(headers, b"content-length"), grant.size, most)
        async with self._storage.open_writer(media_type=grant.media_type, size=grant.size, hashing=False) as writer:
            await body.write_to(writer, exact=grant.size, most=most)
            info = await writer.commit(grant.key)
        await answer.empty(204, [(b"etag", f'"{info.etag}"'.encode())])


async def _serve_object(
    grant: Grant, reader: Reader, headers: Headers, transfer: Transfer, left: int, *, head: bool
) -> None:
    size = reader.info.size
    etag = f'"{reader.info.etag}"'.encode()
    common = [(b"etag", etag), (b"cache-control", f"private, max-age={left}, immutable".encode()), *GUARDS]
    required, known = single(headers, b"if-match"), single(headers, b"if-none-match")
    if required is not None and not matches(required, etag, weak=False):
        raise PreconditionFailed("The file is not the one that was asked for.")
    if known is not None and matches(known, etag, weak=True):
        await transfer.answer.empty(304, common)
        return
    common += _description(grant)
    try:
        wanted = None if head else _wanted(headers, etag, size)
    except RangeNotSatisfiable as error:
        await transfer.answer.refuse(error, [(b"content-range", f"bytes */{size}".encode())])
        return
    start, stop = wanted or (0, size)
    if wanted:
        common.append((b"content-range", f"bytes {start}-{stop - 1}/{size}".encode()))
    common.append((b"content-length", str(stop - start).encode()))
    await transfer.answer.start(206 if wanted else 200, common)
    if head or start == stop:
        await transfer.answer.end()
    else:
        await transfer.send(reader, start, stop)


def _description(grant: Grant) -> Headers:
    media_type = safe_media_type(grant.media_type)
    inline = grant.inline and may_be_shown(media_type)
    return [
        (b"content-type", media_type.encode()),
        (b"content-disposition", content_disposition(grant.filename, inline=inline).encode()),
        (b"accept-ranges", b"bytes"),
    ]


def _wanted(headers: Headers, etag: bytes, size: int) -> tuple[int, int] | None:
    """The range asked for; none where `If-Range` names another content, or a date (no dates are given out here)."""
    condition = single(headers, b"if-range")
    if condition is not None and condition.strip() != etag:
        return None
    return byte_range(single(headers, b"range"), size)


def _check_length(header: bytes | None, exact: int | None, most: int) -> None:
    """Refuse a body by its announced length, before a byte of it is stored."""
    if header is None or not _DIGITS.fullmatch(header):
        return
    length = int(header)
    if length > most:
        raise TooLarge(f"The body is larger than the {most} bytes that this address takes.")
    if exact is not None and length != exact:
        raise SizeMismatch(f"The body has {length} bytes; this address takes exactly {exact}.")
