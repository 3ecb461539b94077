"""Processes that a killed server left behind in a folder: found by their working directory, and ended."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from signal import Signals

from archypix.core.errors import StartupError
from archypix.core.runtime.identity import Identity
from archypix.core.runtime.kernel import seen_as

logger = logging.getLogger(__name__)
POLL = 0.02


def processes_in(folder: Path, program: str, identity: Identity) -> list[int]:
    """Ids of the processes called `program` of the user `identity` whose working directory is `folder`."""
    view = seen_as(identity.uid, identity.gid) if identity.is_other else nullcontext()
    here = folder.stat()
    with view:
        return [
            int(entry)
            for entry in os.listdir("/proc")
            if entry.isdecimal() and _is(Path("/proc") / entry, program, (here.st_dev, here.st_ino))
        ]


def _is(process: Path, program: str, folder: tuple[int, int]) -> bool:
    try:
        if (process / "comm").read_text().strip() != program:
            return False
        status = os.stat(process / "cwd")
    except OSError:
        return False  # it ended meanwhile, or belongs to somebody else
    return (status.st_dev, status.st_ino) == folder


async def clear(
    folder: Path, program: str, identity: Identity, *, leader: int | None, steps: Sequence[tuple[Signals, float]]
) -> None:
    """Return when no process called `program` works in `folder` any more.

    `steps` are signals and the seconds given to each. While the process `leader` lives it alone is told, until
    SIGQUIT: it ends the others in good order. Raises `StartupError` when some outlive all steps.
    """
    pids = await asyncio.to_thread(processes_in, folder, program, identity)
    for signal, patience in steps:
        if not pids:
            return
        orderly = signal not in (Signals.SIGQUIT, Signals.SIGKILL)
        if orderly and leader is not None and leader not in pids:
            continue
        logger.info("ending %s left behind by an earlier run: %s to %s", program, signal.name, pids)
        for pid in [leader] if orderly and leader is not None else pids:
            _send(pid, signal)
        deadline = time.monotonic() + patience
        while pids and time.monotonic() < deadline:
            await asyncio.sleep(POLL)
            pids = await asyncio.to_thread(processes_in, folder, program, identity)
    if pids:
        raise StartupError(
            f"{program} of an earlier run still works in {folder} and does not end: process"
            f" {', '.join(map(str, pids))}. End it, then start again."
        )


def _send(pid: int, signal: Signals) -> None:
    try:
        os.kill(pid, signal)
    except ProcessLookupError:
        pass
