"""Another file for a picture that is there, in the caller's transaction, which has the library's writer lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Row
from archypix.events.store import emit
from archypix.jobs import store as jobs
from archypix.jobs.models import EXAMINE, INTERACTIVE, WRITE
from archypix.pictures import rows_store
from archypix.pictures.rows_store import Standing


@dataclass(frozen=True, slots=True)
class NewFile:
    """The file that a picture is to have."""

    sha256: bytes
    size: int
    media_type: str
    kind: str
    file_date: datetime | None


def file_of(picture: Standing) -> NewFile:
    """The file that a picture has."""
    return NewFile(picture.sha256, picture.size, picture.media_type, picture.kind, picture.file_date)


def image(file: NewFile) -> dict[str, Any]:
    """A file as the journal keeps it."""
    date = None if file.file_date is None else file.file_date.isoformat()
    return {
        "sha256": file.sha256.hex(),
        "size": file.size,
        "media_type": file.media_type,
        "kind": file.kind,
        "file_date": date,
    }


def from_image(image: dict[str, Any]) -> NewFile:
    """A file as the journal kept it."""
    date = image["file_date"]
    return NewFile(
        bytes.fromhex(image["sha256"]), image["size"], image["media_type"], image["kind"],
        None if date is None else datetime.fromisoformat(date),
    )  # fmt: skip


async def refile(connection: Connection, picture: Standing, file: NewFile, blob_id: UUID) -> Row:
    """Give the picture another blob, and have it examined; the row's new `revision`, `version` and `state`.

    Whether anything still needs the blob that it had is the caller's to ask, once all that change have changed.
    """
    row = await rows_store.update(
        connection,
        picture.id,
        {
            "blob_id": blob_id,
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type,
            "kind": file.kind,
            "file_date": file.file_date or picture.file_date,
            "state": "processing",
            "failure": None,
            "has_thumbnails": False,
            "content_hash": None,
            "perceptual_hash": None,
            "metadata_state": None,
            "metadata_failure": None,
            "written_fields": [],
            "uploaded_sha256": None,
            "version": picture.version + 1,
            "edited_at": clock.now(),
        },
    )
    # How pixels are turned is a matter of the file that has them.
    await rows_store.unmark(connection, picture.id, ["orientation"])
    await jobs.enqueue(connection, EXAMINE, picture.id, blob_id, priority=INTERACTIVE)
    await jobs.cancel(connection, WRITE, picture.id)
    await emit(connection, picture.owner_id, "picture.updated", {"id": str(picture.id)})
    return row


async def exchange(connection: Connection, one: Standing, other: Standing) -> None:
    """Give each of two pictures of a library the file of the other."""
    await rows_store.set_aside(connection, one.id)
    await refile(connection, other, file_of(one), one.blob_id)
    await refile(connection, one, file_of(other), other.blob_id)
