"""Waking media workers through RQ: a few `drain` jobs in its queue, however many pictures are due."""

from __future__ import annotations

import asyncio
import logging

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from archypix.jobs.names import DRAIN, QUEUE

logger = logging.getLogger(__name__)

# One wakes one worker; a worker that is awake works until nothing is due.
MOST_WAITING = 8
# Longer than any run of `drain`, which ends by itself and leaves the rest to the next.
DRAIN_TIMEOUT = 3600


class Waker:
    """Puts `drain` into the queue. RQ only wakes: what is to be done stands in PostgreSQL."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(
            redis_url, socket_timeout=5.0, socket_connect_timeout=5.0, retry=Retry(NoBackoff(), 1)
        )
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer, default_timeout=DRAIN_TIMEOUT)

    async def wake(self, due: int) -> bool:
        """See that as many workers are woken as there are jobs, at most 8; False when the cache is away."""
        try:
            await asyncio.to_thread(self._fill, min(due, MOST_WAITING))
        except (RedisError, OSError) as error:
            logger.warning("the cache is away, workers are woken later: %r", error)
            return False
        return True

    def _fill(self, wanted: int) -> None:
        for _ in range(wanted - self._queue.count):
            self._queue.enqueue_call(DRAIN, result_ttl=0, failure_ttl=60, ttl=DRAIN_TIMEOUT)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()
