"""The directory: names given once, and where their people live, remembered within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict
from resolver.names import store
from resolver.names.models import Result, Where

MOST_KNOWN = 200_000
# Strangers make up names without end; what they asked for in vain must not push out people.
MOST_UNKNOWN = 20_000


class Names:
    """Names of the domain. The truth is in the database, which tells each Resolver on it what has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Where] = OrderedDict()
        self._unknown: OrderedDict[str, None] = OrderedDict()
        # Counts what was heard: what was read before the last change may be old.
        self._changes = 0
        self._hears = False

    # Asking

    def peek(self, name: str) -> Where | None:
        """Where somebody lives, if that is remembered; the very same object until something changes."""
        return self._known.get(name)

    async def where(self, name: str) -> Where | None:
        """Where the person called so lives; None where nobody is, or was, called so."""
        if (found := self._known.get(name)) is not None:
            self._known.move_to_end(name)
            return found
        if name in self._unknown:
            return None
        before = self._changes
        async with self._database.connection() as connection:
            found = await store.where(connection, name)
        if self._hears and before == self._changes:
            self._remember(name, found)
        return found

    def _remember(self, name: str, found: Where | None) -> None:
        if found is None:
            self._unknown[name] = None
            if len(self._unknown) > MOST_UNKNOWN:
                self._unknown.popitem(last=False)
            return
        self._known[name] = found
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    # Giving

    async def claim(
        self, connection: Connection, backend_id: int, names: Sequence[str], *, deleted: Collection[str] = ()
    ) -> dict[str, Result]:
        """Give `names` to a backend, each unless somebody has it; what became of each.

        Nothing is asked of the backend: whoever calls has proof. The transaction's end is the moment from which a name
        is given. `deleted` are those whose people are gone already.
        """
        await store.give(connection, backend_id, names, [name for name in names if name in deleted])
        known = await store.known(connection, names)
        await store.tell(connection, names)
        return {name: _result(known[name], backend_id, ended=name in deleted) for name in names}

    async def mark_deleted(self, connection: Connection, backend_id: int, names: Sequence[str]) -> None:
        """People of a backend are gone. Names of others, and unknown ones, are left alone."""
        await store.tell(connection, await store.mark_deleted(connection, backend_id, names))

    async def switch(self, connection: Connection, name: str, *, source: int, target: int) -> None:
        """Let a person live at `target` from the end of this transaction on; `Conflict` if not at `source` now."""
        if not await store.switch(connection, name, source=source, target=target):
            raise Conflict("This person does not live there any more.", code="lives_elsewhere")
        await store.tell(connection, [name])

    # Hearing

    def begun(self) -> None:
        """From now on changes are heard."""
        self.forget()
        self._hears = True

    def lost(self) -> None:
        """Changes are not heard: nothing is remembered meanwhile."""
        self._hears = False
        self.forget()

    def changed(self, *names: str) -> None:
        """Rows of these have changed. Whoever committed it says so at once, since who asks next must not get what was;
        all others hear it from the database.
        """
        self._changes += 1
        for name in names:
            self._known.pop(name, None)
            self._unknown.pop(name, None)

    def forget(self) -> None:
        """Remember nothing of what was read so far."""
        self._changes += 1
        self._known.clear()
        self._unknown.clear()


def _result(where: Where, backend_id: int, *, ended: bool) -> Result:
    """A name whose person is gone is nobody's again, but who had it may still say that it was theirs."""
    return "yours" if where.backend_id == backend_id and (ended or not where.deleted) else "taken"
