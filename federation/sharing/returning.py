"""Shares in return: those that somebody here has said beforehand they take."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.received.models import Offer
from archypix.shares import store as shares_store


class Returning:
    """Knows whether an offer answers a share of one's own that asks for that."""

    async def is_wanted(self, connection: Connection, account_id: int, offer: Offer) -> bool:
        """Whether `offer` is by the recipient of an active share of this account that lets them share back."""
        if offer.share_back_of is None:
            return False
        share_id = await shares_store.of_uri(connection, offer.share_back_of)
        share = None if share_id is None else await shares_store.one(connection, account_id, share_id)
        return (
            share is not None
            and share.state == "active"
            and share.rights.share_back
            and share.recipient.uri == offer.sender.uri
        )
