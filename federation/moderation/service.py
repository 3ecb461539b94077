"""Rules on servers: kept by the administrator, known to every server process, asked by inbox, client and delivery."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Database
from archypix.core.errors import Conflict, Invalid, NotFound, Unavailable
from archypix.core.listening import listen_forever
from federation.inbox_contract import Severance
from federation.moderation import store
from federation.moderation.hosts import HostRules, normal
from federation.moderation.models import HostRule, Policy, Verdict

logger = logging.getLogger(__name__)

MOST_RULES = 50_000
# However the news gets lost, no process goes by old rules for longer.
LOOK_SECONDS = 60.0


class Moderation:
    """Knows which servers may speak here. `load` it before the first question; `run` keeps it up to date."""

    def __init__(self, database: Database, url: str, *, allow_list: bool = False, own: Iterable[str] = ()) -> None:
        self._database = database
        self._url = url
        self._allow_list = allow_list
        self._own = self._at_home = frozenset(own)
        self._rules = HostRules({}, allow_list=True, own=self._own)
        self._severances: list[Severance] = []
        self._heard = asyncio.Event()

    def add_severance(self, severance: Severance) -> None:
        """Have `severance` called in the transaction in which a server is blocked."""
        self._severances.append(severance)

    def verdict(self, host: str) -> Verdict:
        """What `host` (normalised, its port may follow) may do; subdomains share the fate of the name above them.

        `limited` is heard only where somebody here follows the actor. Before `load` everybody is barred. In allow-list
        mode, whoever the administrator has not named is barred.
        """
        return self._rules.verdict(host)

    @property
    def severances(self) -> Sequence[Severance]:
        return self._severances

    def set_neighbours(self, hosts: Iterable[str]) -> None:
        """Hosts of other servers of our domain: nothing bars them either."""
        self._own = self._at_home | frozenset(hosts)
        self._rules = self._rules.with_own(self._own)

    async def load(self) -> None:
        """Read the rules."""
        async with self._database.connection() as connection:
            rules = await store.rules(connection, most=MOST_RULES)
        self._rules = HostRules(rules, allow_list=self._allow_list, own=self._own)

    async def run(self) -> None:
        """Read the rules whenever some server has changed them, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                listen_forever(self._url, store.CHANNEL, lambda _: self._heard.set(), begun=self._heard.set)
            )
            tasks.create_task(self._read_forever())

    async def _read_forever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._heard.wait()
            except TimeoutError:
                pass
            self._heard.clear()
            try:
                await self.load()
            except Unavailable as error:
                logger.warning("moderation: %s", error)
                await asyncio.sleep(1.0)
                self._heard.set()

    async def rules(self, *, after: str, limit: int, policy: Policy | None = None) -> list[HostRule]:
        """At most `limit` rules on hosts behind `after`, by name."""
        async with self._database.connection() as connection:
            return await store.page(connection, after=after, limit=limit, policy=policy)

    async def rule(self, host: str) -> HostRule:
        """The rule on exactly this host; `NotFound`, `Invalid`."""
        async with self._database.connection() as connection:
            found = await store.rule(connection, normal(host))
        if found is None:
            raise NotFound("There is no rule on this server.")
        return found

    async def set_rule(self, actor: Actor, host: str, policy: Policy, note: str = "") -> HostRule:
        """Set the rule on `host`, in force here at once and elsewhere within a moment.

        Blocking ends all follows between people here and there. Raises `Invalid`, `Conflict` (too many rules).
        """
        name = normal(host)
        if name in self._own:
            raise Invalid("This is this server itself.", code="own_host")
        async with self._database.transaction() as connection:
            count = await store.lock(connection)
            before = await store.rule(connection, name)
            if before is None and count >= MOST_RULES:
                raise Conflict(f"There are {MOST_RULES} rules already.", code="too_many_rules")
            rule = await store.put_rule(connection, name, policy, note)
            if policy == "blocked":
                for severance in self._severances:
                    await severance.sever_host(connection, name, None)
            details = {"policy": policy, "before": before.policy if before else None, "note": note}
            await audit.record(connection, actor, "host.policy", name, details)
        await self.load()
        return rule

    async def delete_rule(self, actor: Actor, host: str) -> None:
        """Treat `host` as any other; `NotFound`, `Invalid`."""
        name = normal(host)
        async with self._database.transaction() as connection:
            await store.lock(connection)
            if not await store.delete_rule(connection, name):
                raise NotFound("There is no rule on this server.")
            await audit.record(connection, actor, "host.forgotten", name)
        await self.load()
