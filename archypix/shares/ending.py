"""How access ends: of a whole share, of grants and all under them, of single pictures. One transaction each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection
from archypix.events.store import emit
from archypix.notices.service import notify
from archypix.shares import cover_store, grants_store, store
from archypix.shares.models import Cut, Share, ShareState
from archypix.shares.outside import Outside

# What one message names.
MOST_NAMED = 100


def noted(share: Share) -> dict[str, str]:
    """What a notice to the owner says of a share."""
    return {"share": str(share.id), "name": share.name, "recipient": share.recipient.handle}


class Ender:
    """Ends what others hold, and has them told. The shares concerned are locked by the caller."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def end(self, connection: Connection, shares: Iterable[Share], state: ShareState) -> list[Share]:
        """End these shares, where they stand: nobody has access by them any more. Those that stood, as they are now.

        Where the recipient has ended it themselves (`declined`, `left`), only those below them are told.
        """
        standing = [share for share in shares if share.state in ("pending", "active")]
        if not standing:
            return []
        await store.end(connection, [share.id for share in standing], state)
        ended = []
        for share in standing:
            over = replace(share, state=state, ended_at=clock.now())
            cut = Cut(over, (share.id,), await grants_store.downstream(connection, share.id))
            if state not in ("declined", "left"):
                await self._outside.herald.revoked(connection, cut)
            elif cut.holders:
                await self._outside.herald.cut(connection, cut)
            if state in ("declined", "left"):
                await notify(connection, share.account_id, f"share.{state}_by", noted(share))
            else:
                await emit(connection, share.account_id, "share.ended", {"id": str(share.id), "state": state})
            ended.append(over)
        return ended

    async def cut(
        self, connection: Connection, share: Share, grant_ids: Sequence[UUID], by: str, *, tell_relayers: bool = True
    ) -> Cut | None:
        """End grants below the root and everything under them; None where they had ended. `by`: see `grants.cut_by`."""
        cuts = []
        # In bunches, so that each holder is told of a few grants: of those that concern them.
        for start in range(0, len(grant_ids), MOST_NAMED):
            some = tuple(grant_ids[start : start + MOST_NAMED])
            fallen = await grants_store.cut(connection, share.id, some, by)
            if fallen.count:
                cuts.append(Cut(share, some, fallen.holders, fallen.relayers if tell_relayers else ()))
                await self._outside.herald.cut(connection, cuts[-1])
        return _together(share, cuts) if cuts else None

    async def uncover(
        self, connection: Connection, share: Share, picture_ids: Sequence[UUID], grant_ids: Sequence[UUID] | None = None
    ) -> None:
        """Take pictures from these grants below the root (None: from all), and from all under them.

        Holders who have no other access to one of them are told so.
        """
        named = await grants_store.uncover(connection, share.id, picture_ids, grant_ids)
        rows = {row for holders in named.values() for row in holders}
        held = await cover_store.still_held(connection, share.account_id, list(named), list(rows)) if rows else set()
        lost: dict[int, list[UUID]] = defaultdict(list)
        for picture_id, holders in sorted(named.items()):
            for row in holders:
                if (picture_id, row) not in held:
                    lost[row].append(picture_id)
        # One message for all who have lost the same.
        alike: dict[tuple[UUID, ...], list[int]] = defaultdict(list)
        for row in sorted(lost):
            alike[tuple(lost[row])].append(row)
        for ids, without in alike.items():
            uris = [f"{share.sender.uri}/pictures/{picture_id}" for picture_id in ids]
            for start in range(0, len(uris), MOST_NAMED):
                await self._outside.herald.withdrawn(connection, share, uris[start : start + MOST_NAMED], without)


def _together(share: Share, cuts: Sequence[Cut]) -> Cut:
    """Several cuts of a share as one."""
    return Cut(
        share,
        tuple(grant for cut in cuts for grant in cut.grants),
        tuple(sorted({row for cut in cuts for row in cut.holders})),
        tuple(dict.fromkeys(relayer for cut in cuts for relayer in cut.relayers)),
    )
