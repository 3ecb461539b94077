"""How servers become backends of a domain, and what is refused to those who only say so."""

from __future__ import annotations

import asyncio

import pytest

from archypix.core.errors import Conflict
from federation.signatures import keys
from federation.signatures.mutual import fingerprint
from tests.resolver.domain import Domain, FakeBackend

NUMBERS = {"pictures": 30, "bytes": 4000, "active_month": 2, "active_half_year": 3, "posts": 5, "problems": ["disk"]}


async def test_a_server_comes_waits_and_is_let_in(domain: Domain, stranger: FakeBackend) -> None:
    said = await stranger.introduce()
    assert said.status == 202, said.body
    assert said.json == {
        "state": "pending",
        "fingerprint": fingerprint(stranger.multibase),
        "resolver": {"actor": "https://d.test/actor", "key": domain.app.ground.identity.public},
    }
    # Until somebody has looked at the key, nothing that it says has any effect.
    assert (await stranger.beat(users=9)).json == {"state": "pending", "neighbours": [], "names": {}}
    stranger.people["early"] = "active"
    assert (await stranger.claim("early")).code == "not_admitted"
    assert (await domain.row(stranger))["users"] == 0
    await domain.admit(stranger)
    assert (await stranger.introduce()).json["state"] == "admitted"
    assert (await stranger.beat(users=9, capacity={"users": 50}, **NUMBERS)).json["state"] == "admitted"
    row = await domain.row(stranger)
    assert (row["users"], row["pictures"], row["posts"], row["capacity_users"]) == (9, 30, 5, 50)
    assert row["capacity_bytes"] is None
    assert row["problems"] == ["disk"]


