"""What an upload's request says beside its bytes: headers, query and fields, parsed, or refused by name."""

from __future__ import annotations

import base64
import binascii
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import orjson
from werkzeug.http import parse_options_header

from archypix.core.errors import Fault, Invalid, NotFound, UnsupportedType
from archypix.core.ids import parse_id
from archypix.gate.requests import header
from archypix.pictures.dates import parse_wall_clock
from archypix.uploads.multipart import Malformed

Scope: TypeAlias = MutableMapping[str, Any]

FIELDS = frozenset({"tags", "file_date", "filename", "batch"})
MOST_TAGS = 100
QUERY_LENGTH = 8192


def content_length(scope: Scope) -> int | None:
    """The number of bytes that the request announces, if it does."""
    text = header(scope, b"content-length")
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


def form_boundary(scope: Scope) -> bytes | None:
    """The boundary of a multipart form, None for a raw body; `UnsupportedType` for anything that is neither."""
    media_type, options = parse_options_header(header(scope, b"content-type") or "application/octet-stream")
    media_type = media_type.lower()
    if media_type == "multipart/form-data":
        boundary = options.get("boundary", "")
        if not boundary:
            raise Malformed
        return boundary.encode("latin-1", "replace")
    if media_type == "application/octet-stream" or media_type.startswith(("image/", "video/")):
        return None
    raise UnsupportedType("Send a multipart form with a `file`, or the file itself with its own Content-Type.")


def announced_digest(scope: Scope) -> bytes | None:
    """The SHA-256 in `X-Content-SHA256` (hexadecimal) or `Content-Digest` (RFC 9530); `Invalid` when it is none."""
    try:
        if text := header(scope, b"x-content-sha256"):
            digest = binascii.unhexlify(text.strip())
        elif text := header(scope, b"content-digest"):
            members = dict(part.strip().partition("=")[::2] for part in text.split(","))
            value = members.get("sha-256")
            if value is None:
                return None
            digest = base64.b64decode(value.strip().strip(":"), validate=True)
        else:
            return None
    except ValueError:
        raise Invalid("The announced SHA-256 is not readable.", code="invalid_digest") from None
    if len(digest) != 32:
        raise Invalid("The announced SHA-256 does not have 32 bytes.", code="invalid_digest")
    return digest


def query_fields(scope: Scope) -> dict[str, str]:
    """The fields in the query; `Invalid` for one that does not exist."""
    text: bytes = scope["query_string"]
    if len(text) > QUERY_LENGTH:
        raise Invalid("The query is too long.")
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Invalid("The query is not readable.") from None
    if unknown := [name for name, _ in pairs if name not in FIELDS]:
        raise Invalid("The query is not as expected.", faults=(Fault(unknown[0][:100], "There is no such field."),))
    return dict(pairs)


def header_filename(scope: Scope) -> str:
    """The name in `X-Filename`: UTF-8, percent-encoded where it is not ASCII."""
    text = header(scope, b"x-filename") or ""
    return unquote(text.encode("latin-1").decode("utf-8", "replace"))


def parse_tags(text: str | None) -> tuple[str, ...]:
    """Paths from the JSON list that the field `tags` is; `Invalid` for anything else."""
    if not text:
        return ()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, list) or len(value) > MOST_TAGS or not all(isinstance(item, str) for item in value):
        detail = f"A JSON list of at most {MOST_TAGS} paths."
        raise Invalid("The tags are not as expected.", faults=(Fault("tags", detail),))
    return tuple(value)


def parse_file_date(text: str | None) -> datetime | None:
    """The wall clock in the field `file_date`."""
    if not text:
        return None
    try:
        return parse_wall_clock(text)
    except ValueError:
        detail = "A date and time such as 2018-03-02T10:00:00."
        raise Invalid("The file's date is not readable.", faults=(Fault("file_date", detail),)) from None


def parse_batch(text: str | None) -> UUID | None:
    """The id in the field `batch`."""
    if not text:
        return None
    try:
        return parse_id(text)
    except NotFound:
        raise Invalid("The batch is no id.", faults=(Fault("batch", "A UUID."),)) from None
