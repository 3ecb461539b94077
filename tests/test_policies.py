"""The whole surface in one table: every route with who may call it. A new route is added here by hand, on purpose."""

from __future__ import annotations

from pathlib import Path

from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import load_settings
from archypix.gate.policy import policies
from archypix.server.assembly import application

TABLE = Path(__file__).with_name("policies.txt")


async def test_every_route_has_the_policy_that_the_table_says(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    settings = load_settings({}, data=tmp_path)
    database = await Database.open(database_url, size=2)
    async with application(settings, Endpoints(database_url, redis_url), database, bytes(32), 8000) as app:
        rows = [
            f"{method:6} {path:60} {policy.kind}{f' {policy.scope}' if policy.scope else ''}"
            for method, path, policy in policies(app.quart, app.raw_routes)
            if policy is not None
        ]
    await database.close()
    assert "\n".join(rows) + "\n" == TABLE.read_text("utf-8")
