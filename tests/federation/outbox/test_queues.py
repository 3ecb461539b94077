"""What administrators see and do about queues."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from archypix.core.metrics import exposition
from archypix.gate.context import provide
from federation.outbox import api
from tests.accounts.house import House, Visitor, open_house
from tests.federation.outbox.office import Office

QUEUES = "/admin/federation/queues"


@pytest_asyncio.fixture
async def house(database_url: str, redis_url: str, office: Office) -> AsyncIterator[House]:
    async with open_house(database_url, redis_url) as house:
        provide(house.app, office.queues)
        house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        yield house


@pytest_asyncio.fixture
async def root(house: House) -> Visitor:
    return await house.signed_in("root", is_admin=True)


async def test_they_are_shown_with_what_went_wrong(office: Office, root: Visitor) -> None:
    rows = [await office.person(host, "x") for host in ("dead.test", "b.test", "c.test")]
    office.sink.answers["c.test"] = [500]
    async with office.delivering():
        for number in range(2):
            await office.say(f"{number}", rows)
        await office.until_idle(waiting=4)
    page = await root.get(QUEUES)
    assert page["next"] is None
    stalled, dead = page["items"]
    assert (stalled["host"], stalled["state"], stalled["waiting"], stalled["stalled"]) == ("c.test", "open", 2, 1)
    assert stalled["last_error"] == "HTTP 500 said 500"
    assert stalled["failures"] == 0
    assert (dead["host"], dead["state"], dead["waiting"], dead["failures"]) == ("dead.test", "open", 2, 1)
    assert "dead.test" in dead["last_error"]
    assert dead["oldest"] < dead["last_error_at"] < dead["next_attempt"]
    assert dead["failing_since"] is not None
    assert dead["last_reached"] is None


async def test_they_are_paged_by_name(office: Office, root: Visitor) -> None:
    hosts = [f"{letter}{number}.test" for letter in "xyz" for number in range(3)]
    await office.say("hello", [await office.person(host, "x") for host in hosts])
    # A host in trouble is shown though nothing waits for it.
    await office.sql("INSERT INTO delivery_hosts (host, attempts, failing_since) VALUES ('y1.test.', 3, now())")
    await office.sql("INSERT INTO delivery_hosts (host) VALUES ('quiet.test')")
    seen: list[str] = []
    cursor = ""
    while True:
        page = await root.get(f"{QUEUES}?limit=4{cursor}")
        seen += [item["host"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={quote(page['next'])}"
    assert seen == sorted([*hosts, "y1.test."])


async def test_a_queue_is_tried_at_once(office: Office, root: Visitor) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.answers["b.test"] = [503, 202]
    office.sink.headers["b.test"] = {"Retry-After": "3600"}
    async with office.delivering():
        await office.say("hello", [bob])
        await office.until_idle(waiting=1)
        answer = await root.send("POST", f"{QUEUES}/b.test/retry")
        assert (answer["host"], answer["waiting"], answer["failures"]) == ("b.test", 1, 0)
        await office.sink.until(1)
        await office.until_idle()
    entry = (await root.get("/admin/audit?action=queue.retried"))["items"][0]
    assert (entry["actor"], entry["subject"]) == ("root", "b.test")


async def test_a_queue_is_dropped(office: Office, root: Visitor) -> None:
    bob, carol = await office.person("localhost:8001", "bob"), await office.person("c.test", "carol")
    await office.sql("UPDATE remote_actors SET inbox = 'http://localhost:8001/inbox' WHERE id = $1", bob)
    for number in range(3):
        await office.say(f"{number}", [bob, carol])
    assert await root.send("DELETE", f"{QUEUES}/localhost:8001") == {"dropped": 3}
    assert [item["host"] for item in (await root.get(QUEUES))["items"]] == ["c.test"]
    entry = (await root.get("/admin/audit?action=queue.dropped"))["items"][0]
    assert (entry["subject"], entry["details"]) == ("localhost:8001", {"deliveries": 3})


async def test_retrying_gives_inboxes_that_were_gone_another_chance(office: Office, root: Visitor) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.answers["b.test"] = [404, 202]
    async with office.delivering():
        await office.say("first", [bob])
        await office.until_idle()
        await root.send("POST", f"{QUEUES}/b.test/retry")
        await office.say("second", [bob])
        await office.sink.until(1)
        await office.until_idle()


@pytest.mark.parametrize("host", ["nobody.test", "%00", "b%C3%BCcher.test", "x" * 400, "%ed%a0%80"])
async def test_of_an_unknown_host_there_is_none(root: Visitor, host: str) -> None:
    await root.send("POST", f"{QUEUES}/{host}/retry", status=404)
    await root.send("DELETE", f"{QUEUES}/{host}", status=404)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=", "cursor=%00", "cursor=%C3%BC", "other=1"])
async def test_odd_questions_are_refused(root: Visitor, query: str) -> None:
    await root.send("GET", f"{QUEUES}?{query}", status=422)


async def test_only_administrators_get_in(house: House, root: Visitor) -> None:
    alice = await house.program("alice")
    for method, path in (("GET", QUEUES), ("POST", f"{QUEUES}/b.test/retry"), ("DELETE", f"{QUEUES}/b.test")):
        await alice.send(method, path, status=403)
        await house.visitor().send(method, path, status=401)


async def test_gauges_follow(office: Office) -> None:
    await office.say("hello", [await office.person("b.test", "bob")])
    await office.sql("UPDATE deliveries SET created_at = now() - interval '1 hour'")
    await office.sql("INSERT INTO delivery_hosts (host, state, failing_since) VALUES ('c.test', 'unreachable', now())")
    await office.queues.measure()
    shown = exposition().decode()
    assert "archypix_deliveries_waiting 1.0" in shown
    assert "archypix_delivery_hosts_unreachable 1.0" in shown
    assert "archypix_deliveries_oldest_seconds 36" in shown
