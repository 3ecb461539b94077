"""SQL of the ways by which pictures come. Whoever writes has the writer lock of the account's library.

A way that counts is present, not refused, and of an active share; only such a one is tied to a picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection, Row

# Seconds that a statement on many pictures may take.
LONG = 600.0
# Pictures that are remembered not to be in a share.
MOST_LEFT = 20_000
# How often an owner is asked who gives no access: for a week or so.
MOST_REFUSED = 30
COUNTS = "r.present AND r.refused_at IS NULL"


@dataclass(frozen=True, slots=True)
class Named:
    """Pictures by their ids, and their owners by theirs; the n-th belong together."""

    uris: Sequence[str]
    owners: Sequence[str]


async def add(
    connection: Connection, share: UUID, account_id: int, sender_id: int, named: Named, sequence: int
) -> None:
    """These pictures are in a share, unless something newer says that they are not, or they are gone for good."""
    await connection.execute(
        """
        INSERT INTO received AS r (share_id, uri, owner_uri, owner_id, account_id, sequence, present, direct)
        SELECT $1, n.uri, n.owner, a.id, $2, $6, true, coalesce(a.id = $3, false)
        FROM unnest($4::text[], $5::text[]) AS n (uri, owner) LEFT JOIN remote_actors a ON a.uri = n.owner
        WHERE NOT EXISTS (SELECT FROM gone_pictures g WHERE g.uri = n.uri) ORDER BY n.uri
        ON CONFLICT (share_id, uri) DO UPDATE SET sequence = excluded.sequence, present = true, refused_at = NULL,
            changed_at = now(), owner_id = coalesce(r.owner_id, excluded.owner_id),
            grants = CASE WHEN r.present THEN r.grants ELSE '{}' END, upstream = CASE WHEN r.present THEN r.upstream END
        WHERE r.sequence < excluded.sequence
        """,
        share, account_id, sender_id, list(named.uris), list(named.owners), sequence,
    )  # fmt: skip


async def take(
    connection: Connection, share: UUID, account_id: int, sender_id: int, named: Named, sequence: int
) -> list[UUID]:
    """These pictures are not in a share, unless something newer says that they are; which pictures were tied to it.

    That is remembered of pictures that were never there too, of a bounded number of them.
    """
    tied: list[UUID] = await connection.fetchval(
        "SELECT coalesce(array_agg(picture_id), '{}') FROM received"
        " WHERE share_id = $1 AND uri = ANY ($2) AND sequence < $3 AND picture_id IS NOT NULL",
        share, list(named.uris), sequence,
    )  # fmt: skip
    await connection.execute(
        """
        INSERT INTO received AS r (share_id, uri, owner_uri, owner_id, account_id, sequence, present, direct)
        SELECT $1, n.uri, n.owner, a.id, $2, $6, false, coalesce(a.id = $3, false)
        FROM unnest($4::text[], $5::text[]) AS n (uri, owner) LEFT JOIN remote_actors a ON a.uri = n.owner
        WHERE (SELECT count(*) FROM (SELECT FROM received w WHERE w.share_id = $1 AND NOT w.present LIMIT $7) t) < $7
            OR EXISTS (SELECT FROM received w WHERE w.share_id = $1 AND w.uri = n.uri)
        ORDER BY n.uri
        ON CONFLICT (share_id, uri) DO UPDATE SET sequence = excluded.sequence, present = false, picture_id = NULL,
            refused_at = NULL, changed_at = now()
        WHERE r.sequence < excluded.sequence
        """,
        share, account_id, sender_id, list(named.uris), list(named.owners), sequence, MOST_LEFT,
    )  # fmt: skip
    return tied


async def spare(connection: Connection, share: UUID, uris: Sequence[str], sequence: int) -> list[Row]:
    """What is present of a share though a whole list of it as of this number lacks it: `uri`, `owner_uri`."""
    return list(
        await connection.fetch(
            "SELECT uri, owner_uri FROM received WHERE share_id = $1 AND present AND sequence <= $3"
            # Not `<> ALL`, which looks through the list once for each row where the plan is made for any list.
            " AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS n (uri) WHERE n.uri = received.uri)",
            share, list(uris), sequence,
        )
    )  # fmt: skip


async def settle(connection: Connection, share: UUID, sequence: int) -> None:
    """What a whole list says is as of this number: what is older is overruled by it."""
    await connection.execute(
        "DELETE FROM received WHERE share_id = $1 AND NOT present AND sequence <= $2", share, sequence
    )


async def tie(connection: Connection, account_id: int, uris: Sequence[str]) -> None:
    """Tie ways that count to the pictures that are there, which get the tags of their shares."""
    await connection.execute("SELECT tie_received($1, $2)", account_id, list(uris), timeout=LONG)


async def unknown(connection: Connection, account_id: int, uris: Sequence[str]) -> dict[str, str]:
    """Of these pictures those that come by some way that counts, but are not there yet, or it is not known by which
    grants: to their owners."""
    rows = await connection.fetch(
        f"SELECT DISTINCT r.uri, r.owner_uri FROM received r JOIN incoming_shares s ON s.id = r.share_id"
        f" WHERE r.account_id = $1 AND r.uri = ANY ($2) AND {COUNTS} AND s.state = 'active'"
        " AND (r.picture_id IS NULL OR (NOT r.direct AND r.upstream IS NULL))",
        account_id, list(uris),
    )  # fmt: skip
    return {row["uri"]: row["owner_uri"] for row in rows}


async def dropped(connection: Connection, account_id: int, picture_ids: Collection[UUID]) -> int:
    """Pictures that lost ways: those without any go, the others lose the tags that came that way; how many went."""
    ids = list(picture_ids)
    gone = await connection.fetchval(
        "WITH gone AS (DELETE FROM pictures p WHERE p.id = ANY ($2) AND p.owner_id = $1 AND p.origin_uri IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM received r WHERE r.picture_id = p.id) RETURNING 1) SELECT count(*) FROM gone",
        account_id, ids, timeout=LONG,
    )  # fmt: skip
    if gone < len(ids):
        await untag(connection, account_id, ids)
    return int(gone)


async def untag(connection: Connection, account_id: int, picture_ids: Sequence[UUID]) -> None:
    """Take from pictures the tags of shares by which they do not come any more, and have services look at them."""
    await connection.execute(
        """
        WITH untagged AS (
            DELETE FROM assignments a WHERE a.picture_id = ANY ($2) AND a.source = 'incoming_share' AND NOT EXISTS (
                SELECT FROM (SELECT share_id FROM received WHERE picture_id = a.picture_id OFFSET 0) r
                JOIN incoming_shares s ON s.id = r.share_id WHERE s.number = a.source_id)
            RETURNING a.picture_id
        )
        INSERT INTO dirty_pictures (owner_id, picture_id)
        SELECT DISTINCT l.owner_id, u.picture_id FROM untagged u JOIN pipelines l ON l.owner_id = $1 AND l.active
        """,
        account_id, list(picture_ids),
    )  # fmt: skip


async def holders(
    connection: Connection, uris: Sequence[str], owner_uri: str, accounts: Collection[int] | None
) -> list[int]:
    """The accounts, of these or of all, to whom any of these pictures of this owner come by some way."""
    rows = await connection.fetch(
        "SELECT DISTINCT account_id FROM received WHERE uri = ANY ($1) AND owner_uri = $2"
        " AND ($3::integer[] IS NULL OR account_id = ANY ($3)) ORDER BY account_id",
        list(uris), owner_uri, list(accounts) if accounts is not None else None,
    )  # fmt: skip
    return [row["account_id"] for row in rows]


async def remember_gone(connection: Connection, uris: Sequence[str]) -> None:
    """These pictures are gone for good."""
    await connection.execute(
        "INSERT INTO gone_pictures (uri) SELECT * FROM unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING", list(uris)
    )


async def is_source(connection: Connection, owner_row: int, owner_uri: str) -> bool:
    """Whether pictures of this owner may be on their way: they share with somebody, or something came of theirs."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM incoming_shares WHERE sender_id = $1 AND state = 'active')"
            " OR EXISTS (SELECT FROM received WHERE owner_uri = $2)",
            owner_row, owner_uri,
        )
    )  # fmt: skip


