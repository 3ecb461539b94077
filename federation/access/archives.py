"""The holder's side of archives: each server that owns some of a selection is asked for one of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from archypix.core import clock
from archypix.core.errors import ArchypixError
from archypix.core.ids import parse_id
from archypix.pictures.faraway import FarArchive, FarArchives, FarPicture
from federation.access.asking import Enquiries
from federation.access.models import MOST_ITEMS
from federation.access.owners import Owners, Place
from federation.access.tickets import MOST, Tickets
from federation.access.wire import is_address, lifetime
from federation.outbound.errors import FetchError

logger = logging.getLogger(__name__)

# What is asked at a time, so that no question is longer than one may be.
STEP: Final = 200
WITHIN: Final = 20.0
MOST_SECONDS: Final = 900.0
LONGEST: Final = 2.5


class ArchiveFinder:
    """Finds archives at the owners' servers, all of them beside each other."""

    def __init__(
        self, enquiries: Enquiries, owners: Owners, tickets: Tickets, *, origin: str, plain_http: bool = False
    ) -> None:
        self._enquiries = enquiries
        self._owners = owners
        self._tickets = tickets
        self._origin = origin
        self._plain_http = plain_http

    async def find(self, account_id: int, pictures: Sequence[FarPicture], filename: str) -> FarArchives:
        """What is offered of these pictures: 10,000 at most of each server, nothing of those that do not answer."""
        places, missing = await self._places(pictures)
        parts = await asyncio.gather(
            *(self._of_server(account_id, place, uris, filename) for place, uris in places.items())
        )
        found = [part for part in parts if part is not None]
        offered = sum(part.pictures for part in found)
        return FarArchives(found, missing + sum(len(uris) for uris in places.values()) - offered)

    async def _places(self, pictures: Sequence[FarPicture]) -> tuple[dict[Place, list[str]], int]:
        """The pictures by the server that is to be asked, and of how many it is not known."""
        known = {owner: await self._place(owner) for owner in dict.fromkeys(owner for _, owner in pictures)}
        places: dict[Place, list[str]] = {}
        missing = 0
        for uri, owner in pictures:
            place = known[owner]
            if place is None:
                missing += 1
            else:
                places.setdefault(place, []).append(uri)
        return places, missing

    async def _place(self, owner: int) -> Place | None:
        if self._enquiries.is_offline(owner):
            return None
        try:
            return await self._owners.place(owner, LONGEST)
        except FetchError:
            return None

    async def _of_server(self, account_id: int, place: Place, uris: Sequence[str], filename: str) -> FarArchive | None:
        found: FarArchive | None = None
        onto: str | None = None
        try:
            async with asyncio.timeout(WITHIN):
                for start in range(0, min(len(uris), MOST), STEP):
                    step = uris[start : start + STEP]
                    part, onto = await self._step(account_id, place, step, filename, onto)
                    if part is not None:
                        found = part if found is None else _joined(found, part)
        except (FetchError, ArchypixError, TimeoutError) as error:
            logger.info("%s makes no archive: %s", place.host or "this server", type(error).__name__)
        return found

    async def _step(
        self, account_id: int, place: Place, uris: Sequence[str], filename: str, onto: str | None
    ) -> tuple[FarArchive | None, str | None]:
        """An archive, or what was added to the one called `onto`; and what it is called."""
        holder = await self._owners.holder(account_id)
        if place.url:
            question = {"pictures": [{"id": uri} for uri in uris], "filename": filename, "archive": onto}
            answer = await self._enquiries.post(f"{place.url}/archives", question, holder)
            return self._read(place, answer, onto)
        if holder.row is None:
            return None, onto
        ticket = await self._tickets.offer(
            holder.row, uris, filename, parse_id(onto, "archive") if onto is not None else None
        )
        if ticket is None:
            return None, onto
        archive = FarArchive(self._origin, ticket.url or "", ticket.pictures, ticket.bytes, ticket.expires_at)
        return archive, str(ticket.id)

    def _read(self, place: Place, answer: dict[str, Any], onto: str | None) -> tuple[FarArchive | None, str | None]:
        name, url, pictures, size = (answer.get(key) for key in ("archive", "url", "pictures", "bytes"))
        fits = type(pictures) is int and 0 < pictures <= MOST_ITEMS and type(size) is int and 0 <= size < 1 << 62
        if not isinstance(name, str) or len(name) > 100 or not fits:
            return None, onto
        if onto is None and not is_address(url, plain_http=self._plain_http):
            return None, None
        assert type(pictures) is int
        assert type(size) is int
        address = url if onto is None and isinstance(url, str) else ""
        expires_at = clock.now() + timedelta(seconds=lifetime(answer, MOST_SECONDS))
        return FarArchive(place.host, address, pictures, size, expires_at), name


def _joined(first: FarArchive, more: FarArchive) -> FarArchive:
    return replace(first, pictures=first.pictures + more.pictures, bytes=first.bytes + more.bytes)
