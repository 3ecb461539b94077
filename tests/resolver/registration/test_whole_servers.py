"""Two hundred at once over three backends that are whole servers, and what is left of one that dies meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import aiohttp
import asyncpg
import pytest
import requests

from tests.rig.domain import Domain, shared_domain

PASSWORD = "correct horse battery"
BACKENDS = ("b1", "b2", "b3")


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Domain]:
    """Open to everybody, each of whom has an address of their own. Backends under load are not taken for dead."""
    told = {"registration": "open", "trusted_proxies": "127.0.0.1", "heartbeat_seconds": "20"}
    with shared_domain(
        tmp_path_factory.mktemp("domain"), postgres_url, backends=3, workers=0, resolver=told
    ) as made:  # fmt: skip
        yield made


async def rush(domain: Domain, names: Sequence[str], *, network: int) -> list[tuple[int, dict[str, Any]]]:
    """Everybody at once."""
    url = f"{domain.servers['r'].url}/api/v1/registration"
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:

        async def one(number: int, name: str) -> tuple[int, dict[str, Any]]:
            headers = {"X-Forwarded-For": f"198.{network}.{number // 250}.{number % 250 + 1}"}
            body = {"name": name, "password": PASSWORD}
            async with session.post(url, json=body, headers=headers) as answer:
                return answer.status, await answer.json(content_type=None)

        return await asyncio.gather(*(one(number, name) for number, name in enumerate(names)))


async def accounts(domain: Domain, backend: str) -> set[str]:
    """Whom a backend lets in."""
    connection = await asyncpg.connect(domain.servers[backend].database_url)
    try:
        return {row[0] for row in await connection.fetch("SELECT name FROM accounts WHERE deleted_at IS NULL")}
    finally:
        await connection.close()


def signs_in(answer: dict[str, Any], domain: Domain) -> bool:
    """Whether somebody can sign in where the answer said."""
    place = next(name for name in BACKENDS if answer["backend"].startswith(f"https://{name}."))
    url = f"{domain.servers[place].url}/api/v1/session"
    return requests.post(url, json={"name": answer["name"], "password": PASSWORD}, timeout=60).status_code == 200


@pytest.mark.long
async def test_two_hundred_at_once_over_whole_servers(domain: Domain) -> None:
    before = {name: await accounts(domain, name) for name in BACKENDS}
    names = [f"new_{n}" for n in range(180)] + [f"new_{n}" for n in range(20)]
    answers = await rush(domain, names, network=51)
    assert Counter(status for status, _ in answers) == {201: 180, 409: 20}
    made = [answer for status, answer in answers if status == 201]
    assert sorted(answer["name"] for answer in made) == sorted(set(names))

    found = domain.resolver.get("/people", params={"q": "new_", "limit": 500}).json()["items"]
    assert {person["name"]: person["backend"] for person in found} == {one["name"]: one["backend"] for one in made}
    for _ in range(600):
        if sum([len(await accounts(domain, name)) - len(before[name]) for name in BACKENDS]) == 180:
            break
        await asyncio.sleep(0.1)  # those whom a backend lets in with its next heartbeat
    there = {name: await accounts(domain, name) - before[name] for name in BACKENDS}
    assert sum(len(found) for found in there.values()) == 180
    assert set().union(*there.values()) == set(names)
    for name in BACKENDS:
        said = {answer["name"] for answer in made if answer["backend"].startswith(f"https://{name}.")}
        assert said == there[name]
    # Fewest people first, whoever was there before counted.
    totals = sorted(len(before[name]) + len(there[name]) for name in BACKENDS)
    assert totals[-1] - totals[0] <= 1, totals
    for server in domain.servers.values():
        assert not [line for line in server.log if PASSWORD in line]
    for answer in made[::30]:
        assert signs_in(answer, domain)
        link = domain.finger(f"{answer['name']}@d.test").json()["links"][0]["href"]
        assert link == f"https://d.test/users/{answer['name']}"
        assert domain.actor(link).json()["inbox"].startswith(answer["backend"])


@pytest.mark.long
async def test_a_backend_that_dies_blocks_no_name_and_loses_nobody(domain: Domain) -> None:
    before = len(await accounts(domain, "b2"))
    names = [f"late_{n}" for n in range(40)]
    rushing = asyncio.create_task(rush(domain, names, network=52))
    while len(await accounts(domain, "b2")) == before:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(domain.kill, "b2")
    answers = dict(zip(names, await rushing, strict=True))
    assert set(Counter(status for status, _ in answers.values())) <= {201, 503}
    await asyncio.to_thread(domain.restart, "b2")
    again = [name for name, (status, _) in answers.items() if status == 503]
    for (status, answer), name in zip(await rush(domain, again, network=53), again, strict=True):
        assert status == 201, (name, answer)
        answers[name] = (status, answer)
    made = {name: answer for name, (_, answer) in answers.items()}
    places = {name: f"https://{name}." for name in BACKENDS}

    def settled(found: dict[str, set[str]]) -> bool:
        return all(
            (name in found[place]) == made[name]["backend"].startswith(places[place])
            for name in names
            for place in BACKENDS
        )

    for _ in range(600):
        if settled({place: await accounts(domain, place) for place in BACKENDS}):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("an account is missing, or is there twice")
    for name in names[::10]:
        assert signs_in(made[name], domain)
