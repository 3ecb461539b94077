"""SQL of files beside the tags. Only `ready` rows whose time is not over are there for clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.holds import HELD
from archypix.drives.models import Scrap
from archypix.drives.paths import LONGEST

COLUMNS: Final = (
    "id, hierarchy_id, token_id, kind, folder, name, size, media_type, sha256, created_at, modified_at, expires_at, key"
)
THERE: Final = "state = 'ready' AND expires_at > clock_timestamp()"
# What a device sees: `$1` is the hierarchy, `$2` the token.
SEEN: Final = f"hierarchy_id = $1 AND {THERE} AND (token_id = $2 OR kind = 'placeholder')"
# A folder's scraps and those of all folders below: `$3` is its key, `$4` and `$5` the range of keys below.
BELOW: Final = "(folder = $3 OR folder >= $4 AND folder < $5)"
SWEPT: Final = 500
STALE: Final = "1 hour"
# Those of somebody who is on their way here belong to nobody yet.
NOT_ARRIVING: Final = "NOT EXISTS (SELECT FROM arrival_scraps a WHERE a.scrap_id = drive_scraps.id)"


async def find(connection: Connection, hierarchy_id: UUID, token_id: int, folder: str, name_key: str) -> Scrap | None:
    """What a device sees under a name: first its own, then a placeholder of another one."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM drive_scraps WHERE {SEEN} AND folder = $3 AND name_key = $4"
        " ORDER BY token_id = $2 DESC, created_at LIMIT 1",
        hierarchy_id, token_id, folder, name_key,
    )  # fmt: skip
    return Scrap(*row) if row else None


async def listed(connection: Connection, hierarchy_id: UUID, token_id: int, folder: str) -> list[Scrap]:
    """What a device sees in a folder, each name once."""
    rows = await connection.fetch(
        f"SELECT DISTINCT ON (name_key) {COLUMNS} FROM drive_scraps WHERE {SEEN} AND folder = $3"
        " ORDER BY name_key, token_id = $2 DESC, created_at",
        hierarchy_id, token_id, folder,
    )  # fmt: skip
    return [Scrap(*row) for row in rows]


