"""Every table of the schema: what of it is a person's, in the order in which it is taken, and what stays and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archypix.moving import federated, library
from archypix.moving.describing import Moves, Stays

SERVER: Final = "it is the server's own"
DERIVED: Final = "it follows from what goes along"
SHORT: Final = "it lasts for minutes, and is begun again"

MOVES: Final[tuple[Moves, ...]] = (*library.FIRST, *federated.MOVES, *library.LAST)

STAYS: Final[tuple[Stays, ...]] = (
    Stays("migrations", SERVER),
    Stays("shared_secrets", SERVER),
    Stays("invites", "they invite to this server"),
    Stays("one_time_links", SERVER),
    Stays("audit_log", "it is this server's record of what was done here"),
    Stays("blobs", "files are brought by their hashes, and shared with others who have the same"),
    Stays("uploads", SHORT),
    Stays("downloads", SHORT),
    Stays("archive_tickets", SHORT),
    Stays("picture_tags", DERIVED),
    Stays("picture_documents", DERIVED),
    Stays("timeline_counts", DERIVED),
    Stays("fact_values", DERIVED),
    Stays("library_ticks", "it counts changes in this database"),
    Stays("remote_actors", "those who are mentioned are given by `Relations`"),
    Stays("remote_keys", "they go with the actors whose they are"),
    Stays("federation_hosts", SERVER),
    Stays("delivery_hosts", SERVER),
    Stays("gone_inboxes", SERVER),
    Stays("inbox_activities", "what is still to be done of it is passed on to where the person is then"),
    Stays("moderated_hosts", "it is the word of this server's administrator"),
    Stays("moderation_revision", SERVER),
    Stays("reports", "they are the business of this server's administrator"),
    Stays("followed_moves", SERVER),
    Stays("feed_tombstones", "they are of everybody here, and of minutes"),
    Stays("gone_pictures", "it is of everybody here"),
    Stays("gone_shares", "it is of everybody here"),
    Stays("resting_accounts", DERIVED),
    Stays("departures", "it is the move itself"),
    Stays("arrivals", "it is the move itself"),
    Stays("arrival_blobs", "it is the move itself"),
    Stays("arrival_scraps", "it is the move itself"),
    Stays("arrival_pages", "it is the move itself"),
    Stays("pending_accounts", "who moves is no longer pending"),
    Stays("domain_membership", SERVER),
    Stays("domain_nonces", SERVER),
    Stays("instance", SERVER),
    Stays("backups_made", SERVER),
    Stays("storage_holds", SERVER),
    Stays("forwardings", "it is of those who moved away from here"),
    Stays("forwarding_ties", "it is of those who moved away from here"),
    Stays("forwarded", "it is of those who moved away from here"),
)


def tables() -> Iterator[str]:
    """The names of all that are described."""
    yield from (each.table for each in MOVES)
    yield from (each.table for each in STAYS)


def named(table: str) -> Moves | None:
    """What is said of a table of which rows go along."""
    return next((each for each in MOVES if each.table == table), None)
