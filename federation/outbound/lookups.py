"""Names to addresses, asked of the system in threads that no stranger's name server can use up."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections import Counter
from typing import Any

# Threads that wait for a name server, in all and for the names of one domain. One that does not answer keeps a thread
# for as long as the system tries, half a minute perhaps; others must not wait for it.
MOST = 64
MOST_OF_DOMAIN = 12


class LookUps:
    """Look-ups under way. They run in threads of their own, not in those that other work shares, and end with the
    program."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(MOST)
        self._domains: Counter[str] = Counter()

    async def addresses(self, host: str, port: int, family: int) -> list[Any]:
        """What `getaddrinfo` says, after as long as it takes; who is cancelled meanwhile does not end it.

        Raises OSError, at once where the domain of `host` keeps too many waiting already.
        """
        domain = ".".join(host.rsplit(".", 2)[-2:])
        if self._domains[domain] >= MOST_OF_DOMAIN:
            raise OSError(errno.EAGAIN, "too many look-ups in one domain")
        self._domains[domain] += 1
        try:
            await self._places.acquire()
        except BaseException:
            self._done(domain)
            raise
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        try:
            threading.Thread(target=self._run, args=(host, port, family, domain, answer), daemon=True).start()
        except RuntimeError:
            self._settle(domain, answer, OSError(errno.EAGAIN, "no more threads"))
        return await answer

    def _run(self, host: str, port: int, family: int, domain: str, answer: asyncio.Future[list[Any]]) -> None:
        """In the thread."""
        found: list[Any] | OSError
        try:
            found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except OSError as error:
            found = error
        except UnicodeError:
            found = OSError(errno.EINVAL, "no host name")
        try:
            answer.get_loop().call_soon_threadsafe(self._settle, domain, answer, found)
        except RuntimeError:
            pass  # The loop has ended meanwhile.

    def _settle(self, domain: str, answer: asyncio.Future[list[Any]], found: list[Any] | OSError) -> None:
        self._places.release()
        self._done(domain)
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def _done(self, domain: str) -> None:
        self._domains[domain] -= 1
        if not self._domains[domain]:
            del self._domains[domain]
