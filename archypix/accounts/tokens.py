"""API tokens: secrets for programs, limited to scopes, shown once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.models import SCOPES, Actor, Caller, Token
from archypix.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from archypix.accounts.store import accounts as store
from archypix.accounts.store import audit, credentials
from archypix.core import clock
from archypix.core.database import Database
from archypix.core.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from archypix.core.ids import new_id

MOST_TOKENS = 100
MOST_DAYS = 3650


class TokenService:
    """Makes, lists and revokes tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tokens(self, caller: Caller) -> list[Token]:
        """The caller's tokens, the newest first; at most 100."""
        async with self._database.connection() as connection:
            return await credentials.tokens(connection, caller.account_id)

    async def create(
        self, caller: Caller, *, name: str, scopes: Iterable[str] | None, days: int | None, address: str
    ) -> tuple[Token, str]:
        """A token of the caller's and its secret; a token can make none that may do more than itself.

        `scopes` None means everything the caller may, `days` None that it does not expire. Raises `Invalid`,
        `Forbidden` (more than the caller may), `Conflict` (100 tokens already).
        """
        allowed = _all_scopes(caller.is_admin)
        if caller.scopes is not None:
            allowed &= caller.scopes
        chosen = _choose(scopes, allowed)
        return await self._insert(caller.name, Actor(caller.account_id, address), name, chosen, days)

    async def create_for(
        self, actor: Actor, account: str, *, name: str, scopes: Iterable[str] | None, days: int | None
    ) -> tuple[Token, str]:
        """A token for the account of this name, made by whoever runs the server. Raises `NotFound` and as `create`."""
        async with self._database.connection() as connection:
            owner = await store.account_named(connection, account)
        return await self._insert(owner.name, actor, name, _choose(scopes, _all_scopes(owner.is_admin)), days)

    async def _insert(
        self, owner: str, actor: Actor, name: str, scopes: frozenset[str], days: int | None
    ) -> tuple[Token, str]:
        name = rules.line(name, path="name", least=1, most=100)
        if days is not None and not 1 <= days <= MOST_DAYS:
            detail = f"A token lasts 1 to {MOST_DAYS} days, or has no end."
            raise Invalid(detail, faults=(Fault("expires_in_days", detail),))
        expires_at = None if days is None else clock.now() + timedelta(days=days)
        secret, token_id = new_secret(TOKEN_PREFIX), new_id()
        async with self._database.transaction() as connection:
            account = await store.lock_account(connection, owner)
            if await credentials.count_tokens(connection, account.id) >= MOST_TOKENS:
                raise Conflict(f"There are {MOST_TOKENS} tokens already: revoke one first.", code="too_many_tokens")
            token = await credentials.insert_token(
                connection, account.id, token_id=token_id, name=name, secret_hash=secret_hash(secret),
                scopes=sorted(scopes), expires_at=expires_at,
            )  # fmt: skip
            details = {"token": str(token_id), "name": name, "scopes": sorted(scopes)}
            await audit.record(connection, actor, "token.created", account.name, details)
        return token, secret

    async def revoke(self, caller: Caller, token_id: UUID, address: str) -> None:
        """Revoke one of the caller's tokens; `NotFound` when the caller has none with this id."""
        await self._revoke(Actor(caller.account_id, address), caller.account_id, caller.name, token_id)

    async def tokens_of(self, account: str) -> list[Token]:
        """The tokens of the account of this name; `NotFound`."""
        async with self._database.connection() as connection:
            owner = await store.account_named(connection, account)
            return await credentials.tokens(connection, owner.id)

    async def revoke_of(self, actor: Actor, account: str, token_id: UUID) -> None:
        """Revoke a token of the account of this name; `NotFound`."""
        async with self._database.connection() as connection:
            owner = await store.account_named(connection, account)
        await self._revoke(actor, owner.id, owner.name, token_id)

    async def _revoke(self, actor: Actor, account_id: int, account_name: str, token_id: UUID) -> None:
        async with self._database.transaction() as connection:
            name = await credentials.delete_token(connection, account_id, token_id)
            if name is None:
                raise NotFound("There is no token with this id.")
            details = {"token": str(token_id), "name": name}
            await audit.record(connection, actor, "token.revoked", account_name, details)


def _all_scopes(is_admin: bool) -> frozenset[str]:
    return SCOPES if is_admin else SCOPES - {"admin"}


def _choose(wanted: Iterable[str] | None, allowed: frozenset[str]) -> frozenset[str]:
    """The scopes that a new token gets: those wanted, or all that are allowed."""
    if wanted is None:
        return allowed
    listed = list(wanted)
    faults = tuple(
        Fault(f"scopes.{number}", f"Scopes are {', '.join(sorted(SCOPES))}.")
        for number, scope in enumerate(listed)
        if scope not in SCOPES
    )
    if faults or not listed:
        raise Invalid(
            "A token needs scopes, each of them known.", faults=faults or (Fault("scopes", "Name at least one."),)
        )
    if missing := sorted(set(listed) - allowed):
        raise Forbidden(f"You cannot give the scope {missing[0]}, which you do not have.", code="missing_scope")
    return frozenset(listed)
