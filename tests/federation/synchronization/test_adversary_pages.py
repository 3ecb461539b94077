"""Shares whose servers have more to say than anybody can keep in mind."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from archypix.core.database import Database
from federation.synchronization import reading
from federation.synchronization.loop import CheckLoop
from federation.synchronization.models import Check, Outcome

MALLORY = "https://evil.test/users/mallory"
SHARE = f"{MALLORY}/shares/{uuid4()}"
PAGES, ON_PAGE, LONG = 40, 20, 5_000


async def page(address: str) -> dict[str, Any]:
    """One of many pages, all of it descriptions."""
    number = int(address.rpartition("=")[2])
    items = [
        {
            "id": f"{MALLORY}/pictures/{UUID(int=(number << 32) + one)}", "type": "Image", "attributedTo": MALLORY,
            "name": "x.jpg", "mediaType": "image/jpeg", "published": "2024-07-02T00:00:00Z", "apx:size": 1,
            "apx:revision": 1, "summary": "x" * LONG,
        } for one in range(ON_PAGE)
    ]  # fmt: skip
    following = {"next": f"{SHARE}?page={number + 1}"} if number < PAGES else {}
    return {"id": address, "partOf": SHARE, "orderedItems": items} | following


async def test_what_is_read_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT", 200_000)
    head = reading.Head(SHARE, MALLORY, 1, None, f"{SHARE}?page=1")
    found = await reading.pictures(page, head)
    # All of it is there, but what is said beyond the bound has to be asked for by itself, some at a time.
    assert len(found) == PAGES * ON_PAGE
    kept = sum(len(one.picture.description or "") for one in found if one.picture is not None)
    assert LONG * ON_PAGE <= kept <= 200_000 + 2 * LONG
    assert {one.owner for one in found} == {MALLORY}


class Endless:
    """A `Repairer` whose shares are all without end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def step(self, check: Check) -> Outcome | None:
        self.begun.append(check.host)
        await self.go.wait()
        return Outcome(1e6)


async def test_hosts_of_one_domain_do_not_take_all_places(database_url: str) -> None:
    database = await Database.open(database_url, size=4)
    try:
        async with database.connection() as connection:
            await connection.execute("INSERT INTO accounts (name) VALUES ('bob')")
            account = await connection.fetchval("SELECT id FROM accounts")
            hosts = [f"h{number}.evil.test" for number in range(20)] + ["kind.example"]
            for number, host in enumerate(hosts):
                row = await connection.fetchval(
                    "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
                    " VALUES ($1, $2, $1, $1, 'Person', 'x', $1, $1) RETURNING id", f"https://{host}/u", host,
                )  # fmt: skip
                await connection.execute(
                    "INSERT INTO share_checks (account_id, share, actor_id, host, state, next_at)"
                    " VALUES ($1, $2, $3, $4, 'ask', now() - interval '1 h' + make_interval(secs => $5))",
                    account, f"https://{host}/s", row, host, number,
                )  # fmt: skip
        endless = Endless()
        loop = asyncio.create_task(CheckLoop(database, endless).run())  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(90):
                while "kind.example" not in endless.begun:
                    await asyncio.sleep(0.05)
        finally:
            loop.cancel()
            await asyncio.wait([loop])
        assert sum(host.endswith("evil.test") for host in endless.begun) == 2
    finally:
        await database.close()
