"""Who is in the domain, where they live, and what was done."""

from __future__ import annotations

from datetime import timedelta

from archypix.accounts import rules
from archypix.core.database import Database
from archypix.core.errors import NotFound
from resolver.administration import store
from resolver.administration.models import Person
from resolver.audit import store as audit_store
from resolver.audit.models import Entry

AUDIT_KEPT = timedelta(days=730)


class PeopleService:
    """Answers administrators about people and about what was done to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, *, starts: str, backend: str | None, after: str, limit: int) -> list[Person]:
        """At most `limit` people by name after `after`, whose names start with `starts`; `NotFound` (backend)."""
        prefix = rules.known_name(starts) if starts.strip() else ""
        if prefix is None:
            return []
        async with self._database.connection() as connection:
            backend_id = None
            if backend is not None:
                backend_id = await store.backend_id(connection, backend)
                if backend_id is None:
                    raise NotFound("There is no backend with this origin.")
            return await store.people(
                connection, after=after, starts=prefix or None, backend_id=backend_id, limit=limit
            )

    async def one(self, name: str) -> Person:
        """One person; `NotFound`."""
        known = rules.known_name(name.removeprefix("@")) or ""
        async with self._database.connection() as connection:
            found = await store.person(connection, known)
        if found is None:
            raise NotFound("Nobody in this domain is called so.")
        return found

    async def audit_log(self, *, before: int | None, limit: int, actor: str | None, action: str | None) -> list[Entry]:
        """At most `limit` entries older than number `before`, the newest first."""
        async with self._database.connection() as connection:
            return await audit_store.page(connection, before=before, limit=limit, actor=actor, action=action)

    async def sweep(self) -> None:
        """Drop what the audit log need not hold any longer."""
        async with self._database.connection() as connection:
            await audit_store.sweep(connection, kept=AUDIT_KEPT)
