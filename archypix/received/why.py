"""By which share a picture came to its tags, for whoever asks why it has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.tags.followers import Given

SOURCE = "incoming_share"


class ShareExplainer:
    """Names incoming shares (a `tags.followers.Explainer`)."""

    async def explain(
        self,
        connection: Connection,
        owner_id: int,
        picture_id: UUID,  # noqa: ARG002
        given: Collection[Given],
    ) -> Mapping[Given, Mapping[str, Any]]:
        """For each assignment by an incoming share: `share`, its id, name and sender."""
        wanted = [each for each in given if each[1] == SOURCE]
        if not wanted:
            return {}
        rows = await connection.fetch(
            "SELECT s.number, s.id, s.name, a.handle FROM incoming_shares s JOIN remote_actors a ON a.id = s.sender_id"
            " WHERE s.account_id = $1 AND s.number = ANY ($2)",
            owner_id, sorted({each[2] for each in wanted}),
        )  # fmt: skip
        named = {
            row["number"]: {"id": str(row["id"]), "name": row["name"], "sender": f"@{row['handle']}"} for row in rows
        }
        return {each: {"share": named[each[2]]} for each in wanted if each[2] in named}
