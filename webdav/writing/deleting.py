"""DELETE: out of this folder; what lies nowhere else goes into the trash."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.drives.litter import is_litter_folder, litter_kind
from archypix.drives.presence import beside
from archypix.hierarchies.models import File, Folder
from webdav import answers
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.delivery import by
from webdav.writing.guard import require
from webdav.writing.places import Place, look, require_writable
from webdav.writing.timeouts import is_deep


class Delete:
    """Takes files and folders away, a folder whole or not at all."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """204, or a refusal of the whole."""
        require_writable(request)
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(self._ground, connection, request, around=around)
            await clear(self._ground, connection, request, place)
            self._require_there(request, place)
            deep = [request.segments] if place.is_folder else []
            changes = [request.segments, place.parent]
            await require(self._ground, connection, request, place, around=around, changes=changes, deep=deep)
        await remove(self._ground, request, place)
        await answers.send(request, 204)

    def _require_there(self, request: DavRequest, place: Place) -> None:
        if not place.exists or (request.is_folder_form and not place.is_folder):
            raise Refused(404, "There is nothing here.")
        if not request.segments:
            raise Refused(403, "The drive itself is removed in the app.")
        if place.is_folder and not is_deep(request.header("depth")):
            raise Refused(400, "A folder is deleted with everything in it.")


async def remove(ground: Ground, request: DavRequest, place: Place) -> None:
    """Take away what is at a place, and what is known of its path. Raises `Forbidden` (`brake`), `Conflict`."""
    if isinstance(place.node, File | Folder):
        async with ground.database.connection() as connection:
            pictures = await ground.writer.touched(connection, request.hierarchy, place.node)
        async with ground.brake.deed(request.drive, "delete", pictures):
            if isinstance(place.node, Folder):
                await ground.writer.delete_folder(request.hierarchy, place.node, by(request))
            else:
                await ground.writer.delete(request.hierarchy, place.node, by(request))
    await forget(ground, request, place)


async def forget(ground: Ground, request: DavRequest, place: Place) -> None:
    """Nothing lies at the place any more: its scraps, properties and locks go."""
    async with ground.database.transaction() as connection:
        around = await beside(connection, request.hierarchy.id)
        if place.scrap is not None:
            await ground.scraps.remove(connection, place.scrap)
        elif place.is_folder and around.scraps:
            await ground.scraps.remove_below(connection, request.drive, place.segments)
        if around.properties:
            await ground.properties.remove_below(connection, request.hierarchy.id, place.segments)
        if around.locks:
            await ground.locks.remove_below(connection, request.hierarchy.id, place.segments)


async def clear(ground: Ground, connection: Connection, request: DavRequest, place: Place) -> None:
    """Where nothing is, properties and locks go: the end of what took it away was cut off, and it is asked for again.

    Not where there may be something that only another device sees.
    """
    if place.exists or getattr(place.node, "parent", None) is None:
        return
    if litter_kind(place.name) is None and not is_litter_folder(place.name):
        await ground.properties.remove_below(connection, request.hierarchy.id, place.segments)
        await ground.locks.remove_below(connection, request.hierarchy.id, place.segments)
