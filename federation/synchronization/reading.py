"""Reading a share at its sender's server: what it is, and page by page what is in it. Bounded, and with distrust."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from archypix.received.models import Announced, SharedPicture
from federation.documents.errors import Malformed
from federation.documents.origins import same_origin
from federation.documents.terms import embedded, id_of, many
from federation.outbound.errors import Misbehaved
from federation.sharing import ids, reading, values

# Pages have a hundred pictures each; what holds more than this is not read to its end.
MOST_PAGES = 5_000
MOST_PICTURES = 200_000
MOST_ON_PAGE = 1_000
# Characters of descriptions that are kept in mind of one share. What is said beyond is left out, and asked for later.
MOST_TEXT = 32 << 20

# The document at an address, as the account may see it. Raises FetchError.
Get: TypeAlias = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Head:
    """A share at this moment. `digest` is of what the one who asks should hold, None where it is not said."""

    share: str
    sender: str
    sequence: int
    digest: bytes | None
    first: str | None


async def head(get: Get, share: str, sender: str) -> Head:
    """The share as its sender's server describes it now. Raises FetchError."""
    document = await get(share)
    if document.get("id") != share or id_of(document.get("attributedTo")) != sender:
        raise Misbehaved("the share is another than was asked for")
    sequence = values.whole(document.get("apx:sequence"), 0, values.MOST_REVISION - 1)
    if sequence is None:
        raise Misbehaved("the share has no `apx:sequence`")
    return Head(share, sender, sequence, values.digest(document.get("apx:digest")), id_of(document.get("first")))


async def pictures(get: Get, head: Head) -> list[Announced]:
    """Everything in a share, each once. Raises FetchError."""
    found: dict[str, Announced] = {}
    address, seen, left = head.first, set[str](), MOST_TEXT
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES or len(found) > MOST_PICTURES:
            raise Misbehaved("pages without end")
        if not same_origin(address, head.share):
            raise Misbehaved("a page lies elsewhere than its share")
        seen.add(address)
        page = await get(address)
        if page.get("id") != address or id_of(page.get("partOf")) != head.share:
            raise Misbehaved("the page is of something else")
        for item in _items(page):
            if (one := _announced(item, head.sender if left > 0 else None)) is not None:
                found[one.uri] = one
                left -= _length(one.picture)
        address = id_of(page.get("next"))
    return list(found.values())


def _items(page: Mapping[str, Any]) -> list[Any]:
    items = many(page.get("orderedItems"))
    if len(items) > MOST_ON_PAGE:
        raise Misbehaved("a page is too long")
    return items


def _length(picture: SharedPicture | None) -> int:
    """About how many characters a description has that are not bounded to a few."""
    return 0 if picture is None else sum(map(len, filter(None, (picture.description, picture.title, picture.creator))))


def _announced(item: Any, sender: str | None) -> Announced | None:
    """A picture as a page names it; None for what is none. Only `sender` is read as to what it is, of their own."""
    uri = id_of(item)
    place = ids.read_picture(uri)
    if uri is None or place is None:
        return None
    return Announced(uri, place[0], _described(item, sender) if place[0] == sender else None)


def _described(item: Any, owner: str) -> SharedPicture | None:
    """What its owner says of it. What cannot be read is asked for by itself, and stands in no other's way."""
    document = embedded(item)
    if document is None:
        return None
    try:
        return reading.read_picture(document, owner)
    except Malformed:
        return None
