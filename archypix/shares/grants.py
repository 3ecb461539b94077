"""Grants below the root: asked for by relayers, amended, given back; and what whoever holds a grant may see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Gone
from archypix.core.ids import new_id
from archypix.shares import cover_store, grants_store, passing_store, store
from archypix.shares.ending import Ender
from archypix.shares.models import MOST_INVITED, Covering, Cut, Invitation, Rights, Seen, Share, View
from archypix.shares.outside import Outside
from archypix.shares.passing_store import Stand

# Grants of one share, and of them those that one relayer may ask for.
MOST_GRANTS = 50_000
MOST_OF_ONE = 20_000
LONGEST_URI = 2048
MOST_VIEWED = 100


class GrantService:
    """Keeps the trees of grants. Everything is called inside the caller's transaction."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._ender = Ender(outside)

    async def invited(self, connection: Connection, invitation: Invitation) -> tuple[list[str], list[str]]:
        """Let a relayer's friend have what the relayer may pass on; which pictures are granted, which refused.

        One who is asked for again with other rights has those from then on, for all that was granted so; pictures add
        up. Idempotent. Nobody gets more than the relayer has, and nobody whom the owner has blocked or cut.
        """
        asked = list(dict.fromkeys(invitation.pictures[:MOST_INVITED]))
        refused = list(invitation.pictures[MOST_INVITED:])
        share = await self._share_of(connection, invitation)
        if share is None or not await self._may_have(connection, share, invitation):
            return [], asked + refused
        ids = {uri: picture_id for uri in asked if (picture_id := picture_of(uri, share.sender.uri)) is not None}
        stands = await passing_store.stands(
            connection, share.id, invitation.relayer.id, invitation.holder.id, list(ids.values())
        )
        granted = await self._grant(connection, share, invitation, [one for one in stands if one.reach > 0])
        return [uri for uri in asked if ids.get(uri) in granted], [
            uri for uri in asked if ids.get(uri) not in granted
        ] + refused

    async def _share_of(self, connection: Connection, invitation: Invitation) -> Share | None:
        """The share that the relayer names, locked, its owner's blocks held; None where that does not stand."""
        share_id = await store.of_uri(connection, invitation.share)
        share = None if share_id is None else await store.known(connection, share_id)
        if share is None:
            return None
        await store.lock_blocks(connection, share.account_id)
        share = await store.lock(connection, share.id)
        return share if share is not None and share.state == "active" else None

    async def _may_have(self, connection: Connection, share: Share, invitation: Invitation) -> bool:
        """Whether the owner lets this person have anything of the share by others."""
        holder, relayer = invitation.holder, invitation.relayer
        if holder.id in (share.sender.id, relayer.id):
            return False
        if not invitation.via_share.startswith(f"{relayer.uri}/") or len(invitation.via_share) > LONGEST_URI:
            return False
        for person in (holder, relayer):
            if await store.barred(connection, share.account_id, person.id):
                return False
        return not await passing_store.was_cut_by_owner(connection, share.id, holder.id)

    async def _grant(
        self, connection: Connection, share: Share, invitation: Invitation, stands: Sequence[Stand]
    ) -> set[UUID]:
        """Write the child grants; which pictures they cover."""
        relayer, holder = invitation.relayer.id, invitation.holder.id
        there = await passing_store.children(connection, share.id, relayer, invitation.via_share, holder)
        by_parent = {row["parent_id"]: row["id"] for row in there}
        had: set[UUID] = set()
        for one in stands:
            if one.id in by_parent:
                had |= await passing_store.covered_by(connection, [by_parent[one.id]], one.pictures)
                await self._amend(connection, share, by_parent[one.id], one, invitation)
        granted = set(had)
        for one in stands:
            more = [picture_id for picture_id in one.pictures if picture_id not in granted]
            if not more:
                continue
            grant_id = by_parent.get(one.id)
            if grant_id is None:
                grant_id = await self._insert(connection, share, invitation, one)
            if grant_id is None:
                break
            await passing_store.cover(connection, grant_id, one, more)
            granted.update(more)
        return granted

    async def _insert(self, connection: Connection, share: Share, invitation: Invitation, parent: Stand) -> UUID | None:
        """A new child of `parent`; None where there are too many."""
        total, theirs = await passing_store.counts(connection, share.id, invitation.relayer.id)
        if total >= MOST_GRANTS or theirs >= MOST_OF_ONE:
            return None
        depth, rights = _passed_on(parent, invitation)
        grant_id = new_id()
        values = {
            "id": grant_id, "share_id": share.id, "parent_id": parent.id, "holder_id": invitation.holder.id,
            "via_id": invitation.relayer.id, "via_share": invitation.via_share, "level": parent.level + 1,
            "depth": depth, "originals": rights.originals, "copy": rights.copy, "metadata_edit": rights.metadata_edit,
        }  # fmt: skip
        await passing_store.insert(connection, values)
        return grant_id

    async def _amend(
        self, connection: Connection, share: Share, grant_id: UUID, parent: Stand, invitation: Invitation
    ) -> None:
        """Give a child the rights that are asked for now; what is under it and too deep then ends."""
        depth, rights = _passed_on(parent, invitation)
        deep = await passing_store.amend(connection, grant_id, depth, rights)
        if deep:
            await self._ender.cut(connection, share, deep, "share")

    async def uninvited(
        self,
        connection: Connection,
        relayer_row: int,
        via_share: str,
        uris: Sequence[str] | None,
        *,
        upstream: str | None = None,
    ) -> list[Cut]:
        """A relayer gives back what they asked for by a share of theirs: these pictures, or, with None, all of it.

        `upstream` is the owner's share; without it all of them on this server. What was cut, where grants ended.
        """
        only = None if upstream is None else await store.of_uri(connection, upstream)
        if upstream is not None and only is None:
            return []
        found = await grants_store.asked_for(connection, relayer_row, via_share, only)
        shares = {share.id: share for share in await store.lock_all(connection, list(found))}
        cuts: list[Cut] = []
        # Looked up once more, now that nobody else changes it.
        for share_id, grant_ids in (await grants_store.asked_for(connection, relayer_row, via_share, only)).items():
            share = shares.get(share_id)
            if share is None:
                continue
            ended = grant_ids
            if uris is not None:
                named = [one for uri in uris if (one := picture_of(uri, share.sender.uri)) is not None]
                await self._ender.uncover(connection, share, named, grant_ids)
                ended = await grants_store.empty(connection, grant_ids)
            cut = await self._ender.cut(connection, share, ended, "relayer", tell_relayers=False) if ended else None
            if cut is not None:
                cuts.append(cut)
        return cuts

    async def withdrawn(self, connection: Connection, share: Share, picture_ids: Sequence[UUID]) -> None:
        """Pictures are not in a share any more: nobody below the root has them by it, and those concerned are told.

        The caller has locked the share.
        """
        await self._ender.uncover(connection, share, picture_ids)

    async def covering(
        self, connection: Connection, holder_row: int, picture_ids: Sequence[UUID]
    ) -> dict[UUID, list[Covering]]:
        """By which ways each of these pictures is somebody's now, those of most depth first; others are left out."""
        found: dict[UUID, list[Covering]] = {}
        for row in await cover_store.ways(connection, holder_row, picture_ids):
            rights = Rights(
                originals=row["originals"],
                future=row["future"],
                reshare_depth=row["depth"],
                share_back=row["share_back"],
                copy=row["copy"],
                metadata_edit=row["metadata_edit"],
            )
            way = Covering(tuple(row["path"]), row["share_id"], row["share"], rights)
            found.setdefault(row["picture_id"], []).append(way)
        return found

    async def view(
        self, connection: Connection, share_id: UUID, holder_row: int, cursor: UUID | None, limit: int = MOST_VIEWED
    ) -> View | None:
        """A page of what somebody may see of a share: its recipient what was announced, others what they were granted.

        None for whoever never held anything of it; raises `Gone` for whoever held something once.
        """
        share = await store.known(connection, share_id)
        if share is None:
            return None
        held = await grants_store.held(connection, share_id, holder_row)
        standing = [row for row in held if row["cut_at"] is None]
        if not await _stands(connection, share, holder_row):
            standing = []
        if not standing:
            if held or (share.recipient.id == holder_row and share.state == "revoked"):
                raise Gone("This share has ended.")
            return None
        root = next((row for row in standing if row["parent_id"] is None), None)
        if root is not None:
            rows = await cover_store.members(connection, share_id, cursor, limit + 1)
        else:
            ids = [row["id"] for row in standing]
            rows = await cover_store.covered_pictures(connection, share_id, ids, cursor, limit + 1)
        items = tuple(Seen(**row) for row in rows[:limit])
        last = items[-1].picture_id if len(rows) > limit else None
        return View(share, (root or standing[0])["id"], items, last)


async def _stands(connection: Connection, share: Share, holder_row: int) -> bool:
    """Whether a share gives access now, to this person as far as blocks go."""
    return await store.is_open(connection, share.id) and not await store.barred(
        connection, share.account_id, holder_row
    )


def _passed_on(parent: Stand, invitation: Invitation) -> tuple[int, Rights]:
    """What is passed on: what is asked for, and no more than the relayer has; the depth, and the rest."""
    asked, has = invitation.rights, parent.rights
    rights = Rights(
        originals=asked.originals and has.originals,
        copy=asked.copy and has.copy,
        metadata_edit=asked.metadata_edit and has.metadata_edit,
    )
    return max(0, min(invitation.depth, parent.reach - 1)), rights


def picture_of(uri: str, owner: str) -> UUID | None:
    """The id of a picture from its address; None where it is none of this owner's."""
    prefix = f"{owner}/pictures/"
    last = uri.removeprefix(prefix)
    try:
        found = UUID(last) if uri.startswith(prefix) and len(last) == 36 else None
    except ValueError:
        return None
    return found if found is not None and str(found) == last else None
