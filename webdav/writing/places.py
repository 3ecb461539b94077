"""What lies at a path of a drive: a folder or file of the hierarchy, a scrap beside the tags, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archypix.core.database import Connection
from archypix.drives.models import Scrap
from archypix.drives.presence import Beside
from archypix.hierarchies.models import File, Folder, Missing
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.headers import etag_of
from webdav.request import DavRequest


@dataclass(frozen=True, slots=True)
class Place:
    """A path and what is there. `node` is what the hierarchy has; `scrap` hides a `Missing` one, nothing else."""

    segments: tuple[str, ...]
    node: Folder | File | Missing
    scrap: Scrap | None = None

    @property
    def exists(self) -> bool:
        """Whether anything is there."""
        return self.scrap is not None or not isinstance(self.node, Missing)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, of whichever kind."""
        return isinstance(self.node, Folder) or (self.scrap is not None and self.scrap.kind == "folder")

    @property
    def etag(self) -> str | None:
        """The quoted ETag of a file, None for anything else."""
        if isinstance(self.node, File):
            return etag_of(self.node)
        return self.scrap.etag if self.scrap is not None and not self.is_folder else None

    @property
    def modified(self) -> datetime | None:
        """When a file changed last, None for anything else."""
        if isinstance(self.node, File):
            return self.node.modified
        return self.scrap.modified if self.scrap is not None and not self.is_folder else None

    @property
    def name(self) -> str:
        """The last name of the path; empty for the root."""
        return self.segments[-1] if self.segments else ""

    @property
    def parent(self) -> tuple[str, ...]:
        """Where it lies."""
        return self.segments[:-1]


async def look(
    ground: Ground,
    connection: Connection,
    request: DavRequest,
    segments: tuple[str, ...] | None = None,
    *,
    around: Beside | None = None,
) -> Place:
    """What is at `segments`, or where the request points to. `around`: what there is beside the tags, where known."""
    wanted = request.segments if segments is None else segments
    revision = around.revision if around is not None else None
    node = await ground.resolver.find(connection, request.hierarchy, wanted, revision)
    if not isinstance(node, Missing) or (around is not None and not around.scraps):
        return Place(wanted, node)
    return Place(wanted, node, await ground.scraps.find(connection, request.drive, wanted))


async def require_parent(ground: Ground, connection: Connection, request: DavRequest, place: Place) -> None:
    """`Refused` with 409 when the folder in which something is to be made does not exist."""
    if isinstance(place.node, Missing) and place.node.parent is not None:
        return
    if place.parent and (await look(ground, connection, request, place.parent)).is_folder:
        return
    raise Refused(409, "There is no such folder to put it into.")


def require_writable(request: DavRequest) -> None:
    """`Refused` with 403 when the device may only read."""
    if request.drive.read_only:
        raise Refused(403, "This app token may read, and nothing else.")
