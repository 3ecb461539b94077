"""SQL of exports: all that is a person's, row by row, in one snapshot, and never a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row

LONG: Final = 600.0
# Rows that are in memory at once; of pictures fewer, whose metadata may be large.
ROWS, PICTURES = 500, 50
PATH: Final = "(SELECT '/' || string_agg(a.name, '/' ORDER BY a.depth) FROM tags a WHERE a.id = ANY (t.lineage))"
RIGHTS: Final = (
    "s.originals, s.future, s.reshare_depth, s.share_back, s.copy, s.metadata_edit, s.ends_at, s.state,"
    " s.share_back_of, s.created_at, s.answered_at, s.ended_at"
)
# All of `pictures` that says something to a person, or to the server that takes it in.
COLUMNS: Final = (
    "id", "sha256", "size", "filename", "media_type", "kind", "state", "failure", "width", "height", "orientation",
    "duration", "captured_at", "utc_offset", "date_source", "file_date", "sorted_at", "latitude", "longitude",
    "altitude", "camera_make", "camera_model", "lens", "iso", "aperture", "focal_length", "exposure", "rating", "title",
    "description", "creator", "content_hash", "blurhash", "edited_fields", "written_fields", "metadata_state",
    "metadata_failure", "uploaded_sha256", "source", "version", "ingested_at", "edited_at", "deleted_at",
)  # fmt: skip
# Each is asked with the account as $1.
LISTS: Final[Mapping[str, str]] = {
    "tags": f"""
        SELECT {PATH} AS path, t.description, t.colour, t.position, t.cover_id AS cover, t.total AS pictures,
            t.created_at
        FROM tags t WHERE t.owner_id = $1 ORDER BY t.depth, t.position, t.name_key, t.id""",
    "received": f"""
        SELECT p.origin_uri AS picture, '@' || r.handle AS owner, r.uri AS owner_uri, p.filename, p.captured_at,
            p.rating,
            (SELECT coalesce(array_agg({PATH}), '{{}}') FROM assignments x JOIN tags t ON t.id = x.tag_id
                WHERE x.picture_id = p.id AND x.source = 'manual') AS tags
        FROM pictures p LEFT JOIN remote_actors r ON r.id = p.origin_owner_id
        WHERE p.owner_id = $1 AND p.origin_uri IS NOT NULL ORDER BY p.id""",
    "shares-given": f"""
        SELECT s.id, m.uri || '/shares/' || s.id AS address, '@' || r.handle AS recipient, r.uri AS recipient_uri,
            s.path AS tag, s.name, s.message, {RIGHTS}
        FROM shares s JOIN remote_actors m ON m.id = s.sender_id JOIN remote_actors r ON r.id = s.recipient_id
        WHERE s.account_id = $1 ORDER BY s.id""",
    "shares-received": f"""
        SELECT s.id, s.uri AS address, '@' || r.handle AS sender, r.uri AS sender_uri, s.name, s.message, s.path,
            (SELECT {PATH} FROM tags t WHERE t.id = s.tag_id) AS tag, s.held AS pictures, {RIGHTS}
        FROM incoming_shares s JOIN remote_actors r ON r.id = s.sender_id WHERE s.account_id = $1 ORDER BY s.number""",
    "followers": """
        SELECT '@' || r.handle AS handle, r.uri, a.uri AS of, f.state, f.created_at
        FROM followers f JOIN actors a ON a.id = f.actor_id JOIN remote_actors r ON r.id = f.remote_actor_id
        WHERE a.account_id = $1 ORDER BY f.id""",
    "following": """
        SELECT '@' || r.handle AS handle, r.uri, f.state, f.created_at
        FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id WHERE f.account_id = $1 ORDER BY f.id""",
    "blocked": """
        SELECT v.kind, '@' || r.handle AS handle, r.uri, v.host, v.created_at, v.ends_at
        FROM aversions v LEFT JOIN remote_actors r ON r.id = v.remote_actor_id WHERE v.account_id = $1 ORDER BY v.id""",
    "links": f"""
        SELECT l.name, (SELECT {PATH} FROM tags t WHERE t.id = l.tag_id) AS tag, l.originals, l.upload,
            l.password_hash IS NOT NULL AS has_password, l.most_bytes, l.most_files, l.uploaded_bytes, l.uploaded_files,
            l.ends_at, l.created_at
        FROM links l WHERE l.account_id = $1 ORDER BY l.id""",
    "public-tags": f"""
        SELECT a.slug, a.uri, a.display_name AS name, a.summary, c.created_at,
            (SELECT {PATH} FROM tags t WHERE t.id = c.tag_id) AS tag
        FROM collections c JOIN actors a ON a.id = c.actor_id
        WHERE c.account_id = $1 AND c.withdrawn_at IS NULL ORDER BY c.id""",
}  # fmt: skip


async def account(connection: Connection, account_id: int) -> Row:
    """Profile and settings of an account; null where it has none."""
    return await connection.fetchrow(
        f"""
        SELECT n.name, n.display_name, n.created_at, x.uri, x.summary, x.properties, x.discoverable,
            x.approves_followers, x.shows_network, x.also_known_as, x.moved_to, x.moved_shares,
            l.version_mode, l.trash_days, l.write_metadata,
            (SELECT {PATH} FROM tags t WHERE t.id = l.keywords_root) AS keywords_root,
            d.brake_files, d.brake_share, d.brake_seconds, d.account_id IS NOT NULL AS has_brake, v.content AS avatar
        FROM accounts n JOIN libraries l ON l.account_id = n.id LEFT JOIN drive_settings d ON d.account_id = n.id
            LEFT JOIN actors x ON x.account_id = n.id AND x.kind = 'person' LEFT JOIN avatars v ON v.id = x.avatar_id
        WHERE n.id = $1
        """,
        account_id,
    )


async def tag_paths(connection: Connection, account_id: int) -> dict[int, str]:
    """The path of every tag of an account."""
    rows = await connection.fetch(f"SELECT t.id, {PATH} AS path FROM tags t WHERE t.owner_id = $1", account_id)
    return {row["id"]: row["path"] for row in rows}


async def rows(connection: Connection, name: str, account_id: int) -> AsyncIterator[Sequence[Row]]:
    """The rows of one of `LISTS`, some at a time."""
    cursor = await connection.cursor(LISTS[name], account_id, timeout=LONG)
    while found := await cursor.fetch(ROWS, timeout=LONG):
        yield found


async def pictures(connection: Connection, account_id: int, *, trash: bool) -> AsyncIterator[Sequence[Row]]:
    """The account's own pictures, the oldest first, some at a time; `data` is the metadata of the file."""
    cursor = await connection.cursor(
        f"SELECT {', '.join(f'p.{name}' for name in COLUMNS)}, m.data, c.uri AS copy_of, c.owner AS copied_from,"
        " (SELECT u.guest FROM link_uploads u WHERE u.picture_id = p.id ORDER BY u.id LIMIT 1) AS guest"
        " FROM pictures p LEFT JOIN picture_metadata m ON m.picture_id = p.id"
        " LEFT JOIN copies c ON c.copy_id = p.id AND c.state = 'done'"
        " WHERE p.owner_id = $1 AND p.origin_uri IS NULL AND ($2 OR p.deleted_at IS NULL) ORDER BY p.sorted_at, p.id",
        account_id, trash, timeout=LONG,
    )  # fmt: skip
    while found := await cursor.fetch(PICTURES, timeout=LONG):
        yield found


