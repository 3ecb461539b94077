"""The raw ASGI app that takes GPX tracks: larger than other requests are, so their bytes are bounded as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qs

import orjson
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio import multipart

from archypix.core.errors import ArchypixError, Fault, Invalid, RateLimited, TooLarge
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper, header
from archypix.journal.present import operation_header
from archypix.operations.gpx import MOST_BYTES, refusal
from archypix.operations.tracks import Matching, TrackService
from archypix.pictures.schemas import SelectionIn, Strict
from archypix.storage.answers import Answer
from archypix.storage.receiving import Body, Disconnected, InMemory, Pace, Receive, Send, TooSlow

PATH: Final = "/api/v1/pictures/batch/gpx"
SETTLED: Final = policy.scope("pictures:write")
# Parameters and what a form adds.
MOST_PARAMETERS: Final = 1 << 20
MOST_BODY: Final = MOST_BYTES + 2 * MOST_PARAMETERS
# Tracks taken at once by this server; a person sends one after the other.
MOST_AT_ONCE: Final = 6
READ_SECONDS: Final = 120.0
MOST_PARTS: Final = 4
Model = TypeVar("Model", bound=BaseModel)


class TrackIn(Strict):
    """Which pictures are placed on the track, and how; `dry_run` only counts."""

    selection: SelectionIn
    utc_offset: Annotated[int, Field(ge=-840, le=840)] | None = None
    max_gap: Annotated[float, Field(ge=1, le=86_400)] = 300.0
    interpolate: bool = True
    overwrite: bool = False
    dry_run: bool = False


class TrackApp:
    """Answers `POST /api/v1/pictures/batch/gpx`."""

    def __init__(self, doorkeeper: Doorkeeper, tracks: TrackService, *, pace: Pace | None = None) -> None:
        self._doorkeeper = doorkeeper
        self._tracks = tracks
        self._pace = pace or Pace()
        self._busy: set[int] = set()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Take one track and place pictures on it."""
        body, answer = Body(receive, self._pace), Answer(send)
        try:
            caller = await self._doorkeeper.admit(scope, SETTLED)
            assert caller is not None
            _check_length(scope)
            with self._turn(caller.account_id):
                data = await _read(body)
                wanted, gpx = await asyncio.to_thread(_parts, scope, data)
                matching = Matching(wanted.utc_offset, wanted.max_gap, wanted.interpolate, wanted.overwrite)
                matched = await self._tracks.match(
                    caller.account_id, wanted.selection.selection(), gpx, matching, dry_run=wanted.dry_run
                )
        except Disconnected:
            return
        except TooSlow as error:
            await answer.refuse(error)
            return
        except ArchypixError:
            await body.drain()
            raise
        content = orjson.dumps(asdict(matched), default=str)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        headers += [(k.lower().encode(), v.encode()) for k, v in operation_header(matched.operation).items()]
        await answer.start(200, headers)
        await answer.chunk(content, more=False)

    @contextmanager
    def _turn(self, account_id: int) -> Iterator[None]:
        if account_id in self._busy or len(self._busy) >= MOST_AT_ONCE:
            raise RateLimited("Another track is being read: send this one after it.", retry_after=5)
        self._busy.add(account_id)
        try:
            yield
        finally:
            self._busy.discard(account_id)


async def _read(body: Body) -> bytearray:
    memory: Any = InMemory()
    try:
        async with asyncio.timeout(READ_SECONDS):
            await body.write_to(memory, exact=None, most=MOST_BODY)
    except TimeoutError:
        raise TooSlow("The body comes too slowly.") from None
    data: bytearray = memory.data
    return data


def _check_length(scope: Any) -> None:
    length = header(scope, b"content-length")
    if length is not None and length.isascii() and length.isdigit() and int(length[:18]) > MOST_BODY:
        raise TooLarge(f"A track has at most {MOST_BYTES >> 20} MiB.")


def _parts(scope: Any, data: bytearray) -> tuple[TrackIn, bytes | bytearray]:
    """What is asked, and the track: from a form, or from the query and the body."""
    kind, options = parse_options_header(header(scope, b"content-type") or "")
    if kind.lower() == "multipart/form-data":
        fields = _form(data, options.get("boundary", ""))
        return _parsed(TrackIn, fields.get("parameters", b"")), fields.get("file", b"")
    try:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
    except ValueError:
        query = {}
    return _parsed(TrackIn, query.get("parameters", [""])[0].encode("utf-8", "replace")), data


def _form(data: bytearray, boundary: str) -> dict[str, bytes]:
    """The fields of a multipart form, at most four."""
    if not 1 <= len(boundary) <= 200:
        raise refusal("The form has no boundary.")
    decoder = multipart.MultipartDecoder(boundary.encode("latin-1", "replace"), MOST_BODY, max_parts=MOST_PARTS)
    fields: dict[str, bytearray] = {}
    name = ""
    try:
        decoder.receive_data(bytes(data))
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), multipart.Epilogue | multipart.NeedData):
            if isinstance(event, multipart.Field | multipart.File):
                name = event.name or ""
                fields[name] = bytearray()
            elif isinstance(event, multipart.Data):
                fields[name] += event.data
    except (ValueError, HTTPException) as error:
        raise refusal("The body is not the multipart form that it says it is.") from error
    return {key: bytes(value) for key, value in fields.items()}


def _parsed(model: type[Model], text: bytes) -> Model:
    if len(text) > MOST_PARAMETERS:
        raise Invalid("The parameters are too long.", faults=(Fault("parameters", "1 MiB is the most."),))
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[:50]
        faults = (Fault(".".join(["parameters", *map(str, item["loc"])]), item["msg"]) for item in found)
        raise Invalid("The parameters are wrong.", faults=tuple(faults)) from None


PROBLEM: Final = {"description": "A problem document (RFC 9457).", "content": {"application/problem+json": {}}}
_COUNT: Final = {"type": "integer", "minimum": 0}
ROUTE: Final = RawRoute(
    "POST",
    PATH,
    SETTLED,
    {
        "summary": "Give the selected pictures the places at which a GPX track was when they were taken.",
        "tags": ["selections"],
        "security": [{"bearer": []}, {"session": []}],
        "parameters": [
            {
                "name": "parameters", "in": "query", "required": False, "schema": {"type": "string"},
                "description": "With a raw body: JSON of `selection`, `utc_offset`, `max_gap`, `interpolate`,"
                " `overwrite`, `dry_run`.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/gpx+xml": {"schema": {"type": "string"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["parameters", "file"],
                        "properties": {
                            "parameters": {"type": "string", "description": "The same JSON."},
                            "file": {"type": "string", "format": "binary"},
                        },
                    }
                },
            },
        },
        "responses": {
            "200": {
                "description": "How many pictures were placed, and why others were not.",
                "content": {"application/json": {"schema": {
                    "type": "object",
                    "required": ["affected", "undated", "without_offset", "located", "unmatched", "operation"],
                    "properties": {
                        "affected": _COUNT, "undated": _COUNT, "without_offset": _COUNT, "located": _COUNT,
                        "unmatched": _COUNT, "operation": {"type": ["string", "null"], "format": "uuid"},
                    },
                }}},
            },
            "401": PROBLEM, "403": PROBLEM, "408": PROBLEM, "413": PROBLEM, "422": PROBLEM, "429": PROBLEM,
        },
    },
)  # fmt: skip
