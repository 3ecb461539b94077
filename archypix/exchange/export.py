"""An export from its beginning to its end: rows, files, checksums, and at last the word that it is complete."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archypix import __version__
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.store import audit
from archypix.core.clock import now, rfc3339
from archypix.core.database import Database
from archypix.core.errors import ArchypixError, Conflict, Invalid, OutOfSpace
from archypix.exchange import layout, store
from archypix.exchange.copying import Copied, Copier
from archypix.exchange.layout import Manifest
from archypix.exchange.ledger import Ledger
from archypix.exchange.rows import Rows, Written
from archypix.storage.interface import Storage


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: whose, where to, and whether with the trash. With `verify` every file is read once more."""

    account_id: int
    folder: Path
    domain: str
    trash: bool = False
    verify: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of it. `stale` files are of an earlier export, and of nothing that there is any more."""

    counts: dict[str, int]
    files: Copied
    stale: int
    complete: bool


async def export(
    database: Database,
    storage: Storage,
    wanted: Wanted,
    *,
    stopped: Callable[[], bool],
    shown: Callable[[Copied], None],
) -> Outcome:
    """Export one account into a folder that is new, empty, or holds an earlier export of the same account.

    What is there already and whole stays. `Conflict` for any other folder, or where an export to it is running;
    `Unavailable` and `OutOfSpace` where that is so, and after either the next call goes on.
    """
    await asyncio.to_thread(_prepare, wanted.folder)
    async with database.connection() as connection:
        row = await store.account(connection, wanted.account_id)
    domain = urlsplit(row["uri"] or "").netloc or wanted.domain
    ledger = await asyncio.to_thread(Ledger, wanted.folder, row["name"], row["created_at"])
    try:
        said = Manifest(
            layout.VERSION, False, row["name"], domain, rfc3339(now()), f"Archypix {__version__}", wanted.trash, {}, {}
        )
        await asyncio.to_thread(_put, wanted.folder / layout.MANIFEST, said.written())
        await asyncio.to_thread(_put, wanted.folder / layout.README, layout.WHAT_IT_IS.encode())
        rows = Rows(database, ledger, wanted.folder, wanted.account_id, domain=domain, trash=wanted.trash)
        written = await rows.write()
        copier = Copier(database, storage, ledger, wanted.folder, stopped=stopped, shown=shown)
        copied = await copier.run()
        if wanted.verify and not stopped():
            await asyncio.to_thread(_verify, wanted.folder, ledger, copied, stopped)
        complete = not copied.missed and not stopped()
        if complete:
            await asyncio.to_thread(_finish, wanted.folder, ledger, written, said)
            async with database.transaction() as connection:
                await audit.record(connection, COMMAND_LINE, "account.exported", row["name"])
        return Outcome(written.counts, copied, await asyncio.to_thread(ledger.stale), complete)
    except (OSError, sqlite3.Error) as error:
        raise _trouble(wanted.folder, error) from error
    finally:
        await asyncio.to_thread(ledger.close)


def _trouble(folder: Path, error: OSError | sqlite3.Error) -> ArchypixError:
    """What a person is told when the folder cannot be written."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return OutOfSpace(f"There is no room left in {folder}.")
    return Invalid(f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}.")


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = any(folder.iterdir())
    except OSError as error:
        raise Invalid(f"{folder} cannot be used: {error.strerror}.") from error
    if there and not (folder / layout.LEDGER).is_file():
        raise Conflict(f"{folder} is not empty, and holds no export that could be gone on with. Choose another folder.")


def _verify(folder: Path, ledger: Ledger, copied: Copied, stopped: Callable[[], bool]) -> None:
    """Read all files that were believed to be there."""
    for sha256, path in ledger.files():
        if stopped():
            return
        try:
            with (folder / path).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    continue
            copied.miss(path, "is not as it was written: export again")
            (folder / path).unlink()
        except OSError as error:
            copied.miss(path, error.strerror or "cannot be read")


def _finish(folder: Path, ledger: Ledger, written: Written, said: Manifest) -> None:
    """Checksums, and the word that this is all."""
    part = folder / f"{layout.CHECKSUMS}.part"
    readme = hashlib.sha256(layout.WHAT_IT_IS.encode()).hexdigest()
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for name, digest in sorted({**written.files, layout.README: readme}.items()):
            file.write(f"{digest}  {name}\n")
        for digest, path in ledger.files():
            file.write(f"{digest}  {path}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / layout.CHECKSUMS)
    done = Manifest(
        said.version, True, said.account, said.domain, said.made_at, said.software, said.with_trash,
        dict(sorted(written.counts.items())), dict(sorted(written.files.items())),
    )  # fmt: skip
    _put(folder / layout.MANIFEST, done.written())


def _put(target: Path, content: bytes) -> None:
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, target)
