"""Alice's library with pictures of Dave's in it, by ways that are put in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.ids import new_id
from archypix.shares.relaying.service import invite_answered
from tests.shares.publishing.stand import Stand


@dataclass
class Passing:
    """Alice's library again, with pictures that Dave owns and has shared with her; she shares with Bob."""

    stand: Stand

    async def way(self, sender: str = "dave", depth: int = 2) -> UUID:
        """A share by which pictures come to Alice, of the one who sends it."""
        way_id, share_id = new_id(), new_id()
        await self.stand.sql(
            "INSERT INTO incoming_shares (id, account_id, uri, sender_id, name, message, path, originals, future,"
            " reshare_depth, share_back, copy, metadata_edit, state)"
            " VALUES ($1, $2, $3, $4, 'x', '', '/x', true, true, $5, false, false, false, 'active')",
            way_id, self.stand.shelf.alice.id, f"https://{sender}.test/users/{sender}/shares/{share_id}",
            self.stand.people[sender], depth,
        )  # fmt: skip
        return way_id

    async def receive(self, *tags: str, by: UUID, sender: str = "dave", **way: Any) -> UUID:
        """A picture of Dave's in Alice's library."""
        picture = new_id()
        uri = f"https://dave.test/users/dave/pictures/{picture}"
        await self.stand.sql(
            "INSERT INTO pictures (id, owner_id, size, filename, media_type, kind, state, date_source, sorted_at,"
            " source, origin_uri, origin_owner_id, origin_revision)"
            " VALUES ($1, $2, 1, 'd.jpg', 'image/jpeg', 'image', 'ready', 'exif', '2020-06-15', 'share', $3, $4, 1)",
            picture, self.stand.shelf.alice.id, uri, self.stand.people["dave"],
        )  # fmt: skip
        await self.come(picture, by, direct=sender == "dave", **way)
        if tags:
            await self.stand.assign([picture], *tags)
        return picture

    async def come(self, picture: UUID, by: UUID, *, direct: bool = True, **way: Any) -> None:
        """The picture comes by a way."""
        values = {
            "share_id": by, "uri": f"https://dave.test/users/dave/pictures/{picture}", "owner_uri": "https://dave.test/users/dave",
            "owner_id": self.stand.people["dave"], "account_id": self.stand.shelf.alice.id, "picture_id": picture,
            "sequence": 1, "present": True, "direct": direct, **way,
        }  # fmt: skip
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.stand.sql(f"INSERT INTO received ({', '.join(values)}) VALUES ({places})", *values.values())

    async def answer(
        self, share: UUID, granted: list[str], refused: list[str] | None, invite: int | None, owner: str = "dave"
    ) -> None:
        async with self.stand.database.transaction() as connection:
            await invite_answered(
                connection, self.stand.shelf.alice.id, self.stand.people[owner],
                f"https://a.test/users/alice/shares/{share}",
                None if invite is None else f"https://a.test/invites/{invite}", granted, refused,
            )  # fmt: skip

    def uri(self, picture: UUID) -> str:
        return f"https://dave.test/users/dave/pictures/{picture}"
