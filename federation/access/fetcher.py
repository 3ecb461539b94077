"""Files of received pictures for people here: addresses at the owners' storage, asked for once and kept in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from archypix.core.errors import ArchypixError, Conflict, Forbidden, Gone, NotFound
from archypix.pictures.faraway import (
    NO_ADDRESSES,
    NOTHING,
    OFFLINE,
    FarArchives,
    FarPicture,
    FarVariant,
    OwnerOffline,
    Shown,
    Source,
)
from federation.access.archives import ArchiveFinder
from federation.access.asking import Enquiries
from federation.access.kept import Kept
from federation.access.models import Granted, Item, Offline, Refusal, Reply
from federation.access.sources import Sources

ORIGINAL: Final = "original"
ATTACHMENT: Final = "attachment"


class Fetcher:
    """`Faraway`, by asking owners."""

    def __init__(self, enquiries: Enquiries, archives: ArchiveFinder, sources: Sources, kept: Kept) -> None:
        self._enquiries = enquiries
        self._archives = archives
        self._sources = sources
        self._kept = kept

    async def thumbnails(self, account_id: int, pictures: Sequence[FarPicture]) -> Mapping[str, Shown]:
        found: dict[str, Shown] = {}
        missing: list[FarPicture] = []
        kept, now = self._kept.shown, self._kept.clock()
        for picture in pictures:
            shown = kept(account_id, picture[0], now)
            if shown is None:
                missing.append(picture)
            else:
                found[picture[0]] = shown
        if missing:
            found |= await self._ask(account_id, missing)
        away = {owner for owner in {owner for _, owner in pictures} if self._enquiries.is_offline(owner)}
        return _without(found, pictures, away) if away else found

    async def address(self, account_id: int, picture: FarPicture, variant: FarVariant, *, attachment: bool) -> str:
        uri = picture[0]
        if variant == ORIGINAL:
            reply = await self._original(account_id, picture, attachment=attachment)
        else:
            shown = (await self.thumbnails(account_id, [picture]))[uri]
            address = shown.thumbnails[variant]
            if address is not None:
                return address
            reply = self._kept.answer(account_id, uri) or Offline()
        if isinstance(reply, Granted):
            return reply.urls[variant]
        raise trouble(reply)

    async def archives(self, account_id: int, pictures: Sequence[FarPicture], filename: str) -> FarArchives:
        return await self._archives.find(account_id, pictures, filename)

    @asynccontextmanager
    async def original(self, account_id: int, picture: FarPicture) -> AsyncIterator[Source]:
        reply = await self._original(account_id, picture, attachment=False)
        if not isinstance(reply, Granted):
            raise trouble(reply)
        async with self._sources.open(reply) as source:
            yield source

    async def _ask(self, account_id: int, pictures: Sequence[FarPicture]) -> dict[str, Shown]:
        replies = await self._enquiries.ask(account_id, ((owner, Item(uri, "thumbnails")) for uri, owner in pictures))
        found: dict[str, Shown] = {}
        for item, reply in replies.items():
            if isinstance(reply, Offline):
                found[item.uri] = OFFLINE
                continue
            shown = Shown({**NO_ADDRESSES, **reply.urls}) if isinstance(reply, Granted) else NOTHING
            found[item.uri] = shown
            self._kept.put_shown(account_id, item.uri, shown, reply)
        return found

    async def _original(self, account_id: int, picture: FarPicture, *, attachment: bool) -> Reply:
        uri, owner = picture
        wish = ATTACHMENT if attachment else ORIGINAL
        if (known := self._kept.file(account_id, uri, wish)) is not None:
            return known
        item = Item(uri, ORIGINAL, attachment)
        reply = (await self._enquiries.ask(account_id, [(owner, item)]))[item]
        if not isinstance(reply, Offline):
            self._kept.put_file(account_id, uri, wish, reply)
        return reply


def _without(found: dict[str, Shown], pictures: Sequence[FarPicture], away: set[int]) -> dict[str, Shown]:
    """The same, but it tells who is `away`. What is known of theirs is still shown: a browser or bucket may have it."""
    for uri, owner in pictures:
        if owner in away and found[uri].availability == "ok":
            found[uri] = Shown(found[uri].thumbnails, "owner_offline")
    return found


def trouble(reply: Refusal | Offline) -> ArchypixError:
    """Why there is no address, as an error of the domain."""
    if isinstance(reply, Offline):
        return OwnerOffline("The server of this picture's owner does not answer.", retry_after=30)
    if reply.status == 403:
        return Forbidden("The owner of this picture does not give you this file.", code="no_access")
    if reply.status == 409:
        return Conflict("This file is not ready at its owner's server.", code="not_ready")
    if reply.status == 410:
        return Gone("The owner of this picture has deleted it.")
    return NotFound("The owner's server has no such file.")
