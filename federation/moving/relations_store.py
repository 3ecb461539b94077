"""SQL of what ties a person to others, here and elsewhere, when they come or go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson

from archypix.core.database import Connection, Row
from federation.moving.places import Place
from federation.outbox.models import CHANNEL

# Columns that travel from server to server, as they are in `remote_actors`.
TEXTS = (
    "uri", "host", "handle", "claimed", "type", "username", "name", "summary", "url", "icon_url", "inbox",
    "shared_inbox", "outbox", "followers_uri", "moved_to", "access_url", "pictures_url",
)  # fmt: skip
_COLUMNS = ", ".join(TEXTS)
_PARTNERS = """
    SELECT f.remote_actor_id AS id FROM following f WHERE f.account_id = $1
    UNION SELECT s.recipient_id FROM shares s WHERE s.account_id = $1 AND s.state IN ('pending', 'active')
    UNION SELECT g.holder_id FROM grants g JOIN shares s ON s.id = g.share_id
        WHERE s.account_id = $1 AND s.state IN ('pending', 'active') AND g.cut_at IS NULL
    UNION SELECT i.sender_id FROM incoming_shares i WHERE i.account_id = $1 AND i.state IN ('pending', 'active')
    UNION SELECT r.owner_id FROM received r WHERE r.account_id = $1 AND r.present AND r.owner_id IS NOT NULL
    UNION SELECT p.origin_owner_id FROM pictures p WHERE p.owner_id = $1 AND p.origin_owner_id IS NOT NULL
