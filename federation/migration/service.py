"""Moving to another account: said to everybody whom it concerns, shown, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Database
from archypix.core.errors import Conflict, Fault, Invalid, Unavailable
from archypix.shares.models import Party, Share
from archypix.shares.service import ShareService
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import PUBLIC
from federation.migration import store
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.sharing.directory import WireDirectory

FETCHES, SECONDS = 6, 12.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: their actor, and what they want done when those with whom they share move."""

    actor: LocalActor
    choice: str


class MigrationService:
    """Moves of people of this server, and their answers to moves of others."""

    def __init__(
        self,
        database: Database,
        actors: ActorService,
        remote: RemoteActors,
        shares: ShareService,
        directory: WireDirectory,
    ) -> None:
        self._database = database
        self._actors = actors
        self._remote = remote
        self._shares = shares
        self._directory = directory

    async def standing(self, account_id: int) -> Standing:
        """Where the person stands."""
        actor = await self._actors.of_account(account_id)
        async with self._database.connection() as connection:
            return Standing(actor, await store.choice(connection, account_id))

    async def choose(self, account_id: int, choice: str) -> Standing:
        """Set what is done when somebody moves with whom the person shares: `ask`, `always` or `never`."""
        await self._actors.of_account(account_id)
        async with self._database.transaction() as connection:
            await store.choose(connection, account_id, choice)
        return await self.standing(account_id)

    async def move(self, account_id: int, target: str, *, by: Actor) -> Standing:
        """Send everybody who follows this person, and those with whom they share, to another account of theirs.

        That account must name this one as its alias; its own server is asked. `Invalid` where it cannot be found or
        read, `Conflict` where it does not name this one (`no_alias`), has moved on itself (`target_moved`), or there
        was a move already (`moved`).
        """
        actor = await self._actors.of_account(account_id)
        if actor.moved_to is not None:
            raise Conflict("This account has moved already; take that back first.", code="moved")
        found = await self._target(actor, target)
        async with self._database.transaction() as connection:
            partners = await store.partners(connection, account_id)
            moved = await self._actors.change_within(connection, actor.id, {"moved_to": found.uri}, also=partners)
            said = {"type": "Move", "to": [actor.followers_uri], "cc": [PUBLIC], "object": actor.uri}
            await self._actors.tell(connection, moved, said | {"target": found.uri}, also=partners)
            await audit.record(connection, by, "account.moved", actor.name, {"target": found.uri})
        return await self.standing(account_id)

    async def stay(self, account_id: int, *, by: Actor) -> Standing:
        """Take a move back. Who has followed to the other account stays there."""
        actor = await self._actors.of_account(account_id)
        if actor.moved_to is not None:
            async with self._database.transaction() as connection:
                partners = await store.partners(connection, account_id)
                await self._actors.change_within(connection, actor.id, {"moved_to": None}, also=partners)
                await audit.record(connection, by, "account.stayed", actor.name, {"target": actor.moved_to})
        return await self.standing(account_id)

    async def offer_again(self, account_id: int, share_id: UUID) -> Share:
        """Offer a share, on the same terms, to the account to which its recipient has moved.

        `NotFound`, `Unavailable` (their server is away), `Conflict` (`not_moved`, `no_alias`, and as for any share).
        """
        share = await self._shares.get(account_id, share_id)
        async with self._database.connection() as connection:
            target = await store.moved_to(connection, share.recipient.id)
        if target is None:
            raise Conflict("Its recipient has not moved.", code="not_moved")
        them = await self._successor(target, share.recipient.uri)
        async with self._database.transaction() as connection:
            return await self._shares.offer_again(connection, account_id, share_id, them)

    async def _successor(self, target: str, old: str) -> Party:
        found: LocalActor | RemoteActor
        try:
            if self._actors.addresses.is_local(target):
                found = await self._directory.meet(target, Budget(FETCHES, SECONDS))
            else:
                found = await self._remote.get(target, fresh=True, budget=Budget(FETCHES, SECONDS))
        except FetchError as error:
            raise Unavailable(
                "The new account cannot be read now. Try again later.", log_detail=error.detail
            ) from error
        if old not in found.also_known_as:
            raise Conflict("The new account does not name the old one as its alias.", code="no_alias")
        async with self._database.transaction() as connection:
            return await self._directory.party(connection, found)

    async def _target(self, actor: LocalActor, target: str) -> RemoteActor:
        budget = Budget(FETCHES, SECONDS)
        try:
            found = await self._remote.resolve(target, budget=budget)
        except Invalid as error:
            raise _fault(error.detail) from None
        except FetchError as error:
            raise _fault("This account cannot be found.") from error
        if found.uri == actor.uri or found.local:
            raise _fault("This account is on this server.")
        try:
            found = await self._remote.get(found.uri, fresh=True, budget=budget)
        except FetchError as error:
            raise _fault("This account cannot be read now.") from error
        if actor.uri not in found.also_known_as:
            detail = f"The other account does not name this one as its alias: add {actor.uri} there first."
            raise Conflict(detail, code="no_alias")
        if found.moved_to is not None:
            raise Conflict("The other account has moved itself.", code="target_moved")
        return found


def _fault(detail: str) -> Invalid:
    return Invalid(detail, faults=(Fault("target", detail),))
