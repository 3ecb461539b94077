"""Registering in a domain, as whoever asks sees it, and what is left behind when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from archypix.accounts.secrets import secret_hash
from tests.resolver.registration.house import PASSWORD, House, open_house
from tests.resolver.registration.peers import Peer, problem


async def test_whoever_registers_is_told_where_to_sign_in(house: House) -> None:
    made = await house.visitor().register("Alice", display_name="Alice A.")
    peer = next(peer for peer in house.peers if peer.active)
    assert made == {
        "name": "alice",
        "handle": "@alice@d.test",
        "backend": peer.origin,
        "sign_in": f"{peer.origin}/login",
        "active": True,
    }
    assert peer.active["alice"] | {"deadline": ""} == {
        "name": "alice",
        "password": PASSWORD,
        "display_name": "Alice A.",
        "quota": None,
        "is_admin": False,
        "deadline": "",
    }
    assert await house.spread() == {peer.origin: 1}
    assert await house.nothing_is_under_way()


async def test_the_mode_is_shown_and_holds(house: House) -> None:
    assert await house.visitor().send("GET", "/registration") == {"mode": "open"}
    await house.admin.send("PATCH", "/admin/settings", {"registration": "closed"})
    assert await house.visitor().send("GET", "/registration") == {"mode": "closed"}
    refused = await house.visitor().register("alice", status=403)
    assert refused["code"] == "registration_closed"
    assert not any(peer.asked for peer in house.peers)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "no spaces"}, "name"),
        ({"name": "admin"}, "name"),
        ({"name": "x" * 31}, "name"),
        ({"password": "short"}, "password"),
        ({"name": "longenough", "password": "LongEnough"}, "password"),
        ({"display_name": "two\nlines"}, "display_name"),
    ],
)
async def test_what_is_wrong_is_named_and_no_backend_is_asked(house: House, body: dict[str, Any], path: str) -> None:
    whole = {"name": "alice", "password": PASSWORD} | body
    refused = await house.visitor().send("POST", "/registration", whole, status=422)
    assert [fault["path"] for fault in refused["errors"]] == [path]
    assert not any(peer.asked for peer in house.peers)


async def test_names_are_given_once_in_the_life_of_the_domain(house: House) -> None:
    await house.visitor().register("alice")
    assert (await house.visitor().register("ALICE", status=409))["code"] == "name_taken"
    await house.sql("UPDATE names SET deleted_at = now()")
    assert (await house.visitor().register("alice", status=409))["code"] == "name_taken"


async def test_an_invite_is_spent_by_those_who_come(house: House) -> None:
    await house.admin.send("PATCH", "/admin/settings", {"registration": "invite"})
    code = (await house.admin.send("POST", "/admin/invites", {"uses": 2}, status=201))["code"]
    assert (await house.visitor().register("alice", status=403))["code"] == "invite_invalid"
    assert (await house.visitor().register("alice", invite="apxi_wrong", status=403))["code"] == "invite_invalid"
    await house.visitor().register("alice", invite=code)
    await house.visitor().register("alice", invite=code, status=409)
    await house.visitor().register("bob", invite=f" {code} ")
    assert (await house.visitor().register("carol", invite=code, status=403))["code"] == "invite_invalid"


async def test_an_invite_for_one_lets_one_of_many_in(house: House) -> None:
    await house.admin.send("PATCH", "/admin/settings", {"registration": "invite"})
    code = (await house.admin.send("POST", "/admin/invites", {}, status=201))["code"]
    answers = await asyncio.gather(
        *(
            house.visitor(n).call(
                "POST", "/api/v1/registration", {"name": f"p{n}", "password": PASSWORD, "invite": code}
            )
            for n in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403, 403, 403]
    assert sum((await house.spread()).values()) == 1
    assert sum(len(peer.active) for peer in house.peers) == 1
    assert await house.nothing_is_under_way()
    assert await house.sql("SELECT uses_left FROM invites WHERE code_hash = $1", secret_hash(code)) == 0


async def test_one_network_registers_twenty_an_hour(house: House) -> None:
    crowd = house.visitor(3)
    for n in range(20):
        await crowd.register(f"p{n}")
    answer = await crowd.call("POST", "/api/v1/registration", {"name": "p20", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    await house.visitor(4).register("p20")


async def test_a_page_of_another_site_registers_nobody(house: House) -> None:
    body = {"name": "alice", "password": PASSWORD}
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        answer = await house.visitor().call("POST", "/api/v1/registration", body, headers=header)
        assert answer.status_code == 403
    assert await house.spread() == {}


# Backends that fail


async def _refuses(name: str, said: dict[str, Any]) -> web.Response:
    return problem(503, "unavailable", "Not now.")


async def test_where_one_backend_fails_another_takes_over(house: House) -> None:
    first, second, _ = house.peers
    first.before_making = _refuses
    made = await house.visitor().register("alice")
    assert made["backend"] == second.origin
    await first.stop()
    made = await house.visitor().register("bob")
    assert made["backend"] != first.origin
    assert await house.nothing_is_under_way()


async def test_where_all_fail_nothing_is_left(house: House) -> None:
    await house.admin.send("PATCH", "/admin/settings", {"registration": "invite"})
    code = (await house.admin.send("POST", "/admin/invites", {}, status=201))["code"]
    for peer in house.peers:
        peer.before_making = _refuses
    answer = await house.visitor().call(
        "POST", "/api/v1/registration", {"name": "alice", "password": PASSWORD, "invite": code}
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert (await answer.get_json(force=True))["code"] == "not_registered"
    assert await house.nothing_is_under_way()
    for peer in house.peers:
        peer.before_making = None
    await house.visitor().register("alice", invite=code)


async def test_what_a_backend_finds_wrong_is_shown(house: House) -> None:
    async def finds_fault(name: str, said: dict[str, Any]) -> web.Response:
        return problem(422, "invalid", "Too simple.", errors=[{"path": "password", "detail": "Too simple."}, 7])

    for peer in house.peers:
        peer.before_making = finds_fault
    refused = await house.visitor().register("alice", status=422)
    assert refused["detail"] == "Too simple."
    assert refused["errors"] == [{"path": "password", "detail": "Too simple."}]
    assert await house.nothing_is_under_way()
    assert sum(len(peer.asked) for peer in house.peers) == 2  # asked to make it, and to forget it


async def test_what_a_backend_keeps_of_an_earlier_try_gives_way(house: House) -> None:
    for peer in house.peers:
        peer.pending["alice"] = {"password": "of somebody who never arrived"}
    made = await house.visitor().register("alice")
    peer = next(peer for peer in house.peers if peer.origin == made["backend"])
    assert peer.active["alice"]["password"] == PASSWORD


async def test_a_name_that_a_backend_has_without_the_domain_is_taken(house: House) -> None:
    for peer in house.peers:
        peer.active["alice"] = {}
    assert (await house.visitor().register("alice", status=409))["code"] == "name_taken"
    assert await house.spread() == {}
    assert await house.sql("SELECT count(*) FROM placements") == 0


async def test_who_is_not_let_in_at_once_has_come_all_the_same(house: House) -> None:
    for peer in house.peers:
        peer.refuses_activation = True
    made = await house.visitor().register("alice")
    assert made["active"] is False
    assert await house.spread() == {made["backend"]: 1}
    assert [name for peer in house.peers for name in peer.pending] == ["alice"]


async def test_a_backend_that_loses_an_account_on_its_way_makes_it_again(house: House) -> None:
    for peer in house.peers:
        peer.forgets = 1
    made = await house.visitor().register("alice")
    assert made["active"] is True
    peer = next(peer for peer in house.peers if peer.origin == made["backend"])
    assert peer.active["alice"]["password"] == PASSWORD


@pytest.fixture
async def held(house: House) -> AsyncIterator[asyncio.Event]:
    """Backends begin to make accounts, and wait until the event is set."""
    go = asyncio.Event()

    async def waits(name: str, said: dict[str, Any]) -> None:
        await go.wait()

    for peer in house.peers:
        peer.before_making = waits
    yield go
    go.set()


async def _asked(peers: list[Peer], times: int = 1) -> None:
    while sum(len(peer.asked) for peer in peers) < times:
        await asyncio.sleep(0.005)


async def test_whoever_hangs_up_has_registered_all_the_same(house: House, held: asyncio.Event) -> None:
    asking = asyncio.create_task(house.registration.register("alice", PASSWORD, "", None, "198.51.100.1"))
    await _asked(house.peers)
    asking.cancel()
    await asyncio.wait([asking])
    held.set()
    await house.registration.close()
    assert sum((await house.spread()).values()) == 1
    assert await house.nothing_is_under_way()


async def test_a_name_on_its_way_is_taken_until_its_time_is_up(house: House, held: asyncio.Event) -> None:
    late = asyncio.create_task(house.visitor(1).register("alice", status=409))
    await _asked(house.peers)
    assert (await house.visitor(2).register("alice", status=409))["code"] == "name_taken"
    # As if the Resolver had died and come again: nobody is there to end it, but its time.
    await house.sql("UPDATE placements SET expires_at = now()")
    peer = next(peer for peer in house.peers if peer.asked)
    for other in house.peers:
        other.before_making = None
    made = await house.visitor(2).register("alice")
    held.set()
    await late
    assert await house.spread() == {made["backend"]: 1}
    owner = next(one for one in house.peers if one.origin == made["backend"])
    assert "alice" in owner.active
    assert peer.origin == made["backend"] or "alice" not in peer.active


async def test_a_password_is_nowhere_but_on_its_way(
    domain_url: str, redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "quite-unmistakable-9f3a"
    caplog.set_level(logging.DEBUG)
    async with open_house(domain_url, redis_url, tmp_path, backends=1) as house:
        peer = house.peers[0]
        outcomes: list[web.Response | None] = [
            problem(422, "invalid", "No."), problem(500, "internal", "No."), web.Response(status=201), None,
        ]  # fmt: skip

        async def answers(name: str, said: dict[str, Any]) -> web.Response | None:
            assert said["password"] == secret
            return outcomes.pop(0)

        peer.before_making = answers
        body = {"name": "alice", "password": secret}
        for status in (422, 503, 201):
            text = await (await house.visitor().call("POST", "/api/v1/registration", body)).get_data(as_text=True)
            assert secret not in text, status
            await house.sql("DELETE FROM names")
        for wrong in ({**body, "name": 7}, {**body, "more": 1}, {"password": secret}, [secret]):
            text = await (await house.visitor().call("POST", "/api/v1/registration", wrong)).get_data(as_text=True)
            assert secret not in text
        form = {"name": "bob", "password": secret, "again": secret + "x"}
        text = await (await house.visitor().call("POST", "/register", form=form)).get_data(as_text=True)
        assert secret not in text
        tables = await house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            rows = await house.rows(f"SELECT t::text FROM {table} t")
            assert not [row for row in rows if secret in str(row[0])], table
    assert secret not in caplog.text
    assert secret not in "".join(capfd.readouterr())
