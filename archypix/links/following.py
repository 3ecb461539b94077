"""What links do when the tags that they show change, and when their owner goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.links import store
from archypix.tags.followers import Given, Note, by_now


class LinkFollower:
    """A `tags.followers.Follower` and `Restorer`.

    Its notes have the tag before and after of each link, by id; None where it led nowhere any more.
    """

    name = "links"

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Links know their tags by id."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """Links show the tag that theirs becomes."""
        note: Note = {}
        for link_id, tag_id in (await store.of_tags(connection, owner_id, list(mapping))).items():
            await store.exchange(connection, owner_id, link_id, tag_id, mapping[tag_id])
            note[str(link_id)] = {"before": tag_id, "after": mapping[tag_id]}
        return note or None

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Links to these tags lead nowhere from now on: the rows of the tags are about to go."""
        concerned = await store.of_tags(connection, owner_id, ids)
        return {str(key): {"before": tag_id, "after": None} for key, tag_id in concerned.items()} or None

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> dict[str, int]:
        """How many links show these tags."""
        return {"links": await store.count_of_tags(connection, owner_id, ids)}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Links that are still there show again what they did, where nobody has chosen otherwise since."""
        done: Note = {}
        for key, tags in note.items():
            before, after = (by_now(tags[name], renumbered) for name in ("before", "after"))
            if await store.exchange(connection, owner_id, UUID(key), after, before):
                done[key] = {"before": after, "after": before}
        return done or None


class LinkExplainer:
    """Names the guests who brought a picture (a `tags.followers.Explainer`)."""

    async def explain(
        self, connection: Connection, owner_id: int, picture_id: UUID, given: Collection[Given]
    ) -> Mapping[Given, Mapping[str, Any]]:
        """For tags that came with an upload: `guests`, each with the name and the link by which the picture came."""
        wanted = [each for each in given if each[1] == "upload"]
        if not wanted:
            return {}
        rows = await store.bringers(connection, owner_id, picture_id)
        guests = [
            {"name": row["guest"], "link": {"id": _text(row["link_id"]), "name": row["link_name"]}} for row in rows
        ]
        return {each: {"guests": guests} for each in wanted} if guests else {}


class LinksOfAccounts:
    """An `accounts.followers.AccountFollower`."""

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """While an account is disabled its links lead nowhere: that is asked at every request."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """Links go with their owner."""
        await store.forget_account(connection, account_id)


def _text(link_id: UUID | None) -> str | None:
    return None if link_id is None else str(link_id)
