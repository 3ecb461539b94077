"""The brake: a device that deletes or replaces too much at once is held until the owner says otherwise."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Forbidden, NotFound, Unavailable
from archypix.drives import brake_store as store
from archypix.drives import tokens_store
from archypix.drives.models import BrakeSettings, DeedKind, Drive
from archypix.notices.service import notify, withdraw

logger = logging.getLogger(__name__)

PULLED = "webdav.brake"
ALLOWED_MINUTES = 10
# A share of a small hierarchy is next to nothing: so many files may always go.
LEAST = 5
# Of what a device itself has brought lately, it may take away so many times as much.
OWN_FACTOR = 5

# So many pictures of each kind are named where the brake is told of: texts in notices are short.
SHOWN = 8

# How many pictures a hierarchy has.
Total: TypeAlias = Callable[[Connection], Awaitable[int]]


class Brake:
    """Counts what devices delete and replace, each token by itself, in a window that slides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def deed(
        self, drive: Drive, kind: DeedKind, pictures: Sequence[UUID], *, total: Total | None = None
    ) -> AsyncIterator[None]:
        """Around a deletion or replacement of these pictures: counted before it is done, so that any number at once
        stay within the bound together, and taken back where it fails.

        `total` tells how many pictures the hierarchy has, where that is asked; by default the library counts. Not to be
        called inside a transaction: a refusal is written down. Raises `Forbidden` (`brake`).
        """
        number = await self._count(drive, kind, pictures, total) if pictures else None
        try:
            yield
        except Unavailable:
            # Whether it was done nobody knows.
            raise
        except ArchypixError:
            if number is not None:
                await self._forget(number)
            raise

    async def arrived(self, connection: Connection, token_id: int, picture_id: UUID) -> None:
        """A device has brought a picture that was not there: for an hour it counts as its own."""
        await store.arrived(connection, token_id, picture_id)

    async def allow(
        self, account_id: int, hierarchy_id: UUID, token_id: int, minutes: int = ALLOWED_MINUTES
    ) -> datetime:
        """Let a device delete what it likes for so many minutes; until when. `NotFound`."""
        async with self._database.transaction() as connection:
            token = await tokens_store.find(connection, account_id, hierarchy_id, token_id)
            until = await store.allow(connection, token_id, minutes) if token else None
            if until is None:
                raise NotFound("There is no token with this id.")
            await withdraw(connection, account_id, PULLED, str(token_id))
        return until

    async def settings(self, account_id: int) -> BrakeSettings:
        """The account's settings."""
        async with self._database.connection() as connection:
            return await store.settings(connection, account_id)

    async def change(self, account_id: int, values: dict[str, Any]) -> BrakeSettings:
        """Set `files`, `share` (percent; None is no bound) and `seconds`, whichever are given, within their bounds."""
        async with self._database.transaction() as connection:
            columns = {f"brake_{name}": values[name] for name in ("files", "share", "seconds") if name in values}
            await store.change_settings(connection, account_id, columns)
            return await store.settings(connection, account_id)

    async def sweep(self) -> None:
        """Forget what is not counted any more."""
        async with self._database.connection() as connection:
            await store.sweep(connection)

    async def _count(self, drive: Drive, kind: DeedKind, pictures: Sequence[UUID], total: Total | None) -> int | None:
        """Write a deed down; its number, None where nothing is counted. The refusal commits before it is raised."""
        async with self._database.transaction() as connection:
            settings = await store.settings(connection, drive.account_id)
            state = await store.lock(connection, drive.token_id, settings.seconds)
            if state is None:
                raise NotFound("This token is gone.")
            if state.allowed:
                return None
            if not state.pulled:
                since = state.counted_from
                others, own = await store.touched(connection, drive.token_id, since, pictures)
                whole = _whole(connection, drive, since, total)
                if not await _too_many(settings, others, own, whole):
                    return await store.keep(connection, drive.token_id, kind, pictures)
                await store.pull(connection, drive.token_id)
                done = await store.lately(connection, drive.token_id, since, SHOWN)
                await _tell(connection, drive, others + own, pictures, done)
        raise Forbidden(refusal(settings), code="brake")

    async def _forget(self, number: int) -> None:
        try:
            async with self._database.connection() as connection:
                await store.forget(connection, number)
        except Unavailable as error:
            logger.warning("a deed that was not done stays counted: %s", error)


def _whole(connection: Connection, drive: Drive, since: datetime, total: Total | None) -> Callable[[], Awaitable[int]]:
    """Tells how many pictures there were before the deeds that are counted."""

    async def count() -> int:
        now = await (total(connection) if total else store.library_size(connection, drive.account_id))
        return now + await store.trashed(connection, drive.account_id, drive.token_id, since)

    return count


async def _too_many(settings: BrakeSettings, others: int, own: int, whole: Callable[[], Awaitable[int]]) -> bool:
    if settings.files is not None and (others > settings.files or own > settings.files * OWN_FACTOR):
        return True
    if settings.share is None or others <= LEAST:
        return False
    return others * 100 > settings.share * await whole()


async def _tell(
    connection: Connection, drive: Drive, pictures: int, held: Sequence[UUID], done: Sequence[UUID]
) -> None:
    """`held` were not touched, `done` were before."""
    await notify(
        connection,
        drive.account_id,
        PULLED,
        {
            "id": str(drive.token_id),
            "name": drive.token_name,
            "hierarchy": str(drive.hierarchy_id),
            "slug": drive.slug,
            "pictures": pictures,
            "held": _some(held),
            "done": _some(one for one in done if one not in set(held)),
        },
    )


def _some(pictures: Iterable[UUID]) -> str:
    return " ".join(str(one) for one in islice(pictures, SHOWN))


def refusal(settings: BrakeSettings) -> str:
    """Why nothing is deleted, in words for whoever looks at the client's message."""
    bounds = [f"{settings.files} files"] if settings.files is not None else []
    bounds += [f"{settings.share} % of the library"] if settings.share is not None else []
    return (
        f"This device wanted to delete or replace more than {' or '.join(bounds) or 'was allowed'} within"
        f" {settings.seconds} seconds. Nothing more is deleted or replaced until you allow it in Archypix."
    )
