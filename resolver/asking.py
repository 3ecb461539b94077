"""Questions of the Resolver to backends, signed by the key of the domain's actor."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson

from federation.signatures.models import PrivateKey
from federation.signatures.mutual import signed
from resolver.reaching import BackendAway, Reach

LONGEST_ANSWER = 8 << 20


class Sequence:
    """Microseconds of the clock, and always more than before."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next one."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last


class Asker:
    """Asks backends below `{origin}/internal/v1/…`."""

    def __init__(self, reach: Reach, key: PrivateKey) -> None:
        self._reach = reach
        self._key = key
        self._sequence = Sequence()

    async def ask(
        self,
        origin: str,
        method: str,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        seconds: float = 10.0,
        limit: int = LONGEST_ANSWER,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of the answer to `payload`, sent as JSON; an answer without one is an empty object.

        `path` begins with a slash and has its query. Raises `BackendAway` (`Unavailable`) where no answer comes within
        `seconds`, or one that is no JSON object of at most `limit` bytes.
        """
        body = b"" if payload is None else orjson.dumps(payload)
        headers = signed(
            method, f"{origin}{path}", body, key_id=self._key.id, key=self._key, sequence=self._sequence.next()
        )
        kind = [("Content-Type", "application/json")] if body else []
        answer = await self._reach.ask(
            origin, method, path, headers=[*kind, *headers.items()], body=body or None, seconds=seconds, limit=limit
        )
        try:
            said = orjson.loads(answer.body) if answer.body else {}
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict):
            if answer.status < 300:
                raise BackendAway("A server of this domain answers what cannot be read.", log_detail=origin)
            said = {}
        return answer.status, said
