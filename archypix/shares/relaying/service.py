"""What owners answer to those who want to pass on pictures of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from archypix.shares import store as shares_store
from archypix.shares.relaying import store


async def invite_answered(
    connection: Connection,
    account_id: int,
    owner_row: int,
    via_share: str,
    invite: str | None,
    granted: Sequence[str],
    refused: Sequence[str] | None,
) -> None:
    """The owner (a row of `remote_actors`) has answered as to pictures of theirs (URIs), for the account's share.

    `invite` is the activity that is answered; None: whichever it was. `refused` None: all of theirs in this share, as
    when they end later what they had granted. The answer is written down here, and acted on by who compares. What was
    not asked of this owner, or is not the account's share, is passed over; idempotent.
    """
    share_id = await shares_store.of_uri(connection, via_share)
    if share_id is None:
        return
    if granted:
        await store.answer(connection, share_id, account_id, owner_row, invite, consent=True, uris=granted)
    if refused is None or refused:
        await store.answer(connection, share_id, account_id, owner_row, invite, consent=False, uris=refused)
