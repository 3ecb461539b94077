"""SQL of groups and their members. Whoever writes has the account's duplicates lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id

# What stands for a group unless a person chose: not in the trash, of most pixels, of most bytes, the earliest.
BEST = (
    "SELECT p.id FROM duplicate_members m JOIN pictures p ON p.id = m.picture_id WHERE m.group_id = g.id"
    " ORDER BY p.deleted_at IS NULL DESC, coalesce(p.width, 0)::bigint * coalesce(p.height, 0) DESC, p.size DESC, p.id"
    " LIMIT 1"
)
JUDGED = "SELECT FROM decided_pairs d WHERE d.one = {one} AND d.other = {other}"
# Whether a group has pairs that nobody judged.
UNDECIDED = f"""
CASE g.kind WHEN 'similar' THEN EXISTS (
    SELECT FROM duplicate_members a JOIN similar_pairs s ON s.one = a.picture_id
    JOIN duplicate_members b ON b.picture_id = s.other AND b.group_id = g.id
    WHERE a.group_id = g.id AND NOT EXISTS ({JUDGED.format(one="s.one", other="s.other")})
) ELSE (SELECT count(*) * (count(*) - 1) / 2 FROM duplicate_members m WHERE m.group_id = g.id) > (
    SELECT count(DISTINCT (d.one, d.other)) FROM duplicate_members a JOIN decided_pairs d ON d.one = a.picture_id
    JOIN duplicate_members b ON b.picture_id = d.other AND b.group_id = g.id WHERE a.group_id = g.id
) END
"""


async def groups_of(connection: Connection, owner_id: int, picture_ids: Iterable[UUID]) -> set[UUID]:
    """The groups of similar pictures that these are in."""
    rows = await connection.fetch(
        "SELECT DISTINCT m.group_id FROM duplicate_members m JOIN duplicate_groups g ON g.id = m.group_id"
        " WHERE m.picture_id = ANY ($2) AND m.kind = 'similar' AND g.owner_id = $1",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return {row["group_id"] for row in rows}


async def all_groups_of(connection: Connection, owner_id: int, picture_ids: Iterable[UUID]) -> set[UUID]:
    """The groups of either kind that these are in."""
    rows = await connection.fetch(
        "SELECT DISTINCT m.group_id FROM duplicate_members m JOIN duplicate_groups g ON g.id = m.group_id"
        " WHERE m.picture_id = ANY ($2) AND g.owner_id = $1",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return {row["group_id"] for row in rows}


async def members_of(connection: Connection, group_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The members of groups of similar pictures, to their groups."""
    rows = await connection.fetch(
        "SELECT picture_id, group_id FROM duplicate_members WHERE group_id = ANY ($1)", list(group_ids)
    )
    return {row["picture_id"]: row["group_id"] for row in rows}


async def replace(
    connection: Connection, owner_id: int, gone: Iterable[UUID], groups: Mapping[UUID, Iterable[UUID]]
) -> None:
    """Remove the groups `gone`, and give these groups of similar pictures exactly these members; new ids make new ones.

    Verdicts on a group that goes become verdicts on the one that has most of its members.
    """
    gone = list(gone)
    rows = [(group, picture) for group, pictures in groups.items() for picture in pictures]
    group_ids, picture_ids = [group for group, _ in rows], [picture for _, picture in rows]
    await connection.execute(
        "UPDATE duplicate_verdicts v SET group_id = heir.group_id FROM (SELECT DISTINCT ON (m.group_id)"
        " m.group_id AS gone_id, new.group_id FROM duplicate_members m"
        " JOIN unnest($2::uuid[], $3::uuid[]) AS new (group_id, picture_id) USING (picture_id)"
        " WHERE m.group_id = ANY ($1) GROUP BY m.group_id, new.group_id ORDER BY m.group_id, count(*) DESC) heir"
        " WHERE v.group_id = heir.gone_id",
        gone, group_ids, picture_ids,
    )  # fmt: skip
    await connection.execute("DELETE FROM duplicate_members WHERE group_id = ANY ($1)", [*gone, *groups])
    await connection.execute("DELETE FROM duplicate_groups WHERE id = ANY ($1)", gone)
    await _forget_verdicts(connection, gone)
    await connection.execute(
        "INSERT INTO duplicate_groups (id, owner_id, kind, shown_id)"
        " SELECT DISTINCT ON (group_id) group_id, $1, 'similar', picture_id"
        " FROM unnest($2::uuid[], $3::uuid[]) AS new (group_id, picture_id) ORDER BY 1, 4 ON CONFLICT DO NOTHING",
        owner_id, group_ids, picture_ids,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO duplicate_members (picture_id, kind, group_id)"
        " SELECT picture_id, 'similar', group_id FROM unnest($1::uuid[], $2::uuid[]) AS new (group_id, picture_id)",
        group_ids, picture_ids,
    )  # fmt: skip
    await refresh(connection, groups)


