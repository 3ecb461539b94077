"""Shares that go on for earlier ones of the same person, who has moved: what people made of those goes over to them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.pipeline import store as pipeline_store
from archypix.received import succession_store
from archypix.received.by_keys import by_keys


async def placed(connection: Connection, account_id: int, earlier: UUID, share_id: UUID) -> bool:
    """Let pictures of a share lie under the tag that those of the earlier one have; False where that is gone."""
    return await succession_store.same_tag(connection, account_id, earlier, share_id)


async def services_follow(connection: Connection, account_id: int, earlier: UUID, share_id: UUID) -> None:
    """Services that name the earlier share name this one. The library is locked."""
    followed = False
    for service in await pipeline_store.services(connection, account_id):
        if service.kind == "share_mapping" and str(service.config.get("share")).lower() == str(earlier):
            config = {"config": service.config | {"share": str(share_id)}}
            await pipeline_store.update(connection, service.id, config, stale=True)
            followed = True
    if followed:
        await pipeline_store.changed(connection, account_id)


async def carry_over(
    connection: Connection, account_id: int, earlier: UUID, share_id: UUID, uris: Sequence[str]
) -> None:
    """Tags and ratings that the account gave to pictures of the earlier share, onto the same ones of this share.

    They are the same by file name, size and capture time, since their addresses differ. The library is locked.
    """
    if not uris:
        return
    async with by_keys(connection):
        pairs = await succession_store.pairs(connection, account_id, earlier, share_id, uris)
    if pairs:
        await succession_store.copy_tags(connection, pairs)
        await succession_store.copy_ratings(connection, pairs)
