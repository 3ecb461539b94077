"""SQL of reading groups: which come on a page, who is in them, and what is undecided about them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.duplicates.models import MOST_IN_GROUP, Group, Kind, Member, State
from archypix.pictures.store import LISTED

GROUPS = (
    "SELECT g.id, g.kind, g.shown_id, (SELECT count(*) FROM duplicate_members m WHERE m.group_id = g.id) AS total,"
    " (SELECT v.verdict FROM duplicate_verdicts v WHERE v.group_id = g.id ORDER BY v.id DESC LIMIT 1) AS verdict"
    " FROM duplicate_groups g"
)
OF_STATE = {
    "open": "g.undecided",
    "settled": "EXISTS (SELECT FROM duplicate_verdicts v WHERE v.group_id = g.id)",
}


async def page(
    connection: Connection, owner_id: int, kind: Kind, state: State, after: UUID | None, limit: int
) -> list[Group]:
    """The newest groups behind `after` that may be of this state, which depends on what of them is in the trash."""
    rows = await connection.fetch(
        f"{GROUPS} WHERE g.owner_id = $1 AND g.kind = $2 AND ($3::uuid IS NULL OR g.id < $3) AND {OF_STATE[state]}"
        " ORDER BY g.id DESC LIMIT $4",
        owner_id, kind, after, limit,
    )  # fmt: skip
    return await _with_members(connection, owner_id, rows)


async def find(connection: Connection, owner_id: int, group_id: UUID) -> Group | None:
    """The owner's group with this id."""
    rows = await connection.fetch(f"{GROUPS} WHERE g.owner_id = $1 AND g.id = $2", owner_id, group_id)
    groups = await _with_members(connection, owner_id, rows)
    return groups[0] if groups else None


async def _with_members(connection: Connection, owner_id: int, rows: Sequence[Row]) -> list[Group]:
    ids = [row["id"] for row in rows]
    members: dict[UUID, list[Member]] = {}
    found = await connection.fetch(
        "SELECT asked.id AS group_id, m.id, m.in_trash FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL ("
        "SELECT p.id, p.deleted_at IS NOT NULL AS in_trash FROM duplicate_members m"
        " JOIN pictures p ON p.id = m.picture_id AND p.owner_id = $1"
        f" WHERE m.group_id = asked.id ORDER BY p.id LIMIT {MOST_IN_GROUP}) m",
        owner_id, ids,
    )  # fmt: skip
    for row in found:
        members.setdefault(row["group_id"], []).append(Member(row["id"], row["in_trash"]))
    pictures = [member.id for each in members.values() for member in each]
    links = await _links(connection, owner_id, {row["id"]: row["kind"] for row in rows}, members, pictures)
    return [
        Group(
            row["id"], row["kind"], row["shown_id"], row["total"], tuple(members.get(row["id"], ())),
            tuple(links.get(row["id"], ())), row["verdict"],
        )
        for row in rows
    ]  # fmt: skip


async def _links(
    connection: Connection,
    owner_id: int,
    kinds: dict[UUID, Kind],
    members: dict[UUID, list[Member]],
    pictures: list[UUID],
) -> dict[UUID, list[tuple[UUID, UUID]]]:
    """The pairs of each group that nobody judged: of the same content any two, of similar ones those alike."""
    judged = {
        (row["one"], row["other"])
        for row in await connection.fetch(
            "SELECT d.one, d.other FROM decided_pairs d JOIN duplicate_verdicts v ON v.id = d.verdict_id"
            " WHERE v.owner_id = $1 AND d.one = ANY ($2) AND d.other = ANY ($2)",
            owner_id, pictures,
        )
    }  # fmt: skip
    similar = [group for group, kind in kinds.items() if kind == "similar"]
    alike = await connection.fetch(
        "SELECT a.group_id, s.one, s.other FROM duplicate_members a JOIN similar_pairs s ON s.one = a.picture_id"
        " JOIN duplicate_members b ON b.group_id = a.group_id AND b.picture_id = s.other"
        " WHERE a.group_id = ANY ($1) AND s.owner_id = $2 ORDER BY s.one, s.other",
        similar, owner_id,
    )  # fmt: skip
    links: dict[UUID, list[tuple[UUID, UUID]]] = {}
    for row in alike:
        links.setdefault(row["group_id"], []).append((row["one"], row["other"]))
    for group, kind in kinds.items():
        if kind == "content":
            ids = [member.id for member in members.get(group, ())]
            links[group] = [(one, other) for number, one in enumerate(ids) for other in ids[number + 1 :]]
    return {group: [pair for pair in pairs if pair not in judged] for group, pairs in links.items()}


async def listed(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """These pictures of the owner as lists have them."""
    rows = await connection.fetch(
        f"SELECT {LISTED} FROM pictures p WHERE p.owner_id = $1 AND p.id = ANY ($2)", owner_id, list(picture_ids)
    )
    return {row["id"]: row for row in rows}