async def regroup_content(connection: Connection, owner_id: int, content_hashes: Sequence[bytes]) -> bool:
    """Bring the groups of these content hashes up to date with the pictures that have them; whether any changed."""
    rows = await connection.fetch(
        "SELECT asked.hash, count(p.id) AS count FROM unnest($2::bytea[]) AS asked (hash)"
        " LEFT JOIN pictures p ON p.owner_id = $1 AND p.content_hash = asked.hash GROUP BY asked.hash",
        owner_id, list(content_hashes),
    )  # fmt: skip
    single = [row["hash"] for row in rows if row["count"] < 2]
    several = [row["hash"] for row in rows if row["count"] >= 2]
    dissolved = await connection.fetch(
        "DELETE FROM duplicate_groups WHERE owner_id = $1 AND content_hash = ANY ($2) RETURNING id", owner_id, single
    )
    await _forget_verdicts(connection, [row["id"] for row in dissolved])
    changed = bool(dissolved)
    if several:
        changed |= await _fill_content(connection, owner_id, several)
    return changed


async def _fill_content(connection: Connection, owner_id: int, content_hashes: Sequence[bytes]) -> bool:
    await connection.execute(
        "INSERT INTO duplicate_groups (id, owner_id, kind, content_hash, shown_id)"
        " SELECT new.id, $1, 'content', new.hash, new.id FROM unnest($2::uuid[], $3::bytea[]) AS new (id, hash)"
        " ON CONFLICT (owner_id, content_hash) DO NOTHING",
        owner_id, [new_id() for _ in content_hashes], list(content_hashes),
    )  # fmt: skip
    groups = "SELECT id, content_hash FROM duplicate_groups WHERE owner_id = $1 AND content_hash = ANY ($2)"
    left: list[UUID] = await connection.fetchval(
        f"WITH groups AS ({groups}), gone AS (DELETE FROM duplicate_members m USING groups g WHERE m.group_id = g.id"
        " AND NOT EXISTS (SELECT FROM pictures p WHERE p.id = m.picture_id AND p.content_hash = g.content_hash)"
        " RETURNING m.group_id) SELECT array_agg(group_id) FROM gone",
        owner_id, list(content_hashes),
    )  # fmt: skip
    joined: list[UUID] = await connection.fetchval(
        f"WITH groups AS ({groups}), come AS (INSERT INTO duplicate_members (picture_id, kind, group_id)"
        " SELECT p.id, 'content', g.id FROM groups g JOIN pictures p ON p.owner_id = $1"
        " AND p.content_hash = g.content_hash ON CONFLICT (picture_id, kind) DO UPDATE SET group_id = excluded.group_id"
        " WHERE duplicate_members.group_id <> excluded.group_id RETURNING group_id)"
        " SELECT array_agg(group_id) FROM come",
        owner_id, list(content_hashes),
    )  # fmt: skip
    changed = {*(left or ()), *(joined or ())}
    await refresh(connection, changed)
    return bool(changed)


async def refresh(connection: Connection, group_ids: Iterable[UUID]) -> None:
    """Work out again which pictures stand for these groups, where nobody chose, and whether pairs are undecided.

    Verdicts that lost their group find it again by the pairs that they decided.
    """
    ids = list(group_ids)
    chosen = (
        "g.chosen AND EXISTS (SELECT FROM duplicate_members m WHERE m.group_id = g.id AND m.picture_id = g.shown_id)"
    )
    await connection.execute(
        f"UPDATE duplicate_groups g SET undecided = {UNDECIDED}, chosen = {chosen},"
        f" shown_id = CASE WHEN {chosen} THEN g.shown_id ELSE coalesce(({BEST}), g.shown_id) END WHERE g.id = ANY ($1)",
        ids,
    )
    await connection.execute(
        "UPDATE duplicate_verdicts v SET group_id = a.group_id FROM duplicate_members a"
        " JOIN decided_pairs d ON d.one = a.picture_id"
        " JOIN duplicate_members b ON b.picture_id = d.other AND b.group_id = a.group_id"
        " WHERE a.group_id = ANY ($1) AND v.id = d.verdict_id"
        " AND NOT EXISTS (SELECT FROM duplicate_groups g WHERE g.id = v.group_id)",
        ids,
    )


async def _forget_verdicts(connection: Connection, gone: Sequence[UUID]) -> None:
    """Verdicts on groups that are gone go as well, unless they still keep pairs from being offered."""
    await connection.execute(
        "DELETE FROM duplicate_verdicts v WHERE v.group_id = ANY ($1)"
        " AND NOT EXISTS (SELECT FROM decided_pairs d WHERE d.verdict_id = v.id)",
        list(gone),
    )


async def choose(connection: Connection, group_id: UUID, picture_id: UUID, *, chosen: bool = True) -> None:
    """Let this picture stand for the group."""
    await connection.execute(
        "UPDATE duplicate_groups SET shown_id = $2, chosen = $3 WHERE id = $1", group_id, picture_id, chosen
    )
