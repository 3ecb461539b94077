"""Who the embedded services run as: this user, or when that is root somebody with fewer rights."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from archypix.core.errors import StartupError

PREFERRED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the machine; `name` is empty where the user database has none."""

    uid: int
    gid: int
    name: str

    @property
    def is_other(self) -> bool:
        """True when a process must change user to become this one."""
        return self.uid != os.geteuid()


def identity_of(uid: int, gid: int | None = None) -> Identity:
    """The user with this number; `gid` is used where the user database does not know the user."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Identity(uid, uid if gid is None else gid, "")
    return Identity(uid, entry.pw_gid, entry.pw_name)


def service_identity(root: Path, *stores: Path) -> Identity:
    """Who runs the services of the data directory `root`, whose present stores (clusters) are `stores`.

    An ordinary user runs them himself. Root runs them as the owner of the data directory or of a store that exists,
    else as `postgres` or `nobody`: PostgreSQL refuses root.
    """
    if os.geteuid() != 0:
        return identity_of(os.geteuid(), os.getegid())
    for place in (root, *stores):
        try:
            status = place.stat()
        except FileNotFoundError:
            continue
        if status.st_uid != 0:
            return identity_of(status.st_uid, status.st_gid)
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Identity(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise StartupError(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`. Make one of"
        " them, start Archypix as an ordinary user, or set ARCHYPIX_DATABASE_URL."
    )


def give(path: Path, identity: Identity) -> None:
    """Make `path` and everything below it `identity`'s where this process is another user (root)."""
    if not identity.is_other:
        return
    os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), identity.uid, identity.gid, follow_symlinks=False)