async def not_gone(connection: Connection, uris: Sequence[str]) -> set[str]:
    """Those of these pictures that are not gone for good, as far as is known."""
    rows = await connection.fetch(
        "SELECT uri FROM unnest($1::text[]) AS n (uri) EXCEPT SELECT uri FROM gone_pictures WHERE uri = ANY ($1)",
        list(uris),
    )
    return {row["uri"] for row in rows}


async def forget(connection: Connection, account_id: int, uris: Sequence[str]) -> list[UUID]:
    """No way leads to these pictures any more; those that were there."""
    rows = await connection.fetch(
        "DELETE FROM received WHERE account_id = $1 AND uri = ANY ($2) RETURNING picture_id", account_id, list(uris)
    )
    return [row["picture_id"] for row in rows if row["picture_id"] is not None]


async def refuse(
    connection: Connection, account_id: int, uris: Sequence[str], *, as_of: datetime | None = None
) -> list[UUID]:
    """By no present way does the owner give these pictures; those that were there. Of ways that came about `as_of`
    then or later that says nothing."""
    rows = await connection.fetch(
        "SELECT picture_id FROM received WHERE account_id = $1 AND uri = ANY ($2) AND picture_id IS NOT NULL"
        " AND ($3::timestamptz IS NULL OR changed_at < $3)",
        account_id, list(uris), as_of,
    )  # fmt: skip
    await connection.execute(
        "UPDATE received SET refused_at = now(), picture_id = NULL, grants = '{}', upstream = NULL"
        " WHERE account_id = $1 AND uri = ANY ($2) AND present AND refused_at IS NULL"
        " AND ($3::timestamptz IS NULL OR changed_at < $3)",
        account_id, list(uris), as_of,
    )  # fmt: skip
    return [row["picture_id"] for row in rows]


