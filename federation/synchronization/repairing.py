"""One check of a share: compare, ask, and where it differs read the share anew and take what it says."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.pictures.locks import lock_library
from archypix.received import store as received_store
from archypix.received import ways_store
from archypix.received.herald import IncomingHerald
from archypix.received.models import Announced, SharedPicture
from archypix.received.ways_store import Named
from federation.documents.origins import same_origin
from federation.outbound.errors import FetchError, Gone
from federation.outbox.answers import LONGEST_SECONDS, backoff
from federation.pace import USUAL, Pace
from federation.synchronization import held_store, reading
from federation.synchronization.models import DAY, HOUR, Check, Held, Outcome

# After so many repairs that did not help, what is said is left as it is until something else is said, or for a day.
MOST_ROUNDS = 3
MOST_COUNTED = 100
# Who says that there is no such share (404) may have a server that is set up wrongly: so often in a row, hours apart.
MOST_MISSING = 4
MISSING_SECONDS = 6 * HOUR

# The document at an address, as seen by an account here. Raises FetchError.
Fetch: TypeAlias = Callable[[int, str], Awaitable[dict[str, Any]]]


class Receiving(Protocol):
    """What repair needs of `archypix.received.service.IncomingService`."""

    herald: IncomingHerald

    async def digest(self, connection: Connection, share_id: UUID) -> tuple[bytes, int]: ...

    async def snapshot(
        self,
        connection: Connection,
        account_id: int,
        share_uri: str,
        sender_row: int,
        announced: Sequence[Announced],
        sequence: int,
    ) -> list[str]: ...

    async def updated(
        self,
        connection: Connection,
        owner_row: int,
        pictures: Sequence[SharedPicture],
        accounts: Collection[int] | None = None,
    ) -> None: ...

    async def revoked(self, connection: Connection, sender_row: int, share_uri: str) -> None: ...


class Repairer:
    """Takes checks one step on. No transaction is open while others are asked."""

    def __init__(self, database: Database, incoming: Receiving, fetch: Fetch, *, pace: Pace = USUAL) -> None:
        self._database = database
        self._incoming = incoming
        self._fetch = fetch
        self._pace = pace

    async def step(self, check: Check) -> Outcome | None:
        """What becomes of a check; None where nothing is held by the share any more."""
        async with self._database.connection() as connection:
            held = await self._held(connection, check)
        if held is None:
            return None
        if check.state == "heard":
            return self._compared(check, held)
        try:
            return await self._ask(check, held)
        except Gone as error:
            return await self._gone(check, held, error)
        except FetchError as error:
            wait = max(self._pace.seconds(backoff(check.attempts + 1)), min(error.retry_after or 0.0, LONGEST_SECONDS))
            return Outcome(
                wait, attempts=min(check.attempts + 1, 1000), rounds=check.rounds, missing=check.missing,
                error=error.detail, of_host=error.retryable,
            )  # fmt: skip

    def _compared(self, check: Check, held: Held) -> Outcome:
        """It has been quiet since a digest was said: is it ours?"""
        if held.digest == check.digest:
            return Outcome(self._daily(), checked=True)
        if check.settled == check.digest:
            return Outcome(self._daily(), rounds=check.rounds)
        return Outcome(self._rest(check), rounds=check.rounds)

    def _rest(self, check: Check) -> float:
        """How long until a share is read again: whoever says another digest with each message, and never what agrees
        with their pages, is read ever more rarely."""
        if check.rounds == 0 or check.since is None:
            return 0.0
        return max(0.0, self._pace.seconds(backoff(check.rounds)) - check.since)

    async def _ask(self, check: Check, held: Held) -> Outcome:
        get = partial(self._fetch, check.account_id)
        head = await reading.head(get, check.share, check.actor_uri)
        if head.digest == held.digest:
            return Outcome(self._daily(), digest=head.digest, settled=head.digest, checked=True)
        announced = await reading.pictures(get, head)
        async with self._database.transaction() as connection:
            if held.share_id is None:
                await self._take_below(connection, check, announced)
            else:
                news = _news(announced, await held_store.revisions(connection, held.share_id))
                await self._incoming.snapshot(
                    connection, check.account_id, check.share, check.actor_id, news, head.sequence
                )
        return await self._repaired(check, head)

    async def _take_below(self, connection: Connection, check: Check, announced: Sequence[Announced]) -> None:
        """What the owner shows of what others passed on: news of it counts, and of what is missing they are asked."""
        pictures = [one.picture for one in announced if one.picture is not None]
        await self._incoming.updated(connection, check.actor_id, pictures, accounts=[check.account_id])
        shown = [one.uri for one in announced]
        await self._doubt(connection, check, shown)

    async def _doubt(self, connection: Connection, check: Check, shown: Collection[str] = ()) -> None:
        """Have the owner asked about what came by their share and is not shown by it: whether they give it by another,
        only they know."""
        await lock_library(connection, check.account_id)
        uris = await held_store.below_but(connection, check.account_id, check.actor_uri, check.share, shown)
        await ways_store.want(connection, check.account_id, Named(uris, [check.actor_uri] * len(uris)))

    async def _repaired(self, check: Check, head: reading.Head) -> Outcome:
        """A repair was made; where it still differs it is made again, a few times."""
        async with self._database.connection() as connection:
            held = await self._held(connection, check)
        if held is None or head.digest in (None, held.digest):
            return Outcome(self._daily(), digest=head.digest, settled=head.digest, checked=True)
        if check.rounds + 1 >= MOST_ROUNDS:
            return Outcome(
                self._daily(), rounds=min(check.rounds + 1, MOST_COUNTED), digest=head.digest, settled=head.digest,
                checked=True, error="it differs after repair",
            )  # fmt: skip
        wait = self._pace.seconds(backoff(check.rounds + 1))
        return Outcome(wait, rounds=check.rounds + 1, digest=head.digest, checked=True)

    async def _gone(self, check: Check, held: Held, error: Gone) -> Outcome | None:
        """The share's own server says that there is no such share, or no more, or not for us."""
        certain = error.for_good or check.missing + 1 >= MOST_MISSING
        if not certain or error.url is None or not same_origin(error.url, check.share):
            await self._accept_again(check, held)
            return Outcome(
                self._pace.seconds(MISSING_SECONDS), missing=min(check.missing + 1, MOST_MISSING - 1),
                error=error.detail,
            )  # fmt: skip
        async with self._database.transaction() as connection:
            if held.share_id is not None:
                await self._incoming.revoked(connection, check.actor_id, check.share)
                return None
            await self._doubt(connection, check)
        return Outcome(self._daily(), missing=check.missing, checked=True)

    async def _accept_again(self, check: Check, held: Held) -> None:
        """Nothing ever came by a share that was accepted: its sender may not have heard that it was."""
        if held.share_id is None:
            return
        async with self._database.transaction() as connection:
            row = await received_store.find(connection, check.account_id, held.share_id)
            if row is not None and row["state"] == "active" and row["sequence"] == 0:
                await self._incoming.herald.accepted(connection, received_store.incoming(row))

    async def _held(self, connection: Connection, check: Check) -> Held | None:
        share_id = await held_store.accepted(connection, check.account_id, check.share, check.actor_id)
        if share_id is not None:
            return Held(share_id, (await self._incoming.digest(connection, share_id))[0])
        below = await held_store.below(connection, check.account_id, check.actor_uri, check.share)
        return None if below is None else Held(None, below)

    def _daily(self) -> float:
        return self._pace.seconds(DAY) * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing


def _news(announced: Sequence[Announced], held: Mapping[str, int]) -> list[Announced]:
    """Everything that is in a share, described only where the description is newer than what is `held`."""
    return [
        Announced(one.uri, one.owner)
        if one.picture is not None and one.picture.revision <= held.get(one.uri, -1)
        else one
        for one in announced
    ]
