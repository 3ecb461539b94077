"""SQL of jobs: enqueue, claim with a lease, renew, give back, finish, give up.

Whoever locks both a picture and its job locks the picture first: deleting a picture does it in that order too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.core.resting import awake
from archypix.jobs.models import EXAMINE, HASH, IDLE, WRITE, Claim, Held, Target

CHANNEL = "archypix_jobs"

# A job given back or lost waits before it is handed out again: not at all the first two times, then longer and longer.
PATIENCE = (
    "CASE WHEN attempts < 3 THEN interval '0'"
    " ELSE make_interval(secs => least(3600, 5 * power(2, least(attempts, 20) - 3))) END"
)


# A file is written only when it has been examined, since then it is another file.
# A picture of an account that rests waits as well.
IN_TURN = (
    f"{awake('(SELECT owner_id FROM pictures owned WHERE owned.id = jobs.picture_id)')} AND "
    f"(kind <> '{WRITE}' OR NOT EXISTS (SELECT 1 FROM jobs before WHERE before.picture_id = jobs.picture_id"
    f" AND before.kind <> '{WRITE}' AND before.state <> 'failed'))"
)


async def enqueue(connection: Connection, kind: str, picture_id: UUID, blob_id: UUID, *, priority: int = 0) -> None:
    """A due job for a picture, in place of any that it has; servers hear of it once the transaction commits."""
    instead = [kind, HASH] if kind == EXAMINE else [kind]
    await connection.execute(
        "SELECT job_enqueue($1, $2, $3, $4, $5, $6, $7)",
        new_id(), kind, instead, picture_id, blob_id, priority, CHANNEL,
    )  # fmt: skip


async def cancel(connection: Connection, kind: str, picture_id: UUID) -> None:
    """A picture's job of this kind is not to be done any more."""
    await connection.execute("DELETE FROM jobs WHERE picture_id = $1 AND kind = $2", picture_id, kind)


async def notify(connection: Connection) -> None:
    """Tell every server that jobs are due, once this transaction commits."""
    await connection.execute(f"NOTIFY {CHANNEL}")


async def claim(
    connection: Connection, worker: str, kinds: Iterable[str], limit: int, lease: timedelta, max_attempts: int
) -> list[Claim]:
    """Lease up to `limit` jobs that are due, or whose lease ran out, to `worker`: first by priority, then oldest."""
    rows = await connection.fetch(
        f"""
        WITH due AS (
            SELECT id FROM jobs
            WHERE state <> 'failed' AND kind = ANY ($1) AND next_attempt_at <= now()
                AND (state = 'due' OR lease_until < now()) AND attempts < $5 AND {IN_TURN}
            ORDER BY priority DESC, next_attempt_at, id
            LIMIT $2 FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE jobs j SET state = 'leased', claim_token = gen_random_uuid(), worker = $3, attempts = attempts + 1,
                lease_until = now() + $4
            FROM due WHERE j.id = due.id
            RETURNING j.*
        )
        SELECT t.id, t.claim_token AS token, t.kind, t.attempts AS attempt, t.picture_id, t.blob_id, b.sha256, b.size,
            p.filename, p.media_type
        FROM taken t JOIN pictures p ON p.id = t.picture_id JOIN blobs b ON b.id = t.blob_id
        ORDER BY t.priority DESC, t.next_attempt_at, t.id
        """,
        list(kinds), limit, worker, lease, max_attempts,
    )  # fmt: skip
    return [Claim(**row) for row in rows]


async def renew(connection: Connection, worker: str, tokens: Sequence[UUID], lease: timedelta) -> set[UUID]:
    """Lengthen the leases that `tokens` prove; those that still hold."""
    rows = await connection.fetch(
        "UPDATE jobs SET lease_until = now() + $3 WHERE claim_token = ANY ($2) AND worker = $1 AND state = 'leased'"
        " RETURNING claim_token",
        worker, list(tokens), lease,
    )  # fmt: skip
    return {row["claim_token"] for row in rows}


async def give_back(connection: Connection, worker: str, tokens: Sequence[UUID]) -> int:
    """Jobs that were not begun become due again as if never claimed; how many."""
    rows = await connection.fetch(
        "UPDATE jobs SET state = 'due', claim_token = NULL, lease_until = NULL, worker = NULL,"
        " attempts = greatest(attempts - 1, 0)"
        " WHERE claim_token = ANY ($2) AND worker = $1 AND state = 'leased' RETURNING id",
        worker, list(tokens),
    )  # fmt: skip
    return len(rows)


async def release(connection: Connection, worker: str) -> int:
    """All leases of a worker that died become due again; how many. The lost attempts stay counted."""
    rows = await connection.fetch(
        "UPDATE jobs SET state = 'due', claim_token = NULL, lease_until = NULL, worker = NULL,"
        f" next_attempt_at = now() + {PATIENCE}"
        " WHERE worker = $1 AND state = 'leased' RETURNING id",
        worker,
    )
    return len(rows)


