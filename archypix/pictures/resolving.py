"""Queries with their tags resolved as they stand."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.pictures.query import PictureQuery, Resolved, Trees, resolve
from archypix.pictures.store import revision


async def resolve_now(connection: Connection, trees: Trees, owner_id: int, query: PictureQuery) -> Resolved:
    """The query with tags as the database has them now: the tree at hand serves while it is not older."""
    tree = await trees.get(connection, owner_id)
    resolved = resolve(query, tree)
    if resolved.names_tags and tree.revision != await revision(connection, owner_id):
        resolved = resolve(query, await trees.read(connection, owner_id))
    return resolved
