"""Questions and answers of `POST /access` as JSON: written for others, and read with distrust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from archypix.core.clock import rfc3339
from archypix.core.errors import Invalid
from archypix.storage.keys import VARIANTS
from federation.access.models import MOST_ITEMS, Granted, Item, Refusal, Result, Wish

WISHES: Final = frozenset(get_args(Wish))
LONGEST_URL: Final = 16_384
LONGEST_URI: Final = 2048
LONGEST_DETAIL: Final = 300
# No address is believed to live for longer, whatever the other side says of it.
MOST_SECONDS: Final = {"original": 120.0, "thumbnails": 900.0}
STATUSES: Final = frozenset({403, 404, 409, 410})
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+/[!#-;=?-\[\]_a-z~]*")
NO_ADDRESS: Final = Refusal(404, "The owner's server gives no address.")


def read_question(document: dict[str, Any]) -> list[Item]:
    """What is asked for; `Invalid` for what is no list of at most 500 items."""
    items = document.get("pictures")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Invalid(f"Ask for `pictures`, a list of 1 to {MOST_ITEMS}.")
    return [_item(value) for value in items]


def _item(value: Any) -> Item:
    if not isinstance(value, dict):
        raise Invalid("Each of `pictures` is an object.")
    uri, variant, attachment = value.get("id"), value.get("variant", "original"), value.get("attachment", False)
    if not isinstance(uri, str) or not 1 <= len(uri) <= LONGEST_URI:
        raise Invalid("Each of `pictures` has an `id`, a text of at most 2048 characters.")
    if not isinstance(variant, str) or variant not in WISHES:
        raise Invalid(f"A `variant` is one of {', '.join(sorted(WISHES))}.")
    if not isinstance(attachment, bool):
        raise Invalid("`attachment` is true or false.")
    return Item(uri, variant, attachment)  # type: ignore[arg-type]


def write_question(items: Sequence[Item]) -> dict[str, Any]:
    """The same, to be sent."""
    return {"pictures": [_asked(item) for item in items]}


def _asked(item: Item) -> dict[str, Any]:
    asked: dict[str, Any] = {"id": item.uri, "variant": item.variant}
    return asked | {"attachment": True} if item.attachment else asked


def write_answer(items: Sequence[Item], results: Sequence[Result], now: datetime) -> dict[str, Any]:
    """What is answered: `now`, and for each item addresses or an error of its own, in their order."""
    return {
        "now": rfc3339(now),
        "pictures": [_answered(item, result, now) for item, result in zip(items, results, strict=True)],
    }


def _answered(item: Item, result: Result, now: datetime) -> dict[str, Any]:
    said: dict[str, Any] = _asked(item)
    if isinstance(result, Refusal):
        return said | {"error": {"status": result.status, "detail": result.detail}}
    said["expires"] = rfc3339(now + timedelta(seconds=result.seconds))
    if item.variant == "thumbnails":
        return said | {"urls": result.urls}
    said["url"] = result.urls[item.variant]
    if result.sha256 is not None:
        said |= {
            "sha256": result.sha256.hex(),
            "size": result.size,
            "mediaType": result.media_type,
            "name": result.filename,
        }
    return said


def read_answer(items: Sequence[Item], document: dict[str, Any], *, plain_http: bool = False) -> list[Result]:
    """What was answered to `items`, in their order; what was not, or not understood, is a refusal.

    `plain_http`: addresses may be such, which is for tests. Times of the other side count only by their difference: its
    clock may be another.
    """
    values = document.get("pictures")
    said: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for value in values[:MOST_ITEMS] if isinstance(values, list) else ():
        if isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(value.get("variant"), str):
            said[value["id"], value["variant"], value.get("attachment") is True] = value
    now = _time(document.get("now"))
    return [_result(item, said.get((item.uri, item.variant, item.attachment)), now, plain_http) for item in items]


def _result(item: Item, value: dict[str, Any] | None, now: datetime | None, plain_http: bool) -> Result:
    if value is None:
        return NO_ADDRESS
    error = value.get("error")
    if isinstance(error, dict):
        return _refusal(error)
    urls = value.get("urls") if item.variant == "thumbnails" else {item.variant: value.get("url")}
    names = VARIANTS if item.variant == "thumbnails" else (item.variant,)
    if not isinstance(urls, dict) or not all(is_address(urls.get(name), plain_http=plain_http) for name in names):
        return NO_ADDRESS
    expires = _time(value.get("expires"))
    if now is None or expires is None:
        return NO_ADDRESS
    most = MOST_SECONDS["original" if item.variant == "original" else "thumbnails"]
    seconds = min((expires - now).total_seconds(), most)
    return Granted({name: urls[name] for name in names}, seconds, *_file(value))


def lifetime(document: dict[str, Any], most: float) -> float:
    """Seconds for which the address in an answer is said to be good, `most` at most."""
    now, expires = _time(document.get("now")), _time(document.get("expires"))
    return 0.0 if now is None or expires is None else max(0.0, min((expires - now).total_seconds(), most))


def _file(value: dict[str, Any]) -> tuple[bytes | None, int | None, str, str]:
    digest, size, media_type, name = (value.get(key) for key in ("sha256", "size", "mediaType", "name"))
    return (
        bytes.fromhex(digest) if isinstance(digest, str) and _SHA256.fullmatch(digest) else None,
        size if type(size) is int and 0 <= size < 1 << 62 else None,
        media_type[:200] if isinstance(media_type, str) else "",
        name[:1000] if isinstance(name, str) else "",
    )


def _refusal(error: dict[str, Any]) -> Refusal:
    status, detail = error.get("status"), error.get("detail")
    shown = "".join(c for c in detail[:LONGEST_DETAIL] if c.isprintable()) if isinstance(detail, str) else ""
    return Refusal(
        status if type(status) is int and status in STATUSES else 404, shown or "The owner's server gives no address."
    )


def is_address(value: Any, *, plain_http: bool = False) -> bool:
    """Whether this may be handed to a browser: an absolute https address, without user information or a blank."""
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return False
    return bool(_ADDRESS.fullmatch(value)) and (plain_http or value.startswith("https:"))


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 64 else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
