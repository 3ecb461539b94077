"""Taking back that pictures got other files: earlier ones come back, and two that exchanged theirs do so again.

Called inside the transaction of the undo, which has the library's writer lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection
from archypix.journal import store as journal
from archypix.operations import files_store
from archypix.pictures import blob_store, rows_store, versions_store
from archypix.pictures.rows_store import Standing
from archypix.pictures.versions_store import Version
from archypix.writing.refile import NewFile, file_of, from_image, image, refile


@dataclass(frozen=True, slots=True)
class _Return:
    """A picture that gets an earlier file again: from its `version`, or (None) from the one it exchanged it with."""

    picture: Standing
    file: NewFile
    blob_id: UUID
    version: Version | None


async def undo_files(connection: Connection, owner_id: int, undone: UUID, operation: UUID) -> None:
    """Give pictures the files again that they had before the operation `undone`, where they have what it left them.

    What they have now stays as an earlier file, unless it goes back to the picture that it came from.
    """
    returns = await _returns(connection, owner_id, undone)
    exchanged = {each.file.sha256 for each in returns if each.version is None}
    for each in returns:
        await rows_store.set_aside(connection, each.picture.id)
    for each in returns:
        if each.version is not None:
            await versions_store.remove(connection, each.version.id)
        if each.picture.sha256 not in exchanged:
            await versions_store.keep(connection, each.picture)
        await journal.keep_file(connection, operation, each.picture.id, image(file_of(each.picture)), image(each.file))
        await refile(connection, each.picture, each.file, each.blob_id)
    await blob_store.condemn_unreferenced(connection, [each.picture.blob_id for each in returns])


async def _returns(connection: Connection, owner_id: int, undone: UUID) -> list[_Return]:
    standing = []
    for row in await files_store.kept(connection, undone):
        picture = await rows_store.find(connection, owner_id, picture_id=row["picture_id"])
        before, after = from_image(row["before"]), from_image(row["after"])
        if picture is not None and await files_store.has_bytes(connection, picture.id, after.sha256):
            standing.append((picture, before))
    holders = {picture.sha256: picture for picture, _ in standing}
    found: list[_Return] = []
    for picture, before in standing:
        found += await _return(connection, owner_id, picture, before, holders)
    return _whole(found)


async def _return(
    connection: Connection, owner_id: int, picture: Standing, before: NewFile, holders: dict[bytes, Standing]
) -> list[_Return]:
    """How the picture gets the file again; nothing where that is gone, or a live picture's by now.

    One in the trash that has it gets the picture's present file for it.
    """
    version = await files_store.version_with(connection, picture.id, before.sha256)
    holder = holders.get(before.sha256)
    if holder is not None:
        return [_Return(picture, before, holder.blob_id, version)]
    other = await rows_store.find(connection, owner_id, sha256=before.sha256)
    if other is not None and other.sha256 == before.sha256:
        if other.deleted_at is None:
            return []
        there = _Return(other, file_of(picture), picture.blob_id, None)
        return [_Return(picture, before, other.blob_id, version), there]
    return [] if version is None else [_Return(picture, before, version.blob_id, version)]


def _whole(returns: Sequence[_Return]) -> list[_Return]:
    """Without those that would need the bytes of a picture which keeps its own."""
    going = {each.picture.sha256 for each in returns}
    whole = [each for each in returns if each.version is not None or each.file.sha256 in going]
    return whole if len(whole) == len(returns) else _whole(whole)
