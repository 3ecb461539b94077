"""Commands in processes of their own that need not load the program first: they are forks of one that has.

`python -m tests.rig.commands` is that one; it takes orders on its standard input, a socket, and ends with it.
"""

from __future__ import annotations

import array
import functools
import importlib
import json
import os
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

# What commands load before they do anything. The server is not among them: it shall start as it does for everybody.
LOADED = {
    "user": "archypix.commands.user",
    "token": "archypix.commands.token",
    "doctor": "archypix.commands.doctor",
    "backup": "archypix.commands.backup",
    "restore": "archypix.commands.restore",
    "import": "archypix.commands.importing",
    "export": "archypix.commands.exporting",
    "storage": "archypix.commands.storage",
}
LONGEST_ORDER = 1 << 16
_starting = threading.Lock()


def run(
    words: Sequence[str], *, env: Mapping[str, str], stdin: str | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """One command to its end, with `env` as its whole environment; like `subprocess.run` with text, captured."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile("w+b")) for _ in range(3)]
        files[0].write((stdin or "").encode())
        files[0].seek(0)
        told = stack.enter_context(_order(words, env, files))
        told.settimeout(timeout)
        line = b""
        try:
            while not line.endswith(b"\n"):
                line += (more := told.recv(64))
                assert more, "the command left no status"
        except TimeoutError:
            raise subprocess.TimeoutExpired(list(words), timeout, *map(_content, files[1:])) from None
        return subprocess.CompletedProcess(list(words), int(line), *map(_content, files[1:]))


def _order(words: Sequence[str], env: Mapping[str, str], files: Sequence[IO[bytes]]) -> socket.socket:
    """Have the command started; a socket that tells its status. When the socket is closed before, the command ends."""
    ours, theirs = socket.socketpair()
    with theirs, _starting:
        order = json.dumps([list(words), dict(env), os.getcwd()]).encode()
        assert len(order) < LONGEST_ORDER, len(order)
        handles = array.array("i", [*(file.fileno() for file in files), theirs.fileno()])
        _loaded()[0].sendmsg([order], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)])
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
    """In a fork: start the command, wait for it, and tell its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    told = handles.pop()
    command = os.fork()
    if command == 0:
        os.close(told)
        _become(order, handles)
    # Not by its number, which may be another's once it has ended.
    process = os.pidfd_open(command)
    threading.Thread(target=_end_when_forgotten, args=(told, process), daemon=True).start()
    _, status = os.waitpid(command, 0)
    try:
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    except OSError:
        pass  # whoever asked waited long enough
    os._exit(0)


def _end_when_forgotten(told: int, process: int) -> None:
    """Kill the command when the other end of `told` is closed."""
    os.read(told, 1)
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
