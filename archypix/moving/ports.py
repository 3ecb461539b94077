"""What moving needs of those above it: who knows other servers, who keeps keys, and where another backend is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from archypix.core.database import Connection
from archypix.moving.models import Offer


class Relations(Protocol):
    """Everything about others, each step inside the caller's transaction. No network."""

    async def given(self, connection: Connection, rows: Sequence[int]) -> list[dict[str, Any]]:
        """These rows of `remote_actors` as another backend takes them, each with its `id` and `uri`."""
        ...

    async def taken(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> dict[int, int]:
        """The rows that these have here, by their numbers there; made where there are none."""
        ...

    async def departed(self, connection: Connection, account_id: int, origin: str) -> None:
        """A person of this backend lives at `origin` now. May be repeated."""
        ...

    async def arrived(self, connection: Connection, account_id: int, origin: str) -> None:
        """A person who lived at the backend `origin` lives here now. May be repeated."""
        ...

    def delivery_key(self, key: str, actors: Mapping[int, int], rows: Mapping[int, int]) -> str:
        """The key of a delivery with the numbers of this database."""
        ...


class Keys(Protocol):
    """Private keys of actors, which each installation seals by a secret of its own."""

    def reveal(self, actor_id: int, kind: str, sealed: bytes) -> bytes:
        """The key as PEM."""
        ...

    def seal(self, actor_id: int, kind: str, private: bytes) -> bytes:
        """The key (PEM) sealed for this installation."""
        ...

    def matches(self, kind: str, public: str, private: bytes) -> bool:
        """Whether a private key (PEM) is that of the public one which a row has."""
        ...


class Source(Protocol):
    """The other backend, asked about one move. `Unavailable` where it does not answer or is not ready yet."""

    async def manifest(self) -> dict[str, Any]:
        """`schema` (what both must have alike), `name`, `blobs`, `bytes`, `rows`."""
        ...

    async def blobs(self, after: str | None) -> dict[str, Any]:
        """`items`: offers of files as JSON; `next`: where to go on, or null."""
        ...

    async def rows(self, part: str, after: str | None, seal_for: str) -> dict[str, Any]:
        """`lines`: rows of a part as JSON; `next`: where to go on, or null."""
        ...

    async def sums(self) -> dict[str, Any]:
        """Of each table `count` and `sha256`."""
        ...

    def fetch(self, offer: Offer, url: str, size: int) -> AsyncIterator[bytes]:
        """The bytes at an address of the offer: `size` of them, or an error."""
        ...
