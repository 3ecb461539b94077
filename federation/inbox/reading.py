"""From bytes to an activity: strict about what must be there once, lenient about how it is written."""

from __future__ import annotations

import re
from typing import Any

from federation.documents.errors import Malformed
from federation.documents.origins import host, origin
from federation.documents.parse import load
from federation.documents.terms import AS, embedded, many
from federation.inbox.models import Envelope
from federation.inbox_contract import Denied

LIMIT = 262_144
LONGEST_ID = 2048
MOST_TYPES = 8
MOST_OBJECTS = 200
MOST_RECIPIENTS = 2000
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9:/#._-]{0,199}")
_MEDIA_TYPE = re.compile(r"\s*([a-z]+/[a-z0-9.+-]+)\s*(?:;(.*))?", re.IGNORECASE | re.DOTALL)
_PROFILE = re.compile(rf'profile\s*=\s*"?[^"]*{re.escape(AS)}', re.IGNORECASE)
_RECIPIENT_TERMS = ("to", "cc", "bto", "bcc", "audience")


def check_media_type(values: list[str]) -> None:
    """Raise `Denied` (415) unless there is exactly one content type, and it is that of ActivityStreams."""
    match = _MEDIA_TYPE.fullmatch(values[0]) if len(values) == 1 else None
    kind = match[1].lower() if match else ""
    if kind == "application/activity+json":
        return
    if kind == "application/ld+json" and match is not None and _PROFILE.search(match[2] or ""):
        return
    raise Denied(415, "Send application/activity+json.")


def read(body: bytes) -> Envelope:
    """The activity in `body`; `Denied` (400, 413) where it is not one, or says something twice."""
    try:
        activity = load(body, limit=LIMIT)
    except Malformed as error:
        raise Denied(error.status, error.detail) from None
    return envelope(activity)


def envelope(activity: dict[str, Any]) -> Envelope:
    """Who says what about what; `Denied` (400)."""
    identifier = _address(_single(activity.get("id")), "id")
    actor = _actor(activity)
    types = _types(activity.get("type"))
    for term in _RECIPIENT_TERMS:
        if len(many(activity.get(term))) > MOST_RECIPIENTS:
            raise Denied(400, f"`{term}` has too many members.")
    return Envelope(
        activity,
        identifier,
        types,
        actor,
        _objects(activity.get("object")),
        embedded(activity.get("object")),
        host(actor),
    )


def _actor(activity: dict[str, Any]) -> str:
    value = _single(activity.get("actor"))
    return _address(value.get("id") if isinstance(value, dict) else value, "actor")


def _single(value: Any) -> Any:
    """What stands alone, or alone in an array."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _address(value: Any, name: str) -> str:
    """An http(s) address with nothing hidden in it."""
    if not isinstance(value, str) or not value:
        raise Denied(400, f"There must be exactly one `{name}`, and it must be an address.")
    try:
        origin(value)
    except ValueError:
        raise Denied(400, f"`{name}` is not an http(s) address.") from None
    if len(value.encode()) > LONGEST_ID or (name == "actor" and "#" in value):
        raise Denied(400, f"`{name}` is not an address that this server takes.")
    return value


def _types(value: Any) -> tuple[str, ...]:
    found = many(value)
    if not 1 <= len(found) <= MOST_TYPES or not all(isinstance(name, str) and _TYPE.fullmatch(name) for name in found):
        raise Denied(400, "There must be a `type`, and it must be a name.")
    return tuple(name.removeprefix("as:").removeprefix(f"{AS}#") for name in found)


def _objects(value: Any) -> tuple[str, ...]:
    """Ids of what the activity is about; what has none is passed over."""
    items = many(value)
    if len(items) > MOST_OBJECTS:
        raise Denied(400, "`object` has too many members.")
    found = []
    for item in items:
        identifier = item.get("id") if isinstance(item, dict) else item
        if identifier is None:
            continue
        if not isinstance(identifier, str) or not 0 < len(identifier.encode("utf-8", "replace")) <= LONGEST_ID:
            raise Denied(400, "`object` has an id that is none.")
        found.append(identifier)
    return tuple(found)
