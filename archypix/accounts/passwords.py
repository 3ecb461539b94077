"""Argon2id, a few at a time in threads: each hash takes memory and tens of milliseconds on purpose."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from archypix.core.errors import Unavailable

Result = TypeVar("Result")

# OWASP's second profile for Argon2id: 19 MiB and two passes; two at a time hold 38 MiB.
MEMORY_KIB = 19456
PASSES = 2
LANES = 1
SALT_BYTES = 16
HASH_BYTES = 32
AT_ONCE = 2
MOST_WAITING = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right, and whether its hash was made with other parameters than today's."""

    right: bool
    outdated: bool = False


class Passwords:
    """Hashes and verifies passwords; at most `at_once` threads work, at most `most_waiting` calls wait for them."""

    def __init__(
        self,
        *,
        memory_kib: int = MEMORY_KIB,
        passes: int = PASSES,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=LANES,
            hash_len=HASH_BYTES, salt_len=SALT_BYTES, type=Type.ID,
        )  # fmt: skip
        self._executor = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._room = threading.Semaphore(at_once + most_waiting)
        salt, digest = (base64.b64encode(os.urandom(n)).decode().rstrip("=") for n in (SALT_BYTES, HASH_BYTES))
        # Costs as much to verify as any other, and belongs to no password.
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={passes},p={LANES}${salt}${digest}"

    async def hash(self, password: str) -> str:
        """The encoded hash of `password` (NFC). `Unavailable` when too many calls wait."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, encoded: str | None, password: str | None) -> Verdict:
        """Whether `password` is that of `encoded`.

        Takes as long without a hash (no such account, or one without a password), or without a possible password.
        `Unavailable` when too many calls wait.
        """
        return await self._run(lambda: self._verify(encoded, password))

    def close(self) -> None:
        """Take no more work; what runs ends by itself."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _verify(self, encoded: str | None, password: str | None) -> Verdict:
        possible = encoded is not None and password is not None
        try:
            self._hasher.verify(encoded if encoded is not None and possible else self._nobody, password or "")
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        return Verdict(right=possible, outdated=encoded is not None and self._hasher.check_needs_rehash(encoded))

    async def _run(self, work: Callable[[], Result]) -> Result:
        if not self._room.acquire(blocking=False):
            raise Unavailable("Too many people are signing in at this moment.", retry_after=2.0)
        future = self._executor.submit(work)
        # Released by the work itself: whoever waited may be gone before a thread takes it up.
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)
