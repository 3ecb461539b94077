"""The whole surface of a Resolver in one table, and two Resolvers on one database."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from archypix.gate.policy import policies
from tests.resolver.domain import Domain, FakeBackend, open_domain

TABLE = Path(__file__).with_name("policies.txt")


async def test_every_route_has_the_policy_that_the_table_says(domain: Domain) -> None:
    rows = [
        f"{method:6} {path:60} {policy.kind}{f' {policy.scope}' if policy.scope else ''}"
        for method, path, policy in policies(domain.app.quart, domain.app.raw_routes)
        if policy is not None
    ]
    assert "\n".join(rows) + "\n" == TABLE.read_text("utf-8")


async def test_two_resolvers_on_one_database_are_one(domain: Domain, resolver_url: str, tmp_path: Path) -> None:
    async with open_domain(resolver_url, tmp_path) as second:
        assert second.app.ground.identity.public == domain.app.ground.identity.public
        backend = await domain.join(domain.spare.pop())
        await backend.has("both")
        assert (await second.finger("acct:both@d.test")).status == 200
        await backend.beat(deleted=["both"])
        await _until(second, "both", 410)
        await _until(domain, "both", 410)
        # A message that one of them took is not taken by the other.
        path, body = "/internal/v1/names", b'{"names": ["both"]}'
        headers = backend.sign("POST", path, body)
        assert (await domain.ask("POST", path, headers=headers, body=body)).status == 200
        assert (await second.ask("POST", path, headers=headers, body=body)).code == "replayed"


async def _until(domain: Domain, name: str, status: int) -> None:
    deadline = time.monotonic() + 60
    while (await domain.finger(f"acct:{name}@d.test")).status != status:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_a_backend_comes_and_goes(domain: Domain) -> None:
    backend: FakeBackend = await domain.join(domain.spare.pop())
    number = (await domain.row(backend))["id"]
    backends = domain.app.ground.backends
    assert backends.up(number)
    await domain.silence(backend)
    assert not backends.up(number)
    await backend.beat()
    await backends.load()
    assert backends.up(number)
