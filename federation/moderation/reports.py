"""Reports: brought by people here and by other servers, settled by the administrator, passed on where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.core.ids import new_id
from federation.documents.origins import host
from federation.moderation import reports_store as store
from federation.moderation.models import Report, ReportState
from federation.moderation.people import Finder, Somebody

MOST_OPEN = 100
MOST_OPEN_OF_ACTOR = 20
MOST_OBJECTS = 50
LONGEST_COMMENT = 3000
LONGEST_URI = 2048


class Forwarder(Protocol):
    """Tells another server what was reported of one of its people, in the caller's transaction, through the outbox."""

    async def forward(self, connection: Connection, remote_actor_id: int, uris: Sequence[str], comment: str) -> None:
        """Send a `Flag` in the name of this server, not of whoever reported."""
        ...


class ReportService:
    """Reports of this server."""

    def __init__(self, database: Database, finder: Finder, forwarder: Forwarder) -> None:
        self._database = database
        self._finder = finder
        self._forwarder = forwarder

    async def report(self, account_id: int, handle: str, *, objects: Sequence[str] = (), comment: str = "") -> Report:
        """Bring somebody to the administrator's attention; `objects` are addresses of what they posted.

        Raises `Invalid`, `NotFound`, `Conflict` (`too_many`: 100 open reports of one person).
        """
        for number, uri in enumerate(objects):
            _check_address(uri, f"objects.{number}")
        somebody = await self._finder.find(handle)
        identifier = new_id()
        async with self._database.transaction() as connection:
            if await store.open_by_reporter(connection, account_id) >= MOST_OPEN:
                raise Conflict(f"{MOST_OPEN} open reports are the most.", code="too_many")
            await self._finder.row(connection, somebody)
            await store.insert(
                connection, identifier, reporter_id=account_id, from_actor_id=None, subject_uri=somebody.uri,
                subject_host=somebody.host, object_uris=list(dict.fromkeys(objects)), comment=comment,
            )  # fmt: skip
            return await self._required(connection, identifier)

    async def flagged(
        self, connection: Connection, from_actor_id: int, subject: str, uris: Sequence[str], comment: str
    ) -> bool:
        """Keep what another server reported of somebody here, in the caller's transaction.

        False where that actor has 20 open reports already: nobody can bury the others.
        """
        if await store.open_by_actor(connection, from_actor_id) >= MOST_OPEN_OF_ACTOR:
            return False
        kept = [uri for uri in dict.fromkeys(uris) if uri != subject and _is_address(uri)][:MOST_OBJECTS]
        await store.insert(
            connection, new_id(), reporter_id=None, from_actor_id=from_actor_id, subject_uri=subject,
            subject_host=host(subject), object_uris=kept, comment=comment[:LONGEST_COMMENT],
        )  # fmt: skip
        return True

    async def mine(self, account_id: int, *, before: UUID | None, limit: int) -> list[Report]:
        """What a person has reported, the newest first."""
        async with self._database.connection() as connection:
            return await store.page(connection, before=before, limit=limit, reporter_id=account_id)

    async def page(self, *, before: UUID | None, limit: int, state: ReportState | None) -> list[Report]:
        """All reports, the newest first; for administrators."""
        async with self._database.connection() as connection:
            return await store.page(connection, before=before, limit=limit, state=state)

    async def one(self, identifier: UUID) -> Report:
        """One report; `NotFound`."""
        async with self._database.connection() as connection:
            return await self._required(connection, identifier)

    async def settle(self, actor: Actor, identifier: UUID, state: ReportState, resolution: str = "") -> Report:
        """Close a report (`resolved`, `dismissed`) or open it again; `NotFound`."""
        async with self._database.transaction() as connection:
            await self._lock(connection, identifier)
            await store.settle(connection, identifier, state, resolution, actor.account_id)
            details = {"state": state, "resolution": resolution}
            await audit.record(connection, actor, "report.settled", str(identifier), details)
            return await self._required(connection, identifier)

    async def forward(self, actor: Actor, identifier: UUID, comment: str | None = None) -> Report:
        """Tell the subject's server, with `comment` or else with the reporter's; nobody learns who reported.

        Raises `NotFound`, `Conflict` (`forwarded`, `local`: it is about somebody here).
        """
        report = await self.one(identifier)
        somebody = await self._finder.find(report.subject_uri)
        if somebody.account_id is not None:
            raise Conflict("This is about somebody on this server.", code="local")
        async with self._database.transaction() as connection:
            await self._lock(connection, identifier)
            report = await self._required(connection, identifier)
            if report.forwarded_at is not None:
                raise Conflict("This report was passed on already.", code="forwarded")
            await self._pass_on(connection, report, somebody, report.comment if comment is None else comment)
            await audit.record(connection, actor, "report.forwarded", str(identifier), {"host": somebody.host})
            return await self._required(connection, identifier)

    async def _pass_on(self, connection: Connection, report: Report, somebody: Somebody, comment: str) -> None:
        row = await self._finder.row(connection, somebody)
        # Only what lies at their server is theirs to look into.
        uris = [somebody.uri, *(uri for uri in report.object_uris if host(uri) == somebody.host)]
        await self._forwarder.forward(connection, row, uris, comment)
        await store.mark_forwarded(connection, report.id)

    async def _lock(self, connection: Connection, identifier: UUID) -> None:
        if not await store.lock(connection, identifier):
            raise NotFound("There is no report with this id.")

    async def _required(self, connection: Connection, identifier: UUID) -> Report:
        found = await store.one(connection, identifier)
        if found is None:
            raise NotFound("There is no report with this id.")
        return found


def _is_address(uri: str) -> bool:
    """Whether an administrator may be shown `uri` as a link."""
    try:
        host(uri)
    except ValueError:
        return False
    return len(uri) <= LONGEST_URI


def _check_address(uri: str, path: str) -> None:
    try:
        host(uri)
    except ValueError:
        raise Invalid("This is not an address.", faults=(Fault(path, "An http(s) address."),)) from None
