"""Errors as `application/problem+json` (RFC 9457): the status of each class, and what a client may see of it."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus

from pydantic import ValidationError
from quart_schema.validation import RequestSchemaValidationError
from werkzeug.exceptions import HTTPException

from archypix.core import errors
from archypix.core.problems import MEDIA_TYPE, problem_body

logger = logging.getLogger(__name__)

STATUS: dict[type[errors.ArchypixError], int] = {
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Moved: 410,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.UnsupportedType: 415,
    errors.RangeNotSatisfiable: 416,
    errors.QuotaExceeded: 413,
    errors.RateLimited: 429,
    errors.OutOfSpace: 507,
    errors.Unavailable: 503,
}
INTERNAL = "Something went wrong on the server. The log has the details under this request's id."

Answer = tuple[int, list[tuple[str, str]], bytes]


def status_of(error: errors.ArchypixError) -> int:
    """The HTTP status of an error: that of its nearest class in `STATUS`."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer_for(error: BaseException) -> Answer:
    """Status, headers and body for anything a view can raise. What is not foreseen is a 500 and logged whole."""
    if isinstance(error, errors.ArchypixError):
        return _domain(error)
    if isinstance(error, RequestSchemaValidationError):
        return _schema(error)
    if isinstance(error, HTTPException):
        return _http(error)
    logger.error("unhandled error", exc_info=error)
    return _answer(500, "internal", INTERNAL)


def _domain(error: errors.ArchypixError) -> Answer:
    status = status_of(error)
    headers: list[tuple[str, str]] = []
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers.append(("Retry-After", str(max(1, math.ceil(error.retry_after)))))
    if status == 401:
        headers.append(("WWW-Authenticate", 'Bearer realm="archypix"'))
    if status >= 500:
        logger.error("%s: %s", error.code, error)
    faults = [{"path": fault.path, "detail": fault.detail} for fault in getattr(error, "faults", ())]
    moved_to = error.moved_to if isinstance(error, errors.Moved) else None
    return _answer(status, error.code, error.detail, faults, headers, moved_to)


def _schema(error: RequestSchemaValidationError) -> Answer:
    cause = error.validation_error
    if not isinstance(cause, ValidationError):
        return _answer(422, "invalid", "The request does not have the expected form.")
    faults = [
        {"path": ".".join(str(part) for part in item["loc"]), "detail": item["msg"]}
        for item in cause.errors(include_input=False, include_url=False, include_context=False)[:50]
    ]
    return _answer(422, "invalid", "The request does not have the expected form.", faults)


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if status >= 500:
        logger.error("unhandled error", exc_info=error)
        return _answer(500, "internal", INTERNAL)
    phrase = HTTPStatus(status).phrase
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Location")]
    return _answer(status, phrase.lower().replace(" ", "_"), error.description or phrase, headers=headers)


def _answer(
    status: int,
    code: str,
    detail: str,
    faults: list[dict[str, str]] | None = None,
    headers: list[tuple[str, str]] | None = None,
    moved_to: str | None = None,
) -> Answer:
    body = problem_body(status, code, detail, faults or None, moved_to=moved_to)
    return status, [("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store"), *(headers or [])], body
