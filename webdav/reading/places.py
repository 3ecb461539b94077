"""What is at a path of a drive: a folder, a file, something beside the tags, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from archypix.drives.models import Drive, Scrap
from archypix.hierarchies.models import File, Folder, Hierarchy, Missing
from webdav.answers import Refused

if TYPE_CHECKING:
    from archypix.core.database import Connection
    from webdav.ground import Ground

Found: TypeAlias = "Folder | File | Scrap"


async def find(
    ground: Ground, connection: Connection, drive: Drive, hierarchy: Hierarchy, segments: tuple[str, ...]
) -> Found:
    """What is there for this client; `Refused` (404) where nothing is."""
    found = await ground.resolver.find(connection, hierarchy, segments)
    if not isinstance(found, Missing):
        return found
    scrap = await ground.scraps.find(connection, drive, segments)
    if scrap is None:
        raise Refused(404, "There is nothing of this name here.")
    return scrap
