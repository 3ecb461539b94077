"""Signing in and out: sessions, passwords, and limits that stop guessing without locking owners out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from archypix.accounts import rules
from archypix.accounts.errors import AccountDisabled, WrongCredentials
from archypix.accounts.limiter import Budget, Limiter
from archypix.accounts.models import Account, Actor, Caller, Session, SignedIn
from archypix.accounts.passwords import Passwords
from archypix.accounts.secrets import network_of, new_secret, place_hash, secret_hash
from archypix.accounts.store import accounts as store
from archypix.accounts.store import audit, credentials
from archypix.accounts.store.credentials import Candidate
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Forbidden, Moved, NotFound, RateLimited, Unavailable
from archypix.core.ids import new_id

QUARTER = 900.0
HOUR = 3600.0
# Failed tries. Whoever signs in has them given back.
TRIES_FROM_PLACE = 10
TRIES_FROM_ADDRESS = 50
TRIES_FROM_STRANGERS = 100
FAILURES_RECORDED_PER_HOUR = 600

DEVICE_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class SessionService:
    """Makes, lists and ends sessions."""

    def __init__(self, database: Database, passwords: Passwords, limiter: Limiter) -> None:
        self._database = database
        self._passwords = passwords
        self._limiter = limiter

    async def sign_in(
        self,
        name: str,
        password: str,
        *,
        address: str,
        user_agent: str = "",
        device: str | None = None,
        replaces: str | None = None,
    ) -> SignedIn:
        """A session for whoever knows the password.

        `device` is the secret of the browser's device cookie, `replaces` that of its present session, which ends.
        Raises `WrongCredentials` (in equal time whether or not the name exists), `AccountDisabled`, `RateLimited`.
        """
        possible = rules.normal_password(password)
        device = device if device is not None and DEVICE_SECRET.fullmatch(device) else None
        # The hash may be renewed, by another sign-in, between checking it and entering: then it is checked again.
        for _ in range(2):
            proof = await self._prove(name, possible, _Places(address, device))
            async with self._database.transaction() as connection:
                signed_in = await self._begin(
                    connection, proof.account, proof.verified, renewed=proof.renewed, address=address,
                    user_agent=user_agent, device=device if proof.known_device else None, replaces=replaces,
                )  # fmt: skip
            if signed_in is not None:
                return signed_in
        raise WrongCredentials

    async def _prove(self, name: str, password: str | None, places: _Places) -> _Proof:
        """That `password` is the account's; raises as `sign_in`. Every failure takes the same way through here."""
        known_name = rules.known_name(name)
        async with self._database.connection() as connection:
            candidate = await credentials.candidate(
                connection, known_name or "", places.device_hash, places.address_hash
            )
        if candidate.moved_to is not None:
            # Where somebody of the domain lives is no secret: the actor says so.
            raise Moved(candidate.moved_to)
        budgets = _budgets(known_name or name, candidate, places)
        await self._limiter.take(*budgets)
        try:
            verdict = await self._passwords.verify(candidate.password_hash, password)
        except Unavailable:
            await self._limiter.give_back(*budgets)
            raise
        account, hashed = candidate.account, candidate.password_hash
        if not verdict.right or account is None or hashed is None or password is None:
            await self._record_failure(candidate, places.address)
            raise WrongCredentials
        await self._limiter.give_back(*budgets)
        if account.disabled_at is not None:
            raise AccountDisabled
        renewed = await self._passwords.hash(password) if verdict.outdated else None
        return _Proof(account, hashed, renewed, candidate.known_device)

    async def begin(self, account: Account, *, address: str, user_agent: str, replaces: str | None) -> SignedIn:
        """A session for an account that was made by this very request; `WrongCredentials` if it has no password."""
        async with self._database.transaction() as connection:
            hashed = await store.password_hash(connection, account.id)
            if hashed is None:
                raise WrongCredentials
            signed_in = await self._begin(
                connection, account, hashed, renewed=None, address=address, user_agent=user_agent, device=None,
                replaces=replaces,
            )  # fmt: skip
        if signed_in is None:
            raise WrongCredentials
        return signed_in

    async def _begin(
        self,
        connection: Connection,
        account: Account,
        hashed: str,
        *,
        renewed: str | None,
        address: str,
        user_agent: str,
        device: str | None,
        replaces: str | None,
    ) -> SignedIn | None:
        """The session's row and all that goes with it; None when `hashed` no longer is the account's.

        Each session has a new secret, whatever the browser brought. `renewed` replaces the hash.
        """
        session_id, secret, device = new_id(), new_secret(), device or new_secret()
        begun = await credentials.insert_session(
            connection,
            account.id,
            hashed,
            session_id=session_id,
            secret_hash=secret_hash(secret),
            user_agent=UNPRINTABLE.sub(" ", user_agent)[:300],
            address=address,
            lifetime=rules.SESSION_LIFETIME,
        )
        if not begun:
            return None
        if renewed is not None:
            await store.set_password_hash(connection, account.id, renewed)
        places = _Places(address, device)
        await credentials.remember_places(connection, account.id, [places.device_hash, places.address_hash])
        if replaces is not None:
            await credentials.delete_session_of_secret(connection, secret_hash(replaces))
        await audit.record(connection, Actor(account.id, address), "session.started", account.name)
        return SignedIn(account, session_id, secret, device)

    async def _record_failure(self, candidate: Candidate, address: str) -> None:
        """Keep a failed try in the audit log, as long as nobody floods it. Unknown names may be mistyped passwords."""
        try:
            await self._limiter.hit("audit:failures", FAILURES_RECORDED_PER_HOUR, HOUR)
        except RateLimited:
            return
        subject = candidate.account.name if candidate.account is not None else ""
        async with self._database.connection() as connection:
            await audit.record(connection, Actor(None, address), audit.FAILED, subject)

    async def sign_out(self, caller: Caller, address: str) -> None:
        """End the caller's own session; `Conflict` for a caller with a token."""
        if caller.session_id is None:
            raise Conflict("A token is not signed out but revoked.", code="not_a_session")
        await self.end(caller, caller.session_id, address)

    async def sessions(self, caller: Caller) -> list[Session]:
        """The caller's sessions, the newest first; at most 100."""
        async with self._database.connection() as connection:
            return await credentials.sessions(connection, caller.account_id, rules.SESSION_IDLE)

    async def end(self, caller: Caller, session_id: UUID, address: str) -> None:
        """End one of the caller's sessions; `NotFound` when the caller has none with this id."""
        async with self._database.transaction() as connection:
            if not await credentials.delete_session(connection, caller.account_id, session_id):
                raise NotFound("There is no session with this id.")
            await audit.record(connection, Actor(caller.account_id, address), "session.ended", caller.name)

    async def end_others(self, caller: Caller, address: str) -> int:
        """End all of the caller's sessions but the present one; how many that were."""
        async with self._database.transaction() as connection:
            ended = await credentials.delete_sessions(connection, caller.account_id, but=caller.session_id)
            details = {"ended": ended}
            await audit.record(connection, Actor(caller.account_id, address), "session.ended", caller.name, details)
        return ended

    async def confirm(self, caller: Caller, password: str) -> None:
        """Return where the password is the caller's, before what cannot be lightly undone.

        Raises `Forbidden` (`wrong_password`), `RateLimited`, `Conflict` (`no_password`).
        """
        async with self._database.connection() as connection:
            hashed = await store.password_hash(connection, caller.account_id)
        if hashed is None:
            raise Conflict("This account has no password. An administrator can set one.", code="no_password")
        budget = Budget(f"password:{caller.account_id}", TRIES_FROM_PLACE, QUARTER)
        await self._limiter.take(budget)
        if not (await self._passwords.verify(hashed, rules.normal_password(password))).right:
            raise Forbidden("The password is wrong.", code="wrong_password")
        await self._limiter.give_back(budget)

    async def change_password(self, caller: Caller, old: str, new: str, address: str) -> int:
        """Set a new password, for whoever knows the old one; how many other sessions that ended.

        Raises `Forbidden` (wrong old password), `Invalid` (bad new one), `RateLimited`, `Conflict`.
        """
        new = rules.new_password(new, name=caller.name, path="new_password")
        async with self._database.connection() as connection:
            before = await store.password_hash(connection, caller.account_id)
        if before is None:
            raise Conflict("This account has no password. An administrator can set one.", code="no_password")
        budget = Budget(f"password:{caller.account_id}", TRIES_FROM_PLACE, QUARTER)
        await self._limiter.take(budget)
        if not (await self._passwords.verify(before, rules.normal_password(old))).right:
            raise Forbidden("The old password is wrong.", code="wrong_password")
        await self._limiter.give_back(budget)
        hashed = await self._passwords.hash(new)
        async with self._database.transaction() as connection:
            if not await store.replace_password_hash(connection, caller.account_id, before, hashed):
                raise Conflict("The password was changed at the same moment.")
            ended = await credentials.delete_sessions(connection, caller.account_id, but=caller.session_id)
            await credentials.forget_places(connection, caller.account_id)
            details = {"sessions_ended": ended}
            await audit.record(connection, Actor(caller.account_id, address), "password.changed", caller.name, details)
        return ended


