"""Statements on `remote_actors` and `remote_keys`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from archypix.core.database import Connection, Row
from federation.remote.models import ActorDocument, RemoteActor
from federation.signatures.keys import public_key
from federation.signatures.models import PublicKey

_ACTOR = (
    "SELECT a.id, a.uri, a.host, a.handle, a.handle_verified_at IS NOT NULL AS handle_verified, a.claimed, a.type,"
    " a.username, a.name, a.summary, a.url, a.icon_url, a.inbox, a.shared_inbox, a.outbox, a.followers_uri,"
    " a.moved_to, a.also_known_as, a.approves_followers, a.gone_at IS NOT NULL AS gone, a.local, a.fetched_at,"
    " a.access_url, a.pictures_url,"
    " (SELECT coalesce(array_agg(k.id ORDER BY k.position), '{}') FROM remote_keys k WHERE k.actor_id = a.id) AS names,"
    " (SELECT coalesce(array_agg(k.public_key ORDER BY k.position), '{}') FROM remote_keys k WHERE k.actor_id = a.id)"
    " AS blobs FROM remote_actors a"
)
# Columns of a document, in the order of `_values`.
_COLUMNS = (
    "uri, host, handle, claimed, type, username, name, summary, url, icon_url, inbox, shared_inbox, outbox,"
    " followers_uri, moved_to, also_known_as, approves_followers, access_url, pictures_url"
)
_PLACES = ", ".join(f"${number}" for number in range(1, 20))
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ") if name not in ("uri", "handle"))


async def by_uri(connection: Connection, uri: str) -> RemoteActor | None:
    """The actor of that id."""
    row = await connection.fetchrow(f"{_ACTOR} WHERE a.uri = $1", uri)
    return None if row is None else _actor(row)


async def by_id(connection: Connection, number: int) -> RemoteActor | None:
    """The actor of that row."""
    row = await connection.fetchrow(f"{_ACTOR} WHERE a.id = $1", number)
    return None if row is None else _actor(row)


async def by_ids(connection: Connection, numbers: Sequence[int]) -> list[RemoteActor]:
    """The actors of these rows, in no order."""
    return [_actor(row) for row in await connection.fetch(f"{_ACTOR} WHERE a.id = ANY($1::bigint[])", list(numbers))]


async def by_handle(connection: Connection, handle: str, *, verified_since: datetime) -> RemoteActor | None:
    """The remote actor of whom WebFinger has said, not before that time, that this is its handle."""
    row = await connection.fetchrow(
        f"{_ACTOR} WHERE lower(a.handle) = lower($1) AND a.handle_verified_at >= $2 AND NOT a.local"
        " ORDER BY a.handle_verified_at DESC LIMIT 1",
        handle,
        verified_since,
    )
    return None if row is None else _actor(row)


async def owner_of_key(connection: Connection, key_id: str) -> str | None:
    """Id of the actor who listed that key when it was last read."""
    found: str | None = await connection.fetchval(
        "SELECT a.uri FROM remote_keys k JOIN remote_actors a ON a.id = k.actor_id WHERE k.id = $1", key_id
    )
    return found


async def write(connection: Connection, document: ActorDocument) -> RemoteActor:
    """The row of an actor as just read, with its keys; it is no longer gone. In the caller's transaction."""
    number = await connection.fetchval(
        f"INSERT INTO remote_actors ({_COLUMNS}) VALUES ({_PLACES}) ON CONFLICT (uri) DO UPDATE SET {_CHANGED},"
        # What WebFinger has confirmed stays, as long as the actor claims the same.
        " handle = CASE WHEN lower(remote_actors.claimed) = lower(excluded.claimed)"
        " THEN remote_actors.handle ELSE excluded.handle END,"
        " handle_verified_at = CASE WHEN lower(remote_actors.claimed) = lower(excluded.claimed)"
        " THEN remote_actors.handle_verified_at END,"
        " gone_at = NULL, fetched_at = now() WHERE NOT remote_actors.local RETURNING id",
        *_values(document),
    )
    if number is not None:
        await _write_keys(connection, number, document.keys)
    found = await by_uri(connection, document.uri)
    assert found is not None
    return found


async def write_local(connection: Connection, document: ActorDocument) -> int:
    """The row of an actor of this server, inserted or brought up to date; its id."""
    return int(
        await connection.fetchval(
            f"INSERT INTO remote_actors ({_COLUMNS}, local, handle_verified_at) VALUES ({_PLACES}, true, now())"
            f" ON CONFLICT (uri) DO UPDATE SET {_CHANGED}, handle = excluded.handle, local = true, gone_at = NULL,"
            " handle_verified_at = now(), fetched_at = now() RETURNING id",
            *_values(document),
        )
    )


async def set_handle(connection: Connection, number: int, handle: str) -> None:
    """WebFinger confirms a handle; whoever had it before has it no more."""
    await connection.execute(
        "UPDATE remote_actors SET handle_verified_at = NULL, handle = username || '@' || host"
        " WHERE lower(handle) = lower($1) AND id <> $2 AND NOT local",
        handle,
        number,
    )
    await connection.execute(
        "UPDATE remote_actors SET handle = $1, handle_verified_at = now() WHERE id = $2", handle, number
    )


