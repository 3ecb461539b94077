"""Which services are evaluated together, for as long as nothing changes in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from archypix.core.database import Connection
from archypix.core.errors import Invalid
from archypix.core.sql import Parameters
from archypix.pipeline import store
from archypix.pipeline.compile import Step, compile_chain
from archypix.pipeline.logic import Logic, logic_of
from archypix.pipeline.models import Service
from archypix.pipeline.statements import Statement, apply_to_ids, apply_to_window

# asyncpg keeps prepared statements of up to 15 kB.
MOST_TEXT = 10_000
MOST_STEPS = 25
PLANS = 200


def arrange(visible: Sequence[int], chosen: Sequence[Logic], *, singly: bool = False) -> list[list[Step]]:
    """The chosen services in groups that are evaluated by one statement each, one group after another.

    `visible` are the ids of all services whose tags later ones see, in order.
    """
    groups: list[list[Step]] = []
    size = 0
    passed = 0
    for logic in chosen:
        place = visible.index(logic.service_id)
        weight = len(compile_chain([Step(logic)], Parameters()).joins)
        if singly or not groups or size + weight > MOST_TEXT or len(groups[-1]) == MOST_STEPS:
            groups.append([Step(logic, tuple(visible[:place]))])
            size = weight
        else:
            groups[-1].append(Step(logic, tuple(visible[passed:place])))
            size += weight
        passed = place + 1
    return groups


@dataclass(slots=True)
class Plan:
    """The services of one owner at one revision, and their statements once they have been made.

    `broken` are services whose stored configuration cannot be read, with the reason. `assigned` are tags that stale
    services had assigned at one revision of the tags on their way through all pictures. `seen_behind`: a service that
    is not stale sees what stale ones change. `maps` has the tags of calendars by path, for one revision of the tags.
    """

    revision: int
    services: list[Service]
    visible: list[int]
    logics: list[Logic]
    broken: dict[int, str]
    stale: list[Logic]
    batch: list[Statement] | None = None
    window: list[Statement] | None = None
    assigned: list[int] | None = None
    assigned_revision: int = -1
    seen_behind: bool = False
    maps: dict[int, dict[str, int]] = field(default_factory=dict)
    maps_revision: int = -1

    def batch_statements(self) -> list[Statement]:
        """All services, for some pictures."""
        if self.batch is None:
            self.batch = [apply_to_ids(steps) for steps in arrange(self.visible, self.logics)]
        return self.batch

    def window_statements(self) -> list[Statement]:
        """The stale services, for many pictures."""
        if self.window is None:
            self.window = [apply_to_window(steps) for steps in arrange(self.visible, self.stale)]
        return self.window


async def make_plan(connection: Connection, owner_id: int, revision: int) -> Plan:
    """The plan of right now."""
    services = await store.services(connection, owner_id)
    existing = await store.existing(connection, owner_id, sorted(frozenset().union(*(s.tags for s in services))))
    logics, broken = [], {}
    for service in services:
        if service.enabled and service.failure is None:
            try:
                logics.append(logic_of(service, existing))
            except Invalid as error:
                broken[service.id] = error.detail
    stale_ids = {service.id for service in services if service.stale}
    stale = [logic for logic in logics if logic.service_id in stale_ids]
    first = min((place for place, logic in enumerate(logics) if logic.service_id in stale_ids), default=len(logics))
    seen_behind = any(logic.seen and logic.service_id not in stale_ids for logic in logics[first:])
    visible = [service.id for service in services if service.enabled]
    return Plan(revision, services, visible, logics, broken, stale, seen_behind=seen_behind)


class Plans:
    """Plans by owner, the least used forgotten first."""

    def __init__(self) -> None:
        self._plans: OrderedDict[int, Plan] = OrderedDict()

    async def current(self, connection: Connection, owner_id: int, revision: int) -> Plan:
        """The owner's plan at this revision."""
        plan = self._plans.get(owner_id)
        if plan is None or plan.revision != revision:
            plan = await make_plan(connection, owner_id, revision)
            self._plans[owner_id] = plan
        self._plans.move_to_end(owner_id)
        while len(self._plans) > PLANS:
            self._plans.popitem(last=False)
        return plan

    def forget(self, owner_id: int) -> None:
        """What was kept may have been undone."""
        self._plans.pop(owner_id, None)
