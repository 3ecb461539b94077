"""The decoder's child process: examines and writes files within limits, one after another, while its parent lives."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from archypix.media.examine import examine
from archypix.media.limits import (
    MAX_OUTPUT_BYTES,
    MAX_WRITTEN_BYTES,
    Limits,
    allow_cpu_for_next_file,
    allow_output,
    apply_rlimits,
)

MAX_REQUEST = 1 << 20
NICENESS = 10

# Above this, freed memory is given back to the system before the parent is told how much is held.
TRIM_ABOVE = 96 << 20

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def main(arguments: list[str]) -> int:
    """Serve requests from standard input. `arguments`: the limits as JSON, and the parent's process id."""
    limits = Limits(**json.loads(arguments[0]))
    libc = ctypes.CDLL(None, use_errno=True)
    _tie_to_parent(libc, int(arguments[1]))
    # Decoding takes what is left of the processors: whoever waits for an answer of the server comes first.
    os.nice(NICENESS)
    requests, replies = _own_pipes()
    apply_rlimits(limits)
    _send(replies, {"ready": True})
    _silence()
    while (request := _receive(requests)) is not None:
        allow_cpu_for_next_file(limits)
        reply = _answer(request, limits)
        _send(replies, reply | {"memory": _memory_held(libc)})
    return 0


def _tie_to_parent(libc: ctypes.CDLL, parent: int) -> None:
    """Die when the parent does, however it dies; and never gain rights."""
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)
    # Ctrl-C reaches every process of a terminal; when this one ends is for the parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent on descriptors of their own, so that nothing a library prints gets between the frames."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return requests, replies


def _silence() -> None:
    """Keep what libraries print about strangers' files out of the log; until here it shows why a child cannot start."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)


def _receive(pipe: BinaryIO) -> dict[str, Any] | None:
    head = pipe.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    if length > MAX_REQUEST:
        return None
    request: dict[str, Any] = json.loads(pipe.read(length))
    return request


def _send(pipe: BinaryIO, reply: dict[str, Any]) -> None:
    body = json.dumps(reply).encode()
    pipe.write(struct.pack(">I", len(body)) + body)
    pipe.flush()


def _answer(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    try:
        return _write(request, limits) if "values" in request else _examine(request, limits)
    except OSError as problem:
        return {"os_error": [problem.errno or 0, problem.strerror or str(problem)]}
    except Exception:  # noqa: BLE001 - the edge of the loop: whatever a library raised, the parent must be told
        return {"error": traceback.format_exc()[-4000:]}


def _examine(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    examination = examine(
        Path(request["path"]),
        filename=request["filename"],
        thumbnails_into=Path(request["thumbnails_into"]),
        limits=limits,
    )
    return {"examination": examination.to_json()}


def _write(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    # Most workers never write.
    from archypix.media.write import write  # noqa: PLC0415

    path = Path(request["path"])
    allow_output(min(path.stat().st_size, MAX_WRITTEN_BYTES) + MAX_OUTPUT_BYTES)
    try:
        written = write(
            path, filename=request["filename"], values=request["values"], into=Path(request["into"]), limits=limits
        )
    finally:
        allow_output(MAX_OUTPUT_BYTES)
    return {"written": written.to_json()}


def _memory_held(libc: ctypes.CDLL) -> int:
    """Resident memory in bytes, after giving back what is free when it is much."""
    held = _resident()
    if held <= TRIM_ABOVE:
        return held
    libc.malloc_trim(0)
    return _resident()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
