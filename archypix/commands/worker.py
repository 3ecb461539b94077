"""`archypix worker`: one media worker, beside a server or on another machine."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import re
import shutil
import socket
import stat
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from archypix.core import logs
from archypix.core.errors import StartupError
from archypix.core.settings import Settings
from workers.drain import Station, install
from workers.media import MediaWorker
from workers.queue import Waiting

logger = logging.getLogger(__name__)

SETTINGS: tuple[str, ...] = ("server_url",)
NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")
MOST_ON_ONE_MACHINE = 64
# A folder that nobody has locked may belong to a worker that is just starting; after this time it does not.
LEFTOVER_SECONDS = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--name", metavar="NAME", help="this worker's name, the same over restarts (default: by host)")
    parser.add_argument("--server-url", metavar="URL", help="origin of the server to claim jobs from")


def run(arguments: argparse.Namespace, settings: Settings) -> NoReturn:
    """Work until SIGTERM; the exit status is 0 then."""
    logs.configure(settings.log_level, settings.log_format)
    redis_url, secret = settings.redis_url.get_secret_value(), settings.worker_secret.get_secret_value()
    required = {"SERVER_URL": settings.server_url, "REDIS_URL": redis_url, "WORKER_SECRET": secret}
    if missing := [f"ARCHYPIX_{name}" for name, value in required.items() if not value]:
        raise StartupError(f"A worker needs {', '.join(missing)}.")
    name, folder = _place(arguments.name)
    _remove_leftovers()

    def leave() -> NoReturn:
        # At once: threads may hang in requests that nobody waits for. The decoder dies with this process.
        shutil.rmtree(folder, ignore_errors=True)
        logging.shutdown()
        os._exit(0)

    station = Station(MediaWorker(name, settings.server_url, secret, folder), leave)
    install(station)
    logger.info("worker %s works for %s", name, settings.server_url)
    Waiting(redis_url, name, station, leave).run()


def _place(name: str | None) -> tuple[str, Path]:
    """The worker's name and its folder for files under work, which is locked for the life of the process.

    Without a name it is the host's with the first number that no other worker here has: the same one after a restart.
    """
    if name is not None:
        if not NAME.fullmatch(name):
            raise StartupError("A worker's name has 1 to 80 letters, digits, dots, dashes and underscores.")
        if (found := _lock(name)) is None:
            raise StartupError(f"A worker named {name} runs on this machine already.")
        return name, found
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:60] or "worker"
    for number in range(1, MOST_ON_ONE_MACHINE + 1):
        if (found := _lock(f"{host}-{number}")) is not None:
            return f"{host}-{number}", found
    raise StartupError(f"{MOST_ON_ONE_MACHINE} workers run on this machine already.")


def _lock(name: str) -> Path | None:
    """The folder of a worker, locked; None when another process has it."""
    folder = Path(tempfile.gettempdir()) / f"{_prefix()}{name}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise StartupError(f"{folder} belongs to somebody else.")
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartupError(f"{folder} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    # The descriptor stays open, and with it the lock.
    return folder


def _prefix() -> str:
    return f"archypix-worker-{os.getuid()}-"


def _remove_leftovers() -> None:
    """Remove folders of workers that were killed and never came back under their names."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        try:
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                continue
            if status.st_mtime > time.time() - LEFTOVER_SECONDS:
                continue
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
