"""WebFinger for a whole domain."""

from __future__ import annotations

import asyncio

import pytest

from tests.resolver.domain import Domain, FakeBackend


async def test_people_are_found_without_asking_their_backend(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("alice")
    before = len(backend.asked)
    said = await domain.finger("acct:alice@d.test")
    assert said.status == 200
    assert said.headers["Content-Type"] == "application/jrd+json"
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in said.headers["Cache-Control"]
    assert said.json == {
        "subject": "acct:alice@d.test",
        "aliases": ["https://d.test/users/alice"],
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": "https://d.test/users/alice"},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://d.test/users/alice"},
        ],
    }
    assert (await domain.finger("acct%3AALICE%40D.test")).json["subject"] == "acct:alice@d.test"
    assert [link["rel"] for link in (await domain.finger("acct:alice@d.test", "&rel=self")).json["links"]] == ["self"]
    assert (await domain.get("/.well-known/webfinger?resource=acct:alice@d.test")).json == said.json
    # Also when nobody answers there any more.
    await backend.stop()
    await domain.silence(backend)
    assert (await domain.finger("acct:alice@d.test")).json == said.json
    assert len(backend.asked) == before


async def test_what_is_known_already_is_not_sent_again(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("anders")
    said = await domain.finger("acct:anders@d.test")
    again = await domain.get(
        "/.well-known/webfinger?resource=acct:anders@d.test", If_None_Match=f'W/"x", {said.headers["ETag"]}'
    )
    assert (again.status, again.body) == (304, b"")
    head = await domain.ask("HEAD", "/.well-known/webfinger?resource=acct:anders@d.test")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(said.body))


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("acct:nobody@d.test", 404),
        ("acct:alice@x.test", 404),
        ("https://d.test/users/alice", 404),
        ("acct:%00@d.test", 404),
        ("acct:a'%20OR%201=1@d.test", 404),
        ("acct:@d.test", 400),
        ("acct:alice", 400),
        ("alice", 400),
        ("", 400),
        ("acct:" + "a" * 600 + "@d.test", 400),
        ("acct:a@d.test&resource=acct:b@d.test", 400),
        ("acct:a@d.test" + "&x=1" * 100, 400),
        ("acct:%FF@d.test", 404),
    ],
)
async def test_questions_that_lead_nowhere(domain: Domain, resource: str, status: int) -> None:
    said = await domain.finger(resource)
    assert said.status == status
    assert said.code
    assert said.headers["Access-Control-Allow-Origin"] == "*"


async def test_who_comes_later_is_found_after_having_been_nobody(domain: Domain, backend: FakeBackend) -> None:
    assert (await domain.finger("acct:berta@d.test")).status == 404
    await backend.has("berta")
    async with asyncio.timeout(60):
        while (await domain.finger("acct:berta@d.test")).status != 200:
            await asyncio.sleep(0.01)


async def test_collections_are_known_to_their_backend(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("cora")
    uri = "https://d.test/users/cora/collections/travel"
    backend.shows(
        "/.well-known/webfinger",
        f'{{"subject": "acct:cora.travel@d.test", "links": [{{"rel": "self", "href": "{uri}"}}, {{"rel": "avatar"}}]}}',
        control="public, max-age=0",
    )
    said = await domain.finger("acct:cora.travel@d.test", "&rel=self")
    assert said.json == {"subject": "acct:cora.travel@d.test", "links": [{"rel": "self", "href": uri}]}
    assert backend.asked[-1][1] == "/.well-known/webfinger?resource=acct%3Acora.travel%40d.test"
    assert backend.asked[-1][2]["host"] == "d.test"
    # What was said once is said again while the backend is away.
    await backend.stop()
    assert (await domain.finger("acct:cora.travel@d.test", "&rel=self")).json == said.json
    assert (await domain.finger("acct:cora.other@d.test")).code == "backend_away"
    assert (await domain.finger("acct:nobody.travel@d.test")).status == 404


@pytest.mark.parametrize(
    ("status", "text", "becomes"),
    [(404, "{}", 404), (410, "{}", 410), (500, "", 503), (200, "[]", 503), (200, "{", 503), (200, '{"links": 5}', 503)],
)
async def test_nonsense_about_collections(
    domain: Domain, backend: FakeBackend, status: int, text: str, becomes: int
) -> None:
    name = f"dana{status}{len(text)}"
    await backend.has(name)
    backend.shows("/.well-known/webfinger", text, status=status)
    said = await domain.finger(f"acct:{name}.art@d.test")
    assert said.status == becomes
    assert said.code


async def test_the_domain_itself(domain: Domain) -> None:
    said = await domain.finger("acct:instance-actor@d.test")
    assert said.json["links"][0]["href"] == "https://d.test/actor"
    links = (await domain.get("/.well-known/nodeinfo")).json["links"]
    assert links[0]["href"] == "https://d.test/nodeinfo/2.1"
    meta = await domain.get("/.well-known/host-meta")
    assert b"https://d.test/.well-known/webfinger?resource={uri}" in meta.body
    assert (await domain.get("/.well-known/nodeinfo", If_None_Match=meta.headers["ETag"])).status == 200
