"""Accounts: who calls, how people come to have an account, and what they may see and change of it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from archypix.accounts import rules
from archypix.accounts.errors import InviteInvalid, NameTaken, RegistrationClosed, SetupLinkSpent
from archypix.accounts.followers import AccountFollower
from archypix.accounts.last_used import LastUsed
from archypix.accounts.making import AccountMaker
from archypix.accounts.models import Account, Caller, Pending, Usage
from archypix.accounts.passwords import Passwords
from archypix.accounts.registry import Alone, NameRegistry
from archypix.accounts.secrets import network_of, new_secret, secret_hash
from archypix.accounts.store import accounts as store
from archypix.accounts.store import audit, credentials, invites
from archypix.core.database import Connection, Database
from archypix.core.errors import Moved, NotFound, Unauthenticated
from archypix.instance import store as instance
from archypix.instance.models import Registration

SETUP_LINK_LIFETIME = timedelta(days=7)
TOKENS_KEPT = timedelta(days=30)
PLACES_KEPT = timedelta(days=180)
AUDIT_KEPT = timedelta(days=730)
FAILURES_KEPT = timedelta(days=30)
REGISTRATIONS_PER_HOUR = 20

SESSION_ENDED = "This session has ended. Sign in again."
TOKEN_UNKNOWN = "This token is not known here: it was revoked, or never given."  # noqa: S105
TOKEN_EXPIRED = "This token has expired. Make a new one."  # noqa: S105
DISABLED = "This account is disabled. Ask whoever runs this server."


class HitCounter(Protocol):
    """The part of a `Limiter` that is used here."""

    async def hit(self, key: str, limit: int, window: float) -> None: ...


class AccountService:
    """Finds callers, makes accounts, and answers people about their own account.

    `default_quota` in bytes is what accounts start with that make themselves; 0 means no limit.
    `registration` is who may make one while no administrator has said it.
    """

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        limiter: HitCounter,
        *,
        registration: Registration = "closed",
        default_quota: int = 0,
        followers: Sequence[AccountFollower] = (),
        registry: NameRegistry | None = None,
    ) -> None:
        self._database = database
        self._followers = followers
        self._maker = AccountMaker(database, registry or Alone())
        self._passwords = passwords
        self._limiter = limiter
        self._default_quota = default_quota or None
        self._last_used = LastUsed(database)
        self._registration = registration

    def ask_for_names(self, registry: NameRegistry) -> None:
        """Have `registry` asked before an account is made; to be called before the first one is."""
        self._maker = AccountMaker(self._database, registry)

    async def caller_of_session(self, secret: str) -> Caller:
        """Whose session this is; `Unauthenticated` when it has ended or its account is disabled."""
        async with self._database.connection() as connection:
            found = await credentials.by_session(connection, secret_hash(secret), rules.SESSION_IDLE)
        return self._admit(found, SESSION_ENDED)

    async def caller_of_token(self, secret: str) -> Caller:
        """Whose token this is; `Unauthenticated` when it does not hold or its account is disabled."""
        async with self._database.connection() as connection:
            found = await credentials.by_token(connection, secret_hash(secret))
        return self._admit(found, TOKEN_UNKNOWN)

    def _admit(self, found: credentials.Found | None, unknown: str) -> Caller:
        if found is None:
            raise Unauthenticated(unknown)
        if found.moved_to is not None:
            raise Moved(found.moved_to)
        if found.expired:
            raise Unauthenticated(TOKEN_EXPIRED, code="token_expired")
        if found.disabled:
            raise Unauthenticated(DISABLED, code="account_disabled")
        if found.use_is_old:
            self._last_used.note(found.caller)
        return found.caller

    async def registration(self) -> Registration:
        """Who may make an account: what administrators have said, or else the setting."""
        async with self._database.connection() as connection:
            return (await instance.current(connection)).registration or self._registration

    async def issue_setup_link(self) -> str | None:
        """A secret that makes the first administrator, once, within seven days; older ones stop working.

        None when there is an administrator already.
        """
        secret = new_secret()
        async with self._database.transaction() as connection:
            await store.lock_administrators(connection)
            if await store.count_administrators(connection):
                return None
            await store.replace_setup_link(connection, secret_hash(secret), SETUP_LINK_LIFETIME)
        return secret

    async def setup_link_holds(self, secret: str) -> bool:
        """Whether `set_up` would take this secret."""
        async with self._database.connection() as connection:
            return (
                await store.setup_link_holds(connection, secret_hash(secret))
                and not await store.count_administrators(connection)
            )  # fmt: skip

    async def set_up(self, secret: str, name: str, password: str, display_name: str, address: str) -> Account:
        """Make the first administrator; `SetupLinkSpent` unless the link holds. A refused name does not spend it."""
        if not await self.setup_link_holds(secret):
            raise SetupLinkSpent
        name = rules.new_name(name, reserved_allowed=True)
        display_name = rules.line(display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
        hashed = await self._passwords.hash(rules.new_password(password, name=name))
        wanted = Pending(
            name, display_name, hashed, is_admin=True, quota=None, action="account.set_up", address=address,
            setup_hash=secret_hash(secret),
        )  # fmt: skip

        async def spend(connection: Connection) -> Pending:
            await store.lock_administrators(connection)
            if await store.count_administrators(connection):
                raise SetupLinkSpent
            if not await store.spend_setup_link(connection, secret_hash(secret)):
                raise SetupLinkSpent
            return wanted

        return await self._maker.make(spend)

    async def register(self, name: str, password: str, display_name: str, invite: str | None, address: str) -> Account:
        """Make an account for somebody who asks for one; raises `RegistrationClosed`, `InviteInvalid`, `NameTaken`.

        Where an invite is needed, one of its uses is taken in the transaction that makes the account. Otherwise as
        `AccountMaker.make`.
        """
        mode = await self.registration()
        if mode == "closed":
            raise RegistrationClosed
        await self._limiter.hit(f"register:{network_of(address)}", REGISTRATIONS_PER_HOUR, 3600)
        name = rules.new_name(name, reserved_allowed=False)
        password = rules.new_password(password, name=name)
        display_name = rules.line(display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
        code = secret_hash((invite or "").strip()) if mode == "invite" else None
        async with self._database.connection() as connection:
            if code is not None and not await invites.holds(connection, code):
                raise InviteInvalid
            if await store.name_exists(connection, name):
                raise NameTaken(name)
        hashed = await self._passwords.hash(password)
        wanted = Pending(
            name, display_name, hashed, is_admin=False, quota=self._default_quota, action="account.registered",
            address=address,
        )  # fmt: skip

        async def spend(connection: Connection) -> Pending:
            if code is None:
                return wanted
            invite_id = await invites.spend(connection, code)
            if invite_id is None:
                raise InviteInvalid
            return replace(wanted, invite_id=invite_id, details={"invite": str(invite_id)})

        return await self._maker.make(spend)

    async def account(self, caller: Caller) -> Account:
        """The caller's account."""
        async with self._database.connection() as connection:
            account = await store.account_by_id(connection, caller.account_id)
        if account is None:
            raise NotFound("This account is gone.")
        return account

    async def usage(self, caller: Caller) -> Usage:
        """What the caller stores."""
        async with self._database.connection() as connection:
            usage = await store.usage(connection, caller.account_id)
        if usage is None:
            raise NotFound("This account is gone.")
        return usage

    async def change_profile(self, caller: Caller, *, display_name: str) -> Account:
        """Set the name that others see; at most 100 characters on one line, else `Invalid`."""
        display_name = rules.line(display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
        async with self._database.transaction() as connection:
            await store.set_display_name(connection, caller.account_id, display_name)
            for follower in self._followers:
                await follower.account_changed(connection, caller.account_id)
        return await self.account(caller)

    async def sweep(self) -> None:
        """Remove what has expired. Harmless at any time, from any number of servers."""
        async with self._database.connection() as connection:
            await credentials.sweep(
                connection, idle=rules.SESSION_IDLE, tokens_kept=TOKENS_KEPT, places_kept=PLACES_KEPT
            )
            await invites.sweep(connection)
            await audit.sweep(connection, kept=AUDIT_KEPT, failures_kept=FAILURES_KEPT)

    async def close(self) -> None:
        """Write what still waits to be written."""
        await self._last_used.close()
