"""How what is queued arrives."""

from __future__ import annotations

import asyncio

import pytest

from tests.federation.outbox.office import Office


def said(posts: list) -> list[str]:  # type: ignore[type-arg]
    return [post.activity["object"]["content"] for post in posts]


async def test_it_arrives_signed_and_leaves_the_queue(office: Office) -> None:
    bob = await office.person("b.test", "bob", shared=True)
    async with office.delivering():
        await office.say("hello", [bob])
        post = (await office.sink.until(1))[0]
        await office.until_idle()
    assert post.inbox == "https://b.test/inbox"
    assert post.headers["Content-Type"] == "application/activity+json"
    assert 'keyId="https://a.test/users/alice#main-key"' in post.headers["Signature"]
    assert post.activity["actor"] == "https://a.test/users/alice"
    host = await office.queue("b.test")
    assert host["reached_at"] is not None
    assert host["error"] is None


async def test_what_was_queued_before_the_loop_began_arrives(office: Office) -> None:
    await office.say("early", [await office.person("b.test", "bob")])
    async with office.delivering():
        await office.sink.until(1)


@pytest.mark.parametrize("loops", [1, 3])
async def test_order_is_kept_by_key_whoever_delivers(office: Office, loops: int) -> None:
    rows = [await office.person(host, "x") for host in ("b.test", "c.test")]
    for number in range(60):
        await office.say(f"{number}", rows, key=f"key {number % 3}")
    async with office.delivering(loops):
        for number in range(60, 120):
            await office.say(f"{number}", rows, key=f"key {number % 3}")
        await office.sink.until(240)
        await office.until_idle()
    for host in ("b.test", "c.test"):
        numbers = [int(text) for text in said([post for post in office.sink.posts if post.host == host])]
        assert len(numbers) == 120
        for key in range(3):
            mine = [number for number in numbers if number % 3 == key]
            assert mine == sorted(mine)


async def test_several_are_in_flight_where_order_allows(office: Office) -> None:
    office.sink.slow["b.test"] = 0.05
    bob = await office.person("b.test", "bob")
    for number in range(40):
        await office.say(f"{number}", [bob], key=f"{number}")
    async with office.delivering():
        await office.sink.until(40)
    assert 1 < office.sink.most_flying["b.test"] <= 8


async def test_one_in_flight_of_one_key(office: Office) -> None:
    office.sink.slow["b.test"] = 0.01
    bob = await office.person("b.test", "bob")
    for number in range(20):
        await office.say(f"{number}", [bob])
    async with office.delivering():
        await office.sink.until(20)
    assert office.sink.most_flying["b.test"] == 1