"""


async def rows(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """These rows of `remote_actors`, without their keys."""
    found: list[Row] = await connection.fetch(
        f"SELECT id, {_COLUMNS}, local, also_known_as, approves_followers, handle_verified_at IS NOT NULL AS verified,"
        " gone_at IS NOT NULL AS gone FROM remote_actors WHERE id = ANY ($1::bigint[]) ORDER BY id",
        list(ids),
    )  # fmt: skip
    return found


async def numbers(connection: Connection, uris: Sequence[str]) -> dict[str, int]:
    """The rows that these actors have here."""
    found = await connection.fetch("SELECT id, uri FROM remote_actors WHERE uri = ANY ($1::text[])", list(uris))
    return {row["uri"]: row["id"] for row in found}


async def living_here(connection: Connection, uris: Sequence[str]) -> set[str]:
    """Those of these actors whose people live on this server."""
    found = await connection.fetch(
        "SELECT x.uri FROM actors x JOIN accounts a ON a.id = x.account_id WHERE x.uri = ANY ($1::text[])"
        " AND a.moved_to IS NULL AND NOT a.arriving AND a.deleted_at IS NULL AND x.deleted_at IS NULL",
        list(uris),
    )
    return {row["uri"] for row in found}


async def insert(connection: Connection, actors: Sequence[dict[str, Any]]) -> None:
    """Rows of actors of whom another server told, unless they are there; they are read anew when they are needed."""
    await connection.execute(
        f"INSERT INTO remote_actors ({_COLUMNS}, local, also_known_as, approves_followers, handle_verified_at, gone_at,"
        f" fetched_at) SELECT {_COLUMNS}, local, ARRAY(SELECT jsonb_array_elements_text(also_known_as)),"
        " approves_followers, CASE WHEN verified THEN now() END, CASE WHEN gone THEN now() END,"
        " CASE WHEN local THEN now() ELSE 'epoch' END FROM jsonb_to_recordset($1::text::jsonb) AS g ("
        + ", ".join(f"{name} text" for name in TEXTS)
        + ", local boolean, also_known_as jsonb, approves_followers boolean, verified boolean, gone boolean)"
        " ORDER BY uri ON CONFLICT (uri) DO NOTHING",
        orjson.dumps(list(actors)).decode(),
    )


async def uris_of(connection: Connection, account_id: int) -> list[str]:
    """The ids of all actors of an account, its own first."""
    found = await connection.fetch(
        "SELECT uri FROM actors WHERE account_id = $1 ORDER BY kind <> 'person', id", account_id
    )
    return [row["uri"] for row in found]


async def move_away(connection: Connection, uri: str, at: Place) -> None:
    """An actor of this server lives at another one now; what it is like is to be read there."""
    await connection.execute(
        "UPDATE remote_actors SET local = false, inbox = $2, shared_inbox = $3, access_url = $4, pictures_url = $5,"
        " fetched_at = 'epoch' WHERE uri = $1",
        uri, at.inbox, at.shared_inbox, at.access, at.pictures,
    )  # fmt: skip


async def drop_deliveries(connection: Connection, account_id: int) -> None:
    """Nothing of what an account had to say goes out from here any more."""
    await connection.execute(
        "DELETE FROM deliveries d USING activities a, actors x WHERE a.id = d.activity_id AND x.id = a.actor_id"
        " AND x.account_id = $1",
        account_id,
    )


async def free_deliveries(connection: Connection, account_id: int, origin: str) -> None:
    """What an account brought along to be said goes out from here, the server at `origin`, from now on."""
    await connection.execute(
        "UPDATE deliveries d SET local = starts_with(d.inbox, $2 || '/'), retry_at = NULL"
        " FROM activities a JOIN actors x ON x.id = a.actor_id WHERE a.id = d.activity_id AND x.account_id = $1",
        account_id, origin,
    )  # fmt: skip
    await connection.execute("SELECT pg_notify($1, '')", CHANNEL)


async def forget_keys(connection: Connection, ids: Sequence[int]) -> None:
    """Keys of people who live here are not kept twice."""
    await connection.execute("DELETE FROM remote_keys WHERE actor_id = ANY ($1::bigint[])", list(ids))


async def partners(connection: Connection, account_id: int) -> list[int]:
    """Actors elsewhere who have to do with an account but need not follow it: they share, or are followed."""
    found = await connection.fetch(
        f"SELECT p.id FROM ({_PARTNERS}) p JOIN remote_actors r ON r.id = p.id WHERE NOT r.local AND r.gone_at IS NULL"
        " ORDER BY p.id",
        account_id,
    )
    return [row["id"] for row in found]


async def servers(connection: Connection, origins: Sequence[str]) -> list[int]:
    """Rows of the actors of servers, as far as they are known."""
    found = await connection.fetch(
        "SELECT id FROM remote_actors WHERE uri = ANY ($1::text[]) AND NOT local AND gone_at IS NULL ORDER BY id",
        [f"{origin}/actor" for origin in origins],
    )
    return [row["id"] for row in found]


async def begin_forwarding(connection: Connection, account_id: int, uri: str, origin: str, lasting: timedelta) -> None:
    """From now on what concerns an account is passed on to the server at `origin`."""
    await connection.execute(
        "INSERT INTO forwardings (account_id, uri, origin, until) VALUES ($1, $2, $3, now() + $4::interval)"
        " ON CONFLICT (account_id) DO UPDATE SET origin = excluded.origin, since = now(), until = excluded.until",
        account_id, uri, origin, lasting,
    )  # fmt: skip
    await connection.execute(
        f"INSERT INTO forwarding_ties (account_id, remote_actor_id) SELECT $1, p.id FROM ({_PARTNERS}) p"
        " ON CONFLICT DO NOTHING",
        account_id,
    )


async def end_forwarding(connection: Connection, account_id: int) -> None:
    """A person is back: nothing is passed on any more."""
    await connection.execute("DELETE FROM forwardings WHERE account_id = $1", account_id)


async def came_from(connection: Connection, account_id: int, origin: str) -> None:
    """Write down from which server a person came."""
    await connection.execute(
        "INSERT INTO arrivals_from (account_id, origin) VALUES ($1, $2)"
        " ON CONFLICT (account_id, origin) DO UPDATE SET since = now()",
        account_id, origin,
    )  # fmt: skip
