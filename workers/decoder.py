"""The decoder: a child process examines and writes files, and may crash, hang or swell without harm to others.

The parent's half. It loads no imaging library; the child's half is `workers.decoder_child`. Requests and replies are
JSON in frames of a four-byte length (big-endian), over the child's standard input and output.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from archypix.core.errors import ArchypixError
from archypix.media.limits import Limits
from archypix.media.models import Examination, Written

T = TypeVar("T")

START_TIMEOUT = 30.0
MAX_REPLY = 1 << 20

# Twice what a child holds while it works on ordinary pictures; one that grew beyond is replaced before the next file.
RECYCLE_ABOVE = 160 << 20

# The child decodes what strangers send: it gets no secret, and one heap, since it works on one file at a time.
_CHILD_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "VIPS_CONCURRENCY": "1",
    "VIPS_DISC_THRESHOLD": "1t",
}
_PASSED_ON = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "LD_LIBRARY_PATH",
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
)


class DecoderFailed(ArchypixError):
    """The file could not be examined because its decoder ended; the caller counts how often a file does that."""

    code = "decoder_failed"


class DecoderCrashed(DecoderFailed):
    """The child died, or answered with nonsense."""

    code = "decoder_crashed"


class DecoderTimedOut(DecoderFailed):
    """The child used more time than a file may take, and was ended."""

    code = "decoder_timed_out"


class DecoderNotStarted(DecoderFailed):
    """The child ended, or took too long, before it was given anything: no file is to blame."""

    code = "decoder_not_started"


class Decoder:
    """A persistent decoder process, restarted when it died or grew. One file at a time: calls wait for each other.

    `async with Decoder(limits) as decoder: examination = await decoder.examine(path, "IMG_1.jpg", folder)`
    """

    def __init__(self, limits: Limits | None = None, *, recycle_above: int = RECYCLE_ABOVE) -> None:
        self._limits = limits or Limits()
        self._recycle_above = recycle_above
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Decoder:
        async with self._turn:
            await self._running()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    @property
    def pid(self) -> int | None:
        """The child's process id; None when none is running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def examine(self, path: Path, filename: str, thumbnails_into: Path) -> Examination:
        """Examine a file as `archypix.media.examine.examine` does, in the child.

        Raises `DecoderCrashed`, `DecoderTimedOut` and `DecoderNotStarted`, after which the next call starts anew; and
        OSError when the file cannot be read or the folder not be written.
        """
        request = {"path": str(path), "filename": filename, "thumbnails_into": str(thumbnails_into)}
        return await self._call(request, lambda reply: Examination.from_json(reply["examination"]))

    async def write(self, path: Path, filename: str, values: dict[str, Any], into: Path) -> Written:
        """Write metadata into a copy of a file as `archypix.media.write.write` does, in the child.

        Raises what `examine` does.
        """
        request = {"path": str(path), "filename": filename, "values": values, "into": str(into)}
        return await self._call(request, lambda reply: Written(**reply["written"]))

    async def _call(self, request: dict[str, Any], taken: Callable[[dict[str, Any]], T]) -> T:
        """Ask the child; what `taken` makes of its reply, of which KeyError, TypeError and ValueError are nonsense."""
        async with self._turn:
            process = await self._running()
            try:
                async with asyncio.timeout(self._limits.timeout):
                    reply = await _ask(process, request)
            except TimeoutError:
                await self._end()
                raise DecoderTimedOut("Decoding the file takes longer than this server allows.") from None
            except (EOFError, OSError, ValueError) as problem:
                raise await self._crashed(process, str(problem)) from None
            except BaseException:
                # Cancelled between question and answer: the next caller would get this one's answer.
                await self._end()
                raise
            if reply.get("memory", 0) > self._recycle_above:
                await self._end()
            if "os_error" in reply:
                number, text = reply["os_error"]
                raise OSError(int(number), str(text))
            try:
                return taken(reply)
            except (KeyError, TypeError, ValueError):
                raise await self._crashed(process, str(reply.get("error", "a reply that makes no sense"))) from None

    async def _crashed(self, process: asyncio.subprocess.Process, reason: str) -> DecoderFailed:
        # A child that closed its pipe is about to end by itself: how it ends says why.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5.0):
                await process.wait()
        code = process.returncode
        await self._end()
        if code == -signal.SIGXCPU:
            return DecoderTimedOut("Decoding the file takes longer than this server allows.")
        return DecoderCrashed(
            "Decoding the file crashes the decoder.", log_detail=f"decoder ended with {code}: {reason}"
        )

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            await self._end()
        if self._process is None:
            self._process = await _start(self._limits)
            try:
                async with asyncio.timeout(START_TIMEOUT):
                    await _read(self._process)
            except (EOFError, OSError, ValueError) as problem:
                cause = await self._crashed(self._process, str(problem))
                raise DecoderNotStarted(
                    "The decoder does not start.", log_detail=f"the decoder does not start: {cause}"
                ) from None
            except BaseException:
                await self._end()
                raise
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _start(limits: Limits) -> asyncio.subprocess.Process:
    environment = _CHILD_ENVIRONMENT | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers.decoder_child", json.dumps(asdict(limits)), str(os.getpid()),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip


async def _ask(process: asyncio.subprocess.Process, request: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(request).encode()
    assert process.stdin is not None
    process.stdin.write(struct.pack(">I", len(body)) + body)
    await process.stdin.drain()
    return await _read(process)


async def _read(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next frame. Raises EOFError when the child is gone and ValueError when it is not a JSON object."""
    assert process.stdout is not None
    (length,) = struct.unpack(">I", await process.stdout.readexactly(4))
    if length > MAX_REPLY:
        raise ValueError("a reply that is too long")
    reply = json.loads(await process.stdout.readexactly(length))
    if not isinstance(reply, dict):
        raise ValueError("a reply that is not an object")
    return reply
