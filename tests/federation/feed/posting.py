"""Posts that come in, and what somebody sees of them."""

from __future__ import annotations

from typing import Any

from federation.actors.models import LocalActor
from federation.remote.models import RemoteActor
from tests.federation.follows.village import Village, World


async def posted(world: World, author: RemoteActor, **more: Any) -> dict[str, Any]:
    """A post of theirs, heard here."""
    note = world.wild.note(author.username, **more)
    await world.village.hear(author, {"type": "Create", "object": note})
    return note


async def item_of(village: Village, person: LocalActor) -> Any:
    assert person.account_id is not None
    ((item,), _) = await village.feed.page(person.account_id, cursor=None, limit=10)
    return item


async def averse(village: Village, person: LocalActor, kind: str, **whom: Any) -> None:
    await village.sql(
        "INSERT INTO aversions (id, account_id, kind, remote_actor_id, host, ends_at)"
        " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)",
        person.account_id, kind, whom.get("row"), whom.get("host"), whom.get("ends_at"),
    )  # fmt: skip
