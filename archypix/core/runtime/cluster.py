"""A PostgreSQL cluster on disk: made in one step that either happened or did not, and its configuration."""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import Signals

from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import MIB, DataDir
from archypix.core.runtime.identity import Identity, give
from archypix.core.runtime.kernel import sync_file_system
from archypix.core.runtime.processes import FOLDER, TAIL, Command, launch, plain_environment
from archypix.core.runtime.programs import PostgresPrograms

logger = logging.getLogger(__name__)

SUPERUSER = "postgres"
ROLE = "archypix"
PORT = 5432  # only part of the socket's name
SOCKET = f".s.PGSQL.{PORT}"
DRAFT_PREFIX = "cluster.new."
SPACE_TO_MAKE = 128 * MIB
SPACE_TO_RUN = 32 * MIB
INITDB_WITHIN = 120.0

CONFIGURATION = "archypix.conf"
INCLUDE = (
    f"\n# Archypix keeps its settings in {CONFIGURATION}, which it writes at every start. Settings of your own go below"
    f" this line.\ninclude '{CONFIGURATION}'\n"
)
NOTICE = "# Written by Archypix at every start.\n"
# Who is at the other end of the socket is what the kernel says: no passwords, and no way in for anybody else.
HBA = f"{NOTICE}local all all peer map=archypix\n"


def cluster_folder(data: DataDir) -> Path:
    """Where the cluster lies: in a folder that only this user (or root) may enter."""
    return data.postgres / "cluster"


async def ensure_cluster(data: DataDir, programs: PostgresPrograms, identity: Identity) -> Path:
    """The cluster's folder, made if there is none, its configuration written; for the holder of the `owner` lock.

    Raises `StartupError` where the cluster was made by another PostgreSQL, the disk is full or making it fails.
    """
    cluster = cluster_folder(data)
    try:
        await asyncio.to_thread(_remove_drafts, data)
        if await asyncio.to_thread(cluster.exists):
            await asyncio.to_thread(data.require_space, SPACE_TO_RUN)
            await asyncio.to_thread(_require_version, cluster, programs)
        else:
            await asyncio.to_thread(data.require_space, SPACE_TO_MAKE)
            await _make(data, programs, identity)
        await asyncio.to_thread(_configure, data, cluster, identity)
    except OSError as error:
        raise data.explain(error) from error
    return cluster


async def _make(data: DataDir, programs: PostgresPrograms, identity: Identity) -> None:
    if not identity.name:
        raise StartupError(
            f"PostgreSQL needs a user name for the user id {identity.uid}, which the user database of this machine does"
            " not know. Add it to /etc/passwd, or set ARCHYPIX_DATABASE_URL."
        )
    logger.info("making the database in %s", data.postgres)
    draft = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=DRAFT_PREFIX, dir=data.postgres))
    await asyncio.to_thread(give, draft, identity)
    failure: Sequence[str] | None = None
    for locale in _locales(programs.major):
        failure = await _initdb(draft, programs, identity, locale)
        if failure is None:
            break
    if failure is not None:
        raise StartupError(explain_failure(failure, data, "initdb"))
    await asyncio.to_thread(_finish, data, draft, identity)


def _locales(major: int) -> Sequence[Sequence[str]]:
    if major >= 17:
        return [("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")]
    return [("--locale=C.UTF-8",), ("--locale=C",)]


async def _initdb(
    draft: Path, programs: PostgresPrograms, identity: Identity, locale: Sequence[str]
) -> Sequence[str] | None:
    """Run initdb in the empty folder `draft`; None, or its last lines when it fails (the folder is empty again)."""
    command = Command(
        # Synced as a whole afterwards, which takes a fraction of syncing file by file.
        [programs.initdb, "-D", FOLDER, "-U", SUPERUSER, "--encoding=UTF8", "--auth=peer", "--no-sync", *locale],
        env=plain_environment(),
        cwd=Path("/"),
        folder=draft,
        identity=identity,
    )
    lines: deque[str] = deque(maxlen=TAIL)

    def note(line: str) -> None:
        lines.append(line)
        logger.debug("initdb: %s", line)

    process = launch(command, note)
    try:
        async with asyncio.timeout(INITDB_WITHIN):
            status = await process.wait()
    except TimeoutError:
        return ["it did not end"]
    finally:
        if process.running:
            await process.end((Signals.SIGTERM,), within=1.0)
    return None if status == 0 else list(lines)


def _finish(data: DataDir, draft: Path, identity: Identity) -> None:
    with open(draft / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write(INCLUDE)
    _configure(data, draft, identity)
    sync_file_system(draft)
    draft.rename(cluster_folder(data))
    sync_folder(data.postgres)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_drafts(data: DataDir) -> None:
    for draft in data.postgres.glob(f"{DRAFT_PREFIX}*"):
        for _ in range(20):
            shutil.rmtree(draft, ignore_errors=True)
            if not draft.exists():
                break
            time.sleep(0.05)  # what a killed run of initdb started is still writing there, not for long


def _require_version(cluster: Path, programs: PostgresPrograms) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    if made_by != str(programs.major):
        raise StartupError(
            f"The database in {cluster} was made by PostgreSQL {made_by}, and these programs are {programs.major}"
            f" ({programs.folder}). Point ARCHYPIX_POSTGRES_BIN at programs of version {made_by}."
        )


def _configure(data: DataDir, cluster: Path, identity: Identity) -> None:
    for name, text in (
        (CONFIGURATION, _configuration()),
        ("pg_hba.conf", HBA),
        ("pg_ident.conf", _ident(data)),
    ):
        _write(cluster / name, text, identity)


def _write(file: Path, text: str, identity: Identity) -> None:
    try:
        if file.read_text("utf-8") == text:
            return
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    draft = file.with_name(f"{file.name}.new")
    with open(draft, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.chmod(0o600)
    give(draft, identity)
    draft.rename(file)


def _configuration() -> str:
    memory = _memory()
    settings: Mapping[str, str] = {
        "max_connections": "100",
        "shared_buffers": "128MB" if memory >= 1024 * MIB else "64MB",
        "effective_cache_size": f"{max(memory // 2, 128 * MIB) // MIB}MB",
        "work_mem": "8MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "",
        "log_checkpoints": "off",
        # Errors are told to the client that made them; what they say of its rows must not reach a log.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "cluster_name": "archypix",
    }
    if sys.platform == "linux":
        settings = {**settings, "recovery_init_sync_method": "syncfs"}
    return "# Written by Archypix at every start.\n" + "".join(
        f"{key} = '{value}'\n" for key, value in settings.items()
    )


def _memory() -> int:
    """Bytes of memory this machine, or the control group that we run in, has."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdecimal() else memory


def _ident(data: DataDir) -> str:
    """Users of the machine who may come in: the data directory's owner, who runs this, and root."""
    users = set()
    for uid in {0, os.geteuid(), data.root.stat().st_uid}:
        try:
            users.add(pwd.getpwuid(uid).pw_name)
        except KeyError:
            continue  # PostgreSQL would not know the name either
    return NOTICE + "".join(f'archypix "{user}" {role}\n' for user in sorted(users) for role in (ROLE, SUPERUSER))


def explain_failure(lines: Sequence[str], data: DataDir, program: str) -> str:
    """One sentence out of the last lines of a program that failed."""
    text = "\n".join(lines)
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return f"The disk that holds the data directory {data.root} is full. Make room, then start again."
    marked = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "error:"))]
    last = (marked or list(lines) or ["it said nothing"])[-1]
    return f"{program} failed: {last}"
