"""What is whole comes to its name: a new picture, another file of the one that is there, or one that is known."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection
from archypix.core.errors import Conflict, NotFound, PreconditionFailed
from archypix.drives.models import path_key
from archypix.drives.presence import beside
from archypix.hierarchies.models import File, Missing
from archypix.hierarchies.writing.models import By
from archypix.jobs.models import INTERACTIVE
from archypix.pictures import blob_store
from archypix.pictures.locks import lock_library
from archypix.pictures.names import clean_filename
from archypix.pictures.redating import redate
from archypix.uploads.content import Content
from archypix.uploads.models import Details
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.guard import require_etag
from webdav.writing.places import Place, look


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes to be delivered, and what was said of them. `file_date` is a naive wall clock in UTC."""

    content: Content
    file_date: datetime | None = None
    upload_id: UUID | None = None
    sha1: bytes | None = None
    md5: bytes | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What lies at the name now: its SHA-256, and whether there was nothing before."""

    sha256: bytes
    created: bool


def by(request: DavRequest) -> By:
    """Who does it, for the journal."""
    return By(request.drive.token_id, request.drive.token_name)


async def deliver(ground: Ground, request: DavRequest, segments: tuple[str, ...], parcel: Parcel) -> Delivered:
    """Put bytes at `segments`, where a picture may be. One at a time for each name.

    Raises `Refused` (409, 412), `Forbidden` (`brake` among them), `Conflict`, `QuotaExceeded`, `Unavailable`.
    """
    async with ground.turns.of((request.hierarchy.id, path_key(segments))):
        async with ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(ground, connection, request, segments, around=around)
            require_etag_of_target(request, place)
            place = await _brought_back(ground, connection, request, place)
            overwrites = isinstance(place.node, File) and await ground.writer.overwrites(
                connection, request.hierarchy, place.node
            )
        if isinstance(place.node, File):
            if place.node.sha256 == parcel.content.sha256:
                return await _again(ground, request, place.node, parcel)
            return await _over(ground, request, place, place.node, parcel, overwrites=overwrites)
        return await _new(ground, request, place, parcel)


async def _brought_back(ground: Ground, connection: Connection, request: DavRequest, place: Place) -> Place:
    """The place with the picture again that the same device moved out of the way a moment ago, to save this file."""
    if not isinstance(place.node, Missing) or place.node.parent is None:
        return place
    picture_id = ground.asides.take(request.drive, place.segments)
    if picture_id is None:
        return place
    with suppress(NotFound):
        async with connection.transaction():
            await ground.writer.placed(
                connection, request.hierarchy, place.node.parent, place.node.name, picture_id, by(request)
            )
    return await look(ground, connection, request, place.segments)


def require_etag_of_target(request: DavRequest, place: Place) -> None:
    """The conditions of a PUT are of what is written to; those of a MOVE are of what is moved."""
    if request.method == "PUT":
        require_etag(request, place)


async def _again(ground: Ground, request: DavRequest, file: File, parcel: Parcel) -> Delivered:
    """The same bytes again: nothing but their date may be new."""
    if parcel.file_date is not None:
        async with ground.database.transaction() as connection:
            await lock_library(connection, request.drive.account_id)
            await redate(connection, request.drive.account_id, file.picture_id, parcel.file_date)
    return Delivered(parcel.content.sha256, False)


async def _over(
    ground: Ground, request: DavRequest, place: Place, file: File, parcel: Parcel, *, overwrites: bool
) -> Delivered:
    async with ground.brake.deed(request.drive, "replace", [file.picture_id]):
        if overwrites:
            try:
                replaced = ground.writer.replaced(request.hierarchy, file, by(request))
                await ground.replace.replace(
                    request.drive.account_id,
                    file.picture_id,
                    parcel.content,
                    # A file with other bytes has another time, whether or not the client says which.
                    file_date=parcel.file_date or clock.now().replace(tzinfo=None, microsecond=0),
                    upload_id=parcel.upload_id,
                    keep=True,
                    witness=replaced,
                )
                await _note(ground, parcel)
                return Delivered(parcel.content.sha256, False)
            except Conflict as error:
                if error.code != "duplicate":
                    raise
        made = await _ingest(ground, request, place, parcel)
        return Delivered(made.sha256, False)


async def _new(ground: Ground, request: DavRequest, place: Place, parcel: Parcel) -> Delivered:
    made = await _ingest(ground, request, place, parcel)
    return Delivered(made.sha256, not place.exists)


async def _ingest(ground: Ground, request: DavRequest, place: Place, parcel: Parcel) -> Delivered:
    """Take the bytes in under the name: they may be a picture already, which then has this name too."""
    node = place.node
    folder = node.folder if isinstance(node, File) else node.parent if isinstance(node, Missing) else None
    if folder is None:
        raise Refused(409, "There is no such folder to put it into.")

    async def witness(connection: Connection, picture_id: UUID) -> None:
        if request.header("if-none-match") is not None or request.header("if-match") is not None:
            await _still(ground, connection, request, place.segments, picture_id)
        if await ground.writer.placed(connection, request.hierarchy, folder, node.name, picture_id, by(request)):
            await ground.brake.arrived(connection, request.drive.token_id, picture_id)
        await blob_store.note_checksums(connection, parcel.content.sha256, parcel.sha1, parcel.md5)
        if parcel.file_date is not None:
            await redate(connection, request.drive.account_id, picture_id, parcel.file_date)
        if place.scrap is not None:
            await ground.scraps.forget_placeholders(connection, request.hierarchy.id, place.segments)

    details = Details(
        clean_filename(node.name),
        file_date=parcel.file_date,
        source="webdav",
        upload_id=parcel.upload_id,
        priority=INTERACTIVE,
        witness=witness,
    )
    made = await ground.ingest.take(request.drive.account_id, parcel.content, details)
    return Delivered(made.sha256, not made.duplicate)


async def _still(
    ground: Ground, connection: Connection, request: DavRequest, segments: tuple[str, ...], picture_id: UUID
) -> None:
    """`PreconditionFailed` when another server process has put something there meanwhile that the request rules out."""
    place = await look(ground, connection, request, segments)
    if isinstance(place.node, File) and place.node.picture_id == picture_id:
        return
    try:
        require_etag_of_target(request, place)
    except Refused as refused:
        raise PreconditionFailed(refused.detail) from None


async def _note(ground: Ground, parcel: Parcel) -> None:
    async with ground.database.transaction() as connection:
        await blob_store.note_checksums(connection, parcel.content.sha256, parcel.sha1, parcel.md5)
