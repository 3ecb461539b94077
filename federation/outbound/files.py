"""Files of another server of the domain, read from where it keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import yarl

from archypix.core.errors import Unavailable
from federation.documents.origins import origin
from federation.outbound.client import Outbound
from federation.outbound.errors import FetchError

IDLE_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
CHUNK: Final = 256 << 10


class Files:
    """Reads what another server gave an address of.

    `trusted` are origins that an administrator has set, such as that of a storage which all servers share; all others
    stand on the public internet.
    """

    def __init__(self, outbound: Outbound, trusted: frozenset[str]) -> None:
        self._outbound = outbound
        self._trusted = trusted

    async def read(self, url: str, size: int) -> AsyncIterator[bytes]:
        """The bytes at `url`; `Unavailable` where they do not come, or are not `size`."""
        came = 0
        try:
            async for chunk in self._chunks(url):
                came += len(chunk)
                if came > size:
                    raise Unavailable("A file of another server is longer than it said.")
                yield chunk
        except FetchError as error:
            raise _lost(error.detail) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _lost(type(error).__name__) from error
        if came != size:
            raise Unavailable("A file of another server is shorter than it said.")

    async def _chunks(self, url: str) -> AsyncIterator[bytes]:
        if origin(url) not in self._trusted:
            async with self._outbound.stream(url, idle=IDLE_SECONDS) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS)
        async with (
            aiohttp.ClientSession(trust_env=False, timeout=timeout) as session,
            session.get(yarl.URL(url, encoded=True), allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise _lost(f"HTTP {response.status}")
            async for chunk in response.content.iter_chunked(CHUNK):
                yield chunk


def _lost(detail: str) -> Unavailable:
    return Unavailable("A file of another server cannot be had now.", log_detail=detail)
