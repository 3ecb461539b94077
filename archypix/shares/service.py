"""Shares of an account: offered, answered, changed, ended; and who holds access by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, Unavailable
from archypix.core.ids import new_id
from archypix.notices.service import notify
from archypix.pictures.locks import lock_library
from archypix.received.directory import Directory
from archypix.shares import cover_store, grants_store, pictures_store, store
from archypix.shares.ending import Ender, noted
from archypix.shares.models import Grant, Holder, Holding, Party, Rights, Share
from archypix.shares.outside import Outside
from archypix.tags.paths import parse_path
from archypix.tags.resolving import find_path

MOST_SHARES = 10_000
MOST_LISTED = 1000
SWEPT_AT_ONCE = 100
NO_SHARE = "There is no share with this id."
NO_HOLDER = "Nobody holds access by that."


class ShareService:
    """What accounts share with others. Each call that changes something is one transaction, messages included."""

    def __init__(self, database: Database, outside: Outside) -> None:
        self._database = database
        self._outside = outside
        self._ender = Ender(outside)

    # By the owner

    async def create(
        self,
        account_id: int,
        *,
        tag: str,
        recipient: str | None,
        name: str,
        message: str = "",
        rights: Rights | None = None,
        ends_at: datetime | None = None,
        share_back_of: str | None = None,
        answers: UUID | None = None,
        moved_from: str | None = None,
    ) -> Share:
        """Offer the pictures under a tag to `recipient` (`@bob@b.test`).

        With `answers`, the id of a share that came in and stands, it is offered to its sender as a share back;
        `share_back_of` is the address of one. `moved_from` is the address that the share had at the account that this
        person had before. Raises `Invalid` (tag, recipient, end), `NotFound` (nobody of that name,
        no such share), `Unavailable` (their server is away), `Conflict` (`already_shared`, `too_many_shares`,
        `blocked`, `has_moved`).
        """
        path = parse_path(tag, field="tag")
        if ends_at is not None and ends_at <= clock.now():
            raise Invalid("The end is past.", faults=(Fault("ends_at", "In the future."),))
        me = await self._directory().me(account_id)
        if answers is not None:
            them, share_back_of = await self._answered(account_id, answers, recipient)
        elif recipient is not None:
            them = await self._directory().find(recipient)
        else:
            raise Invalid("With whom?", faults=(Fault("recipient", "Who is to receive it, such as @bob@b.test."),))
        if them.id == me.id:
            raise Invalid("This is you.", faults=(Fault("recipient", "Somebody else."),), code="oneself")
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            await store.lock_blocks(connection, account_id)
            tag_id = await find_path(connection, account_id, path)
            if tag_id is None:
                raise Invalid(
                    "There is no such tag.", faults=(Fault("tag", "There is no such tag."),), code="no_such_tag"
                )
            await self._refuse(connection, account_id, tag_id, them)
            share_id = new_id()
            await store.insert(
                connection, id=share_id, account_id=account_id, tag_id=tag_id,
                path=await store.path_of(connection, account_id, tag_id), sender_id=me.id, recipient_id=them.id,
                name=name or path[-1], message=message, rights=rights or Rights(), ends_at=ends_at,
                share_back_of=share_back_of, offered=new_id(), moved_from=moved_from,
            )  # fmt: skip
            return await self._offer(connection, account_id, share_id)

    async def offer_again(self, connection: Connection, account_id: int, share_id: UUID, them: Party) -> Share:
        """Offer what a share gives to somebody else as well, on the same terms: to where its recipient has moved.

        `NotFound`; `Conflict` as `create`, and where the tag or the share has ended (`share_ended`). The transaction
        may hold no lock on a share yet.
        """
        await lock_library(connection, account_id)
        await store.lock_blocks(connection, account_id)
        share = await store.one(connection, account_id, share_id)
        if share is None:
            raise NotFound(NO_SHARE)
        if share.tag_id is None or share.state not in ("pending", "active") or _is_over(share):
            raise Conflict("This share has ended.", code="share_ended")
        await self._refuse(connection, account_id, share.tag_id, them)
        made = new_id()
        await store.insert(
            connection, id=made, account_id=account_id, tag_id=share.tag_id, path=share.path,
            sender_id=share.sender.id, recipient_id=them.id, name=share.name, message=share.message,
            rights=share.rights, ends_at=share.ends_at, share_back_of=None, offered=new_id(),
        )  # fmt: skip
        return await self._offer(connection, account_id, made)

    async def _offer(self, connection: Connection, account_id: int, share_id: UUID) -> Share:
        share = await store.one(connection, account_id, share_id)
        assert share is not None
        assert share.tag_id is not None
        glimpse = await pictures_store.glimpse(connection, account_id, share.tag_id)
        await self._outside.herald.offered(connection, replace(share, glimpse=glimpse))
        return share

    async def list(
        self, account_id: int, *, ended: bool = False, before: UUID | None = None, limit: int = MOST_LISTED
    ) -> Sequence[Share]:
        """At most `limit` shares, the newest first: those that stand, with `ended` all."""
        async with self._database.connection() as connection:
            return await store.page(
                connection, account_id, ended=ended, before=before, limit=min(limit, MOST_LISTED + 1)
            )

    async def get(self, account_id: int, share_id: UUID) -> Share:
        """One share; `NotFound`."""
        async with self._database.connection() as connection:
            share = await store.one(connection, account_id, share_id)
        if share is None:
            raise NotFound(NO_SHARE)
        return share

    async def update(self, account_id: int, share_id: UUID, values: Mapping[str, Any]) -> Share:
        """Change `name`, `message`, `ends_at` or rights of a share that stands.

        Where it may be passed on less often than before, what is too far from the recipient ends. Raises `NotFound`,
        `Invalid`, `Conflict` (`share_ended`).
        """
        assert set(values) <= store.CHANGEABLE
        end = values.get("ends_at")
        if end is not None and end <= clock.now():
            raise Invalid("The end is past.", faults=(Fault("ends_at", "In the future."),))
        async with self._database.transaction() as connection:
            # What the share is limited to may be written anew.
            await lock_library(connection, account_id)
            share = await self._locked(connection, account_id, share_id)
            if share.state not in ("pending", "active") or _is_over(share):
                raise Conflict("This share has ended.", code="share_ended")
            changed = {key: value for key, value in values.items() if value != _value(share, key)}
            if not changed:
                return share
            await store.change(connection, share_id, changed)
            depth = changed.get("reshare_depth")
            if depth is not None and depth < share.rights.reshare_depth:
                deep = await grants_store.too_deep(connection, share_id, depth)
                if deep:
                    await self._ender.cut(connection, share, deep, "share")
            after = await store.known(connection, share_id)
            assert after is not None
            await self._outside.herald.changed(connection, after)
            return after

    async def revoke(self, account_id: int, share_id: UUID) -> Share:
        """End a share: from the commit on nobody has access by it. One that has ended stays as it is. `NotFound`."""
        async with self._database.transaction() as connection:
            share = await self._locked(connection, account_id, share_id)
            ended = await self._ender.end(connection, [share], "revoked")
            return ended[0] if ended else share

    async def holders(
        self, account_id: int, share_id: UUID, *, after: UUID | None = None, limit: int = MOST_LISTED
    ) -> Sequence[Grant]:
        """The tree of those who hold access by a share, parents before children, at most `limit`. `NotFound`."""
        await self.get(account_id, share_id)
        async with self._database.connection() as connection:
            return await grants_store.tree(connection, share_id, after, min(limit, MOST_LISTED + 1))

    async def cut(self, account_id: int, share_id: UUID, grant_id: UUID) -> int:
        """Take access from one holder and everybody under them; nobody lets them in again by this share.

        The root's end is that of the share. How many people had it by these grants. `NotFound`.
        """
        async with self._database.transaction() as connection:
            share = await self._locked(connection, account_id, share_id)
            if share.state != "active":
                raise NotFound(NO_HOLDER)
            if grant_id == share_id:
                below = await grants_store.downstream(connection, share_id)
                await self._ender.end(connection, [share], "revoked")
                return len({*below, share.recipient.id})
            cut = await self._ender.cut(connection, share, [grant_id], "owner")
            if cut is None:
                raise NotFound(NO_HOLDER)
            return len(cut.holders)

    async def holders_of_picture(
        self, account_id: int, picture_id: UUID, *, after: UUID | None = None, limit: int = MOST_LISTED
    ) -> Sequence[Holding]:
        """Everybody who has access to a picture of the account now, by each way; `NotFound`."""
        async with self._database.connection() as connection:
            if not await cover_store.owns(connection, account_id, picture_id):
                raise NotFound("There is no picture with this id.")
            return await cover_store.holdings(connection, account_id, picture_id, after, min(limit, MOST_LISTED + 1))

    async def all_holders(self, account_id: int, *, after: int = 0, limit: int = MOST_LISTED) -> Sequence[Holder]:
        """Everybody who has access to anything of the account now, by the rows of their actors."""
        async with self._database.connection() as connection:
            return await cover_store.holders(connection, account_id, after, min(limit, MOST_LISTED + 1))

    # From the recipient, inside the transaction of their message. Each may come late, twice, or from somebody else.

    async def accepted(self, connection: Connection, share_id: UUID, actor_row: int) -> Share | None:
        """The recipient accepts; the share as it is then. None: it was not offered to them."""
        known = await store.known(connection, share_id)
        if known is None or known.recipient.id != actor_row:
            return None
        # Nobody tags meanwhile: what lies under the tag is all there is to announce.
        await lock_library(connection, known.account_id)
        share = await self._offered_to(connection, share_id, actor_row)
        if share is None or share.state != "pending":
            return share
        if _is_over(share):
            return (await self._ender.end(connection, [share], "expired"))[0]
        await store.accept(connection, share_id)
        await notify(connection, share.account_id, "share.accepted_by", noted(share))
        return await store.known(connection, share_id)

    async def declined(self, connection: Connection, share_id: UUID, actor_row: int) -> Share | None:
        """The recipient declines, or wants nothing of it any more; as above."""
        share = await self._offered_to(connection, share_id, actor_row)
        if share is None:
            return None
        ended = await self._ender.end(connection, [share], "declined" if share.state == "pending" else "left")
        return ended[0] if ended else share

    async def left(self, connection: Connection, share_id: UUID, actor_row: int) -> Share | None:
        """The recipient wants nothing of it any more: their access and that of all under them ends; as above."""
        share = await self._offered_to(connection, share_id, actor_row)
        if share is None:
            return None
        ended = await self._ender.end(connection, [share], "left")
        return ended[0] if ended else share

    # By time

    async def expire(self) -> int:
        """End shares whose end has come, 100 at most; how many. Access ended then already: now everybody is told."""
        count = 0
        async with self._database.connection() as connection:
            due = await store.overdue(connection, SWEPT_AT_ONCE)
        for share_id in due:
            async with self._database.transaction() as connection:
                share = await store.lock(connection, share_id)
                if share is not None and _is_over(share):
                    count += len(await self._ender.end(connection, [share], "expired"))
        return count

    # Helpers

    def _directory(self) -> Directory:
        if self._outside.directory is None:
            raise Unavailable("This server does not speak to others.")
        return self._outside.directory

    async def _answered(self, account_id: int, incoming: UUID, recipient: str | None) -> tuple[Party, str]:
        """The sender of a share that came in, and its address."""
        async with self._database.connection() as connection:
            found = await store.incoming(connection, account_id, incoming)
        if found is None:
            raise NotFound("No share with this id has come in, or it has ended.")
        sender, uri = found
        if recipient is not None and (await self._directory().find(recipient)).id != sender.id:
            fault = Fault("recipient", f"{sender.handle}, or leave it out.")
            raise Invalid("That share came from somebody else.", faults=(fault,))
        return sender, uri

    async def _refuse(self, connection: Connection, account_id: int, tag_id: int, them: Party) -> None:
        """Raise `Conflict` where this is not to be offered to them. The account's blocks are locked."""
        if await store.has_moved(connection, account_id):
            raise Conflict("You have moved to another account: share from there.", code="has_moved")
        if await store.barred(connection, account_id, them.id):
            raise Conflict("You, or this server, have blocked them.", code="blocked")
        if await store.same(connection, account_id, tag_id, them.id):
            raise Conflict("You share this tag with them already.", code="already_shared")
        if await store.count_live(connection, account_id) >= MOST_SHARES:
            raise Conflict(f"{MOST_SHARES} shares are the most.", code="too_many_shares")

    async def _locked(self, connection: Connection, account_id: int, share_id: UUID) -> Share:
        if await store.one(connection, account_id, share_id) is None:
            raise NotFound(NO_SHARE)
        share = await store.lock(connection, share_id)
        assert share is not None
        return share

    async def _offered_to(self, connection: Connection, share_id: UUID, actor_row: int) -> Share | None:
        share = await store.lock(connection, share_id)
        return share if share is not None and share.recipient.id == actor_row else None


def _is_over(share: Share) -> bool:
    return share.ends_at is not None and share.ends_at <= clock.now()


def _value(share: Share, key: str) -> Any:
    """What a share has for a column."""
    return getattr(share, key) if key in ("name", "message", "ends_at") else getattr(share.rights, key)
