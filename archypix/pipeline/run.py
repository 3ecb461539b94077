"""One step of an owner's pipeline at a time, each a short transaction under the library's writer lock."""

from __future__ import annotations

import asyncio
import enum
import logging
import time
from collections.abc import Sequence
from typing import Any

import asyncpg

from archypix.core import metrics
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Invalid, NotFound
from archypix.core.tag_paths import TagPath, parse_path
from archypix.events.store import emit
from archypix.pictures.locks import lock_library
from archypix.pictures.store import revision as tags_revision
from archypix.pipeline import run_store, store
from archypix.pipeline.logic import Logic
from archypix.pipeline.plans import Plan, Plans, arrange
from archypix.pipeline.run_store import Pending, Position
from archypix.pipeline.statements import Statement, apply_to_ids, apply_to_window
from archypix.tags.resolving import resolve_paths

logger = logging.getLogger(__name__)

BATCH = 1_000
FEWER = 100
# Pictures that a step over all of them looks at: as many as take about half a second, and whose pages
# are still in memory when some of them are written.
FIRST_WINDOW, LEAST_WINDOW, LARGEST_WINDOW = 50_000, 500, 125_000
WINDOW_SECONDS = 0.5
BATCH_LIMIT, WINDOW_LIMIT, LONG_LIMIT = 10.0, 30.0, 120.0
BUSY_SECONDS = 0.05
ATTEMPTS = 5
CHANGED = "tags.changed"
TOO_SLOW = "It takes too long: its conditions are too expensive."
UNREADABLE = "It cannot be evaluated."

# What a service, and not the weather, may be the reason of.
OF_A_SERVICE = (
    asyncpg.QueryCanceledError,
    asyncpg.DataError,
    asyncpg.SyntaxOrAccessError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.InternalServerError,
    Conflict,
    Invalid,
)


class Outcome(enum.Enum):
    """What a step came to: nothing to do, somebody else is at it, all done, or more to do."""

    IDLE = "idle"
    BUSY = "busy"
    DONE = "done"
    MORE = "more"


class Runner:
    """Takes steps. Any number of runners may share a database: at most one at a time takes a step for an owner."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plans = Plans()
        self._windows: dict[int, int] = {}
        self._passing: set[int] = set()

    async def waiting(self) -> list[int]:
        """The owners for whom there is anything to do."""
        async with self._database.connection() as connection:
            await run_store.retry_failed(connection)
            return await run_store.waiting(connection)

    async def settle(self, owner_id: int) -> None:
        """Take steps until there is nothing left to do; waits for others who are at it."""
        while (outcome := await self.step(owner_id)) is not Outcome.IDLE:
            if outcome is Outcome.BUSY:
                await asyncio.sleep(BUSY_SECONDS)

    async def step(self, owner_id: int) -> Outcome:
        """Take one step. What a service cannot do is tried again with each service for itself, to find out which."""
        started = time.perf_counter()
        try:
            outcome, changed = await self._attempt(owner_id, careful=False)
        except OF_A_SERVICE as error:
            logger.warning("pipeline: %r, looking for the service", error, extra={"account": owner_id})
            outcome, changed = await self._attempt(owner_id, careful=True)
        if outcome in (Outcome.DONE, Outcome.MORE):
            metrics.pipeline_seconds.observe(time.perf_counter() - started)
            metrics.pipeline_changed.inc(changed)
        return outcome

    async def _attempt(self, owner_id: int, *, careful: bool) -> tuple[Outcome, int]:
        try:
            async with self._database.transaction() as connection:
                if not await run_store.try_lock(connection, owner_id):
                    return Outcome.BUSY, 0
                await lock_library(connection, owner_id)
                pending = await run_store.pending(connection, owner_id)
                if pending is None:
                    return Outcome.IDLE, 0
                return await _Step(self, connection, owner_id, pending, careful=careful).take()
        except NotFound:
            return Outcome.IDLE, 0
        except BaseException:
            # Tags that were made meanwhile are undone, and so is what the plan knows of them.
            self._plans.forget(owner_id)
            raise

    # What steps remember between each other; all of it is only a matter of speed.

    async def plan(self, connection: Connection, owner_id: int, revision: int) -> Plan:
        """The owner's plan at this revision."""
        return await self._plans.current(connection, owner_id, revision)

    def forget(self, owner_id: int) -> None:
        """What is known of an owner's services holds no more."""
        self._plans.forget(owner_id)

    def window(self, owner_id: int) -> int:
        """How many pictures the next step over all of them looks at."""
        return self._windows.get(owner_id, FIRST_WINDOW)

    def adapt_window(self, owner_id: int, seconds: float) -> None:
        """The last one took so long."""
        size = self.window(owner_id) * min(4.0, WINDOW_SECONDS / max(seconds, 0.001))
        self._windows[owner_id] = min(LARGEST_WINDOW, max(LEAST_WINDOW, int(size)))

    def takes_marks(self, owner_id: int, pending: Pending) -> bool:
        """Whether marks are next: they and the way through all pictures take turns."""
        if pending.marks and not (pending.stale and owner_id in self._passing):
            self._passing.add(owner_id)
            return True
        self._passing.discard(owner_id)
        return False


