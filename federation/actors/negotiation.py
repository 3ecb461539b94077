"""What clients want of an address that has two faces, and answers in ActivityStreams that caches understand."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from quart import Response, request

ACTIVITY_TYPE = "application/activity+json"
ACTIVITY = frozenset({ACTIVITY_TYPE, "application/ld+json", "application/json"})
HTML = frozenset({"text/html", "application/xhtml+xml"})
LONGEST_ACCEPT = 2000
OPEN = {"Access-Control-Allow-Origin": "*"}


def wants_activity(accept: str | None) -> bool:
    """Whether a client prefers ActivityStreams to a page. Without a preference it is a program, not a browser."""
    activity, html = 0.0, 0.0
    for item in (accept or "*/*")[:LONGEST_ACCEPT].split(","):
        kind, *parameters = (part.strip().lower() for part in item.split(";"))
        weight = _weight(parameters)
        if kind in ACTIVITY:
            activity = max(activity, weight)
        elif kind in HTML:
            html = max(html, weight)
    return activity >= html


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def activity_response(
    document: dict[str, Any], *, status: int = 200, seconds: int = 60, shared: bool = True
) -> Response:
    """A document that may be kept for so many seconds; 304 where the client has it already.

    `shared` says that caches between may keep it: not where it is only for those who sign.
    """
    body = orjson.dumps(document)
    return cacheable(body, f"{ACTIVITY_TYPE}; charset=utf-8", status=status, seconds=seconds, shared=shared)


def cacheable(
    body: bytes,
    content_type: str,
    *,
    status: int = 200,
    seconds: int,
    shared: bool = True,
    spoken: bool = False,
) -> Response:
    """An answer with an `ETag`, for so many seconds; 304 where the client has it already.

    `spoken` says that it is in the reader's language: caches keep one of each.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = OPEN | {
        "ETag": tag,
        "Vary": "Accept" + (", Accept-Language" if spoken else "") + ("" if shared else ", Signature"),
        "Cache-Control": f"{'public' if shared else 'private'}, max-age={seconds}",
    }
    if status == 200 and tag in request.headers.get("If-None-Match", "")[:LONGEST_ACCEPT]:
        return Response(b"", status=304, headers=headers)
    return Response(body, status=status, content_type=content_type, headers=headers)
