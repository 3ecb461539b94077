"""RQ's worker, made to stop quickly and to survive an absent cache."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from archypix.jobs.names import QUEUE
from workers.drain import Station

logger = logging.getLogger(__name__)

TTL_SECONDS = 60
PAUSE_SECONDS = 1.0


class RqWorker(SimpleWorker):
    """Runs `drain` in this process, and nothing else: no commands over the cache, no handlers of signals."""

    max_connection_wait_time = 2.0

    def _install_signal_handlers(self) -> None:
        """RQ's handlers talk to the cache, which may be the very thing that is gone."""

    def subscribe(self) -> None:
        """Nobody sends this worker commands."""

    def unsubscribe(self) -> None:
        """It never subscribed."""


class Waiting:
    """Waits at the cache for a wake, for the whole life of the process."""

    def __init__(self, redis_url: str, name: str, station: Station, leave: Callable[[], NoReturn]) -> None:
        self._redis = Redis.from_url(
            redis_url, socket_connect_timeout=5.0, health_check_interval=30, retry=Retry(NoBackoff(), 1)
        )
        self._name = name
        self._station = station
        self._leave = leave

    def run(self) -> NoReturn:
        """Work until SIGTERM or SIGINT, and then leave."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # What came in while nobody was here to be woken.
        self._station.drain()
        while True:
            self._wait()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """Idle, leave here and now, whatever the cache is being asked: nothing is held. Otherwise `drain` ends soon."""
        del frame
        logger.info("stopping on %s", signal.Signals(number).name)
        worker = self._station.worker
        worker.request_stop()
        if not worker.busy:
            self._leave()

    def _wait(self) -> None:
        """One life of an RQ worker; it ends when the cache goes away for long."""
        try:
            # A name of its own each time: RQ refuses one whose owner was killed a moment ago.
            worker = RqWorker(
                [Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)],
                name=f"{self._name}-{uuid4().hex[:8]}",
                connection=self._redis,
                serializer=JSONSerializer,
                worker_ttl=TTL_SECONDS,
                log_job_description=False,
            )
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as error:
            logger.warning("the cache is away, trying again: %r", error)
        time.sleep(PAUSE_SECONDS)
