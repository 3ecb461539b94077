"""Names at the Resolver: claimed for accounts of this server, one for somebody who waits, or many at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from archypix.accounts.errors import NameTaken
from archypix.core.errors import NotFound, Unavailable
from federation.domain.mail import Mail
from federation.domain.names import LocalNames

logger = logging.getLogger(__name__)

API = "/internal/v1"
MOST_AT_ONCE = 1000
NOT_NOW = (
    "The name {name} is held here, but the domain could not be asked whether it is free. The account is made by itself"
    " as soon as that can be asked, within minutes; if the name is somebody else's, it is not."
)


class NotClaimed(Unavailable):
    """The Resolver did not say whose the names are."""

    code = "name_not_claimed"


class Directory:
    """The Resolver as far as names go; a `NameRegistry`. `base` is the origin under which it knows itself."""

    shared = True

    def __init__(self, mail: Mail, names: LocalNames, base: str) -> None:
        self._mail = mail
        self._names = names
        self._base = base

    async def held(self, name: str) -> None:
        """Addresses below this name are local from now on."""
        await self._names.look(name)

    async def claim(self, name: str) -> None:
        """Make the name this server's for ever. `NameTaken`, `Unavailable`."""
        try:
            results = await self.claims([name])
        except Unavailable as error:
            raise NotClaimed(NOT_NOW.format(name=name), log_detail=str(error)) from error
        if results.get(name) != "yours":
            raise NameTaken(name)

    async def claims(self, names: Sequence[str]) -> dict[str, str]:
        """Claim at most 1000 names; what became of each: `yours`, `taken`, or `reserved` for somebody who registers.

        `Unavailable` where nothing was claimed.
        """
        status, told = await self._mail.ask(f"{self._base}{API}/names", {"names": list(names)})
        results = told.get("results")
        if status != 200 or not isinstance(results, dict):
            raise NotClaimed(
                "The Resolver of this domain gives no names now.",
                log_detail=f"the Resolver answered {status} {str(told.get('code', ''))[:60]} to a claim",
            )
        return {name: str(result) for name, result in results.items() if name in names}

    async def where(self, name: str) -> str:
        """The origin of the backend where somebody of the domain lives. `NotFound`, `Unavailable`."""
        status, told = await self._mail.get(f"{self._base}{API}/names/{name}")
        if status in (404, 410):
            raise NotFound("Nobody in this domain is called so.")
        origin = told.get("origin")
        if status != 200 or not isinstance(origin, str):
            raise Unavailable("The Resolver does not say where this person lives.", log_detail=f"it answered {status}")
        return origin