async def held_by(
    connection: Connection, owner_uri: str, grants: Sequence[UUID], accounts: Collection[int] | None
) -> list[Row]:
    """Relayed ways that hold access by one of these grants, and whether there are more ways to the same picture."""
    return list(
        await connection.fetch(
            f"""
            SELECT r.account_id, r.uri, r.picture_id, EXISTS (
                SELECT FROM received o JOIN incoming_shares s ON s.id = o.share_id AND s.state = 'active'
                WHERE o.account_id = r.account_id AND o.uri = r.uri AND o.share_id <> r.share_id
                    AND o.present AND o.refused_at IS NULL
            ) AS others
            FROM received r WHERE r.grants && $2::uuid[] AND r.grants <> '{{}}' AND r.owner_uri = $1 AND {COUNTS}
                AND ($3::integer[] IS NULL OR r.account_id = ANY ($3)) ORDER BY r.account_id, r.uri
            """,
            owner_uri, list(grants), list(accounts) if accounts is not None else None,
        )
    )  # fmt: skip


async def ungrant(connection: Connection, account_id: int, uris: Sequence[str]) -> None:
    """How access is held by relayed ways to these pictures is not known any more."""
    await connection.execute(
        "UPDATE received SET grants = '{}', upstream = NULL WHERE account_id = $1 AND uri = ANY ($2) AND NOT direct",
        account_id, list(uris),
    )  # fmt: skip


async def slice_of(connection: Connection, share: UUID, limit: int) -> tuple[int, list[UUID]]:
    """Cut up to `limit` ways off a share that is over: how many these were, and the pictures that were tied to them."""
    rows = await connection.fetch(
        "DELETE FROM received WHERE share_id = $1 AND uri IN ("
        "SELECT uri FROM received WHERE share_id = $1 ORDER BY uri LIMIT $2) RETURNING picture_id",
        share, limit,
    )  # fmt: skip
    return len(rows), [row["picture_id"] for row in rows if row["picture_id"] is not None]


async def want(connection: Connection, account_id: int, named: Named, *, after: timedelta = timedelta()) -> None:
    """The owners of these pictures are to be asked about them; what is asked already is asked when it was to be."""
    await connection.execute(
        "INSERT INTO received_wanted (account_id, uri, owner_uri, next_attempt_at)"
        " SELECT $1, n.uri, n.owner, now() + $4 FROM unnest($2::text[], $3::text[]) AS n (uri, owner) ORDER BY n.uri"
        " ON CONFLICT (account_id, uri) DO UPDATE SET attempts = 0,"
        " next_attempt_at = least(received_wanted.next_attempt_at, excluded.next_attempt_at)",
        account_id, list(named.uris), list(named.owners), after,
    )  # fmt: skip


async def unwant(connection: Connection, account_id: int, uris: Sequence[str]) -> None:
    """The owners of these pictures need not be asked."""
    await connection.execute(
        "DELETE FROM received_wanted WHERE account_id = $1 AND uri = ANY ($2)", account_id, list(uris)
    )


async def settle_wanted(connection: Connection, account_id: int, uris: Sequence[str]) -> None:
    """Owners need not be asked about pictures of which everything is known: that they are there, and by what grants."""
    await connection.execute(
        "DELETE FROM received_wanted w WHERE w.account_id = $1 AND w.uri = ANY ($2) AND NOT EXISTS ("
        "SELECT FROM received r WHERE r.account_id = $1 AND r.uri = w.uri AND r.present"
        " AND (r.refused_at IS NOT NULL OR r.picture_id IS NULL))",
        account_id, list(uris),
    )  # fmt: skip


async def want_again(connection: Connection, account_id: int, uris: Sequence[str], after: timedelta) -> None:
    """Owners who gave no access are to be asked again: after that time, and then as `ask_less` says."""
    await connection.execute(
        "INSERT INTO received_wanted (account_id, uri, owner_uri, attempts, next_attempt_at)"
        " SELECT DISTINCT $1::integer, r.uri, r.owner_uri, 0, now() FROM received r"
        " WHERE r.account_id = $1 AND r.uri = ANY ($2) AND r.present ON CONFLICT DO NOTHING",
        account_id, list(uris),
    )  # fmt: skip
    await ask_less(connection, account_id, uris, after)


