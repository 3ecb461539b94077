"""The loop that brings moves forward: one question to a backend, one transaction, again from there whoever dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol
from uuid import UUID, uuid4

from archypix.core.database import Database
from archypix.core.errors import ArchypixError, Conflict, Unavailable
from resolver.moving import store
from resolver.moving.models import UNDECIDED, State, Task
from resolver.names.service import Names

logger = logging.getLogger(__name__)
PATH: Final = "/internal/v1/domain"
LEASE_SECONDS: Final = 60.0
ANSWER_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.5
POLL_SECONDS: Final = 1.0
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
# Nobody is kept from their pictures for longer, whatever is in the way.
LONGEST_HOLD: Final = 3600.0
WORKERS: Final = 4


class Refusal(ArchypixError):
    """A backend says no, and would say it again."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Ask(Protocol):
    """`Asker.ask`."""

    async def __call__(
        self, origin: str, method: str, path: str, payload: dict[str, Any], *, seconds: float
    ) -> tuple[int, dict[str, Any]]: ...


class Driver:
    """Takes the steps of moves. Any number of Resolvers may do so on one database."""

    def __init__(self, database: Database, names: Names, ask: Ask, *, scale: float = 1.0) -> None:
        self._database = database
        self._names = names
        self._ask = ask
        self._scale = scale
        self._steps: dict[State, Callable[[Task, UUID], Awaitable[None]]] = {
            "announced": self._announce,
            "copying": self._copy,
            "holding": self._hold,
            "taking": self._take,
            "switching": self._switch,
            "settling": self._settle,
            "departing": self._depart,
            "cancelling": self._cancel,
        }

    async def run(self) -> None:
        """Bring forward what is due, for ever."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            try:
                found = await self.step()
            except Unavailable as error:
                logger.warning("moves: %s", error)
                found = False
            if not found:
                await asyncio.sleep(LOOK_SECONDS)

    async def step(self) -> bool:
        """Take one step of a move that is due; whether there was one."""
        lease = uuid4()
        async with self._database.transaction() as connection:
            task = await store.claim(connection, lease, LEASE_SECONDS)
        if task is None:
            return False
        try:
            await self._steps[task.state](task, lease)
        except Refusal as refusal:
            await self._refused(task, lease, refusal)
        except Conflict as error:
            await self._refused(task, lease, Refusal(409, error.detail))
        except Unavailable as error:
            await self._put_off(task, lease, error)
        return True

    # The steps, in their order

    async def _announce(self, task: Task, lease: UUID) -> None:
        """Both sides are told: first the one that gives, so that it knows who asks."""
        if task.key is None:
            raise Refusal(409, "The new backend has shown no key.")
        await self._tell(task.source, "/departures", {
            "move": str(task.id), "name": task.name, "to": task.target, "key": task.key,
        })  # fmt: skip
        await self._tell(task.target, "/moves", {"move": str(task.id), "name": task.name, "from": task.source})
        await self._advance(task, lease, "copying")

    async def _copy(self, task: Task, lease: UUID) -> None:
        """Files are brought while the person goes on working."""
        seen = await self._arrival(task, "status")
        if seen["state"] == "copying":
            await self._see(task, lease, seen)
            return
        await self._advance(task, lease, "holding")

    async def _hold(self, task: Task, lease: UUID) -> None:
        """From now on nothing of theirs changes."""
        seen = await self._departure(task, "hold")
        if not seen.get("settled"):
            await self._wait(task, lease)
            return
        await self._advance(task, lease, "taking")

    async def _take(self, task: Task, lease: UUID) -> None:
        """Everything else is brought and compared."""
        seen = await self._arrival(task, "take")
        if seen["state"] == "taking":
            if (task.held_for or 0.0) > LONGEST_HOLD:
                raise Refusal(504, f"It took too long: {seen.get('error') or 'the account was held for an hour'}")
            await self._see(task, lease, seen)
            return
        await self._advance(task, lease, "switching")

    async def _switch(self, task: Task, lease: UUID) -> None:
        """The directory names the new backend: this is the moment in which the person moves."""
        async with self._database.transaction() as connection:
            if await store.lock_leased(connection, task.id, lease, "switching"):
                await self._names.switch(connection, task.name, source=task.source_id, target=task.target_id)
                await store.advance(connection, task.id, "settling")
        self._names.changed(task.name)

    async def _settle(self, task: Task, lease: UUID) -> None:
        """The new backend lets the person in."""
        await self._arrival(task, "activate")
        await self._advance(task, lease, "departing")

    async def _depart(self, task: Task, lease: UUID) -> None:
        """The old backend says where they are."""
        await self._departure(task, "depart")
        await self._advance(task, lease, "done")

    async def _cancel(self, task: Task, lease: UUID) -> None:
        """First the new backend stops, then the old one lets the person work again."""
        for origin, path in ((task.target, f"/moves/{task.id}/drop"), (task.source, f"/departures/{task.id}/release")):
            try:
                await self._tell(origin, path, {})
            except Refusal as refusal:
                # Who was never told has nothing to undo.
                if refusal.status != 404:
                    raise
        async with self._database.transaction() as connection:
            if await store.lock_leased(connection, task.id, lease, "cancelling"):
                await store.end_back(connection, task.id)

    # What they have in common

    async def _arrival(self, task: Task, step: str) -> dict[str, Any]:
        seen = await self._tell(task.target, f"/moves/{task.id}/{step}", {})
        if seen.get("state") in ("failed", "dropped"):
            raise Refusal(409, str(seen.get("error") or "The new backend has given up."))
        return seen

    async def _departure(self, task: Task, step: str) -> dict[str, Any]:
        return await self._tell(task.source, f"/departures/{task.id}/{step}", {})

    async def _tell(self, origin: str, path: str, payload: dict[str, Any]) -> dict[str, Any]:
        status, said = await self._ask(origin, "POST", f"{PATH}{path}", payload, seconds=ANSWER_SECONDS)
        if status == 200 and "state" in said:
            return said
        detail = str(said.get("detail") or f"{origin} answers {status}.")[:400]
        if status in (403, 404, 409, 410, 413, 422):
            raise Refusal(status, detail)
        raise Unavailable(detail)

    async def _advance(self, task: Task, lease: UUID, state: State) -> None:
        async with self._database.transaction() as connection:
            if await store.lock_leased(connection, task.id, lease, task.state):
                await store.advance(connection, task.id, state)

    async def _see(self, task: Task, lease: UUID, seen: dict[str, Any]) -> None:
        async with self._database.transaction() as connection:
            await store.see(connection, task.id, lease, seen, POLL_SECONDS * self._scale)

    async def _wait(self, task: Task, lease: UUID) -> None:
        async with self._database.transaction() as connection:
            await store.put_off(connection, task.id, lease, POLL_SECONDS * self._scale, None)

    async def _put_off(self, task: Task, lease: UUID, error: ArchypixError) -> None:
        """The same again later; but nobody is held for ever while a backend is away."""
        logger.warning("move of %s, %s: %s", task.name, task.state, error)
        if task.state in UNDECIDED and (task.held_for or 0.0) > LONGEST_HOLD:
            await self._refused(task, lease, Refusal(504, f"It took too long: {error.detail}"))
            return
        wait = min(FIRST_WAIT * 2 ** min(task.attempts, 10), LONGEST_WAIT) * self._scale
        async with self._database.transaction() as connection:
            await store.put_off(connection, task.id, lease, wait, error.detail)

    async def _refused(self, task: Task, lease: UUID, refusal: Refusal) -> None:
        """What is not decided yet is taken back; what is, is tried until it works."""
        if task.state not in UNDECIDED:
            await self._put_off(task, lease, refusal)
            return
        logger.warning("move of %s is taken back: %s", task.name, refusal)
        async with self._database.transaction() as connection:
            if await store.lock_leased(connection, task.id, lease, task.state):
                await store.take_back(connection, task.id, refusal.detail)
