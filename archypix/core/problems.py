"""Problem documents (RFC 9457) as bytes, and their sending over raw ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson

MEDIA_TYPE = "application/problem+json"


def problem_body(
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    *,
    moved_to: str | None = None,
) -> bytes:
    """A problem document: `code` is stable, `detail` is one sentence, `errors` name fields (`path`, `detail`);
    `moved_to` is the origin of the server that knows more."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        document["errors"] = errors
    if moved_to is not None:
        document["moved_to"] = moved_to
    return orjson.dumps(document)


async def send_problem(
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
    status: int,
    code: str,
    detail: str,
    *,
    headers: Iterable[tuple[bytes, bytes]] = (),
    errors: list[dict[str, str]] | None = None,
) -> None:
    """Answer an ASGI request with a problem document."""
    body = problem_body(status, code, detail, errors)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
