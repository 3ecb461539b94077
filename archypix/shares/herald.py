"""What a person who shares has to tell others; federation says it in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from archypix.core.database import Connection
from archypix.shares.models import Cut, Party, Share, SharedPicture


class ShareHerald(Protocol):
    """Each is called inside the transaction of the change, and writes nothing but what is to be delivered."""

    async def offered(self, connection: Connection, share: Share) -> None:
        """A share is offered to its recipient."""
        ...

    async def changed(self, connection: Connection, share: Share) -> None:
        """Name, path, rights or end of a share are others now; its recipient should know."""
        ...

    async def added(
        self,
        connection: Connection,
        share: Share,
        pictures: Sequence[SharedPicture],
        relayed: Sequence[str],
        sequence: int,
    ) -> None:
        """Own pictures, and ids of others' pictures to which access was granted, are in the share: 100 at most."""
        ...

    async def removed(self, connection: Connection, share: Share, uris: Sequence[str], sequence: int) -> None:
        """These pictures are not in the share any more: 100 at most. Tells the share's own recipient."""
        ...

    async def updated(
        self, connection: Connection, share: Share, pictures: Sequence[SharedPicture], holders: Sequence[int]
    ) -> None:
        """Own pictures changed, or entered or left the trash: 100 at most. `holders` are rows of `remote_actors`."""
        ...

    async def deleted(self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]) -> None:
        """Own pictures are gone for good: 100 at most."""
        ...

    async def withdrawn(
        self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]
    ) -> None:
        """These holders below the root have no access to these pictures any more, by no share: 100 pictures at most.

        Other pictures they may hold still.
        """
        ...

    async def revoked(self, connection: Connection, cut: Cut) -> None:
        """A share ended (revoked, expired, or its owner is going): tell its recipient, if it was pending or active, and
        everybody downstream. What is queued about it is dropped."""
        ...

    async def cut(self, connection: Connection, cut: Cut) -> None:
        """Grants below a share's root ended: tell their holders, and the relayers who had asked for them."""
        ...

    async def invited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, depth: int, uris: Sequence[str]
    ) -> str:
        """Ask `owner` for access of the share's recipient to these of their pictures (100 at most), held by the
        owner's share `upstream`; returns the id of the activity, which the answer names."""
        ...

    async def uninvited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, uris: Sequence[str] | None
    ) -> None:
        """Give back what was asked for: these pictures (100 at most), or, with None, all granted for `share`."""
        ...
