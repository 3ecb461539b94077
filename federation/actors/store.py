"""SQL of local actors and their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from archypix.core.database import Connection, Row
from federation.actors.keys import KeySafe
from federation.actors.models import KeyKind, Kind, LocalActor, NewKeys, Property, SealedKey

ACTOR = """
    x.id, x.kind, x.uri, x.account_id, x.name, x.slug,
    CASE x.kind WHEN 'person' THEN a.display_name ELSE x.display_name END AS display_name,
    x.summary, x.properties, x.avatar_id, x.approves_followers, x.discoverable, x.shows_network, x.created_at,
    x.updated_at, x.moved_to, x.also_known_as, coalesce(x.deleted_at, a.deleted_at) AS deleted_at,
    a.disabled_at IS NOT NULL AS suspended, coalesce(a.moved_to IS NOT NULL OR a.arriving, false) AS away,
    r.public AS rsa_public, e.public AS ed25519_public
"""
FROM = """
    FROM actors x LEFT JOIN accounts a ON a.id = x.account_id
    LEFT JOIN actor_keys r ON r.actor_id = x.id AND r.kind = 'rsa' AND r.retired_at IS NULL
    LEFT JOIN actor_keys e ON e.actor_id = x.id AND e.kind = 'ed25519' AND e.retired_at IS NULL
"""
CHANGEABLE = frozenset(
    {
        "display_name",
        "summary",
        "properties",
        "avatar_id",
        "approves_followers",
        "discoverable",
        "shows_network",
        "moved_to",
        "also_known_as",
    }
)


def actor_of(row: Row) -> LocalActor:
    """The actor in a row that was selected as `ACTOR`."""
    values = dict(row)
    values["properties"] = tuple(Property(item["name"], item["value"]) for item in values["properties"])
    values["also_known_as"] = tuple(values["also_known_as"])
    values["rsa_public"] = values["rsa_public"] or ""
    values["ed25519_public"] = values["ed25519_public"] or ""
    return LocalActor(**values)


async def _one(connection: Connection, condition: str, *values: Any) -> LocalActor | None:
    row = await connection.fetchrow(f"SELECT {ACTOR} {FROM} WHERE {condition}", *values)
    return None if row is None else actor_of(row)


async def by_id(connection: Connection, actor_id: int) -> LocalActor | None:
    return await _one(connection, "x.id = $1", actor_id)


async def of_account(connection: Connection, account_id: int) -> LocalActor | None:
    """The person's own actor."""
    return await _one(connection, "x.account_id = $1 AND x.kind = 'person'", account_id)


async def of_person(connection: Connection, name: str) -> LocalActor | None:
    """The actor of the person called `name`, deleted ones included."""
    return await _one(connection, "a.name = $1 AND x.kind = 'person'", name)


async def collection(connection: Connection, name: str, slug: str) -> LocalActor | None:
    """The actor of a collection, deleted ones included."""
    return await _one(connection, "a.name = $1 AND x.kind = 'collection' AND x.slug = $2", name, slug)


async def instance(connection: Connection) -> LocalActor | None:
    return await _one(connection, "x.kind = 'instance'")


async def actors_of(connection: Connection, account_id: int) -> list[LocalActor]:
    """All actors of an account that are not deleted, its own first."""
    rows = await connection.fetch(
        f"SELECT {ACTOR} {FROM} WHERE x.account_id = $1 AND x.deleted_at IS NULL ORDER BY x.id", account_id
    )
    return [actor_of(row) for row in rows]


async def account_of(connection: Connection, name: str) -> int | None:
    """The id of the account called `name`, unless it is deleted."""
    found: int | None = await connection.fetchval(
        "SELECT id FROM accounts WHERE name = $1 AND deleted_at IS NULL", name
    )
    return found


async def name_of_account(connection: Connection, account_id: int) -> str | None:
    """The name of an account that is not deleted."""
    found: str | None = await connection.fetchval(
        "SELECT name FROM accounts WHERE id = $1 AND deleted_at IS NULL", account_id
    )
    return found


