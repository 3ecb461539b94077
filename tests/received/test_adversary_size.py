"""Shares of many pictures: what is done for a list must not take the time of the list times the library."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from archypix.core.database import Connection
from archypix.received import ways_store
from federation.synchronization import held_store
from tests.received.post import Post, offer, open_post

MANY = 10_000


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


class Looking:
    """A connection that explains what it is asked, with the plan that it has for whatever list."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.plans: list[dict[str, Any]] = []

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        kinds = ", ".join(
            "uuid" if type(one).__name__.endswith("UUID") else {int: "bigint", str: "text", list: "text[]"}[type(one)]
            for one in arguments
        )
        await self._connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await self._connection.execute(f"PREPARE looked ({kinds}) AS {statement}")
        given = ", ".join([f"'{written(one)}'" for one in arguments])
        found = await self._connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked ({given})")
        self.plans.append((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
        await self._connection.execute("DEALLOCATE looked")
        return []


def written(value: Any) -> str:
    return "{" + ",".join(value) + "}" if isinstance(value, list) else str(value)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(one for part in plan.get("Plans", ()) for one in nodes(part))]


async def test_what_a_list_lacks_is_found_by_one_look_at_each(post: Post) -> None:
    share = offer(post.dora)
    taken = await post.taken(share)
    await post.shelf.sql(
        "INSERT INTO received (share_id, uri, owner_uri, owner_id, account_id, sequence, present, direct, upstream)"
        " SELECT $1, $2 || '/pictures/' || i, $2, $3, $4, 1, true, false, $2 || '/shares/1'"
        " FROM generate_series(1, $5) i RETURNING 1",
        taken.id, post.dora.uri, post.dora.id, post.account, MANY,
    )  # fmt: skip
    await post.shelf.sql("ANALYZE received")
    uris = [f"{post.dora.uri}/pictures/{number}" for number in range(2, MANY)]
    async with post.shelf.database.transaction() as connection:
        looking: Any = Looking(connection)
        await ways_store.spare(looking, taken.id, uris, 5)
        await held_store.below_but(looking, post.account, post.dora.uri, f"{post.dora.uri}/shares/1", uris)
    assert len(looking.plans) == 2
    for plan in looking.plans:
        assert plan["Actual Rows"] == 2
        looks = sum(one["Actual Rows"] * one["Actual Loops"] for one in nodes(plan))
        dropped = sum(one.get(name, 0) for one in nodes(plan) for name in one if name.startswith("Rows Removed"))
        assert looks + dropped < 10 * MANY
        assert not any("ALL" in str(one.get("Filter", "")) for one in nodes(plan))
