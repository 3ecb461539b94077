"""A file put over another one by its name alone: the picture that was there gets its bytes, and keeps all else."""

from __future__ import annotations

from uuid import UUID

from archypix.hierarchies.models import File
from archypix.hierarchies.writing import store
from archypix.hierarchies.writing.deed import Deed
from archypix.journal import store as journal
from archypix.pictures import rows_store, versions_store
from archypix.writing import service as files
from archypix.writing.refile import exchange, file_of, image


async def fits(deed: Deed, there: File, picture_id: UUID) -> bool:
    """Whether another picture's bytes may become a version of what is there: one's own, with one name in its folder."""
    if there.picture_id == picture_id or there.origin_uri is not None:
        return False
    names = await store.names_in(deed.connection, deed.hierarchy.id, [there.folder.key], [there.picture_id])
    return len(names) < 2


async def lone(deed: Deed, file: File) -> bool:
    """Whether a picture has one name in its folder, and none that holds it elsewhere."""
    ids = [file.picture_id]
    names = await store.names_in(deed.connection, deed.hierarchy.id, [file.folder.key], ids)
    return len(names) < 2 and not await store.pinned(deed.connection, deed.hierarchy.id, ids, file.folder.key)


async def exchange_files(deed: Deed, source_id: UUID, target_id: UUID) -> None:
    """Give the target the bytes of the source, which goes into the trash with those that were there."""
    connection = deed.connection
    source = await rows_store.find(connection, deed.owner, picture_id=source_id)
    target = await rows_store.find(connection, deed.owner, picture_id=target_id)
    assert source is not None
    assert target is not None
    if await versions_store.keeps(connection, deed.library.version_mode, target_id):
        await versions_store.keep(connection, target)
    await journal.keep_file(connection, deed.operation, source_id, image(file_of(source)), image(file_of(target)))
    await journal.keep_file(connection, deed.operation, target_id, image(file_of(target)), image(file_of(source)))
    await exchange(connection, source, target)
    await files.request(connection, deed.owner, [target_id])
    deed.touched.add(target_id)
    await deed.trash([source_id])