async def ask_less(connection: Connection, account_id: int, uris: Sequence[str], after: timedelta) -> None:
    """Owners who are to be asked are asked later and later, at last every 240 times `after`, and after thirty times not
    before something is new; not at all where no share is said to have the pictures any more."""
    await connection.execute(
        "UPDATE received_wanted SET next_attempt_at ="
        " now() + $3::interval * least(power(4, least(attempts, 5)), 240) * (0.8 + 0.4 * random())"
        " WHERE account_id = $1 AND uri = ANY ($2)",
        account_id, list(uris), after,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM received_wanted WHERE account_id = $1 AND uri = ANY ($2) AND attempts > $3",
        account_id, list(uris), MOST_REFUSED,
    )  # fmt: skip
    await unwant_absent(connection, account_id, uris)


async def unwant_absent(connection: Connection, account_id: int, uris: Sequence[str]) -> None:
    """Owners need not be asked about pictures that no share is said to have any more."""
    await connection.execute(
        "DELETE FROM received_wanted w WHERE w.account_id = $1 AND w.uri = ANY ($2) AND NOT EXISTS ("
        "SELECT FROM received r WHERE r.account_id = $1 AND r.uri = w.uri AND r.present)",
        account_id, list(uris),
    )  # fmt: skip


async def all_of(connection: Connection, share: UUID, *, direct: bool) -> Named:
    """What its sender passes on by a share, and, with `direct`, their own pictures too."""
    rows = await connection.fetch(
        "SELECT uri, owner_uri FROM received WHERE share_id = $1 AND present AND ($2 OR NOT direct)", share, direct
    )
    return Named([row["uri"] for row in rows], [row["owner_uri"] for row in rows])


async def editable(connection: Connection, account_id: int, picture_id: UUID) -> Row | None:
    """The owner of a received picture (`id`, `actor_uri`, …) and its `uri`, where some way lets it be edited."""
    return await connection.fetchrow(
        "SELECT p.origin_uri AS uri, o.id, o.uri AS actor_uri, o.handle, o.name, o.local FROM pictures p"
        " JOIN remote_actors o ON o.id = p.origin_owner_id WHERE p.owner_id = $1 AND p.id = $2 AND EXISTS ("
        "SELECT FROM received r JOIN incoming_shares s ON s.id = r.share_id WHERE r.picture_id = p.id"
        " AND CASE WHEN r.direct THEN s.metadata_edit ELSE r.metadata_edit END)",
        account_id, picture_id,
    )  # fmt: skip


async def upstream(connection: Connection, account_id: int, picture_ids: Sequence[UUID]) -> list[Row]:
    """Ways that may be passed on, of these pictures of an account, the deepest first."""
    return list(
        await connection.fetch(
            """
            SELECT r.picture_id, r.uri, o.id AS owner_id, o.uri AS actor_uri, o.handle, o.name, o.local, w.share,
                w.depth,
                CASE WHEN r.direct THEN ARRAY[right(s.uri, 36)::uuid] ELSE r.grants END AS grants, ARRAY(
                    SELECT DISTINCT x.sender_id FROM received y JOIN incoming_shares x ON x.id = y.share_id
                    WHERE y.picture_id = r.picture_id ORDER BY 1
                ) AS senders
            FROM received r JOIN incoming_shares s ON s.id = r.share_id
                JOIN pictures p ON p.id = r.picture_id AND p.owner_id = $1
                JOIN remote_actors o ON o.id = p.origin_owner_id
                CROSS JOIN LATERAL (SELECT CASE WHEN r.direct THEN s.uri ELSE r.upstream END AS share,
                    CASE WHEN r.direct THEN s.reshare_depth ELSE r.depth END AS depth) w
            WHERE r.picture_id = ANY ($2) AND w.share IS NOT NULL AND w.depth > 0
                AND (NOT r.direct OR s.uri ~ '/shares/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
            ORDER BY r.picture_id, w.depth DESC, s.number
            """,
            account_id, list(picture_ids),
        )
    )  # fmt: skip


async def of_owner(connection: Connection, owner_uri: str) -> list[tuple[int, list[str]]]:
    """What comes of an owner by any way: by account, the ids of the pictures."""
    rows = await connection.fetch(
        "SELECT account_id, array_agg(DISTINCT uri) AS uris FROM received WHERE owner_uri = $1 AND present"
        " GROUP BY account_id ORDER BY account_id",
        owner_uri, timeout=LONG,
    )  # fmt: skip
    return [(row["account_id"], row["uris"]) for row in rows]
