"""Raw ASGI apps that take one file: `POST /pictures` for a new one, `PUT /pictures/{id}/file` for another version.

They stand beside Quart, which would take a body faster than it can be stored. Who calls, how much may come and how it
is encoded is settled before the first byte of the body is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from archypix.accounts.models import Caller
from archypix.core import metrics
from archypix.core.errors import ArchypixError, Fault, Invalid, TooLarge
from archypix.core.ids import parse_id
from archypix.core.problems import MEDIA_TYPE, problem_body
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.jobs.models import INTERACTIVE
from archypix.media.kinds import HEAD_BYTES
from archypix.pictures.names import clean_filename
from archypix.storage.errors import HashMismatch
from archypix.storage.interface import Storage, Writer
from archypix.uploads.answers import ingested_json
from archypix.uploads.body import Body, Disconnected, Receive, Stalled
from archypix.uploads.content import Written, check_size
from archypix.uploads.form import FormReader, Malformed
from archypix.uploads.holding import Hold, Holding, Turnstile
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Details
from archypix.uploads.openapi import POST_PICTURE, PUT_FILE
from archypix.uploads.replace import ReplaceService
from archypix.uploads.requests import (
    FIELDS,
    Scope,
    announced_digest,
    content_length,
    form_boundary,
    header_filename,
    parse_batch,
    parse_file_date,
    parse_tags,
    query_fields,
)
from archypix.uploads.threads import in_thread

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What a form may hold beside the file: its boundaries, headers and short fields.
FORM_OVERHEAD = 1 << 20
SETTLED = policy.scope("pictures:write")
ROUTES = (
    RawRoute("POST", "/api/v1/pictures", SETTLED, POST_PICTURE),
    RawRoute("PUT", "/api/v1/pictures/{picture_id}/file", SETTLED, PUT_FILE),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A body that is whole and lies in a writer, with what was said of it."""

    content: Written
    filename: str
    fields: dict[str, str]


class Reception:
    """What both apps have in common: admits, bounds, reads, verifies."""

    def __init__(
        self, doorkeeper: Doorkeeper, storage: Storage, holding: Holding, turnstile: Turnstile, *, max_file_size: int
    ) -> None:
        self._doorkeeper = doorkeeper
        self._storage = storage
        self._holding = holding
        self._turnstile = turnstile
        self._max_file_size = max_file_size

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        use: Callable[[Caller, Received, UUID | None], Awaitable[tuple[int, dict[str, Any]]]],
        *,
        before: Callable[[Caller], Awaitable[int]] | None = None,
    ) -> None:
        """Receive the request's file and answer with what `use` makes of it: a status and JSON.

        `before` is asked ahead of the body; it says how many bytes of quota become free when the file is stored.
        """
        length = content_length(scope)
        body = Body(receive, limit=self._max_file_size + FORM_OVERHEAD)
        try:
            caller = await self._doorkeeper.admit(scope, SETTLED)
            assert caller is not None
            credit = await before(caller) if before is not None else 0
            status, answer = await self._receive(scope, body, length, caller, credit, use)
        except Disconnected:
            return
        except Stalled:
            await _send_problem(send, 408, "request_timeout", "The body stopped coming.")
        except Malformed:
            await body.drain()
            await _send_problem(send, 400, "malformed_form", "The body is not the multipart form that it says it is.")
        except ArchypixError:
            await body.drain()
            raise
        else:
            await _send(send, status, "application/json", orjson.dumps(answer))

    async def _receive(
        self,
        scope: Scope,
        body: Body,
        length: int | None,
        caller: Caller,
        credit: int,
        use: Callable[[Caller, Received, UUID | None], Awaitable[tuple[int, dict[str, Any]]]],
    ) -> tuple[int, dict[str, Any]]:
        boundary = form_boundary(scope)
        query = query_fields(scope)
        overhead = FORM_OVERHEAD if boundary is not None else 0
        if length is not None and length > self._max_file_size + overhead:
            raise TooLarge("The file is larger than this server takes.")
        wanted = announced_digest(scope)
        async with AsyncExitStack() as stack:
            stack.enter_context(self._turnstile.enter(caller.account_id))
            hold = await stack.enter_async_context(
                self._holding.hold(caller.account_id, length, overhead=overhead, credit=credit)
            )
            writer = await stack.enter_async_context(
                self._storage.open_writer(media_type="application/octet-stream", size=length)
            )
            received = await self._read(scope, body, boundary, writer, hold, query)
            if wanted is not None and received.content.sha256 != wanted:
                raise HashMismatch
            return await use(caller, received, hold.upload_id)

    async def _read(
        self,
        scope: Scope,
        body: Body,
        boundary: bytes | None,
        writer: Writer,
        hold: Hold,
        query: dict[str, str],
    ) -> Received:
        head = bytearray()
        pieces: list[bytes] = []
        form = FormReader(boundary, FIELDS, pieces.append) if boundary is not None else None
        async for piece in body.pieces():
            await hold.cover(body.received - (FORM_OVERHEAD if form else 0))
            if form is None:
                pieces.append(piece)
            else:
                await in_thread(form.feed, piece)
            await _write(pieces, writer, head)
        metrics.received_bytes.inc(writer.size)
        if form is not None:
            await in_thread(form.feed, None)
            if not form.has_file:
                raise Invalid("The form has no file.", faults=(Fault("file", "Send the file under this name."),))
        check_size(writer.size, self._max_file_size)
        fields = query | (form.values if form else {})
        name = fields.get("filename") or (form.filename if form else header_filename(scope))
        return Received(Written(writer, await writer.finish(), bytes(head)), clean_filename(name), fields)