async def test_backends_hear_of_each_other(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    neighbours = (await backend.beat()).json["neighbours"]
    assert other.origin in neighbours
    assert backend.origin not in neighbours


async def test_the_domain_shows_the_key_that_backends_pin(domain: Domain) -> None:
    document = (await domain.get("/actor", Accept="application/activity+json")).json
    assert document["id"] == "https://d.test/actor"
    assert document["assertionMethod"][0]["id"] == "https://d.test/actor#ed25519-key"
    assert document["assertionMethod"][0]["publicKeyMultibase"] == domain.app.ground.identity.public
    assert document["inbox"] == "https://d.test/inbox"


async def test_an_introduction_needs_the_key_that_the_server_itself_shows(
    domain: Domain, stranger: FakeBackend, other: FakeBackend
) -> None:
    honest = stranger.private
    stranger.change_key()
    forged = stranger.private
    stranger.private = honest
    # Signed by another key than the one that it brings, then by one that its own actor does not show.
    assert (await stranger.introduce(key=forged)).code == "bad_signature"
    assert await domain.audited("message.forged", stranger) == 1
    said = await stranger.introduce(key=forged, says={"key": keys.multibase(forged)})
    assert (said.status, said.code) == (403, "other_key")
    assert await domain.audited("message.other_key", stranger) == 1
    # In the name of somebody else, and of a server that is none.
    assert (await stranger.introduce(says={"origin": other.origin})).code == "other_origin"
    assert await domain.row(stranger) is None


@pytest.mark.parametrize(
    "origin",
    ["https://d.test", "https://10.0.0.1", "http://b1.d.test", "https://localhost", "https://b1.d.test/", "x" * 20],
)
async def test_only_servers_that_could_be_backends_are_asked(
    domain: Domain, stranger: FakeBackend, origin: str
) -> None:
    before = len(stranger.asked)
    said = await stranger.introduce(says={"origin": origin}, origin=origin)
    assert said.status in (401, 422)
    assert said.code in ("bad_origin", "bad_signature")
    assert len(stranger.asked) == before


async def test_a_server_without_a_key_to_show_waits_outside(domain: Domain, stranger: FakeBackend) -> None:
    stranger.shows_key = False
    said = await stranger.introduce()
    assert (said.status, said.code) == (503, "backend_away")
    assert "Retry-After" in said.headers
    assert await domain.row(stranger) is None


async def test_a_changed_key_is_believed_again_when_somebody_has_looked(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("keeper")
    old = fingerprint(backend.multibase)
    backend.change_key()
    # Heartbeats by the new key are forged as long as it was not introduced.
    assert (await backend.beat()).code == "bad_signature"
    said = await backend.introduce()
    assert said.json["state"] == "pending"
    assert said.json["fingerprint"] not in (old, "")
    assert await domain.audited("backend.key_changed", backend) == 1
    assert (await backend.beat()).json["state"] == "pending"
    backend.people["another"] = "active"
    assert (await backend.claim("another")).code == "not_admitted"
    await domain.app.ground.backends.load()
    assert (await domain.get("/users/keeper")).status == 503
    await domain.admit(backend)
    assert (await backend.beat()).json["state"] == "admitted"
    await backend.has("another")


async def test_whoever_admits_admits_the_key_that_was_seen(domain: Domain, stranger: FakeBackend) -> None:
    await stranger.introduce()
    row = await domain.row(stranger)
    stranger.change_key()
    await stranger.introduce()
    with pytest.raises(Conflict) as refused:
        async with domain.database.transaction() as connection:
            await domain.app.ground.backends.admit(connection, row["id"], row["fingerprint"])
    assert refused.value.code == "other_key"
    assert (await domain.row(stranger))["state"] == "pending"


async def test_a_refused_backend_is_heard_no_more(domain: Domain, backend: FakeBackend) -> None:
    row = await domain.row(backend)
    async with domain.database.transaction() as connection:
        await domain.app.ground.backends.refuse(connection, row["id"])
    assert (await backend.beat()).code == "refused_backend"
    assert (await backend.claim("anybody")).code == "refused_backend"
    assert (await backend.introduce()).json["state"] == "refused"


async def test_forged_heartbeats_are_refused(domain: Domain, backend: FakeBackend, stranger: FakeBackend) -> None:
    before = await domain.row(backend)
    said = await backend.say("/heartbeats", {"users": 10_000}, key=stranger.private)
    assert (said.status, said.code) == (401, "bad_signature")
    # Signed for another place, by nobody at all, and with a body that was changed on the way.
    assert (await backend.say("/heartbeats", {"users": 10_000}, base="https://x.test")).code == "bad_signature"
    path = "/internal/v1/heartbeats"
    headers = backend.sign("POST", path, b'{"users": 1}')
    assert (await domain.ask("POST", path, headers=headers, body=b'{"users": 9}')).code == "bad_signature"
    assert (await domain.ask("POST", path, body=b'{"users": 9}')).code == "bad_signature"
    assert (await domain.row(backend))["heard_at"] == before["heard_at"]
    assert (await domain.row(backend))["users"] == before["users"]
    assert await domain.audited("message.forged", backend) == 3


async def test_an_unknown_server_is_not_heard(domain: Domain, stranger: FakeBackend) -> None:
    said = await stranger.beat()
    assert (said.status, said.code) == (403, "unknown_backend")
    assert await domain.audited("message.unknown", stranger) == 1


async def test_a_repeated_heartbeat_changes_nothing(domain: Domain, backend: FakeBackend) -> None:
    path, body = "/internal/v1/heartbeats", b'{"users": 5, "healthy": true}'
    headers = backend.sign("POST", path, body)
    assert (await domain.ask("POST", path, headers=headers, body=body)).status == 200
    assert (await backend.beat(users=6)).status == 200
    again = await domain.ask("POST", path, headers=headers, body=body)
    assert (again.status, again.code) == (409, "stale")
    assert (await domain.row(backend))["users"] == 6
    assert await domain.audited("message.stale", backend) == 1
    # An older place in the sequence is refused even where the signature is new.
    assert (await backend.say("/heartbeats", {"users": 7}, sequence=5)).code == "stale"


async def test_a_repeated_introduction_changes_nothing(domain: Domain, stranger: FakeBackend) -> None:
    assert (await stranger.introduce(sequence=1000)).status == 202
    assert (await stranger.introduce(sequence=1000)).code == "stale"
    assert (await stranger.introduce(sequence=999)).code == "stale"
    assert (await stranger.introduce()).status == 202


async def test_of_heartbeats_at_once_the_newest_counts(domain: Domain, backend: FakeBackend) -> None:
    first = backend.sequence + 10_000_000
    said = await asyncio.gather(
        *(backend.say("/heartbeats", {"users": number}, sequence=first + number) for number in range(20))
    )
    assert {one.status for one in said} <= {200, 409}
    row = await domain.row(backend)
    assert row["users"] == 19
    assert row["heard_sequence"] == first + 19


@pytest.mark.parametrize(
    "said",
    [
        {"users": -1},
        {"users": 2**70},
        {"users": "5"},
        {"problems": ["x"] * 21},
        {"problems": ["line\nbreak"]},
        {"problems": ["\0"]},
        {"pending": ["Not A Name"]},
        {"pending": ["alice\n"]},
        {"pending": ["n"] * 1001},
        {"capacity": {"users": -1}},
        {"sequence": 1},
        [],
        "text",
    ],
)
async def test_nonsense_is_refused_and_not_kept(domain: Domain, backend: FakeBackend, said: object) -> None:
    before = await domain.row(backend)
    answer = await backend.say("/heartbeats", said)
    assert (answer.status, answer.code) == (422, "invalid")
    assert (await domain.row(backend))["heard_at"] == before["heard_at"]


async def test_a_giant_message_is_refused(domain: Domain, backend: FakeBackend) -> None:
    said = await backend.say("/heartbeats", {"version": "x" * (2 << 20)})
    assert said.status == 413


async def test_broken_json_is_refused(domain: Domain, backend: FakeBackend) -> None:
    for body in (b"{", b"\xff", b"[" * 5000):
        headers = backend.sign("POST", "/internal/v1/heartbeats", body)
        assert (await domain.ask("POST", "/internal/v1/heartbeats", headers=headers, body=body)).status == 422


async def test_what_it_says_of_itself(domain: Domain, backend: FakeBackend) -> None:
    await backend.beat(users=7, active_month=3)
    info = (await domain.get("/nodeinfo/2.1")).json
    rows = await domain.sql("SELECT sum(users) FROM backends WHERE state = 'admitted'")
    await domain.app.ground.backends.load()
    info = (await domain.get("/nodeinfo/2.1")).json
    assert info["usage"]["users"]["total"] == rows
    assert info["usage"]["users"]["activeMonth"] >= 3
    assert (await domain.get("/readyz")).json["checks"] == {"database": "ok"}
    assert "archypix_resolver_backends" in (await domain.get("/metrics")).body.decode()
