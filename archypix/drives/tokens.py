"""Tokens of devices: made for one hierarchy, shown once, and what opens it."""

from __future__ import annotations

import re
from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.models import Actor, Caller
from archypix.accounts.secrets import new_secret, secret_hash
from archypix.accounts.store import audit
from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, Forbidden, Moved, NotFound
from archypix.drives import scraps_store
from archypix.drives import tokens_store as store
from archypix.drives.models import Drive, DriveToken

PREFIX = "apxd_"
MOST_TOKENS = 200
LONGEST_SECRET = 200
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
READS = frozenset({"pictures:read", "tags:read"})
WRITES = frozenset({"pictures:write", "tags:write"})


class DriveTokens:
    """Makes, lists and revokes the tokens of devices, and opens drives. `origin` is where addresses begin."""

    def __init__(self, database: Database, *, origin: str) -> None:
        self._database = database
        self._origin = origin

    async def create(
        self,
        caller: Caller,
        hierarchy_id: UUID,
        name: str,
        *,
        read_only: bool = False,
        redirect: bool = False,
        address: str = "",
    ) -> tuple[DriveToken, str, str]:
        """A new token, its secret, which is told this once, and the address of the drive.

        `NotFound`; `Invalid` for a name that is none; `Forbidden` where the caller's own token may do less than this
        one could; `Conflict` (`too_many_tokens`).
        """
        _require(caller, READS if read_only else READS | WRITES)
        name = rules.line(name, path="name", least=1, most=100)
        secret = new_secret(PREFIX)
        async with self._database.transaction() as connection:
            await store.lock_account(connection, caller.account_id)
            hierarchy = await _hierarchy(connection, caller.account_id, hierarchy_id)
            if await store.count(connection, caller.account_id) >= MOST_TOKENS:
                raise Conflict(f"{MOST_TOKENS} devices are the most: revoke one first.", code="too_many_tokens")
            token_id = await store.insert(
                connection, caller.account_id, hierarchy_id, name, secret_hash(secret), read_only=read_only,
                redirect=redirect,
            )  # fmt: skip
            details = {"token": token_id, "name": name, "hierarchy": hierarchy["slug"], "read_only": read_only}
            await audit.record(connection, Actor(caller.account_id, address), "drive.created", caller.name, details)
            token = await store.find(connection, caller.account_id, hierarchy_id, token_id)
        assert token is not None
        return token, secret, self.url(hierarchy["slug"])

    def url(self, slug: str) -> str:
        """Where the hierarchy of this name is mounted from."""
        return f"{self._origin}/webdav/{slug}/"

    async def list(self, account_id: int, hierarchy_id: UUID) -> list[DriveToken]:
        """The tokens of a hierarchy, the newest first; `NotFound`."""
        async with self._database.connection() as connection:
            await _hierarchy(connection, account_id, hierarchy_id)
            return await store.of_hierarchy(connection, account_id, hierarchy_id)

    async def revoke(self, caller: Caller, hierarchy_id: UUID, token_id: int, address: str = "") -> None:
        """The token opens nothing from this moment, on every server; `NotFound`."""
        async with self._database.transaction() as connection:
            name = await store.revoke(connection, caller.account_id, hierarchy_id, token_id)
            if name is None:
                raise NotFound("There is no token with this id.")
            await scraps_store.condemn_of_token(connection, token_id)
            details = {"token": token_id, "name": name}
            await audit.record(connection, Actor(caller.account_id, address), "drive.revoked", caller.name, details)

    async def enter(self, username: str, password: str, slug: str, address: str) -> Drive | None:
        """The drive that this token opens, if it is one of this person's for the hierarchy called `slug`.

        `Moved` for whoever lives at another server of the domain by now, whatever the token.
        Asked anew each time, so that a revoked token is refused at once. Names that nobody has take the same way.
        """
        name = rules.known_name(username[:100]) or ""
        hashed = secret_hash(password[:LONGEST_SECRET])
        wanted = slug if SLUG.fullmatch(slug) else ""
        async with self._database.connection() as connection:
            drive, use_is_old, moved_to = await store.by_secret(connection, hashed, name, wanted)
            if moved_to is not None:
                raise Moved(moved_to)
            if drive is not None and use_is_old:
                await store.note_use(connection, drive.token_id, address)
        return drive

    async def sweep(self, days: int) -> None:
        """Forget tokens that were revoked more than `days` days ago."""
        async with self._database.connection() as connection:
            await store.sweep(connection, days)


def _require(caller: Caller, wanted: frozenset[str]) -> None:
    if caller.scopes is not None and (missing := sorted(wanted - caller.scopes)):
        raise Forbidden(f"This token lacks the scope `{missing[0]}`.", code="missing_scope")


async def _hierarchy(connection: Connection, account_id: int, hierarchy_id: UUID) -> Row:
    row = await store.find_hierarchy(connection, account_id, hierarchy_id)
    if row is None:
        raise NotFound("There is no hierarchy with this id.")
    return row
