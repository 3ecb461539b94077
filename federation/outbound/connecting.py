"""Connections that are only ever made to addresses which were looked at."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from federation.outbound.guard import Guard, is_localhost
from federation.outbound.lookups import LookUps

LOOKUP_SECONDS = 2.0
MOST_ADDRESSES = 4
# Shorter than most servers wait: a request into a connection that is just being closed is lost.
IDLE_SECONDS = 4.0


class ForbiddenAddress(OSError):
    """A host name leads to an address that is not to be connected to."""

    def __init__(self, host: str) -> None:
        super().__init__(errno.EACCES, f"{host} leads to an address that may not be asked")


class GuardedResolver(AbstractResolver):
    """Names to addresses, those left out that may not be asked."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._look_ups = LookUps()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """At most four addresses of `host`. Raises OSError, ForbiddenAddress where none of them may be asked."""
        async with asyncio.timeout(LOOKUP_SECONDS):
            # Few name servers know that what lies below `localhost` is this machine too.
            found = await self._look_ups.addresses("localhost" if is_localhost(host) else host, port, family)
        admitted = [entry for entry in found if self._guard.admits(host, str(entry[4][0]))]
        if not admitted:
            raise ForbiddenAddress(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(entry[4][0]),
                port=port,
                family=entry[0],
                proto=entry[2],
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for entry in admitted[:MOST_ADDRESSES]
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def connector(guard: Guard, *, limit: int, per_host: int) -> aiohttp.TCPConnector:
    """A pool of at most `limit` connections, `per_host` of them to one host. The address of each is checked once more
    when its socket is made, so that no way of writing or caching a name gets around the guard."""

    def make_socket(info: Any) -> socket.socket:
        family, kind, proto, _, place = info
        if not guard.connectable(str(place[0]), int(place[1])):
            raise ForbiddenAddress(str(place[0]))
        return socket.socket(family, kind, proto)

    return aiohttp.TCPConnector(
        limit=limit,
        limit_per_host=per_host,
        resolver=GuardedResolver(guard),
        ttl_dns_cache=30,
        dns_cache_max_size=1000,
        keepalive_timeout=IDLE_SECONDS,
        socket_factory=make_socket,
    )
