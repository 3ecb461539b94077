"""A herald that tells nobody: for a library without other servers."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from archypix.shares.models import Cut, Party, Share, SharedPicture


class QuietHerald:
    """A `herald.ShareHerald`."""

    async def offered(self, connection: Connection, share: Share) -> None:
        """Nobody is told."""

    async def changed(self, connection: Connection, share: Share) -> None:
        """Nobody is told."""

    async def added(
        self,
        connection: Connection,
        share: Share,
        pictures: Sequence[SharedPicture],
        relayed: Sequence[str],
        sequence: int,
    ) -> None:
        """Nobody is told."""

    async def removed(self, connection: Connection, share: Share, uris: Sequence[str], sequence: int) -> None:
        """Nobody is told."""

    async def updated(
        self, connection: Connection, share: Share, pictures: Sequence[SharedPicture], holders: Sequence[int]
    ) -> None:
        """Nobody is told."""

    async def deleted(self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]) -> None:
        """Nobody is told."""

    async def withdrawn(
        self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]
    ) -> None:
        """Nobody is told."""

    async def revoked(self, connection: Connection, cut: Cut) -> None:
        """Nobody is told."""

    async def cut(self, connection: Connection, cut: Cut) -> None:
        """Nobody is told."""

    async def invited(
        self,
        connection: Connection,  # noqa: ARG002
        share: Share,  # noqa: ARG002
        owner: Party,  # noqa: ARG002
        upstream: str,  # noqa: ARG002
        depth: int,  # noqa: ARG002
        uris: Sequence[str],  # noqa: ARG002
    ) -> str:
        """Nobody is asked."""
        return ""

    async def uninvited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, uris: Sequence[str] | None
    ) -> None:
        """Nobody is told."""
