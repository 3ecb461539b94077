"""Sharing between two servers: how fast pictures arrive, how fast a page of them is, how fast access ends.

    python -m tests.benchmarks.bench_shares --server URL [--pictures 10000] [--later 1000] [--holders 10000]

Two real servers with databases of their own on one PostgreSQL; pictures are generated rows, thumbnails included only by
name. Each part names its reference:

- arriving: from `POST /shares` until all are listed at the other side, against inserting the same rows in slices of a
  hundred by one connection; the same for pictures that are tagged later;
- a page of 200 received pictures with the addresses of their thumbnails, against an owned page on the same server, in
  turn; and how many requests to the owner the first one caused;
- revoking a share with many downstream holders, who are all at one host that answers at once: the request itself, and
  the messages that follow, against a bare loop that signs and posts (see `bench_delivery`).
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import requests

from archypix.core.ids import new_id
from federation.signatures.keys import generate_rsa
from tests.benchmarks.bench_delivery import bare, sink
from tests.benchmarks.bench_lists import Program
from tests.rig.server import Server, User

SHARED, LATER, OWNED = "/Bench/Shared", "/Bench/Later", "/Bench/Owned"
ROUNDS = 60
PAGE = 200
# How many pictures of the share each downstream holder has.
EACH = 5

PICTURES = """
WITH numbers AS (SELECT i, md5(i::text || $2)::uuid AS id FROM generate_series($3::integer, $4::integer) AS i),
blobs AS (
    INSERT INTO blobs (id, sha256, size, state)
    SELECT id, sha256(convert_to(id::text, 'UTF8')), 4000000 + i, 'live' FROM numbers
)
INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, has_thumbnails, width,
    height, captured_at, utc_offset, date_source, sorted_at, latitude, longitude, camera_make, camera_model, lens, iso,
    aperture, focal_length, exposure, blurhash, source)
SELECT id, $1, id, sha256(convert_to(id::text, 'UTF8')), 4000000 + i, 'IMG_' || i || '.jpg', 'image/jpeg', 'image',
    'ready', true, 4000, 3000, timestamp '2024-01-01' + i * interval '7 minutes', 60, 'exif',
    timestamp '2024-01-01' + i * interval '7 minutes', 46.5, 7.9, 'Canon', 'Canon EOS R6', 'RF24-105mm F4 L', 200, 4.0,
    35, 0.004, 'LKO2?U%2Tw=w]~RBVZRi};RPxuwH', 'upload'
