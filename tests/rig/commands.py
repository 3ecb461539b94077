"""Commands and servers in processes of their own that need not load the program first: they are forks of one that has.

`python -m tests.rig.commands` is that one; it takes orders on its standard input, a socket, and ends with it.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from tests.rig import keyring

# What commands load before they do anything.
LOADED = {
    "user": "archypix.commands.user",
    "token": "archypix.commands.token",
    "doctor": "archypix.commands.doctor",
    "backup": "archypix.commands.backup",
    "restore": "archypix.commands.restore",
    "import": "archypix.commands.importing",
    "export": "archypix.commands.exporting",
    "storage": "archypix.commands.storage",
    "resolver": "archypix.commands.resolver",
    "serve": "archypix.commands.serve",
    "worker": "archypix.commands.worker",
}
LONGEST_ORDER = 1 << 16
_starting = threading.Lock()


class Process:
    """A command that runs; of `subprocess.Popen` what tests use. It is killed when nobody knows it any more."""

    def __init__(self, told: socket.socket, stdout: IO[str] | None = None) -> None:
        self._told = told
        word, self._handles, _, _ = socket.recv_fds(told, 64, 1)
        assert word, "the command was not started"
        self.pid = int(word)
        self.stdout = stdout
        self.returncode: int | None = None
        self._asking = threading.Lock()

    def __del__(self) -> None:
        self._told.close()
        for handle in self._handles:
            os.close(handle)

    def poll(self) -> int | None:
        """The status, once the command has ended."""
        with self._asking:
            if self.returncode is None and (word := self._hear()) is not None:
                assert word, "the command left no status"
                self.returncode = int(word)
            return self.returncode

    def _hear(self) -> bytes | None:
        try:
            return self._told.recv(64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The status; `TimeoutExpired` when there is none in time."""
        if self.poll() is None:
            waiting = select.poll()
            waiting.register(self._told, select.POLLIN)
            waiting.poll(None if timeout is None else timeout * 1000)
        if (status := self.poll()) is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return status

    def send_signal(self, number: int) -> None:
        """A signal to the command, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handles[0], number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def start(words: Sequence[str], *, env: Mapping[str, str], log: IO[bytes] | None = None) -> Process:
    """One command, with `env` as its whole environment; all that it says goes to `log`, or is read from `stdout`."""
    with ExitStack() as stack:
        nothing = stack.enter_context(open(os.devnull, "rb"))
        if log is not None:
            return Process(_order(words, env, [nothing, log, log]))
        ours, theirs = os.pipe()
        said = stack.enter_context(os.fdopen(theirs, "wb"))
        return Process(_order(words, env, [nothing, said, said]), os.fdopen(ours, encoding="utf-8", errors="replace"))


def run(
    words: Sequence[str], *, env: Mapping[str, str], stdin: str | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """One command to its end, with `env` as its whole environment; like `subprocess.run` with text, captured."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile("w+b")) for _ in range(3)]
        files[0].write((stdin or "").encode())
        files[0].seek(0)
        told = stack.enter_context(_order(words, env, files))
        try:
            status = Process(told).wait(timeout)
        except subprocess.TimeoutExpired:
            raise subprocess.TimeoutExpired(list(words), timeout, *map(_content, files[1:])) from None
        return subprocess.CompletedProcess(list(words), status, *map(_content, files[1:]))


def _order(words: Sequence[str], env: Mapping[str, str], files: Sequence[IO[bytes]]) -> socket.socket:
    """Have the command started; a socket that tells its number and its status.

    When the socket is closed before, the command ends.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, _starting:
        order = json.dumps([list(words), dict(env), os.getcwd()]).encode()
        assert len(order) < LONGEST_ORDER, len(order)
        handles = [*(file.fileno() for file in files), theirs.fileno()]
        socket.send_fds(_loaded()[0], [order], handles)
    return ours


@functools.cache
def _loaded() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The way to the process that has everything loaded, started on first need; it ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        loaded = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=theirs.fileno(), cwd=Path(__file__).parents[2]
        )
    return ours, loaded


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _serve() -> None:
    for module in LOADED.values():
        importlib.import_module(module)
    keyring.install()
    # Else each fork has all of it copied when it looks for garbage.
    gc.collect()
    gc.freeze()
    # Nobody waits for those that wait for commands.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as orders:
        while True:
            order, handles, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 4)
            if not order:
                return
            if os.fork() == 0:
                orders.close()
                _attend(order, handles)
            for handle in handles:
                os.close(handle)


def _attend(order: bytes, handles: list[int]) -> None:
    """In a fork: start the command, tell its number, wait for it, and tell its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    told = socket.socket(fileno=handles.pop())
    command = os.fork()
    if command == 0:
        told.close()
        _become(order, handles)
    # Whoever gave the order decides when the command ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for handle in handles:
        os.close(handle)
    # Not by its number, which may be another's once it has ended.
    process = os.pidfd_open(command)
    with suppress(OSError):  # whoever asked waited long enough
        socket.send_fds(told, [b"%d" % command], [process])
    threading.Thread(target=_end_when_forgotten, args=(told, process), daemon=True).start()
    _, status = os.waitpid(command, 0)
    with suppress(OSError):
        told.send(b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _end_when_forgotten(told: socket.socket, process: int) -> None:
    """Kill the command when the other end of `told` is closed."""
    with suppress(ConnectionError):
        told.recv(1)
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


def _become(order: bytes, handles: list[int]) -> None:
    """In a fork: be the command."""
    words, environment, folder = json.loads(order)
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["archypix", *words]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    status: object = 70
    try:
        status = importlib.import_module("archypix.cli").main(words)
    except SystemExit as ended:
        status = ended.code or 0
    except Exception:  # noqa: BLE001 - as Python ends a program: told, and with status 1; a fork must never go on
        sys.excepthook(*sys.exc_info())
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    _serve()
