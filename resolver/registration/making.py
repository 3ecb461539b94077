"""The account on the backend: made as a pending one, let in once the name is its own, taken back otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from archypix.accounts.errors import NameTaken
from archypix.core.clock import rfc3339
from archypix.core.errors import Fault, Invalid, Unavailable
from resolver.asking import Asker
from resolver.registration.errors import NotYet
from resolver.registration.models import Ticket

logger = logging.getLogger(__name__)
Entry: TypeAlias = Literal["in", "later", "unknown"]

ACCOUNTS = "/internal/v1/domain/accounts"
# The backend keeps a pending account for longer than the Resolver would settle it, whatever their clocks say.
GRACE = timedelta(minutes=5)
MAKING_SECONDS = 20.0
# How often a backend is asked to let somebody in.
ASKED = 3
PAUSE = 0.3
MOST_FAULTS = 20
LONGEST_DETAIL = 500


class AccountMaker:
    """Has backends make accounts. A password goes through here and is neither kept nor logged."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def make(self, ticket: Ticket, password: str, display_name: str, quota: int | None) -> None:
        """Have a pending account made. `Invalid` as the backend says, `NameTaken`, `NotYet` where it cannot now.

        One of that name that is still pending there is left from an earlier try, and goes.
        """
        payload = {
            "name": ticket.name,
            "password": password,
            "display_name": display_name,
            "quota": quota,
            "is_admin": False,
            "deadline": rfc3339(ticket.expires_at + GRACE),
        }
        status, said = await self._ask(ticket, "POST", "", payload)
        if status == 409 and (await self._ask(ticket, "DELETE", f"/{ticket.name}"))[0] == 204:
            status, said = await self._ask(ticket, "POST", "", payload)
        if status == 201:
            return
        if status == 409:
            raise NameTaken(ticket.name)
        if status == 422:
            raise _invalid(said)
        raise NotYet(log_detail=f"{ticket.origin} answered {status} when asked to make an account")

    async def let_in(self, ticket: Ticket) -> Entry:
        """Activate an account whose name has been given: whether they are in, will be, or the backend knows nobody."""
        for attempt in range(ASKED):
            try:
                status, _ = await self._ask(ticket, "POST", f"/{ticket.name}/activate")
            except NotYet as error:
                logger.warning("%s", error)
            else:
                if status == 204:
                    return "in"
                logger.warning("%s answered %d when asked to activate an account", ticket.origin, status)
                if status == 404:
                    return "unknown"
            await asyncio.sleep(PAUSE * attempt)
        # Its next heartbeat is told.
        return "later"

    async def take_back(self, ticket: Ticket) -> None:
        """Have a pending account removed; where that fails it goes by itself after its deadline."""
        try:
            await self._ask(ticket, "DELETE", f"/{ticket.name}", seconds=5.0)
        except NotYet as error:
            logger.warning("%s", error)

    async def _ask(
        self,
        ticket: Ticket,
        method: str,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        seconds: float = MAKING_SECONDS,
    ) -> tuple[int, dict[str, Any]]:
        try:
            return await self._asker.ask(ticket.origin, method, ACCOUNTS + path, payload, seconds=seconds)
        except Unavailable as error:
            raise NotYet(log_detail=f"{ticket.origin} gave no answer: {error}") from None


def _invalid(said: Mapping[str, Any]) -> Invalid:
    """What a backend found wrong, bounded, as if it had been found here."""
    detail = said.get("detail")
    listed = said.get("errors")
    faults = tuple(
        Fault(str(item.get("path", ""))[:100], str(item.get("detail", ""))[:LONGEST_DETAIL])
        for item in (listed if isinstance(listed, list) else [])[:MOST_FAULTS]
        if isinstance(item, dict)
    )
    text = detail[:LONGEST_DETAIL] if isinstance(detail, str) else "The server does not take this."
    return Invalid(text, faults=faults)
