"""What local storage does in threads: storing, copying and assembling whole files. Everything here blocks."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from archypix.core.errors import Unavailable
from archypix.storage.errors import HashMismatch
from archypix.storage.interface import Assembled, ObjectInfo
from archypix.storage.keys import part_key, part_number, upload_prefix
from archypix.storage.parts import require_complete
from archypix.storage.staged import StagedFile, hash_files
from archypix.storage.tree import Tree

REMOVED_AT_ONCE: Final = 500
PROBE: Final = 4096


def open_source(path: Path) -> int:
    """A descriptor of a regular file to store; OSError when it is none or cannot be read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return descriptor


def store_file(tree: Tree, source: int, path: Path, key: str, sha256: bytes | None, move: bool) -> ObjectInfo:
    """Make the open file `source`, which `path` names, the object `key`."""
    staged = StagedFile.adopt(tree, path) if move else None
    if staged is None:
        staged = _copied(tree, source)
    try:
        _require_hash(staged, sha256)
        info = staged.place(key)
    finally:
        staged.drop()
    if move:
        path.unlink(missing_ok=True)
    return info


def copy(tree: Tree, source: str, target: str) -> ObjectInfo:
    """A second object with the same bytes, which both share: no object is ever changed in place."""
    descriptor, info = tree.open_file(source)
    try:
        staged = _shared(tree, source, descriptor, info.size)
    finally:
        os.close(descriptor)
    try:
        return staged.place(target)
    finally:
        staged.drop()


def parts(tree: Tree, upload_id: UUID) -> dict[int, int]:
    """Number and size of each part of an upload."""
    found = ((part_number(info.key), info.size) for info in tree.walk(upload_prefix(upload_id)))
    return {number: size for number, size in found if number is not None}


def digest_upload(tree: Tree, upload_id: UUID, size: int) -> bytes:
    """SHA-256 of all parts; `UploadIncomplete`."""
    count = len(require_complete(size, parts(tree, upload_id)))
    return hash_files(_each_open(tree, upload_id, count))


def assemble(tree: Tree, upload_id: UUID, key: str, size: int, sha256: bytes | None) -> Assembled:
    """All parts as the object `key`, hashed as they lie in the new file."""
    if sha256 is not None and _is_there(tree, key, size, sha256):
        return Assembled(size, sha256)
    sizes = require_complete(size, parts(tree, upload_id))
    staged = _single(tree, upload_id, size) if len(sizes) == 1 else _joined(tree, upload_id, sizes)
    try:
        found = _require_hash(staged, sha256) or staged.sha256()
        staged.place(key)
    finally:
        staged.drop()
    return Assembled(size, found)


def discard(tree: Tree, upload_id: UUID) -> None:
    """Remove all parts of an upload."""
    tree.remove([info.key for info in tree.walk(upload_prefix(upload_id))])


def sweep(tree: Tree, before: datetime) -> int:
    """Remove abandoned staged files and parts last changed `before`; how many."""
    removed = tree.sweep()
    old = (info.key for info in tree.walk("incoming/") if info.modified < before)
    while batch := list(islice(old, REMOVED_AT_ONCE)):
        tree.remove(batch)
        removed += len(batch)
    return removed


def probe(tree: Tree) -> None:
    """Write a little; OSError or `Unavailable` when that fails."""
    tree.require_space(PROBE)
    staged = StagedFile.create(tree)
    try:
        staged.write([bytes(PROBE)])
    finally:
        staged.drop()


def take(walk: Iterator[ObjectInfo], count: int) -> list[ObjectInfo]:
    """The next `count` objects of a walk."""
    return list(islice(walk, count))


def _is_there(tree: Tree, key: str, size: int, sha256: bytes) -> bool:
    """Whether the object has this content already: a repeated call finds what an interrupted one has done."""
    try:
        descriptor, info = tree.open_file(key)
    except FileNotFoundError:
        return False
    try:
        return info.size == size and hash_files([descriptor]) == sha256
    finally:
        os.close(descriptor)


def _require_hash(staged: StagedFile, sha256: bytes | None) -> bytes | None:
    if sha256 is not None and staged.sha256() != sha256:
        raise HashMismatch
    return sha256


def _copied(tree: Tree, source: int) -> StagedFile:
    size = os.fstat(source).st_size
    tree.require_space(size)
    staged = StagedFile.create(tree)
    try:
        staged.append(source, size)
    except BaseException:
        staged.drop()
        raise
    return staged


def _shared(tree: Tree, key: str, descriptor: int, size: int) -> StagedFile:
    """The object `key` as a staged file: linked, or copied where the file system has no hard links left."""
    try:
        return StagedFile(tree, *tree.stage_link(key))
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
    tree.require_space(size)
    return _copied(tree, descriptor)


def _single(tree: Tree, upload_id: UUID, size: int) -> StagedFile:
    key = part_key(upload_id, 1)
    descriptor, _ = tree.open_file(key)
    try:
        staged = _shared(tree, key, descriptor, size)
    finally:
        os.close(descriptor)
    if staged.size != size:
        staged.drop()
        raise Unavailable("The upload is being changed.", log_detail=f"storage: {key} was replaced while assembling")
    return staged


def _joined(tree: Tree, upload_id: UUID, sizes: list[int]) -> StagedFile:
    tree.require_space(sum(sizes))
    staged = StagedFile.create(tree)
    try:
        for number, size in enumerate(sizes, 1):
            descriptor, _ = tree.open_file(part_key(upload_id, number))
            try:
                staged.append(descriptor, size)
            finally:
                os.close(descriptor)
    except BaseException:
        staged.drop()
        raise
    return staged


def _each_open(tree: Tree, upload_id: UUID, count: int) -> Iterator[int]:
    """A descriptor of each part in turn, closed when the next one is asked for."""
    for number in range(1, count + 1):
        with ExitStack() as stack:
            descriptor, _ = tree.open_file(part_key(upload_id, number))
            stack.callback(os.close, descriptor)
            yield descriptor
