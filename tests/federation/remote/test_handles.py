"""Handles: read, resolved by WebFinger, and confirmed both ways."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.core.database import Database
from archypix.core.errors import Invalid
from federation.outbound.client import Budget
from federation.outbound.errors import Denied, FetchError, Gone, Misbehaved, OverBudget, Refused
from federation.remote.handles import parse_handle, read_finger
from federation.remote.service import RemoteActors
from tests.federation.outbound.wild import Seen, Wild, answer, document, redirect
from tests.federation.remote.people import Bob

FINGER = "/.well-known/webfinger"


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@bob@wild.test", "bob@wild.test"), ("bob@Wild.Test", "bob@wild.test"), ("acct:bob@wild.test",
        "bob@wild.test"),
        (" @bob@wild.test ", "bob@wild.test"), ("@Bob.B-x_1@wild.test", "Bob.B-x_1@wild.test"), ("@b@bücher.test",
        "b@xn--bcher-kva.test"),
        ("@bob@localhost:9101", "bob@localhost:9101"), ("@bob@wild.test:443", "bob@wild.test"), ("@ЖЖ@wild.test",
        "ЖЖ@wild.test"),
    ],
)  # fmt: skip
def test_handles(text: str, handle: str) -> None:
    assert str(parse_handle(text)) == handle


@pytest.mark.parametrize(
    "text",
    ["", "@", "@@", "bob", "@bob", "bob@", "@wild.test", "@bob@wild.test/x", "@bob@wild.test?x", "@bob@wild.test#x",
     "@bob@user@wild.test", "bob@wild.test\\x", "@b b@wild.test", "@b\0b@wild.test", "@../x@wild.test", "@.@wild.test",
     "@bob@wild test", "@bob@wild..test", "x" * 600 + "@wild.test", "mailto:bob@wild.test", "@bob@wild.test:0",
     "@a/b@wild.test"],
)  # fmt: skip
def test_what_is_no_handle(text: str) -> None:
    assert parse_handle(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed(text: str) -> None:
    handle = parse_handle(text)
    if handle is not None:
        assert parse_handle(str(handle)) == handle
        assert handle.webfinger().startswith(f"https://{handle.host}/.well-known/webfinger?resource=acct:")


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9) | st.sampled_from(["self", "application/activity+json",
        "acct:a@b.test"]),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["subject", "links", "rel", "type", "href"]), inner, max_size=5),
    )
)  # fmt: skip
def test_whatever_webfinger_says(data: object) -> None:
    if isinstance(data, dict):
        read_finger(data)


async def test_a_handle_is_resolved_and_confirmed(actors: RemoteActors, bob: Bob) -> None:
    for text in ("@bob@wild.test", "bob@WILD.test", "acct:BOB@wild.test"):
        actor = await actors.resolve(text)
        assert (actor.uri, actor.handle, actor.handle_verified) == (bob.uri, "bob@wild.test", True)
    (asked, *_) = bob.wild.seen_at(FINGER)
    assert asked.target == f"{FINGER}?resource=acct:bob@wild.test"
    assert bob.fetched == 1


async def test_a_handle_at_another_domain(actors: RemoteActors, bob: Bob, other: Wild) -> None:
    """The domain of handles differs from that of ids; both point at each other."""
    bob.finger(subject="acct:bob@other.test")
    bob.finger(subject="acct:bob@other.test", wild=other)
    for text in ("@bob@other.test", "@bob@wild.test", bob.uri):
        actor = await actors.resolve(text)
        assert (actor.uri, actor.handle, actor.handle_verified) == (bob.uri, "bob@other.test", True)


async def test_a_handle_that_the_actor_names_itself(actors: RemoteActors, bob: Bob, other: Wild) -> None:
    bob.show(webfinger="robert@other.test")
    bob.finger(subject="acct:robert@other.test", wild=other)
    assert (await actors.resolve("@robert@other.test")).handle == "robert@other.test"
    assert (await actors.resolve(bob.uri)).handle_verified


async def test_a_domain_cannot_take_an_actor_for_its_own(actors: RemoteActors, bob: Bob, other: Wild) -> None:
    bob.finger(subject="acct:eve@other.test", wild=other)
    actor = await actors.resolve("@eve@other.test")
    assert (actor.uri, actor.handle) == (bob.uri, "bob@wild.test")


@pytest.mark.parametrize("claim", ["president@other.test", "alice@own.test", "bob@nowhere.test"])
async def test_an_actor_cannot_take_a_handle_for_its_own(
    actors: RemoteActors, bob: Bob, other: Wild, claim: str
) -> None:
    other.paths[FINGER] = document(
        {"subject": "acct:president@other.test", "links": [
            {"rel": "self", "type": "application/activity+json", "href": "https://other.test/president"}]},
        "application/jrd+json",
    )  # fmt: skip
    bob.show(webfinger=claim)
    bob.finger(subject=f"acct:{claim}")
    actor = await actors.resolve("@bob@wild.test")
    assert (actor.handle, actor.handle_verified) == ("bob@wild.test", False)


async def test_webfinger_that_leads_in_circles(actors: RemoteActors, bob: Bob, other: Wild) -> None:
    bob.finger(subject="acct:bob@other.test")
    bob.finger(subject="acct:bob@wild.test", wild=other)
    actor = await actors.resolve(bob.uri)
    assert (actor.handle, actor.handle_verified) == ("bob@wild.test", False)
    assert len(other.seen_at(FINGER)) == 1


async def test_a_handle_goes_over_to_somebody_else(actors: RemoteActors, database: Database, wild: Wild) -> None:
    bob, eve = Bob(wild), Bob(wild, name="eve")
    bob.finger()
    assert (await actors.resolve("@bob@wild.test")).handle_verified
    eve.show(preferredUsername="bob")
    eve.finger(subject="acct:bob@wild.test")
    assert (await actors.resolve(eve.uri)).handle == "bob@wild.test"
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT uri FROM remote_actors WHERE handle_verified_at IS NOT NULL")
    assert [row["uri"] for row in rows] == [eve.uri]


async def test_a_handle_stays_confirmed_over_a_refresh(actors: RemoteActors, bob: Bob) -> None:
    await actors.resolve("@bob@wild.test")
    assert (await actors.take(bob.uri, bob.document | {"name": "Robert"})).handle_verified
    renamed = await actors.take(bob.uri, bob.document | {"preferredUsername": "robert"})
    assert (renamed.handle, renamed.handle_verified) == ("robert@wild.test", False)


async def test_the_address_of_a_page_for_people(actors: RemoteActors, bob: Bob) -> None:
    page = "https://wild.test/@bob"
    bob.wild.paths["/@bob"] = bob.wild.paths[bob.path]
    assert (await actors.resolve(page)).uri == bob.uri
    bob.wild.paths["/@bob"] = redirect(bob.uri)
    assert (await actors.resolve(f"{page}#top")).handle == "bob@wild.test"
    bob.wild.paths["/@bob"] = answer(200, b"<html>", "text/html")
    with pytest.raises(Misbehaved):
        await actors.resolve(page)


@pytest.mark.parametrize(
    "text", ["", "bob", "@bob", "javascript:x", "https://", "@bob@own.test", "https://own.test/users/x"]
)
async def test_what_cannot_be_resolved(actors: RemoteActors, wild: Wild, text: str) -> None:
    with pytest.raises((Invalid, Refused)):
        await actors.resolve(text)
    assert not wild.seen


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(404), Gone), (answer(403), Denied), (answer(200, b"<html>", "text/html"), Misbehaved),
        (document({}, "application/jrd+json"), Misbehaved), (document({"links": 5}, "application/jrd+json"),
        Misbehaved),
        (document({"links": [{"rel": "self", "type": "text/html", "href": "x"}]}, "application/jrd+json"), Misbehaved),
        (document({"links": [{"rel": "self", "type": "application/activity+json", "href": "file:///x"}]},
                  "application/jrd+json"), Refused),
        (document({"links": [{"rel": "self", "type": "application/activity+json", "href": "https://10.0.0.1/x"}]},
                  "application/jrd+json"), Refused),
        (document({"links": [{"rel": "self", "type": "application/activity+json", "href": "https://own.test/x"}]},
                  "application/jrd+json"), Refused),
        (redirect("https://169.254.169.254/"), Refused),
    ],
)  # fmt: skip
async def test_webfinger_that_does_not_lead_anywhere(
    actors: RemoteActors, wild: Wild, reply: bytes, kind: type[FetchError]
) -> None:
    wild.paths[FINGER] = reply
    with pytest.raises(kind):
        await actors.resolve("@bob@wild.test")


async def test_a_search_has_a_budget(actors: RemoteActors, bob: Bob) -> None:
    with pytest.raises(OverBudget):
        await actors.resolve("@bob@wild.test", budget=Budget(fetches=1))


async def test_names_are_escaped_on_the_way(actors: RemoteActors, wild: Wild) -> None:
    def reply(seen: Seen) -> bytes:
        assert parse_qs(seen.target.partition("?")[2]) == {"resource": ["acct:ж+x@wild.test"]}
        return answer(404)

    wild.paths[FINGER] = reply
    with pytest.raises(Gone):
        await actors.resolve("@ж+x@wild.test")
    assert len(wild.seen) == 1
