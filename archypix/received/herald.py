"""What the recipient of a share has to tell its sender; federation says it in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from archypix.core.database import Connection
from archypix.received.models import Incoming, Party


class IncomingHerald(Protocol):
    """Each is called inside the transaction of the change, and writes nothing but what is to be delivered."""

    async def accepted(self, connection: Connection, share: Incoming) -> None:
        """The offer is accepted."""
        ...

    async def declined(self, connection: Connection, share: Incoming) -> None:
        """The offer is declined."""
        ...

    async def left(self, connection: Connection, share: Incoming) -> None:
        """The recipient wants nothing of an accepted share any more."""
        ...

    async def proposed(
        self, connection: Connection, account_id: int, owner: Party, uri: str, changes: Mapping[str, Any]
    ) -> None:
        """The account proposes to the owner of picture `uri` to change these fields, named as in the REST API."""
        ...