async def reasons(connection: Connection, picture_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """Why pictures carry which tags."""
    found: dict[UUID, list[Row]] = {}
    for row in await connection.fetch(
        "SELECT a.picture_id, a.tag_id, a.source, s.name AS service, a.created_at FROM assignments a"
        " LEFT JOIN services s ON s.id = a.source_id AND a.source IN ('rule', 'segment', 'share_mapping')"
        " WHERE a.picture_id = ANY ($1) ORDER BY a.tag_id, a.source, a.source_id",
        list(picture_ids),
    ):  # fmt: skip
        found.setdefault(row["picture_id"], []).append(row)
    return found


async def versions(connection: Connection, picture_ids: Sequence[UUID], *, trash: bool) -> dict[UUID, list[Row]]:
    """Earlier files of pictures; `same_as` is the picture of the account that has these bytes, where it is exported."""
    found: dict[UUID, list[Row]] = {}
    for row in await connection.fetch(
        "SELECT v.picture_id, v.number, v.filename, v.media_type, v.size, v.sha256, v.created_at, q.id AS same_as"
        " FROM versions v LEFT JOIN pictures q ON q.owner_id = v.owner_id AND q.sha256 = v.sha256"
        " AND ($2 OR q.deleted_at IS NULL) WHERE v.picture_id = ANY ($1) ORDER BY v.picture_id, v.number",
        list(picture_ids), trash,
    ):  # fmt: skip
        found.setdefault(row["picture_id"], []).append(row)
    return found


async def blob(connection: Connection, sha256: bytes) -> UUID | None:
    """What is stored of these bytes."""
    found: UUID | None = await connection.fetchval("SELECT id FROM blobs WHERE sha256 = $1 AND state = 'live'", sha256)
    return found
