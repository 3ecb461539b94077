"""SQL of the directory."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from resolver.backends.store import CHANNEL
from resolver.names.models import Where


async def where(connection: Connection, name: str) -> Where | None:
    """Where the person called so lives; None where the name was never given."""
    row = await connection.fetchrow(
        "SELECT name, backend_id, deleted_at IS NOT NULL AS deleted FROM names WHERE name = $1", name
    )
    return None if row is None else Where(*row)


async def known(connection: Connection, names: Sequence[str]) -> dict[str, Where]:
    """Those of `names` that were given, by name."""
    rows = await connection.fetch(
        "SELECT name, backend_id, deleted_at IS NOT NULL AS deleted FROM names WHERE name = ANY ($1::text[])",
        list(names),
    )
    return {row["name"]: Where(*row) for row in rows}


async def give(connection: Connection, backend_id: int, names: Sequence[str], deleted: Sequence[str] = ()) -> None:
    """Give those of `names` that nobody has to a backend, for ever; `deleted` are those whose people are gone."""
    await connection.execute(
        "INSERT INTO names (name, backend_id, deleted_at)"
        " SELECT n, $1, CASE WHEN n = ANY ($3::text[]) THEN now() END FROM unnest($2::text[]) n"
        ' ORDER BY n COLLATE "C" ON CONFLICT DO NOTHING',
        backend_id, list(names), list(deleted),
    )  # fmt: skip


async def mark_deleted(connection: Connection, backend_id: int, names: Sequence[str]) -> list[str]:
    """The people of a backend called so are gone; the names that were not known to be so before."""
    rows = await connection.fetch(
        "UPDATE names SET deleted_at = now() WHERE backend_id = $1 AND deleted_at IS NULL"
        " AND name IN (SELECT name FROM names WHERE name = ANY ($2::text[])"
        ' ORDER BY name COLLATE "C" FOR NO KEY UPDATE) RETURNING name',
        backend_id, list(names),
    )  # fmt: skip
    return [row[0] for row in rows]


async def switch(connection: Connection, name: str, *, source: int, target: int) -> bool:
    """Let a person live at another backend once this transaction ends; False where they did not at `source`."""
    return (
        await connection.fetchval(
            "UPDATE names SET backend_id = $3 WHERE name = $1 AND backend_id = $2 AND deleted_at IS NULL"
            " RETURNING true",
            name, source, target,
        )
    ) is not None  # fmt: skip


async def tell(connection: Connection, names: Sequence[str]) -> None:
    """Let all Resolvers on this database forget what they remember of `names`, when the transaction ends."""
    if names:
        await connection.execute(
            "SELECT pg_notify($1, n) FROM (SELECT string_agg('name ' || n, E'\\n') AS n"
            " FROM unnest($2::text[]) WITH ORDINALITY t (n, i) GROUP BY i / 100) groups",
            CHANNEL, list(names),
        )  # fmt: skip
