"""What a holder asks for, what the owner answers, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares.models import Access, Variant

# All three thumbnails at once, besides the variants of a file.
Wish: TypeAlias = Literal["original", "small", "medium", "large", "thumbnails"]
MOST_ITEMS = 500
# The owner has moved to another server of the domain: that one is to be asked.
MOVED = 421


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked for; `attachment`: an original to be saved rather than shown."""

    uri: str
    variant: Wish
    attachment: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """Addresses by the names of variants, good for `seconds` from the time of the answer, and what is there."""

    urls: dict[str, str]
    seconds: float
    sha256: bytes | None = None
    size: int | None = None
    media_type: str = ""
    filename: str = ""
    # Where the owner is of this server, which file it is; never told to others.
    blob_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no address: 403 no grant, 404, 409 not ready, 410 gone, 421 the owner has moved."""

    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Offline:
    """The owner's server does not answer."""


Result: TypeAlias = Granted | Refusal
Reply: TypeAlias = Granted | Refusal | Offline


class Decider(Protocol):
    """Who may have what: the owner's shares (`archypix.shares.access.AccessService`)."""

    async def access(
        self, connection: Connection, holder_row: int, items: Sequence[tuple[str, Variant]]
    ) -> list[Access]:
        """For each item, in their order, whether that holder may have it."""
        ...