@dataclass(frozen=True, slots=True)
class _Proof:
    """That somebody knows an account's password: the hash it was verified with, and a newer one where that is due."""

    account: Account
    verified: str
    renewed: str | None
    known_device: bool


class _Places:
    """Where a try comes from: a browser, if it has a device cookie, and an address."""

    def __init__(self, address: str, device: str | None) -> None:
        self.address = address
        self.network = network_of(address)
        self.address_hash = place_hash("address", self.network)
        self.device_hash = place_hash("device", device or "")


def _budgets(name: str, candidate: Candidate, places: _Places) -> list[Budget]:
    """What a try takes from.

    A browser or an address that signed in to this account before has a budget that strangers cannot reach. Strangers
    have one per name and address, one per address, and one per name for all of them together; the last one is the only
    one that somebody else can use up, and only with many addresses.
    """
    if candidate.known_device:
        return [Budget(f"device:{name}:{places.device_hash.hex()}", TRIES_FROM_PLACE, QUARTER)]
    here = Budget(f"place:{name}:{places.network}", TRIES_FROM_PLACE, QUARTER)
    if candidate.known_address:
        return [here]
    return [
        here,
        Budget(f"address:{places.network}", TRIES_FROM_ADDRESS, QUARTER),
        Budget(f"name:{name}", TRIES_FROM_STRANGERS, HOUR),
    ]
