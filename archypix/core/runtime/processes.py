"""One child process: started so that it dies with this one, its output read line by line, ended within a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from time import monotonic

from archypix.core.runtime.identity import Identity
from archypix.core.runtime.kernel import die_with_parent

CHUNK = 8 << 10  # bytes read at once: lines may be short and many, and the loop has other work
LONGEST_LINE = 8 << 10  # bytes; the rest of a longer line is dropped
TAIL = 40  # last lines kept for the message when a start fails
KILL_PATIENCE = 2.0  # seconds until a process that got SIGKILL is given up
POLL = 0.05
LAST_READS = 16  # chunks of output taken after the end


FOLDER = "{folder}"


def plain_environment(**more: str) -> dict[str, str]:
    """An environment for programs that should take nothing from ours: no PG…, no locale, no preloads."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **more}


@dataclass(frozen=True, slots=True)
class Command:
    """What to execute.

    `program` is executed where it is not `argv[0]`. `identity` is the user to run as (None: this one). `folder` is
    handed over open, and `FOLDER` in `argv` becomes a path by which the child reaches it, whatever its length and the
    rights on the folders above. `death_signal` is what the kernel sends when this process dies. With
    `inherit_output` the child writes to our standard output and error itself instead of being read.
    """

    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    identity: Identity | None = None
    folder: Path | None = None
    program: str | None = None
    death_signal: Signals = Signals.SIGKILL
    stdin: bytes = b""
    inherit_output: bool = False


@dataclass(slots=True)
class _Lines:
    """Cuts a stream of bytes into lines of bounded length."""

    take: Callable[[str], None]
    rest: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        *whole, last = data.split(b"\n")
        for part in whole:
            self._extend(part)
            self.end()
        self._extend(last)

    def end(self) -> None:
        if self.rest:
            self.take(self.rest.decode("utf-8", "replace").rstrip())
            self.rest.clear()

    def _extend(self, part: bytes) -> None:
        self.rest += part[: LONGEST_LINE - len(self.rest)]


class Process:
    """A running child in a session of its own, so that Ctrl-C reaches only us. Make it with `launch`."""

    def __init__(self, popen: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> None:
        self._popen = popen
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._exit: asyncio.Future[int] = self._loop.create_future()
        self._lines = _Lines(self._take)
        self._poller: asyncio.Task[None] | None = None
        self.tail: deque[str] = deque(maxlen=TAIL)
        self.started = monotonic()
        self._watch_output()
        self._watch_exit()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return not self._exit.done()

    async def wait(self) -> int:
        """The exit status as `subprocess` gives it (negative: the signal that ended it), once there is one."""
        return await asyncio.shield(self._exit)

    def send(self, signal: Signals) -> None:
        """Send `signal` if the process still runs."""
        if self.running:
            os.kill(self.pid, signal)  # not yet waited for, so the number is still the child's

    async def end(self, signals: Sequence[Signals], *, within: float) -> bool:
        """Send `signals` one after another, then SIGKILL, all within `within` seconds and a little for the last.

        The first gets most of the time. False when even SIGKILL did not help (a process in a dead disk's hands).
        """
        deadline = monotonic() + within
        for index, signal in enumerate(signals):
            share = (deadline - monotonic()) * (1.0 if index == len(signals) - 1 else 0.75)
            self.send(signal)
            if await self._ended(share):
                return True
        self.send(Signals.SIGKILL)
        return await self._ended(KILL_PATIENCE)

    async def _ended(self, seconds: float) -> bool:
        await asyncio.wait([self._exit], timeout=max(seconds, 0))
        return self._exit.done()

    def _watch_output(self) -> None:
        if self._popen.stdout is not None:
            descriptor = self._popen.stdout.fileno()
            os.set_blocking(descriptor, False)
            self._loop.add_reader(descriptor, self._read_once)

    def _read_once(self) -> bool:
        """Read what is there; False when there is nothing (left)."""
        assert self._popen.stdout is not None
        try:
            data = os.read(self._popen.stdout.fileno(), CHUNK)
        except BlockingIOError:
            return False
        if data:
            self._lines.feed(data)
        else:
            self._close_output()
        return bool(data)

    def _close_output(self) -> None:
        if self._popen.stdout is not None and not self._popen.stdout.closed:
            self._loop.remove_reader(self._popen.stdout.fileno())
            self._popen.stdout.close()
            self._lines.end()

    def _take(self, line: str) -> None:
        self.tail.append(line)
        self._on_line(line)

    def _watch_exit(self) -> None:
        try:
            descriptor = os.pidfd_open(self.pid)
        except (AttributeError, OSError):  # an old kernel, or too many open files
            self._poller = self._loop.create_task(self._poll_exit())
        else:
            self._loop.add_reader(descriptor, self._exited, descriptor)

    async def _poll_exit(self) -> None:
        while True:
            if self._has_ended():
                return self._exited(None)
            await asyncio.sleep(POLL)

    def _has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _exited(self, descriptor: int | None) -> None:
        if descriptor is not None:
            self._loop.remove_reader(descriptor)
            os.close(descriptor)
        # The dead child still holds its number here, so the group is its own and no stranger's.
        try:
            os.killpg(self.pid, Signals.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        if self._popen.stdout is not None and not self._popen.stdout.closed:
            for _ in range(LAST_READS):  # not for ever: grandchildren may still be writing
                if not self._read_once():
                    break
            self._close_output()
        self._exit.set_result(self._popen.wait())


def launch(command: Command, on_line: Callable[[str], None]) -> Process:
    """Start `command`; each line it writes goes to `on_line`. Call it in the event loop's thread.

    That thread must live as long as the process should: the kernel's death signal follows the thread. Raises OSError
    when the program cannot be executed.
    """
    if command.folder is None:
        return Process(_popen(command, None), on_line)
    folder = os.open(command.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return Process(_popen(command, folder), on_line)
    finally:
        os.close(folder)


def _popen(command: Command, folder: int | None) -> subprocess.Popen[bytes]:
    output = None if command.inherit_output else subprocess.PIPE
    identity = command.identity if command.identity is not None and command.identity.is_other else None
    popen = subprocess.Popen(
        [word.replace(FOLDER, f"/proc/self/fd/{folder}") for word in command.argv],
        executable=command.program,
        env=None if command.env is None else dict(command.env),
        cwd=command.cwd,
        stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        pass_fds=() if folder is None else (folder,),
        start_new_session=True,
        preexec_fn=die_with_parent(command.death_signal),
        user=None if identity is None else identity.uid,
        group=None if identity is None else identity.gid,
        extra_groups=None if identity is None else [],
    )
    if popen.stdin is not None:
        # A program that ends without asking leaves nobody to read it; its exit status tells the rest.
        with contextlib.suppress(BrokenPipeError), popen.stdin:
            popen.stdin.write(command.stdin)  # a few bytes: a pipe takes them at once
    return popen
