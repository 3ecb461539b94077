"""What this server says to the others of its domain: JSON, signed by the key of its own actor."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson

from archypix.core.errors import Unavailable
from federation.actors.service import ActorService
from federation.outbound.errors import FetchError
from federation.outbound.private import PrivateClient
from federation.signatures.models import PrivateKey
from federation.signatures.mutual import MOST_BYTES, signed

SECONDS = 10.0
# A key that was changed counts after so long, in every process.
KEY_SECONDS = 15.0


class NoAnswer(Unavailable):
    """The other server does not answer, or not in a way that can be read."""

    code = "no_answer"


class Mail:
    """Signed messages to the Resolver and to neighbours."""

    def __init__(self, actors: ActorService, client: PrivateClient) -> None:
        self._actors = actors
        self._client = client
        self._sequence = 0
        self._kept: tuple[float, PrivateKey] | None = None

    async def ask(
        self,
        url: str,
        payload: Mapping[str, Any],
        *,
        seconds: float = SECONDS,
        limit: int = MOST_BYTES,
        sequence: int | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of the answer to a POST of `payload`; an answer without one is an empty object.

        `url` is the address by which the other server knows itself. Raises `NoAnswer` (`Unavailable`).
        """
        return await self._send("POST", url, orjson.dumps(payload), seconds, limit, sequence or self.next())

    async def get(self, url: str, *, seconds: float = SECONDS, limit: int = MOST_BYTES) -> tuple[int, dict[str, Any]]:
        """The same for a GET."""
        return await self._send("GET", url, b"", seconds, limit, self.next())

    def next(self) -> int:
        """A place in the sequence of this process: microseconds of the clock, and more than before."""
        self._sequence = max(self._sequence + 1, time.time_ns() // 1000)
        return self._sequence

    async def _send(
        self, method: str, url: str, body: bytes, seconds: float, limit: int, sequence: int
    ) -> tuple[int, dict[str, Any]]:
        key = await self._key()
        headers = signed(method, url, body, key_id=key.id, key=key, sequence=sequence)
        headers |= {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        try:
            said = await self._client.send(method, url, headers=headers, body=body, seconds=seconds, limit=limit)
        except FetchError as error:
            detail = "Another server of this domain does not answer."
            raise NoAnswer(detail, log_detail=f"{url}: {error.detail}") from error
        return said.status, _object(said.body)

    async def _key(self) -> PrivateKey:
        if self._kept is None or self._kept[0] < time.monotonic():
            self._kept = (time.monotonic() + KEY_SECONDS, await self._actors.instance_key())
        return self._kept[1]


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
