"""One turn of a lane: some of a host's deliveries, several at once where their order allows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from archypix.core.clock import now
from federation.outbox.answers import (
    HOUR,
    LEAST_ATTEMPTS,
    PATIENCE_SECONDS,
    Fate,
    Verdict,
    asked,
    backoff,
    probe_pause,
)
from federation.outbox.models import Due, Ended, Lane, PutOff, Report
from federation.pace import USUAL, Pace

Carry: TypeAlias = Callable[[Due], Awaitable[Verdict]]
End: TypeAlias = Callable[[int, Ended], None]

# Deliveries in flight to a host that answers, and to one that is slow.
WIDTH = 8
SLOW_WIDTH = 2
SLOW_SECONDS = 3.0
# After so long no delivery is begun, so that lanes take turns.
TURN_SECONDS = 4.0
# So many failures of single deliveries and no success are taken for trouble of the host.
FAILURES_OF_A_HOST = 3
# A delivery over which a host failed is tried after others, which tell whether the host or the delivery is to blame.
BEHIND_SECONDS = 30.0
BLOCKED_SECONDS = HOUR
SHORTEST_AGAIN = 60.0


class Turn:
    """Carries `dues` (in order, all of one host) by `carry`. What has ended is told to `end` at once; the rest goes
    into the `report`.

    The first goes alone; only when the host has answered are there more at a time. The first failure of the host ends
    the turn; what was not begun stays as it is.
    """

    def __init__(
        self, lane: Lane, dues: Sequence[Due], carry: Carry, end: End, *, blocked: bool = False, pace: Pace = USUAL
    ) -> None:
        self._lane = lane
        self._pace = pace
        self._carry = carry
        self._tell = end
        self._blocked = blocked
        self._groups: dict[tuple[str, str], deque[Due]] = {}
        for due in dues:
            self._groups.setdefault((due.key, due.inbox), deque()).append(due)
        self._ready = deque(self._groups.values())
        self._flying = 0
        self._slow = False
        self._trouble: Verdict | None = None
        self._failures = 0
        self._until = 0.0
        self._stopped = False
        self.report = Report(lane.host)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped = True

    @property
    def left(self) -> bool:
        """Whether deliveries that could go were not begun."""
        return bool(self._ready) and self._trouble is None

    async def run(self) -> None:
        """Take the turn; `close` then says what it came to, and after a cancellation too."""
        self._until = time.monotonic() + self._pace.seconds(TURN_SECONDS, least=1.0)
        if not self._blocked:
            async with asyncio.TaskGroup() as tasks:
                await self._work(tasks, first=True)

    async def _work(self, tasks: asyncio.TaskGroup, *, first: bool = False) -> None:
        """Carry one after the other; whoever gets the first answer opens the lane to its width."""
        while (group := self._next()) is not None:
            self._flying += 1
            try:
                await self._attempt(group)
            finally:
                self._flying -= 1
            if first and self.report.reached:
                first = False
                for _ in range(min(self._width, len(self._ready)) - 1):
                    tasks.create_task(self._work(tasks))

    @property
    def _width(self) -> int:
        return SLOW_WIDTH if self._slow or (self._lane.suspect and not self.report.reached) else WIDTH

    def _next(self) -> deque[Due] | None:
        late = time.monotonic() >= self._until
        if self._stopped or self._trouble or late or self._flying >= self._width or not self._ready:
            return None
        return self._ready.popleft()

    async def _attempt(self, group: deque[Due]) -> None:
        due = group.popleft()
        verdict = await self._carry(due)
        self._slow = self._slow or verdict.seconds > SLOW_SECONDS
        if verdict.fate is Fate.HOST_LATER:
            self._trouble = self._trouble or verdict
            self._put_off(due, verdict, of_host=True)
            return
        if verdict.fate in (Fate.LATER, Fate.OURS):
            self._put_off(due, verdict, of_host=False)
            self._failures += verdict.fate is Fate.LATER
            if self._failures >= FAILURES_OF_A_HOST and not self.report.reached:
                self._trouble = verdict
            return
        if verdict.fate is Fate.MOVED:
            self.report.reached = True
            self._leave(due.inbox)
            return
        # What is refused on this side says nothing of the host.
        self.report.reached = self.report.reached or verdict.fate is not Fate.REFUSED or verdict.seconds > 0
        self._end(due, verdict)
        if group and due.inbox not in self.report.gone:
            self._ready.append(group)

    def _end(self, due: Due, verdict: Verdict) -> None:
        ended = {Fate.DELIVERED: Ended.DELIVERED, Fate.REFUSED: Ended.REFUSED, Fate.GONE: Ended.GONE}[verdict.fate]
        self._tell(due.id, ended)
        if verdict.error:
            self.report.error = verdict.error
        if verdict.fate is Fate.GONE:
            self.report.gone.add(due.inbox)
            self._leave(due.inbox)

    def _leave(self, inbox: str) -> None:
        """Begin nothing more that is for this inbox."""
        self._ready = deque(group for group in self._ready if group[0].inbox != inbox)

    def _put_off(self, due: Due, verdict: Verdict, *, of_host: bool) -> None:
        self.report.error = verdict.error
        age = (now() - due.created_at).total_seconds()
        old = age > self._pace.seconds(PATIENCE_SECONDS) and due.attempts + 1 >= LEAST_ATTEMPTS
        if old and (not of_host or self._lane.failing_since is None):
            self._tell(due.id, Ended.EXPIRED)
            return
        wait = self._pace.seconds(backoff(due.attempts + 1))
        if verdict.after is not None:
            wait = max(wait, asked(verdict.after))
        self.report.put_off.append(PutOff(due.id, wait, verdict.error))

    def close(self) -> Report:
        """What the turn came to, with what becomes of the host."""
        report, lane = self.report, self._lane
        report.suspect = self._slow or self._trouble is not None
        if self._blocked:
            report.state, report.pause, report.error = "blocked", BLOCKED_SECONDS, "The server is blocked here."
            return report
        if self._trouble is None:
            # Where nothing was learnt, all stays as it was.
            if not report.reached:
                report.attempts, report.failing_since = lane.attempts, lane.failing_since
                report.state = "unreachable" if lane.state == "unreachable" else "open"
                report.suspect = report.suspect or lane.suspect
            return report
        report.attempts = 1 if report.reached else lane.attempts + 1
        report.failing_since = now() if report.reached else lane.failing_since or now()
        report.pause = self._pause_after(self._trouble, report.attempts)
        report.asked = self._trouble.after is not None
        if now() - report.failing_since >= timedelta(seconds=self._pace.seconds(PATIENCE_SECONDS)):
            report.state, report.pause, report.asked = "unreachable", self._pace.seconds(probe_pause()), False
        behind = report.pause + self._pace.seconds(BEHIND_SECONDS)
        report.put_off = [PutOff(one.id, max(one.seconds, behind), one.error) for one in report.put_off]
        return report

    def _pause_after(self, trouble: Verdict, attempts: int) -> float:
        if trouble.after is None:
            return self._pace.seconds(backoff(attempts))
        # Whoever names a short time again and again is not asked that often.
        return max(asked(trouble.after), self._pace.seconds(SHORTEST_AGAIN) if attempts > 2 else 0.0)
