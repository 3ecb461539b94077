"""Tokens of administrators: made on the command line, shown once, revoked over the API."""

from __future__ import annotations

from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.models import Caller
from archypix.accounts.secrets import new_secret, secret_hash
from archypix.core.database import Database
from archypix.core.errors import Conflict, NotFound, Unauthenticated
from archypix.core.ids import new_id
from resolver import audit
from resolver.administration import tokens_store as store
from resolver.administration.models import Token
from resolver.audit import Actor

PREFIX = "apxr_"
MOST_TOKENS = 100


class AdministratorTokens:
    """Knows administrators by their tokens; there are no sessions here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def caller_of_token(self, secret: str) -> Caller:
        """The administrator whose token this is; `Unauthenticated` where there is none."""
        async with self._database.connection() as connection:
            found = await store.by_secret(connection, secret_hash(secret))
            if found is None:
                raise Unauthenticated("This token is not known here: it was revoked, or never given.")
            token, use_is_old = found
            if use_is_old:
                await store.note_use(connection, token.id)
        return Caller(0, token.name, is_admin=True, scopes=frozenset({"admin"}), token_id=token.id)

    async def caller_of_session(self, secret: str) -> Caller:  # noqa: ARG002
        """Nobody: people sign in on their backends."""
        raise Unauthenticated("Nobody signs in here. Send a token: `Authorization: Bearer …`.")

    async def any(self) -> bool:
        """Whether there is a token that somebody could administer this domain with."""
        async with self._database.connection() as connection:
            return await store.count(connection) > 0

    async def make(self, actor: Actor, name: str) -> tuple[Token, str]:
        """A token called `name`, and its secret. `Invalid`, `Conflict` (100 tokens already)."""
        name = rules.line(name, path="name", least=1, most=100)
        secret, token_id = new_secret(PREFIX), new_id()
        async with self._database.transaction() as connection:
            await store.lock(connection)
            if await store.count(connection) >= MOST_TOKENS:
                raise Conflict(f"There are {MOST_TOKENS} tokens already: revoke one first.", code="too_many_tokens")
            token = await store.insert(connection, token_id, name, secret_hash(secret))
            await audit.record(connection, actor, "token.created", name, {"token": str(token_id)})
        return token, secret

    async def all(self) -> list[Token]:
        """The tokens, the newest first; at most 100."""
        async with self._database.connection() as connection:
            return await store.everyone(connection, limit=MOST_TOKENS)

    async def revoke(self, actor: Actor, token_id: UUID) -> None:
        """End a token; `NotFound`."""
        async with self._database.transaction() as connection:
            name = await store.delete(connection, token_id)
            if name is None:
                raise NotFound("There is no token with this id.")
            await audit.record(connection, actor, "token.revoked", name, {"token": str(token_id)})
