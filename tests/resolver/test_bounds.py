"""Whoever means ill, or too much at once, meets a bound."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from federation.signatures import keys
from resolver.backends import introducing, proof
from resolver.backends.introducing import MOST_STRANGERS
from resolver.names.models import Where
from resolver.passing import app as passing
from resolver.passing.keeping import OVERHEAD, Keeper, Kept, fresh_seconds
from resolver.refusals import MOST_OF_ONE
from tests.resolver.domain import Domain, FakeBackend


async def test_forgers_do_not_fill_the_log(domain: Domain, backend: FakeBackend) -> None:
    key, sent = keys.generate_ed25519(), 3 * MOST_OF_ONE
    said = [await backend.say("/heartbeats", {}, key=key) for _ in range(sent)]
    assert {one.code for one in said} == {"bad_signature"}
    assert 0 < await domain.audited("message.forged", backend) < sent
    # What is forged in its name does not keep a backend from speaking.
    assert (await backend.beat()).status == 200


async def test_what_proves_nothing_is_bounded(
    domain: Domain, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST_UNPROVED", 3)
    headers = {"X-Forwarded-For": "203.0.113.77"}
    said = await domain.ask("POST", "/internal/v1/heartbeats", headers=headers, body=b"{}")
    assert said.status == 401
    for _ in range(50):
        said = await domain.ask("POST", "/internal/v1/heartbeats", headers=headers, body=b"{}")
        if said.status == 429:
            break
    assert said.code == "rate_limited"
    assert "Retry-After" in said.headers
    # Those who come from elsewhere, or prove who they are, do not feel it.
    for _ in range(6):
        assert (await backend.beat()).status == 200


async def test_introductions_are_bounded(
    domain: Domain, stranger: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introducing, "MOST_OF_ADDRESS", 3)
    stranger.shows_key = False
    assert (await stranger.introduce()).code == "backend_away"
    for _ in range(50):
        said = await stranger.introduce()
        if said.status == 429:
            break
    assert said.code == "rate_limited"
    assert len(stranger.paths("/actor")) < 51


async def test_only_so_many_wait_to_be_admitted(domain: Domain, stranger: FakeBackend, backend: FakeBackend) -> None:
    await domain.sql(
        "INSERT INTO backends (origin, presented, fingerprint)"
        " SELECT 'https://s' || n || '.test', 'k', 'f' FROM generate_series(1, $1::int) n",
        MOST_STRANGERS,
    )
    said = await stranger.introduce()
    assert (said.status, said.code) == (429, "too_many_pending")
    assert (await backend.introduce()).json["state"] == "admitted"
    await domain.sql("UPDATE backends SET introduced_at = now() - interval '8 days' WHERE origin LIKE 'https://s%'")
    for room in (domain.app.loops["strangers"],):
        task = asyncio.create_task(room())
        deadline = time.monotonic() + 60
        while await domain.sql("SELECT count(*) FROM backends WHERE origin LIKE 'https://s%'"):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        task.cancel()
    assert (await stranger.introduce()).status == 202


async def test_messages_are_remembered_no_longer_than_they_hold(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("nonce_maker")
    kept = "SELECT count(*) FROM nonces n JOIN backends b ON b.id = n.backend_id WHERE b.origin = $1"
    assert await domain.sql(kept, backend.origin) == 1
    await domain.sql("UPDATE nonces SET until = now() - interval '1 second'")
    task = asyncio.create_task(domain.app.loops["strangers"]())
    deadline = time.monotonic() + 60
    while await domain.sql(kept, backend.origin):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    task.cancel()


async def test_nobodies_do_not_push_people_out_of_memory(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("known_one")
    names = domain.app.ground.names
    while names.peek("known_one") is None:
        await names.where("known_one")
        await asyncio.sleep(0.01)
    for number in range(50):
        assert await names.where(f"nobody{number}") is None
    assert names.peek("known_one") is not None
    assert names.peek("nobody1") is None


def test_what_is_kept_has_a_bound() -> None:
    keeper = Keeper(most_bytes=10 * (OVERHEAD + 1000), most_entries=1000)
    where = Where("alice", 1, deleted=False)

    def kept(size: int = 1000) -> Kept:
        return Kept(where, 200, (), b"x" * size, time.monotonic() + 60)

    for number in range(50):
        keeper.put((b"%d" % number, b"", b"", "en"), kept())
        keeper.get((b"0", b"", b"", "en"), where)
    assert len(keeper) == 10
    assert keeper.bytes == 10 * (OVERHEAD + 1000)
    # What is used stays; what lies about goes.
    assert keeper.get((b"0", b"", b"", "en"), where) is not None
    assert keeper.get((b"1", b"", b"", "en"), where) is None
    # Somebody who has moved, or gone, is not shown as before.
    assert keeper.get((b"49", b"", b"", "en"), Where("alice", 2, deleted=False)) is None
    assert keeper.get((b"49", b"", b"", "en"), where) is None
    small = Keeper(most_bytes=1 << 30, most_entries=3)
    for number in range(9):
        small.put((b"%d" % number, b"", b"", "en"), kept(1))
        small.put((b"%d" % number, b"", b"", "en"), kept(2))
    assert len(small) == 3
    assert small.bytes == 3 * (OVERHEAD + 2)


def test_which_answers_are_for_everybody() -> None:
    public = {"Cache-Control": "Public, Max-Age=60"}
    assert fresh_seconds(200, public) == 60
    assert fresh_seconds(410, public) == 60
    assert fresh_seconds(200, {"Cache-Control": 'public,max-age="5"'}) == 5
    assert fresh_seconds(200, {"Cache-Control": "public, max-age=999999999"}) == 3600
    for status in (201, 204, 206, 301, 304, 401, 404, 500):
        assert fresh_seconds(status, public) is None
    for control in ("public", "public, s-maxage=60", "public, max-age=", "public, no-cache, max-age=1", ""):
        assert fresh_seconds(200, {"Cache-Control": control}) is None


async def test_only_so_much_of_one_address_is_under_way(
    domain: Domain, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backend.has("slow_one")
    monkeypatch.setattr(passing, "MOST_OF_ADDRESS", 3)
    go_on = asyncio.Event()

    async def waits(request: web.Request) -> web.Response:
        await go_on.wait()
        return web.Response(text="at last", headers={"Cache-Control": "no-store"})

    backend.views["/users/slow_one/x"] = waits
    headers = {"X-Forwarded-For": "203.0.113.50"}
    under_way = [
        asyncio.create_task(domain.ask("GET", f"/users/slow_one/x?{number}", headers=headers)) for number in range(3)
    ]
    while len(backend.paths("/users/slow_one/x")) < 3:
        await asyncio.sleep(0.01)
    said = await domain.ask("GET", "/users/slow_one/x?4", headers=headers)
    assert (said.status, said.code) == (503, "unavailable")
    backend.shows("/users/slow_one", "others are served")
    assert (await domain.get("/users/slow_one")).body == b"others are served"
    assert (await domain.finger("acct:slow_one@d.test")).status == 200
    go_on.set()
    assert [one.body for one in await asyncio.gather(*under_way)] == [b"at last"] * 3
    assert (await domain.ask("GET", "/users/slow_one/x?4", headers=headers)).body == b"at last"


async def test_what_was_not_heard_is_not_missed(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("unheard")
    names = domain.app.ground.names
    while names.peek("unheard") is None:
        await names.where("unheard")
        await asyncio.sleep(0.01)
    # The connection over which changes are told is cut, and meanwhile something changes.
    await domain.sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'archypix listening' AND datname = current_database()"
    )
    await domain.sql("UPDATE names SET deleted_at = now() WHERE name = 'unheard'")
    deadline = time.monotonic() + 60
    while (await domain.finger("acct:unheard@d.test")).status != 410:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    # Heard again, changes are told as before.
    deadline = time.monotonic() + 60
    while names.peek("unheard") is None:
        assert time.monotonic() < deadline
        await names.where("unheard")
        await asyncio.sleep(0.05)