async def folders(
    connection: Connection, hierarchy_id: UUID, token_id: int, places: Sequence[tuple[str, str]]
) -> list[Scrap]:
    """Of these places (keys of a folder and of a name in it) the folders that a device sees, the outer first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM drive_scraps WHERE {SEEN} AND kind = 'folder'"
        " AND (folder, name_key) IN (SELECT * FROM unnest($3::text[], $4::text[])) ORDER BY length(folder)",
        hierarchy_id, token_id, [folder for folder, _ in places], [name for _, name in places],
    )  # fmt: skip
    return [Scrap(*row) for row in rows]


async def content(connection: Connection, scrap_id: UUID) -> bytes | None:
    """The bytes of a small one; None where it is gone."""
    data: bytes | None = await connection.fetchval("SELECT content FROM drive_scraps WHERE id = $1", scrap_id)
    return data


async def lock(connection: Connection, token_id: int) -> bool:
    """Nobody else adds scraps of this token until the transaction ends; False where it opens nothing any more."""
    found = await connection.fetchval(
        "SELECT 1 FROM drive_tokens WHERE id = $1 AND revoked_at IS NULL FOR NO KEY UPDATE", token_id
    )
    return found is not None


async def room(connection: Connection, token_id: int) -> tuple[int, int, int]:
    """How many scraps a token has, the bytes of those that are no scratch files, and of those that are."""
    row = await connection.fetchrow(
        "SELECT count(*) AS many, coalesce(sum(size) FILTER (WHERE kind <> 'scratch'), 0)::bigint AS litter,"
        " coalesce(sum(size) FILTER (WHERE kind = 'scratch'), 0)::bigint AS scratch"
        " FROM drive_scraps WHERE token_id = $1 AND state <> 'gone'",
        token_id,
    )
    return row["many"], row["litter"], row["scratch"]


async def insert(connection: Connection, values: dict[str, Any], seconds: int) -> Scrap:
    """A new row that lasts for so many seconds; the names of columns come from code."""
    columns = ", ".join(values)
    marks = ", ".join(f"${number}" for number in range(2, len(values) + 2))
    row = await connection.fetchrow(
        f"INSERT INTO drive_scraps ({columns}, expires_at) VALUES ({marks}, now() + make_interval(secs => $1))"
        f" RETURNING {COLUMNS}",
        seconds, *values.values(),
    )  # fmt: skip
    return Scrap(*row)


async def clear(
    connection: Connection, hierarchy_id: UUID, token_id: int | None, folder: str, name_key: str, *, placeholders: bool
) -> bool:
    """What a token has under a name is gone, and with `placeholders` those of all others; whether there was any."""
    rows = await connection.fetch(
        "UPDATE drive_scraps SET state = 'gone', changed_at = now() WHERE hierarchy_id = $1 AND state = 'ready'"
        " AND folder = $3 AND name_key = $4 AND (token_id = $2 OR $5 AND kind = 'placeholder') RETURNING 1",
        hierarchy_id, token_id, folder, name_key, placeholders,
    )  # fmt: skip
    return bool(rows)


async def make_ready(connection: Connection, scrap_id: UUID) -> Scrap | None:
    """The bytes are there; None where the row has gone meanwhile."""
    row = await connection.fetchrow(
        "UPDATE drive_scraps SET state = 'ready', changed_at = now() WHERE id = $1 AND state = 'writing'"
        " AND token_id IS NOT NULL AND hierarchy_id IS NOT NULL"
        f" RETURNING {COLUMNS}",
        scrap_id,
    )
    return Scrap(*row) if row else None


async def condemn(connection: Connection, scrap_id: UUID) -> None:
    """One is gone; its bytes follow."""
    await connection.execute(
        "UPDATE drive_scraps SET state = 'gone', changed_at = now() WHERE id = $1 AND state <> 'gone'", scrap_id
    )


async def condemn_below(
    connection: Connection, hierarchy_id: UUID, token_id: int | None, folder: str, first: str, end: str
) -> None:
    """All in a folder and below are gone: those of a token, or with None of all."""
    await connection.execute(
        "UPDATE drive_scraps SET state = 'gone', changed_at = now() WHERE hierarchy_id = $1 AND state = 'ready'"
        f" AND ($2::integer IS NULL OR token_id = $2) AND {BELOW}",
        hierarchy_id, token_id, folder, first, end,
    )  # fmt: skip


async def condemn_of_token(connection: Connection, token_id: int) -> None:
    """All of a token are gone."""
    await connection.execute(
        "UPDATE drive_scraps SET state = 'gone', changed_at = now() WHERE token_id = $1 AND state <> 'gone'", token_id
    )


async def rename(
    connection: Connection, scrap_id: UUID, folder: str, name_key: str, name: str, kind: str
) -> Scrap | None:
    """Let one lie elsewhere, where this token has nothing; None where it has gone."""
    row = await connection.fetchrow(
        "UPDATE drive_scraps SET folder = $2, name_key = $3, name = $4, kind = $5 WHERE id = $1 AND state = 'ready'"
        f" RETURNING {COLUMNS}",
        scrap_id, folder, name_key, name, kind,
    )  # fmt: skip
    return Scrap(*row) if row else None


async def move_below(
    connection: Connection, hierarchy_id: UUID, token_id: int | None, folder: str, first: str, end: str, target: str
) -> None:
    """All in a folder and below lie in another one now: those of a token, or with None of all.

    What would be at paths that are too long is gone.
    """
    await connection.execute(
        f"UPDATE drive_scraps SET folder = left($6 || substr(folder, $7), {LONGEST}), changed_at = now(),"
        f" state = CASE WHEN octet_length($6 || substr(folder, $7) || name_key) < {LONGEST} THEN state ELSE 'gone' END"
        " WHERE hierarchy_id = $1 AND state = 'ready' AND ($2::integer IS NULL OR token_id = $2)"
        f" AND {BELOW}",
        hierarchy_id, token_id, folder, first, end, target, len(folder) + 1,
    )  # fmt: skip


async def condemn_over(connection: Connection) -> int:
    """Those whose time is over, whose writer died, or whose token or hierarchy is gone, are gone; how many."""
    result: str = await connection.execute(
        "UPDATE drive_scraps SET state = 'gone', changed_at = now() WHERE id IN (SELECT id FROM ("
        f"    (SELECT id FROM drive_scraps WHERE state = 'ready' AND expires_at <= now() LIMIT {SWEPT})"
        "    UNION ALL (SELECT id FROM drive_scraps WHERE state = 'writing'"
        f"        AND changed_at < now() - interval '{STALE}' AND {NOT_ARRIVING} LIMIT {SWEPT})"
        "    UNION ALL (SELECT id FROM drive_scraps WHERE (token_id IS NULL OR hierarchy_id IS NULL)"
        f"        AND state <> 'gone' AND {NOT_ARRIVING} LIMIT {SWEPT})) over)"
    )
    return int(result.rpartition(" ")[2])


async def gone(connection: Connection) -> list[tuple[UUID, str | None]]:
    """Some that are gone, with the keys of their objects; none while storage is held."""
    rows = await connection.fetch(
        f"SELECT id, key FROM drive_scraps WHERE state = 'gone' AND NOT {HELD} ORDER BY changed_at LIMIT {SWEPT}"
    )
    return [(row["id"], row["key"]) for row in rows]


async def forget(connection: Connection, ids: Sequence[UUID]) -> None:
    """Their bytes are gone, and now the rows."""
    await connection.execute("DELETE FROM drive_scraps WHERE id = ANY ($1)", list(ids))
