"""SQL of what an import of an export asks beside the services of the library. The library is locked by who writes."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection, Row


async def picture(connection: Connection, picture_id: UUID) -> Row:
    """A picture as far as it matters whether people, or the server, have had to do with it."""
    return await connection.fetchrow(
        "SELECT state, revision, edited_fields, sha256, uploaded_sha256, captured_at, file_date, ingested_at"
        " FROM pictures WHERE id = $1",
        picture_id,
    )


async def tag(connection: Connection, tag_id: int) -> Row:
    """What people have said of a tag."""
    return await connection.fetchrow("SELECT description, colour, position, cover_id FROM tags WHERE id = $1", tag_id)


async def cover(connection: Connection, tag_id: int, picture_id: UUID) -> bool:
    """Give a tag without a cover this one; whether it has it now."""
    done: str = await connection.execute(
        "UPDATE tags t SET cover_id = p.id FROM pictures p WHERE t.id = $1 AND t.cover_id IS NULL AND p.id = $2"
        " AND p.owner_id = t.owner_id AND p.deleted_at IS NULL",
        tag_id, picture_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def name(connection: Connection, account_id: int, display_name: str) -> bool:
    """Give an account without a name to show this one; whether it has it now."""
    done: str = await connection.execute(
        "UPDATE accounts SET display_name = $2 WHERE id = $1 AND display_name = '' AND $2 <> ''",
        account_id, display_name,
    )  # fmt: skip
    return done.endswith(" 1")