async def test_urgent_things_go_first(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    for number in range(5):
        await office.say(f"{number}", [bob], key=f"share {number}")
    await office.say("revoked", [bob], supersedes="share 3")
    async with office.delivering():
        posts = await office.sink.until(5)
    assert said(posts)[0] == "revoked"
    assert "3" not in said(posts)


async def test_a_host_that_fails_is_tried_later_and_others_are_not_held_up(office: Office) -> None:
    rows = [await office.person(host, "x") for host in ("dead.test", "b.test", "c.test")]
    async with office.delivering():
        await office.say("hello", rows)
        await office.sink.until(2)
        await office.until_idle(waiting=1)
    dead = await office.queue("dead.test")
    assert dead["state"] == "open"
    assert dead["attempts"] == 1
    assert "dead.test" in dead["error"]
    pause = await office.sql(
        "SELECT extract(epoch FROM retry_at - error_at)::float FROM delivery_hosts WHERE attempts = 1"
    )
    assert 11 < pause < 19


@pytest.mark.parametrize("status", [500, 503, 401, 408, 425, 429, 302])
async def test_passing_refusals_are_tried_again(office: Office, status: int) -> None:
    office.sink.answers["b.test"] = [status, status, 202] if status == 401 else [status, 202]
    bob = await office.person("b.test", "bob")
    async with office.delivering():
        await office.say("first", [bob])
        await office.say("second", [bob])
        await office.until_idle(waiting=2)
        await office.pass_time()
        assert said(await office.sink.until(2)) == ["first", "second"]
        await office.until_idle()


@pytest.mark.parametrize("status", [400, 403, 405, 413, 422])
async def test_other_refusals_are_final_for_that_activity(office: Office, status: int) -> None:
    refused = [status] * (2 if status == 403 else 1)
    office.sink.answers["b.test"] = [*refused, 202]
    bob = await office.person("b.test", "bob")
    async with office.delivering():
        await office.say("first", [bob])
        await office.say("second", [bob])
        assert said(await office.sink.until(1)) == ["second"]
        await office.until_idle()
    assert f"HTTP {status}" in (await office.queue("b.test"))["error"]


@pytest.mark.parametrize("status", [404, 410])
async def test_an_inbox_that_is_gone_gets_nothing_more(office: Office, status: int) -> None:
    bob, ben = await office.person("b.test", "bob"), await office.person("b.test", "ben")
    office.sink.answers["https://b.test/users/bob/inbox"] = [status]
    for number in range(3):
        await office.say(f"{number}", [bob, ben])
    async with office.delivering():
        await office.sink.until(3)
        await office.until_idle()
        await office.say("more", [bob, ben])
        await office.sink.until(4)
        await office.until_idle()
    assert [post.inbox for post in office.sink.posts].count("https://b.test/users/bob/inbox") == 1


async def test_the_host_may_name_the_time(office: Office) -> None:
    office.sink.answers["b.test"] = [429, 202]
    office.sink.headers["b.test"] = {"Retry-After": "100"}
    bob = await office.person("b.test", "bob")
    async with office.delivering():
        await office.say("hello", [bob])
        await office.until_idle(waiting=1)
        host = await office.queue("b.test")
        # Not even a message from there shortens what it asked for.
        await office.outbox.host_seen("b.test")
        assert (await office.queue("b.test"))["retry_at"] == host["retry_at"]
    pause = (host["retry_at"] - host["error_at"]).total_seconds()
    assert 99 < pause < 110


async def test_one_activity_that_a_host_cannot_digest_does_not_stop_the_others(office: Office) -> None:
    bob, ben = await office.person("b.test", "bob"), await office.person("b.test", "ben")
    office.sink.answers["https://b.test/users/bob/inbox"] = [500]
    await office.say("to bob", [bob])
    for number in range(5):
        await office.say(f"{number}", [ben])
    async with office.delivering():
        assert said(await office.sink.until(5)) == ["0", "1", "2", "3", "4"]
        await office.until_idle(waiting=1)
    host = await office.queue("b.test")
    assert (host["attempts"], host["retry_at"]) == (0, None)
    delivery = (await office.rows("SELECT attempts, error, retry_at > now() AS later FROM deliveries"))[0]
    assert tuple(delivery) == (1, "HTTP 500 said 500", True)


async def test_a_host_that_fails_at_everything_is_left_alone(office: Office) -> None:
    office.sink.answers["b.test"] = [500]
    for number in range(10):
        await office.say(f"{number}", [await office.person("b.test", f"p{number}")])
    async with office.delivering():
        await office.until_idle(waiting=10)
    assert len(office.sink.posts) == 3
    assert (await office.queue("b.test"))["attempts"] == 1


async def test_a_week_of_failure_makes_a_host_unreachable_and_any_message_revives_it(office: Office) -> None:
    bob = await office.person("dead.test", "bob")
    async with office.delivering():
        await office.say("hello", [bob])
        await office.until_idle(waiting=1)
        await office.sql("UPDATE delivery_hosts SET failing_since = now() - interval '8 days'")
        await office.pass_time()
        async with asyncio.timeout(90):
            while (host := await office.queue("dead.test"))["state"] != "unreachable":
                await asyncio.sleep(0.02)
        days = (host["retry_at"] - host["error_at"]).total_seconds() / 86400
        assert 0.8 < days < 1.2
        await office.outbox.host_seen("dead.test")
        async with asyncio.timeout(90):
            while (host := await office.queue("dead.test"))["attempts"] != 1:
                await asyncio.sleep(0.02)
        assert host["state"] == "open"


async def test_what_waits_for_lost_hosts_is_dropped_after_a_month(office: Office) -> None:
    await office.say("old", [await office.person("dead.test", "bob")])
    await office.sql("UPDATE deliveries SET created_at = now() - interval '31 days'")
    await office.queues.sweep()
    assert await office.sql("SELECT count(*) FROM deliveries") == 1
    await office.sql(
        "INSERT INTO delivery_hosts (host, state, failing_since) VALUES ('dead.test', 'unreachable', now())"
    )
    await office.queues.sweep()
    assert await office.sql("SELECT count(*) FROM deliveries") == 0


async def test_blocked_hosts_get_nothing_until_they_are_not_blocked(office: Office) -> None:
    office.blocked.add("b.test")
    rows = [await office.person(host, "x") for host in ("b.test", "c.test")]
    async with office.delivering():
        await office.say("hello", rows)
        await office.sink.until(1, host="c.test")
        await office.until_idle(waiting=1)
        assert (await office.queue("b.test"))["state"] == "blocked"
        assert not [post for post in office.sink.posts if post.host == "b.test"]
        office.blocked.clear()
        await office.pass_time()
        await office.sink.until(1, host="b.test")
        await office.until_idle()
    assert (await office.queue("b.test"))["state"] == "open"


async def test_what_waits_for_blocked_hosts_is_dropped_after_a_day(office: Office) -> None:
    office.blocked.add("b.test")
    async with office.delivering():
        await office.say("hello", [await office.person("b.test", "bob")])
        await office.until_idle(waiting=1)
    await office.sql("UPDATE deliveries SET created_at = now() - interval '25 hours'")
    await office.queues.sweep()
    assert await office.sql("SELECT count(*) FROM deliveries") == 0


async def test_actors_of_this_server_are_told_without_http(office: Office) -> None:
    bob = await office.person("a.test", "bob", local=True)
    async with office.delivering():
        await office.say("hello", [bob])
        await office.until_idle()
    [(inbox, actor, activity)] = office.local
    assert inbox == "https://a.test/users/bob/inbox"
    assert actor == office.alice.uri
    assert activity["object"]["content"] == "hello"
    assert not office.sink.posts


async def test_a_stopped_loop_gives_its_leases_back(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    office.sink.held["b.test"] = asyncio.Event()
    async with office.delivering():
        await office.say("hello", [bob])
        async with asyncio.timeout(90):
            while not office.sink.posts:
                await asyncio.sleep(0.01)
    assert (await office.queue("b.test"))["leased_by"] is None
    office.sink.held["b.test"].set()
    async with office.delivering():
        async with asyncio.timeout(90):
            while len(office.sink.posts) < 2:
                await asyncio.sleep(0.01)
        await office.until_idle()


async def test_a_lost_lease_is_taken_over(office: Office) -> None:
    bob = await office.person("b.test", "bob")
    await office.sql(
        "INSERT INTO delivery_hosts (host, leased_by, leased_until)"
        " VALUES ('b.test', gen_random_uuid(), now() + interval '1 second')"
    )
    await office.say("hello", [bob])
    async with office.delivering():
        await office.sink.until(1)
        await office.until_idle()


async def test_a_long_queue_does_not_hold_up_short_ones(office: Office) -> None:
    bob, carol = await office.person("b.test", "bob"), await office.person("c.test", "carol")
    office.sink.held["b.test"] = asyncio.Event()
    for number in range(300):
        await office.say(f"{number}", [bob], key=f"{number}")
    async with office.delivering():
        await office.say("hello", [carol])
        await office.sink.until(1, host="c.test")
        office.sink.held["b.test"].set()
        await office.sink.until(300, host="b.test")


async def test_an_actor_without_a_key_says_nothing_more(office: Office) -> None:
    await office.say("hello", [await office.person("b.test", "bob")])
    await office.sql("UPDATE actor_keys SET sealed = NULL, retired_at = now()")
    async with office.delivering():
        await office.until_idle()
    assert not office.sink.posts
    assert (await office.queue("b.test"))["reached_at"] is None
