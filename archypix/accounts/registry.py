"""Whether a name is free: in this server alone, or in a domain that it shares with others."""

from __future__ import annotations

from typing import Protocol


class NameRegistry(Protocol):
    """Who knows the names of the domain. `shared` says whether anybody but this server does."""

    @property
    def shared(self) -> bool: ...

    async def held(self, name: str) -> None:
        """This server holds the name from now on: whoever looks sees that it is meant when it is named."""
        ...

    async def claim(self, name: str) -> None:
        """Make the name this server's for ever; harmless for a name that is.

        `NameTaken` where it is somebody else's in the domain, `Unavailable` where nobody can say so now.
        """
        ...


class Alone:
    """A server that is alone in its domain: what its own database allows is free."""

    shared = False

    async def held(self, name: str) -> None:
        """Nobody else has to know."""

    async def claim(self, name: str) -> None:
        """There is nobody to ask."""
