"""The proof that a job is somebody's, and the locks that go with it."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Gone
from archypix.jobs import store
from archypix.jobs.models import Held, Target
from archypix.pictures.locks import lock_library

UNKNOWN_LEASE = "This job is not yours any more."


async def hold(connection: Connection, job_id: UUID, token: UUID) -> tuple[Held, Target]:
    """The job that `token` has leased and its picture, both locked: library first, then picture, then job.

    `Gone` when the lease was lost, or the picture has another file than the job is about.
    """
    seen = await store.held(connection, job_id, token)
    target = await lock_target(connection, seen.picture_id) if seen else None
    job = await store.held(connection, job_id, token, lock=True) if target else None
    if job is None or target is None or target.blob_id != job.blob_id:
        raise Gone(UNKNOWN_LEASE)
    return job, target


async def lock_target(connection: Connection, picture_id: UUID) -> Target | None:
    """A job's picture, locked after its library; None when it is gone."""
    owner_id = await store.owner_of(connection, picture_id)
    if owner_id is None:
        return None
    await lock_library(connection, owner_id)
    return await store.target(connection, picture_id)
