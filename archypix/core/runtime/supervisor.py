"""Keeps child processes running: starts them, waits until they answer, starts them again when they die, ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from signal import Signals
from time import monotonic
from types import TracebackType
from typing import Self

from archypix.core.errors import StartupError
from archypix.core.runtime.processes import Command, Process, launch

logger = logging.getLogger(__name__)

FIRST_DELAY = 0.1  # seconds before the first restart; each further one doubles it
LONGEST_DELAY = 10.0
SETTLED = 30.0  # seconds of life after which a child counts as healthy again
END_FAILED_WITHIN = 2.0  # seconds for a child whose start failed
SLOW_START = 5.0  # seconds between two notices that a child is still starting


async def until(holds: Callable[[], Awaitable[bool]], *, every: float) -> None:
    """Return when `holds` says so, asked again `every` seconds after each no."""
    while True:
        if await holds():
            return
        await asyncio.sleep(every)


async def _at_once() -> None:
    """The probe of a child that is ready as soon as it runs."""


async def _nothing(_lines: Sequence[str]) -> None:
    """What to do about a failed start where there is nothing to repair."""


@dataclass(frozen=True, slots=True)
class Child:
    """A program to keep running.

    `command` is what to execute, or a coroutine function called before every start that clears what the last run left
    and returns it. `ready` returns once the process answers, or raises `StartupError`; it is cancelled when the process
    ends. `repair` gets the last lines of a start that failed, `explain` makes a sentence of them. `stop_signals` are
    sent one after another, SIGKILL follows. `level` says at which level a line of output is logged. The first start is
    tried `attempts` times, for `start_within` seconds each.
    """

    name: str
    command: Command | Callable[[], Awaitable[Command]]
    ready: Callable[[], Awaitable[None]] = _at_once
    repair: Callable[[Sequence[str]], Awaitable[None]] = _nothing
    stop_signals: Sequence[Signals] = (Signals.SIGTERM,)
    level: Callable[[str], int] = lambda _line: logging.INFO
    explain: Callable[[Sequence[str]], str] = lambda lines: lines[-1] if lines else "it said nothing"
    attempts: int = 1
    start_within: float = 60.0


class ChildState:
    """How a child fares: `pid` (None while it is down), `ready`, and how often it was started again."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.process: Process | None = None
        self.ready = False
        self.restarts = 0
        self.keeper: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.child.name

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None and self.process.running else None


class Supervisor:
    """Children in groups: those of one `start` start together, and groups end in the reverse order of their start."""

    def __init__(self) -> None:
        self._groups: list[list[ChildState]] = []
        self._stopping = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def children(self) -> list[ChildState]:
        """All children, in the order of their start."""
        return [state for group in self._groups for state in group]

    async def start(self, *children: Child) -> None:
        """Start `children` together, return when each is ready, and keep them running from then on.

        Raises `StartupError` when one of them does not come up; then all of this call are ended.
        """
        group = [ChildState(child) for child in children]
        self._groups.append(group)
        try:
            async with asyncio.TaskGroup() as tasks:
                for state in group:
                    tasks.create_task(self._first_start(state))
        except* StartupError as failures:
            await self._end_group(group, within=END_FAILED_WITHIN)
            self._groups.remove(group)
            raise failures.exceptions[0] from None
        for state in group:
            state.keeper = asyncio.create_task(self._keep(state), name=f"keep {state.name}")

    async def stop(self, *, within: float = 5.0) -> None:
        """End all children within `within` seconds: politely, then with SIGKILL. Later groups end first."""
        self._stopping = True
        deadline = monotonic() + within
        while self._groups:
            share = (deadline - monotonic()) / len(self._groups)
            await self._end_group(self._groups[-1], within=max(share, 0.1))
            self._groups.pop()

    async def _first_start(self, state: ChildState) -> None:
        for attempt in range(1, state.child.attempts + 1):
            failure = await self._try_start(state)
            if failure is None:
                return
            if attempt < state.child.attempts:
                logger.warning("%s did not start, trying again: %s", state.name, failure)
                await asyncio.sleep(FIRST_DELAY)
        raise StartupError(f"{state.name} did not start: {failure}")

    async def _try_start(self, state: ChildState) -> str | None:
        """Start the child and wait until it is ready; None, or why it failed."""
        child = state.child
        command = child.command if isinstance(child.command, Command) else await child.command()
        log = logging.getLogger(f"archypix.child.{child.name}")
        try:
            process = launch(command, lambda line: log.log(child.level(line), "%s", line))
        except OSError as error:
            return f"{command.program or command.argv[0]}: {error.strerror}"
        state.process = process
        try:
            failure = await self._until_ready(state, process)
        except StartupError as error:
            failure = error.detail
        except Exception:
            await process.end(child.stop_signals, within=END_FAILED_WITHIN)
            raise
        if failure is None:
            state.ready = True
            return None
        await process.end(child.stop_signals, within=END_FAILED_WITHIN)
        lines = list(process.tail)
        await child.repair(lines)
        return failure if failure else child.explain(lines)

    async def _until_ready(self, state: ChildState, process: Process) -> str | None:
        """None when ready, an empty text when the process ended instead, else what went wrong."""
        probe = asyncio.ensure_future(state.child.ready())
        end = asyncio.ensure_future(process.wait())
        try:
            deadline = monotonic() + state.child.start_within
            while (left := deadline - monotonic()) > 0:
                await asyncio.wait({probe, end}, timeout=min(left, SLOW_START), return_when=asyncio.FIRST_COMPLETED)
                if probe.done():
                    probe.result()
                    return None
                if end.done():
                    return ""
                logger.info("waiting for %s to get ready", state.name)
            return f"it was not ready after {state.child.start_within:.0f} seconds"
        finally:
            probe.cancel()
            end.cancel()

    async def _keep(self, state: ChildState) -> None:
        """Start the child again whenever it ends, the more often it does the later."""
        delay = FIRST_DELAY
        while True:
            process = state.process
            assert process is not None
            status = await process.wait()
            state.ready = False
            if self._stopping:
                return
            if monotonic() - process.started > SETTLED:
                delay = FIRST_DELAY
            logger.warning("%s %s; starting it again in %.1f s", state.name, describe(status), delay)
            delay = await self._restart(state, delay)

    async def _restart(self, state: ChildState, delay: float) -> float:
        """Start the child after `delay` seconds and until it is ready; the delay before the next time."""
        while True:
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
            state.restarts += 1
            try:
                failure = await self._try_start(state)
            except Exception as error:  # noqa: BLE001 - this loop must outlive any fault, or the child stays down
                failure = repr(error)
            if failure is None:
                logger.info("%s runs again", state.name)
                return delay
            logger.error("%s did not start: %s; trying again in %.1f s", state.name, failure, delay)

    async def _end_group(self, group: Sequence[ChildState], *, within: float) -> None:
        async with asyncio.TaskGroup() as tasks:
            for state in group:
                tasks.create_task(self._end(state, within))

    async def _end(self, state: ChildState, within: float) -> None:
        if state.keeper is not None:
            state.keeper.cancel()
            await asyncio.wait([state.keeper])
        state.ready = False
        process = state.process
        if process is None or not process.running:
            return
        if not await process.end(state.child.stop_signals, within=within):
            logger.error("%s (process %d) does not end even on SIGKILL", state.name, process.pid)


def describe(status: int) -> str:
    """What an exit status of `subprocess` means, in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
