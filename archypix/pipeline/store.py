"""SQL of services. Whoever writes has the library's writer lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.journal.store import keep_assignments
from archypix.pipeline.images import columns
from archypix.pipeline.models import CHANNEL, Service

LONG = 3600.0
COLUMNS = tuple(Service.__dataclass_fields__)
WRITTEN = (
    "kind", "name", "enabled", "requires", "excludes", "config", "names", "tags", "lost", "sees_tags", "sees_metadata",
)  # fmt: skip


def _service(row: Row) -> Service:
    values = dict(row)
    values["requires"], values["excludes"] = tuple(values["requires"]), tuple(values["excludes"])
    return Service(**values)


async def services(connection: Connection, owner_id: int) -> list[Service]:
    """All services of the owner in order, without those that are being removed."""
    rows = await connection.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM services WHERE owner_id = $1 AND NOT removing ORDER BY position, id",
        owner_id,
    )
    return [_service(row) for row in rows]


async def service(connection: Connection, owner_id: int, service_id: int) -> Service | None:
    """The owner's service with this id; None when there is none."""
    row = await connection.fetchrow(
        f"SELECT {', '.join(COLUMNS)} FROM services WHERE owner_id = $1 AND id = $2 AND NOT removing",
        owner_id, service_id,
    )  # fmt: skip
    return _service(row) if row else None


