"""Links as their owner sees them: made, changed, looked at, revoked."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.accounts.passwords import Passwords
from archypix.accounts.rules import normal_password
from archypix.accounts.secrets import secret_hash
from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.links import store
from archypix.links.models import PASSWORD_LENGTH, Brought, Link, Wishes
from archypix.pictures.locks import lock_library
from archypix.tags.paths import parse_path, refuse_reserved
from archypix.tags.trees import TagTrees

MOST_LINKS = 500
CHANGED = "links.changed"


@dataclass(frozen=True, slots=True)
class Described:
    """A link with the path of its tag (None once that is gone)."""

    link: Link
    tag: str | None

    @property
    def state(self) -> str:
        """`active`, `ended` after its end date, or `tag_gone`; only an active one leads anywhere."""
        if self.link.tag_id is None:
            return "tag_gone"
        ends_at = self.link.ends_at
        return "ended" if ends_at is not None and ends_at <= clock.now() else "active"


class LinkService:
    """The links of every account. `origin` is where their addresses begin."""

    def __init__(self, database: Database, trees: TagTrees, passwords: Passwords, *, origin: str) -> None:
        self._database = database
        self._trees = trees
        self._passwords = passwords
        self._origin = origin

    async def create(self, account_id: int, wishes: Wishes) -> tuple[Described, str]:
        """A new link and its address, which is told this once.

        `Invalid` for a tag that there is not, one that holds what others have shared, an end that is past, or a
        password that is too short; `Conflict` (`too_many_links`) over 500 links.
        """
        assert wishes.tag is not None
        segments = parse_path(wishes.tag, "tag")
        values = await self._columns(wishes)
        values["name"] = values.get("name") or segments[-1]
        secret, link_id = secrets.token_urlsafe(32), new_id()
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            if await store.count(connection, account_id) >= MOST_LINKS:
                raise Conflict(f"{MOST_LINKS} links are the most.", code="too_many_links")
            values["tag_id"] = await self._tag(connection, account_id, wishes.tag)
            values["secret_hash"] = secret_hash(secret)
            await store.insert(connection, link_id, account_id, values)
            await emit(connection, account_id, CHANGED, {"id": str(link_id)})
        return await self.one(account_id, link_id), f"{self._origin}/l/{secret}"

    async def all(self, account_id: int) -> list[Described]:
        """All links of the account, the oldest first; at most 500."""
        async with self._database.connection() as connection:
            tree = await self._trees.current(connection, account_id)
            found = await store.of_account(connection, account_id)
        return [Described(link, None if link.tag_id is None else tree.paths.get(link.tag_id)) for link in found]

    async def one(self, account_id: int, link_id: UUID) -> Described:
        """One link; `NotFound` where there is none."""
        async with self._database.connection() as connection:
            tree = await self._trees.current(connection, account_id)
            link = await store.find(connection, account_id, link_id)
        if link is None:
            raise NotFound("There is no link with this id.")
        return Described(link, None if link.tag_id is None else tree.paths.get(link.tag_id))

    async def change(self, account_id: int, link_id: UUID, wishes: Wishes) -> Described:
        """Change what is said; the address stays. Another password ends every guest's session. Raises as `create`."""
        values = await self._columns(wishes)
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            if await store.find(connection, account_id, link_id) is None:
                raise NotFound("There is no link with this id.")
            if wishes.tag is not None:
                values["tag_id"] = await self._tag(connection, account_id, wishes.tag)
            if values:
                await store.update(connection, account_id, link_id, values)
                await emit(connection, account_id, CHANGED, {"id": str(link_id)})
        return await self.one(account_id, link_id)

    async def revoke(self, account_id: int, link_id: UUID) -> None:
        """The address leads nowhere from this moment, for whoever has it; `NotFound` where there is no such link."""
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            if not await store.remove(connection, account_id, link_id):
                raise NotFound("There is no link with this id.")
            await emit(connection, account_id, CHANGED, {"id": str(link_id)})

    async def uploads(self, account_id: int, link_id: UUID, before: int | None, limit: int) -> list[Brought]:
        """What guests brought through a link, the latest first."""
        async with self._database.connection() as connection:
            if await store.find(connection, account_id, link_id) is None:
                raise NotFound("There is no link with this id.")
            return await store.uploads(connection, account_id, link_id, before, limit)

    async def _columns(self, wishes: Wishes) -> dict[str, Any]:
        values = dict(wishes.values)
        ends_at = values.get("ends_at")
        if ends_at is not None and ends_at <= clock.now():
            raise _invalid("ends_at", "This is past.")
        if wishes.password_said:
            values["password_hash"] = await self._hash(wishes.password)
        return values

    async def _hash(self, password: str | None) -> str | None:
        if password is None:
            return None
        normal, (least, most) = normal_password(password), PASSWORD_LENGTH
        if normal is None or not least <= len(normal) <= most or any(_control(one) for one in normal):
            raise _invalid("password", f"A password has {least} to {most} characters.")
        return await self._passwords.hash(normal)

    async def _tag(self, connection: Connection, account_id: int, text: str) -> int:
        path = parse_path(text, "tag")
        refuse_reserved(path, "tag")
        found = (await self._trees.current(connection, account_id)).find(path)
        if found is None:
            raise _invalid("tag", "There is no tag at this path.")
        return found


def _control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")


def _invalid(path: str, detail: str) -> Invalid:
    return Invalid("The link is not as expected.", faults=(Fault(path, detail),))
