"""What administrators do: accounts, invites, and reading the audit log. Every change is written into that log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.errors import LastAdministrator, NameRefused
from archypix.accounts.followers import AccountFollower, TokenFollower
from archypix.accounts.making import AccountMaker
from archypix.accounts.models import Account, Actor, AuditEntry, Caller, Invite, Pending, Usage
from archypix.accounts.passwords import Passwords
from archypix.accounts.registry import Alone, NameRegistry
from archypix.accounts.secrets import INVITE_PREFIX, new_secret, secret_hash
from archypix.accounts.store import accounts as store
from archypix.accounts.store import audit, credentials, invites, pending
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, NotFound
from archypix.core.ids import new_id

MOST_INVITES = 500
DEFAULT: Final = -1
# Changes that others can see.
SEEN = frozenset({"account.disabled", "account.enabled", "account.renamed"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of an account; None leaves a thing as it is, `unlimited` lifts the quota."""

    disabled: bool | None = None
    is_admin: bool | None = None
    display_name: str | None = None
    quota: int | None = None
    unlimited: bool = False


class AdministrationService:
    """Acts on anybody's account. Whether the actor may is decided before: by the gate, or by having a shell."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        *,
        default_quota: int = 0,
        followers: Sequence[AccountFollower] = (),
        registry: NameRegistry | None = None,
    ) -> None:
        self._database = database
        self._maker = AccountMaker(database, registry or Alone())
        self._passwords = passwords
        self._default_quota = default_quota or None
        self._followers = followers

    async def create(
        self,
        actor: Actor,
        name: str,
        *,
        password: str | None = None,
        display_name: str = "",
        is_admin: bool = False,
        quota: int | None = DEFAULT,
    ) -> Account:
        """A new account; without a password only tokens open it. `quota` in bytes, None for no limit.

        Raises `Invalid`, and what `AccountMaker.make` does.
        """
        wanted = await self._wanted(actor, name, password, display_name, is_admin=is_admin, quota=quota)

        async def spend(_: Connection) -> Pending:
            return wanted

        return await self._maker.make(spend)

    async def prepare(
        self, name: str, *, password: str, display_name: str, is_admin: bool, quota: int | None, deadline: datetime,
        address: str,
    ) -> None:  # fmt: skip
        """Hold a name for an account that the Resolver of the domain asks for, and whose name it claims itself.

        Raises `Invalid`, `NameTaken`, `NamePending`.
        """
        actor = Actor(None, address)
        wanted = await self._wanted(actor, name, password, display_name, is_admin=is_admin, quota=quota)
        await self._maker.hold(replace(wanted, deadline=deadline))

    async def _wanted(
        self, actor: Actor, name: str, password: str | None, display_name: str, *, is_admin: bool, quota: int | None
    ) -> Pending:
        name = rules.new_name(name, reserved_allowed=True)
        display_name = rules.line(display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
        hashed = None
        if password is not None:
            hashed = await self._passwords.hash(rules.new_password(password, name=name))
        return Pending(
            name, display_name, hashed, is_admin=is_admin, quota=self._default_quota if quota == DEFAULT else quota,
            action="account.created", actor_id=actor.account_id, address=actor.address, details={"is_admin": is_admin},
        )  # fmt: skip

    async def accounts(self, *, after: int, limit: int) -> list[tuple[Account, Usage]]:
        """At most `limit` accounts with an id over `after`, oldest first, with what they store."""
        async with self._database.connection() as connection:
            return await store.accounts_page(connection, after=after, limit=limit)

    async def account(self, name: str) -> tuple[Account, Usage]:
        """One account with what it stores; `NotFound`."""
        async with self._database.connection() as connection:
            account = await store.account_named(connection, name)
            usage = await store.usage(connection, account.id)
        assert usage is not None
        return account, usage

    async def change(self, actor: Actor, name: str, changes: Changes) -> tuple[Account, Usage]:
        """Apply all of `changes` or none; the account as it is then. Raises `NotFound`, `Invalid`, `LastAdministrator`.

        Disabling ends all sessions; tokens are refused for as long as the account is disabled.
        """
        async with self._database.transaction() as connection:
            await store.lock_administrators(connection)
            account = await store.lock_account(connection, name)
            done = await self._apply(connection, account, changes)
            for action, details in done:
                await audit.record(connection, actor, action, account.name, details)
            if SEEN & {action for action, _ in done}:
                for follower in self._followers:
                    await follower.account_changed(connection, account.id)
            await _refuse_without_administrators(connection, account)
        return await self.account(name)

    async def _apply(
        self, connection: Connection, account: Account, changes: Changes
    ) -> list[tuple[str, dict[str, Any]]]:
        """Make the changes that are changes; what the audit log is to say of each."""
        done: list[tuple[str, dict[str, Any]]] = []
        if changes.disabled is not None and changes.disabled != (account.disabled_at is not None):
            if not changes.disabled and await pending.is_refused(connection, account.id):
                raise NameRefused(account.name)
            await store.set_disabled(connection, account.id, changes.disabled)
            if changes.disabled:
                await credentials.delete_sessions(connection, account.id)
            done.append(("account.disabled" if changes.disabled else "account.enabled", {}))
        if changes.is_admin is not None and changes.is_admin != account.is_admin:
            await store.set_admin(connection, account.id, changes.is_admin)
            done.append(("account.admin_given" if changes.is_admin else "account.admin_taken", {}))
        if changes.display_name is not None:
            display_name = rules.line(changes.display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
            await store.set_display_name(connection, account.id, display_name)
            done.append(("account.renamed", {"display_name": display_name}))
        if changes.quota is not None or changes.unlimited:
            quota = None if changes.unlimited else changes.quota
            await store.set_quota(connection, account.id, quota)
            done.append(("account.quota", {"quota": quota}))
        return done

    async def reset_password(self, actor: Actor, name: str, password: str, *, revoke_tokens: bool = False) -> None:
        """Set somebody's password and end their sessions, on request their tokens too. `NotFound`, `Invalid`."""
        hashed = await self._passwords.hash(rules.new_password(password, name=rules.known_name(name) or ""))
        async with self._database.transaction() as connection:
            account = await store.lock_account(connection, name)
            await store.set_password_hash(connection, account.id, hashed)
            ended = await credentials.delete_sessions(connection, account.id)
            await credentials.forget_places(connection, account.id)
            revoked = await self._revoke_all(connection, account.id) if revoke_tokens else 0
            details = {"sessions_ended": ended, "tokens_revoked": revoked}
            await audit.record(connection, actor, "password.reset", account.name, details)

    async def _revoke_all(self, connection: Connection, account_id: int) -> int:
        """Revoke all tokens of an account, of whatever kind; how many."""
        count = await credentials.delete_tokens(connection, account_id)
        for follower in self._followers:
            if isinstance(follower, TokenFollower):
                count += await follower.tokens_revoked(connection, account_id)
        return count

    async def delete(self, actor: Actor, name: str) -> None:
        """End an account with its sessions and tokens; the name stays taken. `NotFound`, `LastAdministrator`."""
        async with self._database.transaction() as connection:
            await store.lock_administrators(connection)
            account = await store.lock_account(connection, name)
            for follower in self._followers:
                await follower.account_deleted(connection, account.id)
            await credentials.delete_sessions(connection, account.id)
            await credentials.delete_tokens(connection, account.id)
            await credentials.forget_places(connection, account.id)
            await store.mark_deleted(connection, account.id)
            await _refuse_without_administrators(connection, account)
            await audit.record(connection, actor, "account.deleted", account.name)

    async def make_invite(
        self, caller: Caller, address: str, *, note: str = "", uses: int = 1, days: int = 14
    ) -> tuple[Invite, str]:
        """An invite and its code, which lets `uses` people register within `days`. `Invalid`, `Conflict` (too many)."""
        note = rules.line(note, path="note", most=200)
        code, invite_id = new_secret(INVITE_PREFIX), new_id()
        async with self._database.transaction() as connection:
            await store.lock_administrators(connection)
            if await invites.count(connection) >= MOST_INVITES:
                raise Conflict(f"There are {MOST_INVITES} invites already: revoke one first.", code="too_many_invites")
            invite = await invites.insert(
                connection, caller.account_id, invite_id=invite_id, code_hash=secret_hash(code), note=note, uses=uses,
                lifetime=timedelta(days=days),
            )  # fmt: skip
            details = {"invite": str(invite_id), "uses": uses, "days": days}
            await audit.record(connection, Actor(caller.account_id, address), "invite.created", "", details)
        return invite, code

    async def invites(self) -> list[Invite]:
        """The invites that hold, the newest first; at most 500."""
        async with self._database.connection() as connection:
            return await invites.open_ones(connection, limit=MOST_INVITES)

    async def revoke_invite(self, actor: Actor, invite_id: UUID) -> None:
        """End an invite; `NotFound`."""
        async with self._database.transaction() as connection:
            if not await invites.delete(connection, invite_id):
                raise NotFound("There is no invite with this id.")
            await audit.record(connection, actor, "invite.revoked", "", {"invite": str(invite_id)})

    async def audit_log(
        self, *, before: int | None, limit: int, actor: str | None, action: str | None
    ) -> list[AuditEntry]:
        """At most `limit` entries older than number `before`, the newest first."""
        if actor is not None:
            actor = rules.known_name(actor) or ""
        async with self._database.connection() as connection:
            return await audit.page(connection, before=before, limit=limit, actor=actor, action=action)


async def _refuse_without_administrators(connection: Connection, before: Account) -> None:
    """Raise `LastAdministrator` if a change took the last one; `before` is the account as it was."""
    could_act = before.is_admin and before.disabled_at is None
    if could_act and not await store.count_administrators(connection):
        raise LastAdministrator
