"""WebFinger, host-meta and NodeInfo."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.federation.actors.stranger import BASE, Stranger
from tests.uploads.site import Person, Site

ME = f"{BASE}/users/alice"


async def test_a_person_is_found_by_handle(alice: Person, stranger: Stranger) -> None:
    answer = await stranger.webfinger("acct:alice@a.test")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/jrd+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json["subject"] == "acct:alice@a.test"
    links = {link["rel"]: link for link in answer.json["links"]}
    assert links["self"] == {"rel": "self", "type": "application/activity+json", "href": ME}
    assert links["http://webfinger.net/rel/profile-page"]["type"] == "text/html"
    assert (await stranger.get(links["self"]["href"]))["id"] == ME


async def test_case_does_not_matter(alice: Person, stranger: Stranger) -> None:
    answer = await stranger.webfinger("ACCT:Alice@A.Test")
    assert answer.json["subject"] == "acct:alice@a.test"


async def test_only_the_links_that_are_asked_for(alice: Person, stranger: Stranger) -> None:
    answer = await stranger.webfinger("acct:alice@a.test", rel="self")
    assert [link["rel"] for link in answer.json["links"]] == ["self"]
    answer = await stranger.webfinger("acct:alice@a.test", rel="http://example.org/none")
    assert answer.json["links"] == []


async def test_the_server_is_found(stranger: Stranger) -> None:
    name = (await stranger.get("/actor"))["preferredUsername"]
    answer = await stranger.webfinger(f"acct:{name}@a.test")
    assert answer.json["aliases"] == [f"{BASE}/actor"]


@pytest.mark.parametrize(
    "resource",
    [
        "acct:bob@a.test",
        "acct:alice@b.test",
        "acct:alice@a.test.evil.example",
        "acct:alice@sub.a.test",
        "acct:@alice@a.test",
        "acct:alice@evil.example@b.test",
        "acct:%61lice@a.test",
        "acct:alice.nothing@a.test",
        "acct:alice\x00@a.test",
        "acct:alice %@a.test",
        "mailto:alice@a.test",
        f"{ME}/followers",
        "x:y",
    ],
)
async def test_what_is_not_exactly_a_handle_of_ours_is_not_found(
    site: Site, alice: Person, stranger: Stranger, resource: str
) -> None:
    answer = await stranger.webfinger(resource)
    assert answer.status == 404
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert await site.sql("SELECT count(*) FROM actors WHERE kind = 'person'") == 0


@pytest.mark.parametrize(
    "query", ["", "?resource=", "?resource=alice", "?resource=acct:alice", "?resource=acct:@a.test"]
)
async def test_what_is_no_question_is_400(alice: Person, stranger: Stranger, query: str) -> None:
    answer = await stranger.ask(f"/.well-known/webfinger{query}", accept=None)
    assert answer.status == 400
    assert answer.json["status"] == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_two_resources_or_an_endless_one_are_400(stranger: Stranger) -> None:
    two = "/.well-known/webfinger?resource=acct:alice@a.test&resource=acct:bob@a.test"
    assert (await stranger.ask(two)).status == 400
    assert (await stranger.ask("/.well-known/webfinger?resource=acct:" + "a" * 600 + "@a.test")).status == 400


async def test_host_meta_leads_to_webfinger(alice: Person, stranger: Stranger) -> None:
    answer = await stranger.ask("/.well-known/host-meta", accept=None)
    assert answer.headers["Content-Type"].startswith("application/xrd+xml")
    link = ElementTree.fromstring(answer.body)[0]
    address = link.attrib["template"].replace("{uri}", "acct:alice@a.test")
    assert (await stranger.ask(address, accept=None)).json["subject"] == "acct:alice@a.test"


async def test_nodeinfo_says_what_and_how_many(alice: Person, stranger: Stranger) -> None:
    links = (await stranger.get("/.well-known/nodeinfo"))["links"]
    answer = await stranger.ask(links[0]["href"], accept="application/json")
    assert links[0]["rel"] in answer.headers["Content-Type"]
    info = answer.json
    assert info["version"] == "2.1"
    assert info["software"]["name"] == "archypix"
    assert info["protocols"] == ["activitypub"]
    assert info["openRegistrations"] is False
    assert info["usage"]["users"]["total"] == 1
    assert info["usage"]["localPosts"] == 0
    assert isinstance(info["metadata"]["apx"]["capabilities"], list)