class PostPicture:
    """`POST /api/v1/pictures`."""

    def __init__(self, reception: Reception, ingest: IngestService) -> None:
        self._reception = reception
        self._ingest = ingest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one new file: 201, or 200 with `duplicate` when its bytes are in the library already."""
        await self._reception.answer(scope, receive, send, self._take)

    async def _take(self, caller: Caller, received: Received, upload_id: UUID | None) -> tuple[int, dict[str, Any]]:
        details = Details(
            received.filename,
            parse_tags(received.fields.get("tags")),
            file_date=parse_file_date(received.fields.get("file_date")),
            batch_id=parse_batch(received.fields.get("batch")),
            upload_id=upload_id,
            priority=INTERACTIVE,
        )
        result = await self._ingest.take(caller.account_id, received.content, details)
        return (200 if result.duplicate else 201), ingested_json(result)


class PutFile:
    """`PUT /api/v1/pictures/{id}/file`."""

    def __init__(self, reception: Reception, replace: ReplaceService) -> None:
        self._reception = reception
        self._replace = replace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take another file for a picture; the same bytes as before change nothing."""
        text = scope["path"].split("/")[4]

        async def before(caller: Caller) -> int:
            return await self._replace.credit(caller.account_id, parse_id(text, "picture"))

        async def use(caller: Caller, received: Received, upload_id: UUID | None) -> tuple[int, dict[str, Any]]:
            picture_id = parse_id(text, "picture")
            result = await self._replace.replace(
                caller.account_id,
                picture_id,
                received.content,
                file_date=parse_file_date(received.fields.get("file_date")),
                upload_id=upload_id,
            )
            return 200, {
                "id": str(picture_id),
                "changed": result.changed,
                "version": result.version,
                "sha256": received.content.sha256.hex(),
                "size": received.content.size,
                "state": result.state,
            }

        await self._reception.answer(scope, receive, send, use, before=before)


async def _write(pieces: list[bytes], writer: Writer, head: bytearray) -> None:
    for piece in pieces:
        if len(head) < HEAD_BYTES:
            head += piece[: HEAD_BYTES - len(head)]
        await writer.write(piece)
    pieces.clear()


async def _send_problem(send: Send, status: int, code: str, detail: str) -> None:
    await _send(send, status, MEDIA_TYPE, problem_body(status, code, detail))


async def _send(send: Send, status: int, media_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
