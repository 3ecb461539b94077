"""The database of a new server, made once for a test run: each server begins with a copy, which is there sooner.

`python -m tests.rig.prepared FOLDER` makes a data directory that holds it.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import subprocess
import sys
from pathlib import Path

from archypix.core.database import migrate
from archypix.core.runtime.cluster import DRAFT_PREFIX, cluster_folder
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import service_identity
from archypix.core.runtime.postgres import Postgres
from archypix.core.runtime.supervisor import Supervisor

# Names the folder of the run in which it lies. Without one each server makes its own.
FOLDER = "TESTS_PREPARED"


def prepare(root: Path) -> None:
    """Give a data directory its database, unless it has one."""
    folder = os.environ.get(FOLDER)
    if folder is None or cluster_folder(DataDir(root)).exists():
        return
    source = cluster_folder(DataDir(_made(Path(folder))))
    target = cluster_folder(DataDir.open(root))
    draft = target.with_name(f"{DRAFT_PREFIX}copy")
    subprocess.run(["cp", "-a", "--", source, draft], check=True)
    draft.rename(target)


def _made(folder: Path) -> Path:
    """The data directory with the database; the first of the run's processes that needs it makes it."""
    with open(f"{folder}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_name(f"{folder.name}.{os.getpid()}")
            subprocess.run([sys.executable, "-m", __name__, draft], check=True, cwd=Path(__file__).parents[2])
            draft.rename(folder)
    return folder


async def _make(folder: Path) -> None:
    data = DataDir.open(folder)
    postgres = Postgres(data, service_identity(data.root))
    async with Supervisor() as supervisor:
        await supervisor.start(postgres.child())
        await migrate(postgres.url)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_make(Path(sys.argv[1])))