async def unset_handle(connection: Connection, number: int) -> None:
    """WebFinger denies what it may have confirmed before."""
    await connection.execute(
        "UPDATE remote_actors SET handle = username || '@' || host, handle_verified_at = NULL"
        " WHERE id = $1 AND NOT local",
        number,
    )


async def hold(connection: Connection, uri: str) -> int | None:
    """Id of the row of an actor, which nobody deletes before the transaction ends."""
    found: int | None = await connection.fetchval("SELECT id FROM remote_actors WHERE uri = $1 FOR KEY SHARE", uri)
    return found


async def set_gone(connection: Connection, uri: str) -> bool:
    """Make a tombstone of an actor: of what it said nothing is left. Whether it was known."""
    done = await connection.execute(
        "UPDATE remote_actors SET gone_at = coalesce(gone_at, now()), fetched_at = now(), name = '', summary = '',"
        " icon_url = NULL, also_known_as = '{}' WHERE uri = $1 AND NOT local",
        uri,
    )
    return bool(done == "UPDATE 1")


async def set_moved(connection: Connection, uri: str, target: str) -> bool:
    """Write down where an actor has moved. Whether it was known."""
    done = await connection.execute("UPDATE remote_actors SET moved_to = $2 WHERE uri = $1 AND NOT local", uri, target)
    return bool(done == "UPDATE 1")


async def delete(connection: Connection, uri: str) -> None:
    """Delete an actor's row."""
    await connection.execute("DELETE FROM remote_actors WHERE uri = $1", uri)


async def sweep(connection: Connection, *, after: int, older_than: timedelta, most: int) -> tuple[int | None, int]:
    """Of `most` rows behind the row `after` that were read longer ago than that, delete those that nothing refers to:
    the last row looked at, None at the end, and how many are deleted. In the caller's transaction."""
    # Locked first and asked for in a second statement, which sees what was written until the locks were had.
    rows = await connection.fetch(
        "SELECT id FROM remote_actors WHERE NOT local AND id > $1 AND fetched_at < now() - $2::interval"
        # Tombstones refuse late messages, and are kept for longer.
        " AND (gone_at IS NULL OR gone_at < now() - 6 * $2::interval)"
        " ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED",
        after,
        older_than,
        most,
    )
    if not rows:
        return None, 0
    numbers = [row["id"] for row in rows]
    done = await connection.execute(
        f"DELETE FROM remote_actors a WHERE id = ANY($1::bigint[]){await _unreferenced(connection)}", numbers
    )
    return numbers[-1], int(done.split()[1])


async def _unreferenced(connection: Connection) -> str:
    """The condition that no table but that of keys refers to the actor `a`; the catalogue knows the tables."""
    rows = await connection.fetch(
        "SELECT c.conrelid::regclass::text AS relation, quote_ident(t.attname) AS name FROM pg_constraint c"
        " JOIN pg_attribute t ON t.attrelid = c.conrelid AND t.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid = 'remote_actors'::regclass AND c.conrelid <> 'remote_keys'::regclass"
        " ORDER BY 1, 2"
    )
    return "".join(f" AND NOT EXISTS (SELECT FROM {row['relation']} r WHERE r.{row['name']} = a.id)" for row in rows)


async def _write_keys(connection: Connection, number: int, keys: Sequence[PublicKey]) -> None:
    await connection.execute(
        "DELETE FROM remote_keys WHERE actor_id = $1 AND id <> ALL($2::text[])", number, [key.id for key in keys]
    )
    # A key that another actor lists already stays with that one.
    await connection.execute(
        "INSERT INTO remote_keys (id, actor_id, position, public_key)"
        " SELECT k.id, $1, k.position, k.public_key"
        " FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS k (id, public_key, position)"
        " ON CONFLICT (id) DO UPDATE SET position = excluded.position, public_key = excluded.public_key"
        " WHERE remote_keys.actor_id = excluded.actor_id",
        number,
        [key.id for key in keys],
        [key.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for key in keys],
    )


def _values(document: ActorDocument) -> list[Any]:
    return [
        document.uri,
        document.host,
        f"{document.username}@{document.host}",
        document.claimed,
        document.type,
        document.username,
        document.name,
        document.summary,
        document.url,
        document.icon_url,
        document.inbox,
        document.shared_inbox,
        document.outbox,
        document.followers_uri,
        document.moved_to,
        list(document.also_known_as),
        document.approves_followers,
        document.access_url,
        document.pictures_url,
    ]


def _actor(row: Row) -> RemoteActor:
    fields = dict(row)
    names, blobs = fields.pop("names"), fields.pop("blobs")
    keys = tuple(_key(name, row["uri"], blob) for name, blob in zip(names, blobs, strict=True))
    return RemoteActor(**fields | {"keys": keys, "also_known_as": tuple(fields["also_known_as"])})


def _key(name: str, owner: str, blob: bytes) -> PublicKey:
    key: Any = load_der_public_key(blob)
    return public_key(name, owner, key)
