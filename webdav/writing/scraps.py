"""COPY and MOVE from, to and among what lies beside the tags: how programs save a file safely, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archypix.core.errors import Unavailable
from archypix.drives.litter import is_litter_folder, litter_kind
from archypix.drives.models import Scrap
from archypix.hierarchies.models import File, Folder, Missing
from archypix.media.kinds import HEAD_BYTES
from archypix.storage.errors import NoSuchObject
from archypix.uploads.content import Written
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.deleting import forget, remove
from webdav.writing.delivery import Parcel, deliver
from webdav.writing.places import Place

if TYPE_CHECKING:
    from webdav.writing.moving import Transfer

LARGEST = 200 << 20


async def transfer(ground: Ground, request: DavRequest, what: Transfer) -> bool:
    """Carry out what has to do with scraps; False for what is a matter of the hierarchy alone."""
    if what.source.scrap is not None:
        await _out_of_scrap(ground, request, what, what.source.scrap)
        return True
    if _lies_aside(what.target, folder=what.source.is_folder):
        await _into_scrap(ground, request, what)
        return True
    return False


def _lies_aside(place: Place, *, folder: bool) -> bool:
    """Whether what comes to this place lies beside the tags."""
    if place.scrap is not None:
        return place.scrap.kind != "placeholder"
    if not isinstance(place.node, Missing):
        return False
    return place.node.parent is None or (
        is_litter_folder(place.name) if folder else litter_kind(place.name) is not None
    )


async def _out_of_scrap(ground: Ground, request: DavRequest, what: Transfer, scrap: Scrap) -> None:
    target = what.target
    if _lies_aside(target, folder=what.source.is_folder) or (
        scrap.size == 0 and scrap.kind != "folder" and isinstance(target.node, Missing)
    ):
        await _among_scraps(ground, request, what, scrap)
        return
    if scrap.kind == "folder":
        raise Refused(409, "What lies in this folder is temporary: put the files one by one where they belong.")
    if scrap.size == 0:
        raise Refused(403, "An empty file does not take the place of what is there.")
    if isinstance(target.node, Folder):
        await remove(ground, request, target)
    await deliver(ground, request, target.segments, Parcel(await ground.scraps.content(scrap)))
    if what.moves:
        await forget(ground, request, what.source)


async def _among_scraps(ground: Ground, request: DavRequest, what: Transfer, scrap: Scrap) -> None:
    act = ground.scraps.move if what.moves else ground.scraps.copy
    await act(request.drive, scrap, what.target.parent, what.target.name)
    if what.moves:
        async with ground.database.transaction() as connection:
            await ground.locks.remove_below(connection, request.hierarchy.id, what.source.segments)


async def _into_scrap(ground: Ground, request: DavRequest, what: Transfer) -> None:
    """A picture under a name of programs: they keep a copy while they write."""
    if not isinstance(what.source.node, File):
        raise Refused(409, "A folder of pictures does not become temporary.")
    await keep_copy(ground, request, what.source.node, what.target)
    if what.moves:
        await remove(ground, request, what.source)
        ground.asides.note(request.drive, what.source.segments, what.source.node.picture_id)


async def keep_copy(ground: Ground, request: DavRequest, file: File, target: Place) -> None:
    """The bytes of a picture as a scrap at `target`."""
    if file.blob_key is None:
        raise Refused(403, "This picture is another person's: its file is not copied.")
    if file.size > LARGEST:
        raise Refused(403, "This file is too large for a temporary copy.")
    async with ground.storage.open_writer(media_type=file.media_type, size=file.size) as writer:
        head = bytearray()
        try:
            async for chunk in ground.storage.read(file.blob_key):
                head += chunk[: max(0, HEAD_BYTES - len(head))]
                await writer.write(chunk)
        except NoSuchObject:
            raise Unavailable("The file cannot be read at this moment.") from None
        content = Written(writer, await writer.finish(), bytes(head))
        kind = litter_kind(target.name) or "scratch"
        await ground.scraps.put(request.drive, target.parent, target.name, content, kind)
