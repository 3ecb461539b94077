"""Keeping searches, and suggesting how a query may go on."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, PreconditionFailed
from archypix.core.ids import new_id
from archypix.predicates.language import MAX_TEXT, parse_query
from archypix.search import store, suggesting
from archypix.search.models import SavedSearch, Suggestion
from archypix.tags.trees import TagTrees

MOST_SEARCHES = 500
MAX_NAME = 100
MOST_SUGGESTED = 20
MAX_QUERY = MAX_TEXT
LOOKED_AGAIN = 20
# Names of tags in larger trees are compared in a thread.
QUICK = 3_000


class SearchService:
    """Searches and suggestions of every account; `trees` gives the paths of tags."""

    def __init__(self, database: Database, trees: TagTrees) -> None:
        self._database = database
        self._trees = trees

    async def searches(self, owner_id: int) -> list[SavedSearch]:
        """All searches of an account by name."""
        async with self._database.connection() as connection:
            return await store.searches(connection, owner_id)

    async def one(self, owner_id: int, search_id: UUID) -> SavedSearch:
        """One search; `NotFound` when there is none."""
        async with self._database.connection() as connection:
            return _there(await store.find(connection, owner_id, search_id))

    async def keep(self, owner_id: int, name: str, query: str) -> SavedSearch:
        """Keep a query under a name. `Invalid` for either; `Conflict` for a name that is taken or over 500 searches."""
        name, key = _name(name)
        parse_query(query, "query")
        async with self._database.transaction() as connection:
            made = await store.insert(connection, owner_id, new_id(), name, key, query, MOST_SEARCHES)
            if made is not None:
                return made
            if await store.count(connection, owner_id) >= MOST_SEARCHES:
                raise Conflict(f"{MOST_SEARCHES} searches are the most.", code="too_many")
        raise _taken(name)

    async def change(
        self,
        owner_id: int,
        search_id: UUID,
        *,
        name: str | None = None,
        query: str | None = None,
        revisions: frozenset[int] | None = None,
    ) -> SavedSearch:
        """Give a search another name or query. As `keep`; `PreconditionFailed` when it is at none of `revisions`."""
        values: dict[str, Any] = {}
        if name is not None:
            values["name"], values["name_key"] = _name(name)
        if query is not None:
            parse_query(query, "query")
            values["query"] = query
        async with self._database.transaction() as connection:
            there = _there(await store.find(connection, owner_id, search_id, lock=True))
            if revisions is not None and there.revision not in revisions:
                raise PreconditionFailed(f"The search is at revision {there.revision} by now.")
            if name is not None and await store.name_is_taken(connection, owner_id, values["name_key"], but=search_id):
                raise _taken(name)
            return await store.update(connection, owner_id, search_id, values) if values else there

    async def forget(self, owner_id: int, search_id: UUID) -> None:
        """Remove a search; `NotFound` when there is none."""
        async with self._database.transaction() as connection:
            if not await store.delete(connection, owner_id, search_id):
                raise _missing()

    async def suggest(self, owner_id: int, text: str, limit: int) -> list[Suggestion]:
        """What the last word of `text` may become; at most `limit` (1 to 20), the likeliest first."""
        if len(text) > MAX_QUERY or "\x00" in text:
            raise Invalid("This is no query.", faults=(Fault("q", f"At most {MAX_QUERY} characters, without NUL."),))
        query = suggesting.unfinished(text)
        found: list[Suggestion] = []
        async with self._database.connection() as connection:
            if query.field in ("", "tag") and (query.value or query.field):
                paths = list((await self._trees.get(connection, owner_id)).paths.values())
                found += suggesting.tags(query, await _matching(paths, query.value, limit))
            if query.field in suggesting.VALUED or (query.value and not query.field):
                fields = [query.field] if query.field else list(suggesting.VALUED)
                values = await store.values(connection, owner_id, fields, query.value, limit)
                found += suggesting.values(query, values)
        return [*suggesting.fields(query), *found][:limit]

    async def sweep(self) -> int:
        """Look again for values that were last seen over a day ago, 20 a call; how many were looked for."""
        async with self._database.connection() as connection:
            stale = await store.stalest(connection, LOOKED_AGAIN)
            for owner_id, field, value in stale:
                await store.look_again(connection, owner_id, field, value)
        return len(stale)


async def _matching(paths: list[str], part: str, most: int) -> list[str]:
    if len(paths) <= QUICK:
        return suggesting.matching_paths(paths, part, most)
    return await asyncio.to_thread(suggesting.matching_paths, paths, part, most)


def _name(text: str) -> tuple[str, str]:
    """A name and the key by which names are the same; `Invalid` for what is none."""
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= MAX_NAME or any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise Invalid("This is no name.", faults=(Fault("name", f"1 to {MAX_NAME} characters in one line."),))
    return name, unicodedata.normalize("NFC", name.casefold())


def _there(search: SavedSearch | None) -> SavedSearch:
    if search is None:
        raise _missing()
    return search


def _missing() -> NotFound:
    return NotFound("There is no search with this id.")


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a search named {name} already.", code="name_taken")
