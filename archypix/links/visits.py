"""What a guest's request says, and answers as raw ASGI takes them, for views and raw apps alike."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

import orjson
from werkzeug.http import dump_cookie, parse_cookie

from archypix.core.errors import ArchypixError, Invalid, RateLimited, Unavailable
from archypix.gate.problems import status_of
from archypix.gate.requests import Scope, header
from archypix.links.pages import GUARDS, Pages, Sheet
from archypix.links.words import Words, words_for

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
COOKIE: Final = "archypix-link"
UPLOAD: Final = re.compile(r"/l/([^/]+)/upload\Z")
ZIP: Final = re.compile(r"/l/([^/]+)/zip\Z")


def cookie_of(scope: Scope) -> str | None:
    """The value of the guest's cookie, if the request has one."""
    text = header(scope, b"cookie")
    return parse_cookie(text).get(COOKIE) if text is not None and len(text) <= 8192 else None


def cookie_for(secret: str, value: str, *, secure: bool) -> str:
    """The header that gives a guest this cookie: for the one link, and for as long as the browser is open."""
    return dump_cookie(COOKIE, value, path=f"/l/{secret}", secure=secure, httponly=True, samesite="Lax")


def words_of(scope: Scope) -> Words:
    """The language in which a guest reads."""
    return words_for(header(scope, b"accept-language"))


def sheet_for(pages: Pages, error: ArchypixError, say: Words) -> Sheet:
    """The page of an error."""
    detail = "This page cannot be shown." if isinstance(error, Invalid) and not error.faults else error.detail
    return pages.problem(status_of(error), detail, after=waits(error), say=say)


def waits(error: ArchypixError) -> int | None:
    """The seconds after which trying again makes sense; None where it does not."""
    return max(1, math.ceil(error.retry_after)) if isinstance(error, RateLimited | Unavailable) else None


async def send_sheet(send: Send, sheet: Sheet) -> None:
    """Answer with a page."""
    await _answer(send, sheet.status, dict(sheet.headers), sheet.body)


async def send_json(send: Send, status: int, said: Any) -> None:
    """Answer the script of a page."""
    await _answer(send, status, {**GUARDS, "Content-Type": "application/json"}, orjson.dumps(said))


async def send_elsewhere(send: Send, location: str) -> None:
    """Answer with another address to GET."""
    await _answer(send, 303, {**GUARDS, "Location": location}, b"")


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
