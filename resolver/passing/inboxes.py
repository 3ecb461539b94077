"""Messages for inboxes under the domain's name: to the one backend where somebody lives, or to all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from archypix.core.errors import Gone, Unavailable
from resolver.backends.models import Backend
from resolver.backends.service import Backends
from resolver.names.models import Where
from resolver.passing.wire import backward
from resolver.reaching import BackendAway, Reach, whole

SECONDS = 25.0
LONGEST_ANSWER = 64 << 10
# A backend that was heard of within this time is expected back: senders are to try again for its sake.
EXPECTED_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a backend said to a message."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Inboxes:
    """Passes messages on. Whether a signature holds is for the backends to say."""

    def __init__(self, backends: Backends, reach: Reach) -> None:
        self._backends = backends
        self._reach = reach

    async def deliver(
        self, where: Where | None, target: str, headers: Sequence[tuple[str, str]], body: bytes, *, host: str
    ) -> Delivered:
        """The answer to a message to somebody, or (`where` is None) to all backends: then the worst, so that the
        sender tries again where one could not take it. `Unavailable` where there is none."""
        if where is None:
            return await self._to_all(target, headers, body, host)
        backend = self._backends.get(where.backend_id)
        if backend is None or not backend.admitted:
            raise Unavailable("The server of this person is not part of the domain at the moment.", retry_after=60)
        if where.deleted and not self._backends.up(backend.id):
            raise Gone("This account was deleted.")
        return await self._to(backend, target, headers, body, host)

    async def _to_all(self, target: str, headers: Sequence[tuple[str, str]], body: bytes, host: str) -> Delivered:
        expected = [
            backend for backend in self._backends.admitted() if self._backends.silent_for(backend) < EXPECTED_BACK
        ]
        answers = await asyncio.gather(
            *(self._to(backend, target, headers, body, host) for backend in expected), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, BackendAway):
                raise answer
        said = [answer for answer in answers if isinstance(answer, Delivered)]
        if not said or len(said) < len(answers):
            raise Unavailable("A server of this domain could not take the message. Try again.", retry_after=30)
        return max(said, key=lambda answer: _badness(answer.status))

    async def _to(
        self, backend: Backend, target: str, headers: Sequence[tuple[str, str]], body: bytes, host: str
    ) -> Delivered:
        async with self._reach.request(
            backend.origin, "POST", target, headers=headers, body=body, host=host, seconds=SECONDS
        ) as response:
            content = await whole(response, LONGEST_ANSWER)
            pairs = backward(response.headers.items())
        pairs.append((b"content-length", str(len(content)).encode()))
        return Delivered(response.status, pairs, content)


def _badness(status: int) -> tuple[int, int]:
    """Trouble that passes is worst: the sender then tries again. A refusal is worse than none."""
    if status >= 500 or status in (408, 429):
        return 2, status
    return (1, status) if status >= 300 else (0, status)
