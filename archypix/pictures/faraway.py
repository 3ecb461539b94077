"""Files of pictures that others own: they stay where their owners keep them, and are asked for there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from archypix.core.errors import Unavailable

Availability: TypeAlias = Literal["ok", "owner_offline"]
FarVariant: TypeAlias = Literal["original", "small", "medium", "large"]
# The id of a picture at its owner's, and the owner's row of `remote_actors`.
FarPicture: TypeAlias = tuple[str, int]

NO_ADDRESSES: Final[Mapping[str, None]] = {"small": None, "medium": None, "large": None}


@dataclass(frozen=True, slots=True)
class Shown:
    """Addresses of thumbnails at the owner's storage; each is null where there is none, or the owner is offline."""

    thumbnails: Mapping[str, str | None]
    availability: Availability = "ok"


# Nothing to be shown, though the owner's server answers: not ready yet, none there, or no access any more.
NOTHING: Final = Shown(NO_ADDRESSES)
OFFLINE: Final = Shown(NO_ADDRESSES, "owner_offline")


@dataclass(frozen=True, slots=True)
class FarArchive:
    """Where another server offers, once, the files of some pictures in one archive. `bytes` are those of the files."""

    server: str
    url: str
    pictures: int
    bytes: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FarArchives:
    """What the owners' servers offer, and for how many pictures there is no archive, because they do not answer, or
    give no originals."""

    archives: Sequence[FarArchive] = ()
    missing: int = 0


class OwnerOffline(Unavailable):
    """The owner's server does not answer: the picture is there, its files cannot be got now."""

    code = "owner_offline"


class Source(Protocol):
    """An original at its owner's storage, opened for one reading. `size` in bytes, `sha256` 32 bytes."""

    size: int
    sha256: bytes
    media_type: str
    filename: str

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes; `Unavailable` when they stop coming."""
        ...


class Faraway(Protocol):
    """Asks the owners' servers in the name of an account here. Never call it inside a transaction.

    It remembers addresses in memory until shortly before they end, for each account apart.
    """

    async def thumbnails(self, account_id: int, pictures: Sequence[FarPicture]) -> Mapping[str, Shown]:
        """What to show of each of these pictures, by id; takes 2.5 seconds at most."""
        ...

    async def address(self, account_id: int, picture: FarPicture, variant: FarVariant, *, attachment: bool) -> str:
        """Where a file can be got, for a minute or two.

        Raises `NotFound`, `Gone`, `Forbidden`, `Conflict` (`not_ready`), and `OwnerOffline`.
        """
        ...

    async def archives(self, account_id: int, pictures: Sequence[FarPicture], filename: str) -> FarArchives:
        """Archives of the originals of these pictures, one for each server that owns some of them."""
        ...

    def original(self, account_id: int, picture: FarPicture) -> AbstractAsyncContextManager[Source]:
        """An original, to be read into storage. Raises what `address` does."""
        ...