async def existing(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> frozenset[int]:
    """Which of these are tags of the owner."""
    rows = await connection.fetch("SELECT id FROM tags WHERE owner_id = $1 AND id = ANY ($2)", owner_id, list(tag_ids))
    return frozenset(row["id"] for row in rows)


async def shares(connection: Connection, owner_id: int, named_by: Sequence[Service]) -> frozenset[str]:
    """The ids of those incoming shares of the owner that mappings name, and that are accepted and not over."""
    ids = [each.config.get("share") for each in named_by if each.kind == "share_mapping"]
    if not ids:
        return frozenset()
    rows = await connection.fetch(
        "SELECT id::text FROM incoming_shares WHERE account_id = $1 AND id::text = ANY ($2) AND state = 'active'",
        owner_id, [str(each).lower() for each in ids],
    )  # fmt: skip
    return frozenset(row["id"] for row in rows)


async def insert(connection: Connection, owner_id: int, values: Mapping[str, Any]) -> int:
    """A new service behind all others, with the columns `WRITTEN`; its id."""
    await connection.execute("INSERT INTO pipelines (owner_id) VALUES ($1) ON CONFLICT DO NOTHING", owner_id)
    places = ", ".join(f"${number}" for number in range(2, len(WRITTEN) + 2))
    return int(
        await connection.fetchval(
            f"INSERT INTO services (owner_id, position, {', '.join(WRITTEN)})"
            " SELECT $1, coalesce((SELECT max(position) FROM services WHERE owner_id = $1), 0) + 1,"
            f" {places} RETURNING id",
            owner_id, *(values[name] for name in WRITTEN),
        )
    )  # fmt: skip


async def update(connection: Connection, service_id: int, values: Mapping[str, Any], *, stale: bool) -> None:
    """Set columns (of `WRITTEN`) of a service; `stale`: what it assigns may differ from now on."""
    assert set(values) <= set(WRITTEN)
    settings = "".join(f", {name} = ${number}" for number, name in enumerate(values, 3))
    await connection.execute(
        "UPDATE services SET revision = revision + 1, updated_at = now(), stale = stale OR $2,"
        " failure = CASE WHEN $2 THEN NULL ELSE failure END, failed_at = CASE WHEN $2 THEN NULL ELSE failed_at END"
        f"{settings} WHERE id = $1",
        service_id, stale, *values.values(),
    )  # fmt: skip


async def order(connection: Connection, owner_id: int, ids: Sequence[int]) -> None:
    """Give the owner's services the positions that they have in `ids`."""
    await connection.execute(
        "UPDATE services SET position = array_position($2::integer[], id) WHERE owner_id = $1 AND id = ANY ($2)",
        owner_id, list(ids),
    )  # fmt: skip


async def outdate_seeing(connection: Connection, owner_id: int) -> None:
    """Services that look at tags have to look at all pictures again, because they see others from now on."""
    await connection.execute(
        "UPDATE services SET stale = true, failure = NULL, failed_at = NULL"
        " WHERE owner_id = $1 AND sees_tags AND NOT removing",
        owner_id,
    )


async def promote(connection: Connection, service: Service, operation: UUID) -> int:
    """What the service assigned becomes as if by hand, and is kept for the operation; on how many pictures.

    Of what was by hand already, the service's own stays for now.
    """
    return int(
        await connection.fetchval(
            "WITH promoted AS (UPDATE assignments a SET source = 'manual', source_id = 0"
            " WHERE a.source = $1 AND a.source_id = $2"
            " AND NOT EXISTS (SELECT FROM assignments m WHERE m.picture_id = a.picture_id AND m.tag_id = a.tag_id"
            " AND m.source = 'manual' AND m.source_id = 0) RETURNING a.*),"
            f" kept AS ({keep_assignments('promoted', 'added', '$3')})"
            " SELECT count(DISTINCT picture_id) FROM promoted",
            service.source, service.id, operation, timeout=LONG,
        )
    )  # fmt: skip


async def bring_back(connection: Connection, owner_id: int, service_id: int, image: Mapping[str, Any]) -> None:
    """Make a service again as `images.whole` has it, with its id; one that is still being removed stays instead."""
    values = columns(dict(image))
    names = list(values)
    places = ", ".join(f"${number}" for number in range(3, len(names) + 3))
    settings = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    await connection.execute(
        f"INSERT INTO services AS s (id, owner_id, {', '.join(names)}) OVERRIDING SYSTEM VALUE"
        f" VALUES ($1, $2, {places}) ON CONFLICT (id) DO UPDATE SET {settings}, removing = false, stale = true,"
        " revision = s.revision + 1, failure = NULL, failed_at = NULL, updated_at = now()"
        " WHERE s.owner_id = $2 AND s.removing",
        service_id, owner_id, *values.values(),
    )  # fmt: skip


async def forget_found(connection: Connection, owner_id: int) -> None:
    """Services forget the paths of lost tags that are there again."""
    await connection.execute(
        "UPDATE services s SET lost = ("
        "    SELECT coalesce(jsonb_object_agg(l.key, l.value), '{}') FROM jsonb_each(s.lost) l"
        "    WHERE NOT EXISTS (SELECT FROM tags t WHERE t.owner_id = $1 AND t.id = l.key::integer))"
        " WHERE s.owner_id = $1 AND s.lost <> '{}'",
        owner_id,
    )


async def begin_removing(connection: Connection, service_id: int) -> None:
    """The service is gone for everybody; the loop takes away its assignments, and then its row."""
    await connection.execute(
        "UPDATE services SET removing = true, enabled = false, stale = false WHERE id = $1", service_id
    )


async def changed(connection: Connection, owner_id: int) -> None:
    """Say that services changed: what is known of them is forgotten everywhere, and the loops wake."""
    await connection.execute(
        "UPDATE pipelines p SET revision = revision + 1, reached_at = NULL, reached_id = NULL, active = s.active,"
        " sees_tags = s.sees_tags, sees_metadata = s.sees_metadata"
        " FROM (SELECT coalesce(bool_or(enabled), false) AS active,"
        "     coalesce(bool_or(enabled AND sees_tags), false) AS sees_tags,"
        "     coalesce(bool_or(enabled AND sees_metadata), false) AS sees_metadata"
        "     FROM services WHERE owner_id = $1 AND NOT removing) s"
        " WHERE p.owner_id = $1",
        owner_id,
    )
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, str(owner_id))


async def naming(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> list[Service]:
    """The services that name any of these tags."""
    rows = await connection.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM services WHERE owner_id = $1 AND tags && $2::integer[] AND NOT removing"
        " ORDER BY position, id",
        owner_id, list(tag_ids),
    )  # fmt: skip
    return [_service(row) for row in rows]


async def paths(connection: Connection, tag_ids: Sequence[int]) -> dict[int, str]:
    """The paths of tags by their ids, as this transaction sees them."""
    rows = await connection.fetch(
        "SELECT t.id, string_agg('/' || a.name, '' ORDER BY a.depth) AS path FROM tags t"
        " JOIN tags a ON a.id = ANY (t.lineage) WHERE t.id = ANY ($1) GROUP BY t.id",
        list(tag_ids),
    )
    return {row["id"]: row["path"] for row in rows}