async def held(connection: Connection, job_id: UUID, token: UUID, *, lock: bool = False) -> Held | None:
    """The job that `token` has leased; None when the lease was given to somebody else, or the job is no more."""
    row = await connection.fetchrow(
        "SELECT kind, picture_id, blob_id, attempts, crashes FROM jobs"
        f" WHERE id = $1 AND claim_token = $2 AND state = 'leased' {'FOR UPDATE' if lock else ''}",
        job_id, token,
    )  # fmt: skip
    return Held(**row) if row else None


async def owner_of(connection: Connection, picture_id: UUID) -> int | None:
    """Whose picture it is; None when it is gone."""
    owner: int | None = await connection.fetchval("SELECT owner_id FROM pictures WHERE id = $1", picture_id)
    return owner


async def target(connection: Connection, picture_id: UUID) -> Target | None:
    """The picture of a job, its row locked against other changes; None when it is gone."""
    row = await connection.fetchrow(
        "SELECT id, owner_id, blob_id, edited_fields, captured_at, file_date, ingested_at FROM pictures"
        " WHERE id = $1 FOR NO KEY UPDATE",
        picture_id,
    )
    return Target(**{**row, "edited_fields": frozenset(row["edited_fields"])}) if row else None


async def finish(connection: Connection, job_id: UUID) -> None:
    """The job is done: its row goes."""
    await connection.execute("DELETE FROM jobs WHERE id = $1", job_id)


async def put_off(connection: Connection, job_id: UUID, error: str, *, crashed: bool) -> None:
    """The job is to be tried again, later each time."""
    await connection.execute(
        "UPDATE jobs SET state = 'due', claim_token = NULL, lease_until = NULL, worker = NULL, error = $2,"
        f" crashes = crashes + $3, next_attempt_at = now() + greatest({PATIENCE}, interval '1 second') WHERE id = $1",
        job_id, error, int(crashed),
    )  # fmt: skip


async def give_up(connection: Connection, job_id: UUID, error: str, *, crashed: bool) -> None:
    """The job is not to be tried again; its row stays and says why."""
    await connection.execute(
        "UPDATE jobs SET state = 'failed', claim_token = NULL, lease_until = NULL, worker = NULL, error = $2,"
        " crashes = crashes + $3 WHERE id = $1",
        job_id, error, int(crashed),
    )  # fmt: skip


async def exhausted(connection: Connection, max_attempts: int, limit: int) -> list[tuple[UUID, UUID, str]]:
    """Jobs tried too often of which nobody holds a lease: (job, picture, kind)."""
    rows = await connection.fetch(
        "SELECT id, picture_id, kind FROM jobs WHERE state <> 'failed' AND attempts >= $1"
        f" AND (state = 'due' OR lease_until < now()) AND {IN_TURN} LIMIT $2",
        max_attempts, limit,
    )  # fmt: skip
    return [(row["id"], row["picture_id"], row["kind"]) for row in rows]


async def lock_exhausted(connection: Connection, job_id: UUID, max_attempts: int) -> bool:
    """Lock a job of `exhausted`; False when it is one no longer."""
    return bool(
        await connection.fetchval(
            "SELECT true FROM jobs WHERE id = $1 AND state <> 'failed' AND attempts >= $2"
            " AND (state = 'due' OR lease_until < now()) FOR UPDATE",
            job_id,
            max_attempts,
        )
    )


async def count_claimable(connection: Connection, limit: int) -> int:
    """How many jobs could be claimed now, counted up to `limit`."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state <> 'failed' AND next_attempt_at <= now()"
            f" AND (state = 'due' OR lease_until < now()) AND {IN_TURN} LIMIT $1) due",
            limit,
        )
    )


async def count_waiting(connection: Connection) -> int:
    """How many jobs are due, put off or leased."""
    return int(await connection.fetchval("SELECT count(*) FROM jobs WHERE state <> 'failed'"))


async def backfill_hashes(connection: Connection, limit: int) -> int:
    """Jobs for up to `limit` of the pictures that wait for a perceptual hash; how many pictures wait no more.

    They are done when there is nothing else to do.
    """
    return int(
        await connection.fetchval(
            f"""
            WITH next AS (
                SELECT picture_id FROM unhashed_pictures u
                WHERE {awake("(SELECT owner_id FROM pictures owned WHERE owned.id = u.picture_id)")}
                ORDER BY picture_id LIMIT $1 FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM unhashed_pictures u USING next n WHERE u.picture_id = n.picture_id RETURNING u.picture_id
            ), due AS (
                INSERT INTO jobs (id, kind, picture_id, blob_id, state, priority)
                SELECT gen_random_uuid(), '{HASH}', p.id, p.blob_id, 'due', {IDLE}
                FROM taken t JOIN pictures p ON p.id = t.picture_id
                WHERE p.perceptual_hash IS NULL AND p.state = 'ready'
                    AND NOT EXISTS (SELECT FROM jobs j WHERE j.picture_id = p.id AND j.state <> 'failed')
            )
            SELECT count(*) FROM taken
            """,
            limit,
        )
    )
