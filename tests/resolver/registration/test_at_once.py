"""Crowds at once over three backends: no name twice, none lost, the spread exactly as the strategy says."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from aiohttp import web

from tests.resolver.registration.house import PASSWORD, House

# People, and how many of their names are asked for twice.
CROWDS = {"least_users": (170, 30)}
SMALLER = (68, 12)


async def rush(house: House, names: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """Everybody at once, each from a network of their own."""

    async def one(number: int, name: str) -> tuple[int, dict[str, Any]]:
        answer = await house.visitor(number).call("POST", "/api/v1/registration", {"name": name, "password": PASSWORD})
        return answer.status_code, await answer.get_json(force=True)

    return await asyncio.gather(*(one(number, name) for number, name in enumerate(names)))


def expected(strategy: str, loads: list[int], people: list[int], each: int, newcomers: int) -> list[int]:
    """How many each backend gets, worked out one newcomer after another."""
    got = [0] * len(loads)
    for turn in range(newcomers):
        if strategy == "round_robin":
            got[turn % len(got)] += 1
            continue
        weight = 1 if strategy == "least_users" else each
        got[min(range(len(got)), key=lambda n: (loads[n] + got[n] * weight, people[n] + got[n], n))] += 1
    return got


FIGURES = {
    "least_users": ([40, 0, 7], {}),
    "least_pictures": ([3, 2, 5], {"pictures": [9000, 0, 3000]}),
    "least_bytes": ([3, 2, 5], {"bytes": [9 << 30, 8 << 30, 13 << 30]}),
    "round_robin": ([40, 0, 7], {"pictures": [9000, 0, 3000]}),
}


@pytest.mark.parametrize("strategy", sorted(FIGURES))
async def test_a_crowd_at_once_is_spread_as_the_strategy_says(house: House, strategy: str) -> None:
    there, figures = FIGURES[strategy]
    new, twice = CROWDS.get(strategy, SMALLER)
    for number, peer in enumerate(house.peers):
        await house.people(peer, *(f"old_{number}_{n}" for n in range(there[number])))
        await house.tell(peer, users=there[number], **{key: values[number] for key, values in figures.items()})
    before = await house.spread()
    await house.admin.send("PATCH", "/admin/settings", {"strategy": strategy})
    trial = await house.admin.send("GET", f"/admin/placement?people={new}")

    names = [f"new_{n}" for n in range(new)] + [f"new_{n}" for n in range(twice)]
    answers = await rush(house, names)

    statuses = Counter(status for status, _ in answers)
    assert statuses == {201: new, 409: twice}
    made = [answer for status, answer in answers if status == 201]
    assert sorted(answer["name"] for answer in made) == sorted(set(names))
    assert all(answer["active"] for answer in made)
    # Where the answer says somebody is, there they are, and nowhere else.
    for peer in house.peers:
        assert sorted(peer.active) == sorted(answer["name"] for answer in made if answer["backend"] == peer.origin)
        assert peer.most_at_once <= 8
    loads = there if strategy == "least_users" else next(iter(figures.values()), there)
    each = max(1, sum(loads) // sum(there))
    wanted = expected(strategy, list(loads), list(there), each, new)
    assert [len(peer.active) for peer in house.peers] == wanted
    assert [item["newcomers"] for item in trial["items"]] == wanted
    assert await house.spread() == before + Counter(
        {p.origin: n for p, n in zip(house.peers, wanted, strict=True) if n}
    )
    assert await house.nothing_is_under_way()
    counted = dict(
        await house.rows("SELECT b.origin, c.people FROM backend_people c JOIN backends b ON b.id = c.backend_id")
    )
    assert counted == dict(await house.spread())


async def test_a_limit_holds_for_those_who_come_at_once(house: House) -> None:
    await house.tell(house.peers[0], capacity_users=5)
    await house.tell(house.peers[1], limit_users=7)
    await house.admin.send("PATCH", "/admin/settings", {"most_users": 30})
    statuses = Counter(status for status, _ in await rush(house, [f"p{n}" for n in range(40)]))
    assert statuses == {201: 30, 403: 10}
    assert [len(peer.active) for peer in house.peers] == [5, 7, 18]


async def test_where_some_fail_no_name_is_lost_and_none_is_blocked(house: House) -> None:
    shaky = house.peers[1]

    async def breaks(name: str, said: dict[str, Any]) -> web.Response | None:
        return web.Response(status=500) if name.endswith(("3", "7")) else None

    shaky.before_making = breaks
    answers = await rush(house, [f"p{n}" for n in range(60)])
    assert Counter(status for status, _ in answers) == {201: 60}
    assert sum(len(peer.active) for peer in house.peers) == 60
    assert sum((await house.spread()).values()) == 60
    assert await house.nothing_is_under_way()
