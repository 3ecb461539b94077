"""Names are given once in the life of a domain, to backends that have these people."""

from __future__ import annotations

import asyncio

from aiohttp import web

from archypix.core import clock
from resolver.registration import store as registration_store
from tests.resolver.domain import Domain, FakeBackend


async def test_a_claim_gives_a_name_for_ever(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    await backend.has("anna", "bert")
    other.people |= {"anna": "active", "clara": "pending"}
    assert (await other.claim("anna", "clara")).json["results"] == {"anna": "taken", "clara": "yours"}
    # Told again, it is the same.
    assert (await backend.claim("anna", "clara")).json["results"] == {"anna": "yours", "clara": "taken"}
    assert (await backend.beat(deleted=["anna", "clara", "nobody_at_all"])).status == 200
    assert (await domain.finger("acct:anna@d.test")).status == 410
    assert (await domain.finger("acct:clara@d.test")).status == 200
    other.people["anna"] = "pending"
    assert (await other.claim("anna")).json["results"] == {"anna": "taken"}
    # Nor does who had it get it for somebody new.
    assert (await backend.claim("anna")).json["results"] == {"anna": "taken"}


async def test_people_that_a_backend_does_not_have_are_not_given_to_it(domain: Domain, backend: FakeBackend) -> None:
    backend.people |= {"dora": "active", "gone_away": "moved"}
    said = await backend.claim("dora", "ghost", "gone_away")
    assert (said.status, said.code) == (403, "unproven_names")
    assert [error["path"] for error in said.json["errors"]] == ["names.ghost", "names.gone_away"]
    assert await domain.audited("message.unproven", backend) == 1
    assert await domain.sql("SELECT count(*) FROM names WHERE name IN ('dora', 'ghost', 'gone_away')") == 0
    assert (await domain.finger("acct:ghost@d.test")).status == 404
    await backend.has("dora")


async def test_a_backend_of_few_words_is_believed_by_its_actors(domain: Domain, backend: FakeBackend) -> None:
    async def silent(request: web.Request) -> web.Response:
        return web.Response(status=404)

    async def emil(request: web.Request) -> web.Response:
        assert request.headers["Host"] == "d.test"
        return web.json_response({"id": "https://d.test/users/emil"})

    async def fritz(request: web.Request) -> web.Response:
        return web.json_response({"id": "https://d.test/users/somebody_else"})

    backend.views["/internal/v1/domain/people"] = silent
    backend.views["/users/emil"], backend.views["/users/fritz"] = emil, fritz
    assert (await backend.claim("emil")).json["results"] == {"emil": "yours"}
    assert (await backend.claim("fritz")).code == "unproven_names"


async def test_a_claim_that_cannot_be_proved_now_is_to_be_made_again(domain: Domain, backend: FakeBackend) -> None:
    backend.people["gustav"] = "active"
    await backend.stop()
    said = await backend.claim("gustav")
    assert (said.status, said.code) == (503, "backend_away")
    await backend.come_back()
    assert (await backend.claim("gustav")).json["results"] == {"gustav": "yours"}


async def test_the_same_claim_is_not_taken_twice(domain: Domain, backend: FakeBackend) -> None:
    backend.people["hanna"] = "active"
    path, body = "/internal/v1/names", b'{"names": ["hanna"]}'
    headers = backend.sign("POST", path, body)
    assert (await domain.ask("POST", path, headers=headers, body=body)).status == 200
    again = await domain.ask("POST", path, headers=headers, body=body)
    assert (again.status, again.code) == (409, "replayed")
    assert await domain.audited("message.replayed", backend) == 1


async def test_forged_claims_are_refused(domain: Domain, backend: FakeBackend, stranger: FakeBackend) -> None:
    stranger.people["ida"] = backend.people["ida"] = "active"
    assert (await stranger.claim("ida")).code == "unknown_backend"
    assert (await backend.say("/names", {"names": ["ida"]}, key=stranger.private)).code == "bad_signature"
    assert (await stranger.introduce()).status == 202
    assert (await stranger.claim("ida")).code == "not_admitted"
    assert await domain.sql("SELECT count(*) FROM names WHERE name = 'ida'") == 0


async def test_of_claims_at_once_one_gets_each_name(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    names = [f"crowd{number}" for number in range(120)]
    for one in (backend, other):
        one.people |= dict.fromkeys(names, "pending")
    batches = [names[at : at + 30] for at in range(0, 120, 10)]
    said = await asyncio.gather(*(one.claim(*batch) for batch in batches for one in (backend, other)))
    owners: dict[str, set[int]] = {}
    for number, answer in enumerate(said):
        assert answer.status == 200, answer.body
        for name, result in answer.json["results"].items():
            if result == "yours":
                owners.setdefault(name, set()).add(number % 2)
    assert sorted(owners) == sorted(names)
    assert all(len(who) == 1 for who in owners.values())


async def test_a_name_on_its_way_to_somebody_is_not_given(domain: Domain, backend: FakeBackend) -> None:
    backend.people["jakob"] = "active"
    await domain.sql(
        "INSERT INTO placements (name, backend_id, ticket, expires_at)"
        " SELECT 'jakob', id, gen_random_uuid(), now() + interval '1 hour' FROM backends WHERE origin = $1",
        backend.origin,
    )
    async with domain.database.connection() as connection:
        assert await registration_store.reserved(connection, ["jakob"]) == {"jakob"}
    assert (await backend.claim("jakob")).json["results"] == {"jakob": "reserved"}
    await domain.sql("DELETE FROM placements WHERE name = 'jakob'")
    assert (await backend.claim("jakob")).json["results"] == {"jakob": "yours"}


async def test_heartbeats_tell_whose_pending_names_are(
    domain: Domain, backend: FakeBackend, other: FakeBackend
) -> None:
    await backend.has("karl")
    await other.has("lena")
    said = await other.beat(pending=["karl", "lena", "never_heard"])
    assert said.json["names"] == {"karl": "taken", "lena": "yours"}
    assert (await domain.row(other))["conflicts"] == ["karl"]
    await other.beat(pending=[])
    assert (await domain.row(other))["conflicts"] == []
    # Nobody deletes people of others.
    await other.beat(deleted=["karl"])
    assert (await domain.finger("acct:karl@d.test")).status == 200


async def test_neighbours_learn_where_people_live(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    await backend.has("maria")
    said = await other.say("/names/maria", method="GET")
    assert (said.status, said.json) == (200, {"name": "maria", "origin": backend.origin})
    assert (await other.say("/names/nobody_knows", method="GET")).status == 404
    assert (await other.say("/names/%00", method="GET")).status in (400, 404)
    assert (await domain.get("/internal/v1/names/maria")).code == "bad_signature"
    await backend.beat(deleted=["maria"])
    assert (await other.say("/names/maria", method="GET")).status == 410


async def test_somebody_who_moves_is_found_at_once(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    await backend.has("nora")
    backend.shows("/users/nora", "at the first", control="public, max-age=600")
    other.shows("/users/nora", "at the second", control="public, max-age=600")
    assert (await domain.get("/users/nora")).body == b"at the first"
    source, target = [(await domain.row(one))["id"] for one in (backend, other)]
    async with domain.database.transaction() as connection:
        await domain.app.ground.names.switch(connection, "nora", source=source, target=target)
    began = clock.now()
    while (said := await domain.get("/users/nora")).body == b"at the first":
        assert (clock.now() - began).total_seconds() < 60, "the move was not noticed"
        await asyncio.sleep(0.02)
    assert said.body == b"at the second"
    assert (await other.say("/names/nora", method="GET")).json["origin"] == other.origin


async def test_nobody_who_was_gone_before_is_alive(domain: Domain, backend: FakeBackend) -> None:
    backend.people |= {"otto": "deleted"}
    assert (await backend.claim("otto")).json["results"] == {"otto": "yours"}
    assert (await domain.finger("acct:otto@d.test")).status == 410