async def insert(
    connection: Connection,
    kind: Kind,
    *,
    account_id: int | None,
    slug: str | None,
    name: str,
    uri: str,
    display_name: str = "",
    summary: str = "",
) -> int | None:
    """A new actor; its id, or None where there is one already."""
    found: int | None = await connection.fetchval(
        "INSERT INTO actors (kind, account_id, slug, name, uri, display_name, summary)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id",
        kind, account_id, slug, name, uri, display_name, summary,
    )  # fmt: skip
    return found


async def insert_keys(connection: Connection, safe: KeySafe, actor_id: int, new: NewKeys) -> None:
    """The keys that the actor has from now on."""
    for key in (new.rsa, new.ed25519):
        await connection.execute(
            "INSERT INTO actor_keys (actor_id, kind, public, sealed) VALUES ($1, $2, $3, $4)",
            actor_id, key.kind, key.public, safe.seal(actor_id, key.kind, key.private),
        )  # fmt: skip


async def retire_keys(connection: Connection, actor_id: int) -> None:
    """End the actor's keys: their private halves are erased, the public ones stay known."""
    await connection.execute(
        "UPDATE actor_keys SET retired_at = now(), sealed = NULL WHERE actor_id = $1 AND retired_at IS NULL", actor_id
    )


async def current_key(connection: Connection, actor_id: int, kind: KeyKind) -> SealedKey | None:
    """The key of that kind; deleted actors have it until their last words are delivered."""
    row = await connection.fetchrow(
        "SELECT k.id, k.actor_id, x.uri, k.kind, k.sealed FROM actor_keys k JOIN actors x ON x.id = k.actor_id"
        " WHERE k.actor_id = $1 AND k.kind = $2 AND k.retired_at IS NULL",
        actor_id, kind,
    )  # fmt: skip
    return None if row is None else SealedKey(*row)


async def erase_keys_of_deleted(connection: Connection, after: timedelta) -> None:
    """Erase the private keys of actors that were deleted so long ago that nothing of theirs is still delivered."""
    await connection.execute(
        "UPDATE actor_keys k SET retired_at = now(), sealed = NULL FROM actors x WHERE x.id = k.actor_id"
        " AND k.retired_at IS NULL AND x.deleted_at < now() - $1::interval",
        after,
    )


async def lock(connection: Connection, actor_id: int) -> bool:
    """Until this transaction ends, nobody else changes the actor; False where it is deleted or never was."""
    return bool(
        await connection.fetchval(
            "SELECT 1 FROM actors WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE", actor_id
        )
    )


async def change(connection: Connection, actor_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of `CHANGEABLE`, and the time of change."""
    assert values.keys() <= CHANGEABLE
    names = list(values)
    sets = "".join(f", {name} = ${number}" for number, name in enumerate(names, 2))
    await connection.execute(
        f"UPDATE actors SET updated_at = now(){sets} WHERE id = $1", actor_id, *(values[name] for name in names)
    )


async def followed_by(connection: Connection, actor: LocalActor) -> list[int]:
    """Rows of `remote_actors` whom a person follows or asked; none for other actors."""
    if actor.kind != "person":
        return []
    rows = await connection.fetch("SELECT remote_actor_id FROM following WHERE account_id = $1", actor.account_id)
    return [row[0] for row in rows]


async def mark_deleted(connection: Connection, actor_ids: Sequence[int]) -> None:
    """End actors. What they said of themselves goes, the address stays."""
    await connection.execute(
        "UPDATE actors SET deleted_at = coalesce(deleted_at, now()), updated_at = now(), display_name = '',"
        " summary = '', properties = '[]', avatar_id = NULL, also_known_as = '{}' WHERE id = ANY ($1::int[])",
        list(actor_ids),
    )


async def rebase(connection: Connection, base: str, instance: str) -> None:
    """Let all addresses begin with `base`: another identity domain makes other identities of the same people.

    That of the server itself is `instance`.
    """
    await connection.execute("UPDATE actors SET uri = $1 WHERE kind = 'instance' AND uri <> $1", instance)
    await connection.execute(
        "UPDATE actors x SET uri = $1 || CASE x.kind"
        " WHEN 'person' THEN '/users/' || a.name ELSE '/users/' || a.name || '/collections/' || x.slug END"
        " FROM actors y JOIN accounts a ON a.id = y.account_id"
        " WHERE y.id = x.id AND NOT starts_with(x.uri, $1 || '/')",
        base,
    )