class _Step:
    """One step, inside its transaction. `careful`: few pictures, and each service for itself."""

    def __init__(
        self, runner: Runner, connection: Connection, owner_id: int, pending: Pending, *, careful: bool
    ) -> None:
        self._runner = runner
        self._connection = connection
        self._owner_id = owner_id
        self._pending = pending
        self._careful = careful
        self._changed = 0

    async def take(self) -> tuple[Outcome, int]:
        """Do what is next; what it came to, and how many pictures changed."""
        pending = self._pending
        if pending.removing is not None:
            outcome = await self._take_away(pending.removing, removing=True)
        elif pending.clearing is not None:
            outcome = await self._take_away(pending.clearing, removing=False)
        elif self._runner.takes_marks(self._owner_id, pending):
            outcome = await self._evaluate_marked()
        elif pending.stale:
            outcome = await self._evaluate_window()
        else:
            return Outcome.IDLE, 0
        if self._changed:
            await emit(self._connection, self._owner_id, CHANGED, {"pictures": self._changed})
        return outcome, self._changed

    async def _take_away(self, service_id: int, *, removing: bool) -> Outcome:
        await run_store.limit_time(self._connection, LONG_LIMIT, generic=False)
        row = await run_store.take_away(self._connection, self._owner_id, service_id)
        self._changed += row["changed"]
        if not row["more"]:
            if removing:
                await run_store.remove(self._connection, service_id)
            else:
                await run_store.settle(self._connection, self._owner_id, [service_id])
        return Outcome.MORE

    async def _evaluate_marked(self) -> Outcome:
        limit = FEWER if self._careful else BATCH
        await run_store.limit_time(self._connection, BATCH_LIMIT, generic=not self._careful)
        marks, ids = await run_store.take_marks(self._connection, self._owner_id, limit)
        plan = await self._current_plan()
        first = [self._owner_id, ids, False]
        if self._careful:
            await self._singly(plan, plan.logics, apply_to_ids, first)
        else:
            for statement in plan.batch_statements():
                self._changed += (await self._run(plan, statement, first))["changed"]
        return Outcome.MORE if marks == limit or self._pending.stale else Outcome.DONE

    async def _evaluate_window(self) -> Outcome:
        started = time.perf_counter()
        size = LEAST_WINDOW if self._careful else self._runner.window(self._owner_id)
        await run_store.limit_time(self._connection, WINDOW_LIMIT, generic=False)
        plan = await self._current_plan()
        revision = await tags_revision(self._connection, self._owner_id)
        if plan.assigned is None or plan.assigned_revision != revision:
            # Merging makes other tags of those that were assigned, whether they are named any more or not.
            plan.assigned = await run_store.assigned_tags(self._connection, [logic.service_id for logic in plan.stale])
            plan.assigned_revision = revision
        reached = await self._evaluate_behind(plan, self._pending.reached, size)
        if reached == (None, None):
            stale = [service.id for service in plan.services if service.stale]
            await run_store.settle(self._connection, self._owner_id, stale)
        else:
            await run_store.reach(self._connection, self._owner_id, reached)
        self._runner.adapt_window(self._owner_id, time.perf_counter() - started)
        return Outcome.MORE

    async def _evaluate_behind(self, plan: Plan, after: Position, size: int) -> Position:
        """Evaluate stale services on up to `size` pictures; how far it came, (None, None) for the end."""
        end = await run_store.until(self._connection, self._owner_id, after, size)
        until = end or await run_store.last(self._connection, self._owner_id)
        if until is None:
            return None, None
        first = [self._owner_id, *after, *until, plan.seen_behind, plan.assigned]
        if self._careful:
            await self._singly(plan, plan.stale, apply_to_window, first)
            return end or (None, None)
        for statement in plan.window_statements():
            row = await self._run(plan, statement, first)
            self._changed += row["changed"]
            if row["full"]:
                # The statements after this one go as far as it came, and no further.
                end = row["last_at"], row["last_id"]
                first[3:5] = end
        return end or (None, None)

    async def _singly(self, plan: Plan, logics: Sequence[Logic], make: Any, first: Sequence[Any]) -> None:
        """Evaluate services one by one; those that cannot be are marked, and the others do without them."""
        for service_id, reason in plan.broken.items():
            await self._fail(service_id, reason)
        for (step,) in arrange(plan.visible, logics, singly=True):
            try:
                async with self._connection.transaction():
                    self._changed += (await self._run(plan, make([step]), first))["changed"]
            except OF_A_SERVICE as error:
                await self._fail(step.logic.service_id, _reason(error))

    async def _current_plan(self) -> Plan:
        plan = await self._runner.plan(self._connection, self._owner_id, self._pending.revision)
        if plan.broken and not self._careful:
            raise Invalid(next(iter(plan.broken.values())))
        return plan

    async def _fail(self, service_id: int, reason: str) -> None:
        logger.warning("pipeline: service failed: %s", reason, extra={"account": self._owner_id, "service": service_id})
        await run_store.fail(self._connection, self._owner_id, service_id, reason)
        self._runner.forget(self._owner_id)

    async def _run(self, plan: Plan, statement: Statement, first: Sequence[Any]) -> Any:
        """Run a statement, making tags that it lacks; its row."""
        calendars = bool(statement.chain.maps)
        if calendars:
            await self._refresh_maps(plan)
        for _ in range(ATTEMPTS):
            row = await self._connection.fetchrow(
                statement.text, *statement.values(first, plan.maps), timeout=LONG_LIMIT
            )
            if not row["missing"]:
                return row
            await self._make_tags(plan, row["missing"])
        raise Conflict("The tags of this calendar cannot be made.")

    async def _refresh_maps(self, plan: Plan) -> None:
        revision = await tags_revision(self._connection, self._owner_id)
        if plan.maps_revision != revision:
            plan.maps, plan.maps_revision = {}, revision

    async def _make_tags(self, plan: Plan, missing: Sequence[str]) -> None:
        """Find or make the tags for paths below the roots of calendars, each given as `service path`."""
        roots = {logic.service_id: logic.root for logic in plan.logics}
        above = await store.paths(self._connection, list(roots.values()))
        wanted = [(int(service), path) for service, _, path in (text.partition(" ") for text in missing)]
        paths: list[TagPath] = [
            parse_path(above[roots[service]] + (f"/{path}" if path else "")) for service, path in wanted
        ]
        found = await resolve_paths(self._connection, self._owner_id, paths, create=True)
        for (service, path), tag in zip(wanted, found, strict=True):
            assert tag is not None
            plan.maps.setdefault(service, {})[path] = tag
        plan.maps_revision = await tags_revision(self._connection, self._owner_id)


def _reason(error: BaseException) -> str:
    if isinstance(error, asyncpg.QueryCanceledError):
        return TOO_SLOW
    return error.detail if isinstance(error, ArchypixError) else UNREADABLE
