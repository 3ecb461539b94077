"""Rate limits, shared by all servers through Redis or Valkey; what a server took itself counts also without that."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError

from archypix.core.errors import RateLimited

logger = logging.getLogger(__name__)

PREFIX = "archypix:limit:"
CACHE_TIMEOUT = 0.5
CACHE_PAUSE = 5.0
MOST_KEPT = 20_000

# Each key holds the time, in microseconds, at which its budget will be whole again. A hit moves it by `interval`; it
# may be at most `span` ahead. Either every key takes its hit or none does. Answers the microseconds to wait, or 0.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local whole = {}
local wait = 0
for i, key in ipairs(KEYS) do
    local next = math.max(tonumber(redis.call('GET', key) or 0), now) + tonumber(ARGV[2 * i - 1])
    wait = math.max(wait, next - now - tonumber(ARGV[2 * i]))
    whole[i] = next
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', whole[i]), 'PX', math.ceil((whole[i] - now) / 1000))
end
return 0
"""
GIVE_BACK = """
for i, key in ipairs(KEYS) do
    local whole = tonumber(redis.call('GET', key) or 0)
    if whole > 0 then redis.call('SET', key, string.format('%.0f', whole - tonumber(ARGV[i])), 'KEEPTTL') end
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit` hits of `key` at once; they grow back evenly, all of them in `window` seconds."""

    key: str
    limit: int
    window: float

    @property
    def interval(self) -> int:
        """Microseconds in which one hit grows back."""
        return max(1, round(self.window * 1_000_000 / self.limit))

    @property
    def span(self) -> int:
        return self.interval * self.limit

    @property
    def digest(self) -> str:
        """What stands for the key in the cache: of one length, and without the address or name in it."""
        return hashlib.blake2s(self.key.encode("utf-8", "replace"), digest_size=16).hexdigest()


class Limiter:
    """Takes hits from budgets, in the cache and in this process, which keeps the last 20,000 it took from.

    Both must have one left: a cache that is away for a moment, and back, knows nothing of the hits in between.
    """

    def __init__(self, cache: Redis, *, prefix: str = PREFIX) -> None:
        self._cache = cache
        self._prefix = prefix
        self._take = cache.register_script(TAKE)
        self._give_back = cache.register_script(GIVE_BACK)
        self._local = LocalBudgets()
        self._pause_until = 0.0

    @classmethod
    def open(cls, url: str, *, prefix: str = PREFIX) -> Limiter:
        """A limiter on the cache at `url`; connects when first used, and never waits long for it."""
        cache = Redis.from_url(
            url,
            socket_timeout=CACHE_TIMEOUT,
            socket_connect_timeout=CACHE_TIMEOUT,
            # What was not answered in time may have been counted; asked again, it would be counted twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
        )
        return cls(cache, prefix=prefix)

    async def hit(self, key: str, limit: int, window: float) -> None:
        """Count one hit of `key`; `RateLimited` when that is more than `limit` in about `window` seconds."""
        await self.take(Budget(key, limit, window))

    async def take(self, *budgets: Budget) -> None:
        """Count one hit in each of `budgets`, or, where one of them has none left, in none: `RateLimited`."""
        wait = await self._ask(self._take, budgets, [n for budget in budgets for n in (budget.interval, budget.span)])
        if not wait:
            counted, wait = wait == 0, self._local.take(budgets)
            if counted and wait > 0:
                await self._ask(self._give_back, budgets, [budget.interval for budget in budgets])
        if wait > 0:
            seconds = math.ceil(wait / 1_000_000)
            raise RateLimited(f"Too many tries. The next one is taken in {_spoken(seconds)}.", retry_after=seconds)

    async def give_back(self, *budgets: Budget) -> None:
        """Undo one hit in each of `budgets`: it turned out to be harmless."""
        self._local.give_back(budgets)
        await self._ask(self._give_back, budgets, [budget.interval for budget in budgets])

    async def close(self) -> None:
        """Close the connections."""
        await self._cache.aclose()

    async def _ask(self, script: AsyncScript, budgets: Sequence[Budget], arguments: list[int]) -> int | None:
        """What the script answers; None while the cache is away. It is asked again only after a pause."""
        if time.monotonic() < self._pause_until:
            return None
        keys = [self._prefix + budget.digest for budget in budgets]
        try:
            return int(await script(keys=keys, args=arguments))
        except (RedisError, OSError, TimeoutError) as error:
            self._pause_until = time.monotonic() + CACHE_PAUSE
            logger.warning("rate limits are counted in this process, the cache does not answer: %r", error)
            return None


class LocalBudgets:
    """The same budgets in memory. The least recently hit go first, so those under attack stay."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._whole: OrderedDict[str, int] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._whole)

    def take(self, budgets: Sequence[Budget]) -> int:
        """Microseconds to wait; 0 when every budget took its hit."""
        now = time.monotonic_ns() // 1000
        whole = {b.digest: (max(self._whole.get(b.digest, 0), now) + b.interval, b.span) for b in budgets}
        wait = max((next_ - now - span for next_, span in whole.values()), default=0)
        for name, (next_, _) in whole.items():
            if wait <= 0:
                self._whole[name] = next_
            if name in self._whole:
                self._whole.move_to_end(name)
        if wait > 0:
            return wait
        while len(self._whole) > self._most:
            self._whole.popitem(last=False)
        return 0

    def give_back(self, budgets: Sequence[Budget]) -> None:
        """Undo one hit in each of `budgets`."""
        for budget in budgets:
            if budget.digest in self._whole:
                self._whole[budget.digest] -= budget.interval


def _spoken(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    return f"{math.ceil(seconds / 60)} minutes"
