"""What can go wrong with stored files, and what the disk's own errors mean."""

from __future__ import annotations

import errno

from archypix.core.errors import Conflict, Invalid, NotFound, OutOfSpace, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


class NoSuchObject(NotFound):
    """No object has this key."""

    def __init__(self) -> None:
        super().__init__("There is no such file.")


class UploadIncomplete(Conflict):
    """Parts of an upload are missing or have the wrong size; `missing` holds their numbers."""

    code = "upload_incomplete"

    def __init__(self, missing: list[int]) -> None:
        shown = ", ".join(map(str, missing[:20])) + (", …" if len(missing) > 20 else "")
        super().__init__(f"These parts of the upload are missing: {shown}.")
        self.missing = missing


class SizeMismatch(Invalid):
    """The bytes are fewer or more than announced."""

    code = "size_mismatch"


class HashMismatch(Invalid):
    """The bytes are not those whose hash was announced."""

    code = "hash_mismatch"

    def __init__(self) -> None:
        super().__init__("The bytes received do not have the announced SHA-256.")


def from_disk(error: OSError, *, reading: bool = False) -> NotFound | Unavailable:
    """The error of the domain that an error of the file system amounts to. A symbolic link counts as nothing there."""
    number = error.errno
    if reading and number in _ABSENT:
        return NoSuchObject()
    log = f"storage: {error!r}" + (f" at {error.filename}" if error.filename else "")
    if number in _FULL:
        return OutOfSpace("The disk that holds the files is full.", log_detail=log)
    match number:
        case errno.EROFS:
            text = "The disk that holds the files is read-only."
        case errno.EACCES | errno.EPERM:
            text = (
                "The server may not write to its file store." if not reading else "The server may not read this file."
            )
        case errno.EMFILE | errno.ENFILE:
            text = "The server has too many files open."
        case errno.EXDEV:
            text = "All folders of the file store must lie on one file system."
        case _:
            text = "The disk that holds the files reports an error."
    return Unavailable(text, log_detail=log)
