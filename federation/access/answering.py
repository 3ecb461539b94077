"""What holders ask of this server, answered: addresses of files, and archives."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from archypix.core import clock
from archypix.core.clock import rfc3339
from archypix.core.errors import Gone, Invalid
from archypix.pictures.names import clean_filename
from federation.access.desk import AccessDesk
from federation.access.models import MOST_ITEMS, MOVED, Refusal
from federation.access.tickets import ELSEWHERE, Tickets
from federation.access.wire import LONGEST_URI, read_question, write_answer
from federation.remote.models import RemoteActor

LONGEST_NAME: Final = 1000


class AddressAnswerer:
    """`POST /access`."""

    def __init__(self, desk: AccessDesk) -> None:
        self._desk = desk

    async def __call__(self, holder: RemoteActor, question: dict[str, Any]) -> dict[str, Any]:
        """Addresses of what `holder` may have; `Invalid` for what is no question, `Gone` where all of it has moved."""
        items = read_question(question)
        results = await self._desk.answer(holder.id, items)
        if all(isinstance(result, Refusal) and result.status == MOVED for result in results):
            raise Gone(ELSEWHERE, code="moved")
        return write_answer(items, results, clock.now())


class ArchiveAnswerer:
    """`POST /access/archives`."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    async def __call__(self, holder: RemoteActor, question: dict[str, Any]) -> dict[str, Any]:
        """The address of an archive of what `holder` may have; `Invalid` for what is no question.

        `pictures` is 0 where there is nothing, and then there is no address.
        """
        uris, filename, onto = _read(question)
        ticket = await self._tickets.offer(holder.id, uris, filename, onto)
        if ticket is None:
            return {"now": rfc3339(clock.now()), "pictures": 0, "bytes": 0}
        return {
            "now": rfc3339(clock.now()),
            "archive": str(ticket.id),
            "url": ticket.url,
            "expires": rfc3339(ticket.expires_at),
            "pictures": ticket.pictures,
            "bytes": ticket.bytes,
        }


def _read(question: dict[str, Any]) -> tuple[list[str], str, UUID | None]:
    items, name, archive = question.get("pictures"), question.get("filename"), question.get("archive")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Invalid(f"Ask for `pictures`, a list of 1 to {MOST_ITEMS}.")
    uris = [item.get("id") if isinstance(item, dict) else None for item in items]
    if not all(isinstance(uri, str) and 1 <= len(uri) <= LONGEST_URI for uri in uris):
        raise Invalid("Each of `pictures` has an `id`, a text of at most 2048 characters.")
    if name is not None and (not isinstance(name, str) or len(name) > LONGEST_NAME):
        raise Invalid("`filename` is a text.")
    try:
        onto = None if archive is None else UUID(archive) if isinstance(archive, str) else UUID("")
    except ValueError:
        raise Invalid("`archive` is the id of an archive.") from None
    return list(dict.fromkeys(map(str, uris))), clean_filename(name or "pictures.zip"), onto
