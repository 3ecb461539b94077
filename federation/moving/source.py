"""The backend from which somebody comes, asked over HTTP in messages that this one signs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from archypix.core.errors import ArchypixError, Conflict, NotFound, Unavailable
from archypix.moving.models import Offer
from federation.domain.mail import Mail
from federation.outbound.files import Files

PATH: Final = "/internal/v1/moving"
SECONDS: Final = 30.0
# Sums are made of all rows.
LONG_SECONDS: Final = 600.0
LIMIT: Final = 64 << 20


class HttpSource:
    """A `moving.ports.Source`: the backend at `at`, asked about one move."""

    def __init__(self, mail: Mail, files: Files, at: str, move: UUID) -> None:
        self._mail = mail
        self._files = files
        self._at = at
        self._move = move

    async def manifest(self) -> dict[str, Any]:
        """See `moving.ports.Source`."""
        return await self._ask("manifest", {})

    async def blobs(self, after: str | None) -> dict[str, Any]:
        """See `moving.ports.Source`."""
        return await self._ask("blobs", {"after": after})

    async def rows(self, part: str, after: str | None, seal_for: str) -> dict[str, Any]:
        """See `moving.ports.Source`."""
        return await self._ask("rows", {"table": part, "after": after, "seal_for": seal_for})

    async def sums(self) -> dict[str, Any]:
        """See `moving.ports.Source`."""
        return await self._ask("sums", {}, seconds=LONG_SECONDS)

    def fetch(self, offer: Offer, url: str, size: int) -> AsyncIterator[bytes]:
        """See `moving.ports.Source`."""
        del offer
        return self._files.read(url, size)

    async def _ask(self, what: str, question: dict[str, Any], *, seconds: float = SECONDS) -> dict[str, Any]:
        url = f"{self._at}{PATH}/{self._move}/{what}"
        status, answer = await self._mail.ask(url, question, seconds=seconds, limit=LIMIT)
        if status == 200:
            return answer
        raise _refusal(status, str(answer.get("detail") or f"HTTP {status}")[:300])


def _refusal(status: int, detail: str) -> ArchypixError:
    """What the other side meant. Who does not know us yet may do so in a moment."""
    if status == 404:
        return NotFound(detail)
    if status in (409, 422):
        return Conflict(detail)
    return Unavailable("The other server of the domain does not give anything now.", log_detail=detail)