FROM numbers
"""


@dataclass
class House:
    """One of the two servers, somebody on it, and a connection to its database."""

    server: Server
    user: User
    database: asyncpg.Connection
    account_id: int
    handle: str

    @property
    def shelf(self) -> str:
        """The tag below which the other side finds what this one shares."""
        return f"/SharedToMe/@{self.handle[1:].replace('@', ':')}"

    async def generate(self, first: int, count: int, tag: str | None) -> float:
        """Make pictures, a hundred a statement, under `tag` if one is named; the seconds that their rows took."""
        began = time.perf_counter()
        for start in range(first, first + count, 100):
            stop = min(start + 100, first + count) - 1
            await self.database.execute(PICTURES, self.account_id, self.user.name, start, stop)
        took = time.perf_counter() - began
        await self.database.execute("ANALYZE pictures")
        if tag is not None:
            self.user.post("/tags", json={"path": tag})
            await self.database.execute(
                "INSERT INTO assignments (picture_id, tag_id, source) SELECT p.id, t.id, 'manual' FROM tags t,"
                " pictures p WHERE t.owner_id = $1 AND t.name = $2 AND p.owner_id = $1"
                " AND p.filename = ANY (SELECT 'IMG_' || i || '.jpg' FROM generate_series($3::integer, $4::integer) i)",
                self.account_id,
                tag.rpartition("/")[2],
                first,
                first + count - 1,
            )
        return took

    def asked(self, route: str) -> int:
        """How many requests this server has answered on a route."""
        text = requests.get(f"{self.server.url}/metrics", timeout=30).text
        found = re.findall(rf'^archypix_http_requests_total{{[^}}]*route="{route}"[^}}]*}} (\S+)', text, re.MULTILINE)
        return int(sum(map(float, found)))


@asynccontextmanager
async def two_houses(server: str, folder: Path) -> AsyncIterator[tuple[House, House]]:
    """alice on one server, bob on another."""
    with ExitStack() as stack:
        admin = await asyncpg.connect(server)
        names = {who: f"bench_shares_{who}_{uuid4().hex[:8]}" for who in ("alice", "bob")}
        houses = []
        try:
            for who, name in names.items():
                await admin.execute(f"CREATE DATABASE {name}")
                houses.append(await _open(stack, who, folder, urlunsplit(urlsplit(server)._replace(path=f"/{name}"))))
            yield houses[0], houses[1]
        finally:
            for house in houses:
                await house.database.close()
            stack.close()
            for name in names.values():
                await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()


async def _open(stack: ExitStack, who: str, folder: Path, url: str) -> House:
    settings = {"ARCHYPIX_DATABASE_URL": url, "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1"}
    server = Server(folder / who, env=settings, arguments=("--no-workers",), anew=True)
    await asyncio.to_thread(server.start, within=120)
    stack.callback(server.stop, within=30)
    user = await asyncio.to_thread(server.create_user, who)
    database = await asyncpg.connect(url)
    account_id = await database.fetchval("SELECT id FROM accounts WHERE name = $1", who)
    return House(server, user, database, account_id, f"@{who}@localhost:{server.port}")


async def until(look: Callable[[], Any], what: str, within: float = 300.0) -> Any:
    """The first true answer."""
    end = time.perf_counter() + within
    while not (found := await asyncio.to_thread(look)):
        if time.perf_counter() > end:
            raise AssertionError(f"not within {within} s: {what}")
        await asyncio.sleep(0.1)
    return found


def total(user: User, path: str) -> int:
    """How many pictures the tag of this path has, descendants included."""
    return next((tag["total"] for tag in user.get("/tags").json()["items"] if tag["path"] == path), 0)


def offered(user: User) -> list[dict[str, Any]]:
    return [share for share in user.get("/shares/incoming").json()["items"] if share["state"] == "pending"]


async def arriving(alice: House, bob: House, pictures: int, later: int) -> dict[str, Any]:
    """Offer, accept, list; then more pictures."""
    reference = await alice.generate(0, pictures, SHARED)
    reference_later = await alice.generate(pictures, later, LATER)
    wanted = {"tag": SHARED, "recipient": bob.handle, "future": True, "reshare_depth": 3, "originals": True}
    began = time.perf_counter()
    share = alice.user.post("/shares", json={**wanted, "name": "Bench"})
    assert share.status_code == 201, share.text
    (incoming,) = await until(lambda: offered(bob.user), "the offer")
    answer = bob.user.post(f"/shares/incoming/{incoming['id']}/accept")
    assert answer.ok, answer.text
    at = alice.shelf + SHARED
    await until(lambda: total(bob.user, at) == pictures, "all pictures")
    took = time.perf_counter() - began
    print(
        f"{pictures} pictures offered, accepted and listed: {took:.1f} s (under 20 wanted);"
        f" {took / reference:.1f} x inserting the rows ({reference:.1f} s)"
    )
    await asyncio.sleep(2)
    began = time.perf_counter()
    tagged = alice.user.post(
        "/pictures/batch/tags", json={"selection": {"query": f'tag:"{LATER}"'}, "add": [SHARED]}, timeout=120
    )
    assert tagged.ok, tagged.text
    await until(lambda: total(bob.user, at) == pictures + later, "later pictures")
    took = time.perf_counter() - began
    print(
        f"{later} later pictures tagged and listed: {took:.1f} s (under 5 wanted);"
        f" {took / reference_later:.1f} x inserting the rows ({reference_later:.1f} s)"
    )
    found: dict[str, Any] = share.json()
    return found


async def pages(alice: House, bob: House) -> None:
    """Received pages against owned ones."""
    await bob.generate(0, 2000, OWNED)
    await bob.database.execute("ANALYZE")
    program = Program(bob.server.url, str(bob.user.headers["Authorization"]).partition(" ")[2])
    received = f"/pictures?tag={alice.shelf}{SHARED}&limit={PAGE}"
    owned = f"/pictures?tag={OWNED}&limit={PAGE}"
    before = alice.asked("/access")
    began = time.perf_counter()
    first = bob.user.get(received).json()["items"]
    cold = time.perf_counter() - began
    requests_made = alice.asked("/access") - before
    shown = sum(1 for item in first if item["thumbnails"] and "://" in (item["thumbnails"]["small"] or ""))
    times: dict[str, list[float]] = {received: [], owned: []}
    for _ in range(ROUNDS):
        for path, spent in times.items():
            began = time.perf_counter()
            program.get(path)
            spent.append(time.perf_counter() - began)
    ours, theirs = (statistics.median(spent) * 1000 for spent in times.values())
    print(
        f"page of {PAGE} received pictures, cached: {ours:.2f} ms, owned {theirs:.2f} ms;"
        f" ratio {ours / theirs:.2f} (at most 1.5)\n"
        f"  the first time: {cold * 1000:.0f} ms, {requests_made} requests to the owner (1 wanted),"
        f" {shown} with thumbnails"
    )


async def revoking(alice: House, share: dict[str, Any], holders: int) -> None:
    """A share with many downstream holders ends."""
    with sink() as ports:
        inboxes = [f"http://localhost:{ports[0]}/users/{number}/inbox" for number in range(holders)]
        await _hand_down(alice, share["id"], inboxes)
        began = time.perf_counter()
        answer = alice.user.post(f"/shares/{share['id']}/revoke", timeout=120)
        took = time.perf_counter() - began
        assert answer.ok, answer.text
        host = f"localhost:{ports[0]}"
        queued = await alice.database.fetchval("SELECT count(*) FROM deliveries WHERE host = $1", host)
        while await alice.database.fetchval("SELECT EXISTS (SELECT FROM deliveries WHERE host = $1)", host):
            await asyncio.sleep(0.05)
        drained = holders / (time.perf_counter() - began)
        body = await alice.database.fetchval("SELECT json::text FROM activities ORDER BY id DESC LIMIT 1")
        key_id = "https://a.test/users/alice#main-key"
        reference = holders / await bare(inboxes, body.encode(), generate_rsa(), key_id)
    print(
        f"share with {holders} downstream holders revoked: {took * 1000:.0f} ms (under 500 wanted),"
        f" {queued} still to be told\n"
        f"  {drained:.0f} deliveries a second, the request included, bare {reference:.0f};"
        f" ratio {drained / reference:.2f} (at least 0.4)"
    )


async def _hand_down(alice: House, share_id: str, inboxes: list[str]) -> None:
    """Grants of people with these inboxes below the root, each for some of the pictures."""
    root = await alice.database.fetchrow("SELECT id, holder_id FROM grants WHERE id = $1", share_id)
    holders = await alice.database.fetch(
        "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
        " SELECT inbox || '#it', split_part(inbox, '/', 3), 'x@x', 'x@x', 'Person', 'x', inbox, inbox"
        " FROM unnest($1::text[]) AS inbox RETURNING id",
        inboxes,
    )
    rows = [(new_id(), row["id"]) for row in holders]
    await alice.database.executemany(
        "INSERT INTO grants (id, share_id, parent_id, holder_id, via_id, via_share, level, depth)"
        " VALUES ($1, $2, $2, $3, $4, 'https://b.test/users/bob/shares/x', 1, 1)",
        [(grant, root["id"], holder, root["holder_id"]) for grant, holder in rows],
    )
    await alice.database.execute(
        "INSERT INTO grant_pictures (grant_id, picture_id) SELECT g.id, p.id FROM unnest($1::uuid[]) AS g (id),"
        " (SELECT picture_id AS id FROM share_members WHERE share_id = $2 LIMIT $3) p",
        [grant for grant, _ in rows],
        root["id"],
        EACH,
    )
    await alice.database.execute("ANALYZE")


async def measure(server: str, pictures: int, later: int, holders: int) -> None:
    with tempfile.TemporaryDirectory(prefix="archypix-bench-shares-") as folder:
        async with two_houses(server, Path(folder)) as (alice, bob):
            share = await arriving(alice, bob, pictures, later)
            await pages(alice, bob)
            await revoking(alice, share, holders)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="address of a superuser's database on a PostgreSQL server")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--later", type=int, default=1000)
    parser.add_argument("--holders", type=int, default=10_000)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.server, arguments.pictures, arguments.later, arguments.holders))


if __name__ == "__main__":
    main()
