"""Links as guests use them: opened by their address, unlocked by a password, leafed through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from archypix.accounts.limiter import Budget, Limiter
from archypix.accounts.passwords import Passwords
from archypix.accounts.rules import normal_password
from archypix.accounts.secrets import network_of, secret_hash
from archypix.core.database import Database
from archypix.core.errors import Forbidden, NotFound, Unauthenticated
from archypix.core.ids import parse_id
from archypix.links import pictures_store, store
from archypix.links.models import MOST_COUNTED, PASSWORD_LENGTH, OpenLink, Shown
from archypix.links.sessions import GuestSessions
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor
from archypix.storage.interface import Storage
from archypix.storage.keys import Variant, blob_key, thumbnail_key

SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
ON_PAGE: Final = 60
# Beside a picture that is looked at, to either side.
BESIDE: Final = 4
# Addresses of files live so long, and by the granularity at most twice that: what was handed out dies with a
# revoked link soon after it.
ORIGINAL_SECONDS: Final = 60
THUMBNAIL_SECONDS: Final = 450
TRIES: Final = 10
TRIES_OF_LINK: Final = 200
QUARTER: Final = 900.0
HOUR: Final = 3600.0


class Locked(Unauthenticated):
    """The link wants a password that was not shown yet."""

    code = "link_locked"


class WrongPassword(Forbidden):
    """The password is not that of the link."""

    code = "wrong_password"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the pictures of a link; `earlier` and `later` are cursors of the pages beside, None at the ends."""

    pictures: list[Shown]
    earlier: str | None
    later: str | None
    first: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture, the ones beside it, and all that are around it, itself among them.

    `first`: it is on the first page.
    """

    picture: Shown
    before: Shown | None
    after: Shown | None
    around: list[Shown]
    first: bool


class GuestService:
    """What anybody may do who has the address of a link."""

    def __init__(
        self, database: Database, storage: Storage, passwords: Passwords, limiter: Limiter, sessions: GuestSessions
    ) -> None:
        self._database = database
        self._storage = storage
        self._passwords = passwords
        self._limiter = limiter
        self.sessions = sessions

    async def find(self, secret: str) -> OpenLink:
        """The link of this address.

        `NotFound`, in the same words, whether it never was, is revoked, has ended, or its tag or its owner is gone.
        """
        link = None
        if SECRET.fullmatch(secret):
            async with self._database.connection() as connection:
                link = await store.opened(connection, secret_hash(secret))
        if link is None:
            raise NotFound("There is nothing at this address, or it is not shared any more.")
        return link

    async def enter(self, secret: str, cookie: str | None) -> OpenLink:
        """As `find`, for a guest with this cookie; `Locked` where the password is still to be shown."""
        link = await self.find(secret)
        if not self.sessions.holds(link, cookie):
            raise Locked("These pictures are protected by a password.")
        return link

    async def unlock(self, link: OpenLink, password: str, address: str) -> str:
        """The value of the cookie that opens `link` from now on.

        `WrongPassword`; `RateLimited` after ten wrong ones in a quarter of an hour from one network, or 200 an hour
        from everywhere; `Unavailable` when too many passwords are being checked.
        """
        network = network_of(address)
        budgets = (
            Budget(f"link:{link.id}:{network}", TRIES, QUARTER),
            Budget(f"links:{network}", TRIES * 5, QUARTER),
            Budget(f"link:{link.id}", TRIES_OF_LINK, HOUR),
        )
        await self._limiter.take(*budgets)
        normal = normal_password(password) if len(password) <= PASSWORD_LENGTH[1] * 4 else None
        verdict = await self._passwords.verify(link.password_hash, normal)
        if not verdict.right:
            raise WrongPassword("This is not the password.")
        await self._limiter.give_back(*budgets)
        return self.sessions.issue(link)

    async def hold_back(self, link: OpenLink, what: str, address: str, limit: int, window: float) -> None:
        """Count something that costs much, by link and network; `RateLimited` over `limit` in `window` seconds."""
        await self._limiter.hit(f"link:{what}:{link.id}:{network_of(address)}", limit, window)

    async def page(self, link: OpenLink, *, start: str | None = None, before: str | None = None) -> Page:
        """Pictures in the order of their dates: from the cursor `start` on, or those ahead of the cursor `before`."""
        mark = str(link.id)
        backwards = before is not None and start is None
        cursor = before if backwards else start
        position = None if cursor is None else decode_cursor(cursor, mark, "w")
        place = None if position is None else (position.key, position.id)
        async with self._database.connection() as connection:
            rows = await pictures_store.page(
                connection, link, place, ON_PAGE + 1, backwards=backwards, inclusive=not backwards,  # type: ignore[arg-type]
            )  # fmt: skip
            if backwards:
                shown = rows[:ON_PAGE][::-1]
                first = len(rows) <= ON_PAGE
                return Page(shown, None if first else _cursor(shown[0], mark), cursor, first)
            shown = rows[:ON_PAGE]
            later = _cursor(rows[ON_PAGE], mark) if len(rows) > ON_PAGE else None
            first = place is None or not await pictures_store.page(connection, link, place, 1, backwards=True)  # type: ignore[arg-type]
            return Page(shown, None if first or not shown else _cursor(shown[0], mark), later, first)

    async def count(self, link: OpenLink) -> int:
        """How many pictures the link shows; beyond 1,000 it is not counted on."""
        async with self._database.connection() as connection:
            return await pictures_store.count(connection, link, MOST_COUNTED + 1)

    async def last(self, link: OpenLink) -> Shown | None:
        """The picture with the latest date; None where there is none."""
        async with self._database.connection() as connection:
            rows = await pictures_store.page(connection, link, None, 1, backwards=True)
        return rows[0] if rows else None

    async def look(self, link: OpenLink, picture_id: str) -> Looked:
        """One picture with its neighbours; `NotFound` where the link does not show it (any more)."""
        async with self._database.connection() as connection:
            shown = await pictures_store.find(connection, link, parse_id(picture_id, "picture"))
            if shown is None:
                raise NotFound("This picture is not among those that are shared.")
            place = (shown.sorted_at, shown.id)
            before = await pictures_store.page(connection, link, place, ON_PAGE, backwards=True)
            after = await pictures_store.page(connection, link, place, BESIDE)
        around = [*reversed(before[:BESIDE]), shown, *after]
        first = len(before) < ON_PAGE
        return Looked(shown, before[0] if before else None, after[0] if after else None, around, first)

    def cursor(self, link: OpenLink, picture: Shown) -> str:
        """The cursor of the page that starts with this picture."""
        return _cursor(picture, str(link.id))

    async def original(self, link: OpenLink, picture_id: str, *, attachment: bool) -> str:
        """An address of the file itself, good for at most two minutes; `NotFound` where only previews are shared."""
        if not link.originals:
            raise NotFound("Only previews of these pictures are shared.")
        async with self._database.connection() as connection:
            shown = await pictures_store.find(connection, link, parse_id(picture_id, "picture"))
        if shown is None:
            raise NotFound("This picture is not among those that are shared.")
        return self._storage.presign_get(
            blob_key(shown.sha256, shown.blob_id),
            expires_in=ORIGINAL_SECONDS,
            media_type=shown.media_type,
            filename=shown.filename,
            inline=not attachment,
            granularity=ORIGINAL_SECONDS,
        )

    def thumbnail(self, blob_id: UUID, variant: Variant) -> str:
        """An address of a thumbnail, good for at most a quarter of an hour, the same one for some minutes."""
        return self._storage.presign_get(
            thumbnail_key(blob_id, variant),
            expires_in=THUMBNAIL_SECONDS,
            media_type="image/webp",
            granularity=THUMBNAIL_SECONDS,
        )


def _cursor(picture: Shown, mark: str) -> str:
    return encode_cursor(Position(picture.sorted_at, picture.id), mark)
