"""SQL of what administrators see and decide of backends and people."""

from __future__ import annotations

from archypix.core.database import Connection
from resolver.administration.models import Person

PEOPLE = """
(SELECT n.name, b.origin, CASE WHEN n.deleted_at IS NULL THEN 'active' ELSE 'deleted' END AS state,
    n.created_at, n.deleted_at
FROM names n JOIN backends b ON b.id = n.backend_id
WHERE n.name > $1 AND ($2::text IS NULL OR n.name LIKE $2) AND ($3::bigint IS NULL OR n.backend_id = $3)
ORDER BY n.name LIMIT $4)
UNION ALL
(SELECT p.name, b.origin, 'reserved', p.made_at, NULL
FROM placements p JOIN backends b ON b.id = p.backend_id
WHERE p.name > $1 AND ($2::text IS NULL OR p.name LIKE $2) AND ($3::bigint IS NULL OR p.backend_id = $3)
    AND p.settled_at IS NULL AND p.expires_at > now() AND NOT EXISTS (SELECT 1 FROM names n WHERE n.name = p.name)
ORDER BY p.name LIMIT $4)
ORDER BY 1 LIMIT $4
"""


async def limits(connection: Connection) -> dict[int, tuple[int | None, int | None]]:
    """What administrators have set for each backend, by its id: how many people, and how many bytes."""
    rows = await connection.fetch("SELECT id, limit_users, limit_bytes FROM backends")
    return {row["id"]: (row["limit_users"], row["limit_bytes"]) for row in rows}


async def set_draining(connection: Connection, backend_id: int, draining: bool) -> None:
    """Let nobody new come to a backend, or let them come again."""
    await connection.execute("UPDATE backends SET draining = $2 WHERE id = $1", backend_id, draining)


async def set_user_limit(connection: Connection, backend_id: int, most: int | None) -> None:
    """How many people a backend takes; None lifts the limit."""
    await connection.execute("UPDATE backends SET limit_users = $2 WHERE id = $1", backend_id, most)


async def set_byte_limit(connection: Connection, backend_id: int, most: int | None) -> None:
    """How many bytes a backend takes; None lifts the limit."""
    await connection.execute("UPDATE backends SET limit_bytes = $2 WHERE id = $1", backend_id, most)


async def forget_placements(connection: Connection, backend_id: int) -> None:
    """Let all names go that are on their way to a backend."""
    await connection.execute("DELETE FROM placements WHERE backend_id = $1", backend_id)


async def people(
    connection: Connection, *, after: str, starts: str | None, backend_id: int | None, limit: int
) -> list[Person]:
    """At most `limit` people by name after `after`, whose names start so, on one backend where it is given."""
    pattern = None if starts is None else starts.replace("_", r"\_") + "%"
    return [Person(*row) for row in await connection.fetch(PEOPLE, after, pattern, backend_id, limit)]


async def backend_id(connection: Connection, origin: str) -> int | None:
    """The backend of this origin."""
    found: int | None = await connection.fetchval("SELECT id FROM backends WHERE origin = $1", origin)
    return found


async def person(connection: Connection, name: str) -> Person | None:
    """Whoever is called so, or was, or will be in a moment."""
    for found in await people(connection, after="", starts=name, backend_id=None, limit=1) if name else ():
        return found if found.name == name else None
    return None
