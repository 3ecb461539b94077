"""Changes to a picture of ours that a holder proposes: made in its owner's name, where the share allows that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import ArchypixError, Invalid
from archypix.pictures.edit_values import RANGES, TEXTS, checked
from archypix.pictures.editing import EditService
from archypix.shares.grants import GrantService
from federation.documents.terms import id_of
from federation.inbox_contract import Denied, Handler, Inbound
from federation.sharing import ids, store, values
from federation.sharing.hearing import account_for, inner
from federation.sharing.terms import PROPOSAL

WHOLE = frozenset({"utc_offset", "iso"})
# What the file is turned and called is its owner's affair, and how it is rated everybody's own.
FIELDS = (frozenset(RANGES) | frozenset(TEXTS) | {"captured_at"}) - {"rating", "orientation"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A picture of ours, by its owner's account, and the values that are proposed."""

    account_id: int
    picture_id: UUID
    changes: Mapping[str, Any]


class ProposalHandler(Handler):
    """Offer of an Update of a picture, by somebody whose share lets them edit it."""

    types = frozenset({"Offer"})

    def __init__(self, grants: GrantService, editing: EditService) -> None:
        self._grants = grants
        self._editing = editing

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The picture must be ours, and the actor may edit it; the values must be such as its owner could set."""
        if PROPOSAL in inbound.types:
            await self._proposed(connection, inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if PROPOSAL not in inbound.types:
            return False
        proposed = await self._proposed(connection, inbound)
        try:
            await self._editing.edit_within(connection, proposed.account_id, proposed.picture_id, proposed.changes)
        except ArchypixError as error:
            raise Denied(409, error.detail) from error
        return True

    async def _proposed(self, connection: Connection, inbound: Inbound) -> Proposed:
        update = inner(inbound, "Update")
        found = ids.read_picture(id_of(update.get("object")))
        if found is None or id_of(update.get("actor")) != inbound.actor.uri:
            raise Denied(400, "This is no change of a picture by this actor.")
        changes = read_changes(update.get("apx:changes"))
        account_id = await store.account_of(connection, found[0])
        if account_id is None or account_for(inbound) not in (None, account_id):
            raise Denied(404, "There is no such picture here.")
        ways = (await self._grants.covering(connection, inbound.actor_row, [found[1]])).get(found[1], [])
        if not ways:
            raise Denied(404, "There is no such picture here.")
        if not any(way.rights.metadata_edit for way in ways):
            raise Denied(403, "The share does not let its holders edit.")
        return Proposed(account_id, found[1], changes)


def read_changes(said: Any) -> dict[str, Any]:
    """Values by the names of the REST API; None takes one away. `Denied`."""
    if not isinstance(said, dict) or not said or not FIELDS.issuperset(said):
        raise Denied(400, "`apx:changes` names fields that nobody may propose.")
    changes = {name: _value(name, value) for name, value in said.items()}
    if ("latitude" in changes) != ("longitude" in changes):
        raise Denied(400, "A place has both coordinates.")
    try:
        return checked(changes)
    except Invalid as error:
        raise Denied(400, error.detail) from None


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "captured_at":
        found: Any = values.wall_clock(value)
    elif name in TEXTS:
        found = value if isinstance(value, str) and len(value) <= TEXTS[name] else None
    elif name in WHOLE:
        found = values.whole(value, *(int(bound) for bound in RANGES[name]))
    else:
        found = values.number(value, *RANGES[name])
    if found is None:
        raise Denied(400, f"`{name}` has a value that it cannot have.")
    return found
