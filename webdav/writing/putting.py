"""PUT: a file, whole or not at all."""

from __future__ import annotations

from datetime import datetime

from archypix.drives.litter import litter_kind
from archypix.drives.models import Scrap, content_tag
from archypix.drives.presence import beside
from archypix.hierarchies.models import File, Folder
from webdav import answers
from webdav.answers import Header, Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.delivery import Delivered, Parcel, deliver
from webdav.writing.guard import require
from webdav.writing.intake import Taken, announced_length, take
from webdav.writing.places import Place, look, require_parent, require_writable
from webdav.writing.times import mtime

# What lies beside the tags is small, as what programs leave for themselves is.
SCRAP_BYTES = 200 << 20


class Put:
    """Takes files."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """201 for a new file, 204 over one that was there. Nothing changes before the last byte is here."""
        require_writable(request)
        file_date = mtime(request.header("x-oc-mtime"))
        place = await self._permit(request)
        aside = self._is_aside(place)
        most = SCRAP_BYTES if aside else self._ground.max_file_size
        async with take(self._ground, request, most=most, held=not aside and announced_length(request) != 0) as taken:
            if aside or taken.content.size == 0:
                await self._keep_aside(request, place, taken)
            else:
                parcel = Parcel(
                    taken.content, file_date, taken.upload_id, taken.sums.taken("sha1"), taken.sums.taken("md5")
                )
                delivered = await deliver(self._ground, request, request.segments, parcel)
                await _answer(request, delivered, file_date)

    async def _permit(self, request: DavRequest) -> Place:
        """What is there now, when something may be put there; asked before a byte of the body is read."""
        if request.header("content-range") is not None:
            raise Refused(400, "Files are put whole: parts of them are not taken.")
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(self._ground, connection, request, around=around)
            if place.is_folder:
                raise Refused(405, "This is a folder.")
            if request.is_folder_form:
                raise Refused(409, "The name of a file does not end in a slash.")
            if not place.exists:
                await require_parent(self._ground, connection, request, place)
            changes = [request.segments] if place.exists else [request.segments, place.parent]
            await require(self._ground, connection, request, place, around=around, changes=changes)
            if not self._is_aside(place) and not isinstance(place.node, Folder):
                await self._ground.writer.may_put(connection, request.hierarchy, place.node)
        return place

    def _is_aside(self, place: Place) -> bool:
        """Whether what is put here is no picture: litter, or anything in a folder beside the tags."""
        if isinstance(place.node, File):
            return False
        return litter_kind(place.name) is not None or getattr(place.node, "parent", None) is None

    async def _keep_aside(self, request: DavRequest, place: Place, taken: Taken) -> None:
        if isinstance(place.node, File):
            # Clients empty a file before they fill it. Emptiness never takes the place of a picture.
            await answers.send(request, 204)
            return
        kind = "placeholder" if taken.content.size == 0 and not self._is_aside(place) else litter_kind(place.name)
        scrap: Scrap = await self._ground.scraps.put(
            request.drive, place.parent, place.name, taken.content, kind or "scratch"
        )
        await answers.send(request, 204 if place.exists else 201, [(b"etag", scrap.etag.encode())])


async def _answer(request: DavRequest, delivered: Delivered, file_date: datetime | None) -> None:
    headers: list[Header] = [(b"etag", content_tag(delivered.sha256).encode())]
    headers.append((b"oc-etag", headers[0][1]))
    if file_date is not None:
        headers.append((b"x-oc-mtime", b"accepted"))
    await answers.send(request, 201 if delivered.created else 204, headers)
