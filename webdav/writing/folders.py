"""MKCOL: a folder, which is a tag that no picture has yet."""

from __future__ import annotations

from archypix.drives.litter import is_litter_folder
from archypix.drives.presence import beside
from archypix.hierarchies.models import Missing
from webdav import answers
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.bodies import require_none
from webdav.writing.delivery import by
from webdav.writing.guard import require
from webdav.writing.places import look, require_parent, require_writable


class MakeFolder:
    """Makes folders."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """201; 405 where something is already, 409 below what does not exist, 415 for a body."""
        require_writable(request)
        await require_none(request)
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(self._ground, connection, request, around=around)
            if place.exists:
                raise Refused(405, "There is something of this name already.")
            await require_parent(self._ground, connection, request, place)
            changes = [request.segments, place.parent]
            await require(self._ground, connection, request, place, around=around, changes=changes)
        assert isinstance(place.node, Missing)
        if is_litter_folder(place.name) or place.node.parent is None:
            await self._ground.scraps.make_folder(request.drive, place.parent, place.name)
        else:
            await self._ground.writer.make_folder(request.hierarchy, place.node, by(request))
        await answers.send(request, 201)
