"""A worker's part in writing metadata: the file that the decoder wrote is measured, put in parts, and reported."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from archypix.media.models import REFUSED, WRITTEN, Written

CHUNK = 1 << 20

# Calls of the server by path, with the body beside what every call holds.
Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class Put(Protocol):
    """Puts `size` bytes of a file, from `start` on, to an address."""

    async def __call__(self, url: str, file: Path, start: int, size: int) -> None: ...


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What the decoder made of a file; size in bytes and SHA-256 in hexadecimal of the new one."""

    path: Path
    result: Written
    size: int = 0
    sha256: str = ""


def measure(path: Path, result: Written) -> WrittenFile:
    """The new file with its size and SHA-256. Raises OSError."""
    if result.outcome != WRITTEN:
        return WrittenFile(path, result)
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return WrittenFile(path, result, size, digest.hexdigest())


async def deliver(written: WrittenFile, job_id: str, call: Call, put: Put) -> dict[str, Any]:
    """Put the file where the server says, and report; the server's answer. `call` and `put` raise what they raise."""
    result = written.result
    if result.outcome != WRITTEN:
        body = {"outcome": result.outcome, "reason": (result.reason or "")[:1000]}
        return await call(f"/writes/{job_id}/refuse", body)
    file = {"size": written.size, "sha256": written.sha256}
    plan = await call(f"/writes/{job_id}/parts", file)
    if "refused" in plan:
        return await call(f"/writes/{job_id}/refuse", {"outcome": REFUSED, "reason": plan["refused"]})
    start = 0
    for part in plan["parts"]:
        await put(part["url"], written.path, start, part["size"])
        start += part["size"]
    return await call(f"/writes/{job_id}/complete", file | {"metadata": result.metadata or {}})
