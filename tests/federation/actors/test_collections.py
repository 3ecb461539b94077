"""Followers, following, outbox and single activities; and the actors of public tags."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from archypix.core.errors import Conflict, Invalid
from archypix.core.ids import new_id
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import PUBLIC
from federation.outbox.service import Outbox
from tests.federation.actors.stranger import BASE, Stranger, remote_row
from tests.uploads.site import Person, Site

ME = f"{BASE}/users/alice"


async def _actor(site: Site, person: Person) -> LocalActor:
    actors: ActorService = site.service(ActorService)
    return await actors.of_account(person.id)


async def _follow(site: Site, actor: LocalActor, number: int, state: str = "accepted") -> None:
    await site.sql(
        "INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id) VALUES ($1, $2, $3, $4, '')",
        new_id(),
        actor.id,
        await remote_row(site, f"https://b.test/users/u{number:03}"),
        state,
    )


async def _all(stranger: Stranger, uri: str) -> list[Any]:
    """Every item of a collection, page after page."""
    collection = await stranger.get(uri)
    assert collection["type"] == "OrderedCollection"
    found: list[Any] = []
    page: str | None = collection.get("first")
    while page is not None:
        document = await stranger.get(page)
        assert (document["type"], document["partOf"], document["id"]) == ("OrderedCollectionPage", uri, page)
        assert document["orderedItems"]
        found += document["orderedItems"]
        page = document.get("next")
    assert len(found) == collection["totalItems"]
    return found


async def test_followers_are_counted_and_only_shown_by_who_wants_that(
    site: Site, alice: Person, stranger: Stranger
) -> None:
    me = await _actor(site, alice)
    for number in range(45):
        await _follow(site, me, number)
    await _follow(site, me, 99, "pending")
    hidden = await stranger.get(f"{ME}/followers")
    assert hidden["totalItems"] == 45
    assert "first" not in hidden
    assert (await stranger.ask(f"{ME}/followers?page=true")).status == 404
    await alice.send("PATCH", "/account/profile", {"shows_network": True})
    followers = await _all(stranger, f"{ME}/followers")
    assert sorted(followers) == [f"https://b.test/users/u{number:03}" for number in range(45)]


async def test_following_is_counted(site: Site, alice: Person, stranger: Stranger) -> None:
    await alice.send("PATCH", "/account/profile", {"shows_network": True})
    for state, number in (("accepted", 1), ("pending", 2)):
        await site.sql(
            "INSERT INTO following (id, account_id, remote_actor_id, state) VALUES ($1, $2, $3, $4)",
            new_id(),
            alice.id,
            await remote_row(site, f"https://b.test/users/u{number:03}"),
            state,
        )
    assert await _all(stranger, f"{ME}/following") == ["https://b.test/users/u001"]


async def test_the_outbox_holds_what_is_public(site: Site, alice: Person, stranger: Stranger) -> None:
    me = await _actor(site, alice)
    said = [await _say(site, me, number, public=True) for number in range(25)]
    secret = await _say(site, me, 99, public=False)
    items = await _all(stranger, f"{ME}/outbox")
    assert [item["id"] for item in items] == [f"{ME}/activities/{one}" for one in reversed(said)]
    one = await stranger.get(items[0]["id"])
    assert one["object"]["content"] == "24"
    assert (await stranger.ask(f"{ME}/activities/{secret}")).status == 404
    await site.person("bob")
    assert (await stranger.ask(f"/users/bob/activities/{said[0]}")).status == 404


async def _say(site: Site, actor: LocalActor, number: int, *, public: bool) -> UUID:
    outbox: Outbox = site.service(Outbox)
    note = {"type": "Note", "content": str(number), "attributedTo": actor.uri}
    async with site.database.transaction() as connection:
        return await outbox.publish(
            connection, actor, {"type": "Create", "to": [PUBLIC], "object": note}, to=[], public=public
        )


@pytest.mark.parametrize("cursor", ["x", "%00", "1", "0" * 36, "-1", "%F0"])
async def test_a_cursor_that_is_none_leads_nowhere(alice: Person, stranger: Stranger, cursor: str) -> None:
    assert (await stranger.ask(f"{ME}/outbox?page=true&before={cursor}")).status == 404


async def test_a_public_tag_is_an_actor_of_its_own(site: Site, alice: Person, stranger: Stranger) -> None:
    actors: ActorService = site.service(ActorService)
    keys = await actors.make_keys()
    async with site.database.transaction() as connection:
        made = await actors.create_collection_actor(connection, alice.id, "travel", keys=keys, display_name="Travel")
    uri = f"{ME}/collections/travel"
    finger = await stranger.webfinger("acct:Alice.Travel@a.test")
    assert [link["href"] for link in finger.json["links"] if link["rel"] == "self"] == [uri]
    document = await stranger.get(uri)
    assert (document["id"], document["type"], document["preferredUsername"]) == (uri, "Group", "alice.travel")
    assert (document["name"], document["attributedTo"], document["inbox"]) == ("Travel", ME, f"{uri}/inbox")
    assert await actors.by_uri(uri) == made
    assert await actors.owner_of(f"{uri}/followers") == made
    assert (await actors.signer(made.id)).key_id == f"{uri}#main-key"
    for name in ("followers", "following", "outbox"):
        assert (await stranger.get(f"{uri}/{name}"))["totalItems"] == 0
    async with site.database.transaction() as connection:
        await actors.delete(connection, [made])
    assert (await stranger.ask(uri)).status == 410
    assert (await stranger.webfinger("acct:alice.travel@a.test")).status == 410


async def test_the_name_of_a_public_tag_is_never_given_again(site: Site, alice: Person) -> None:
    actors: ActorService = site.service(ActorService)
    keys = await actors.make_keys()
    async with site.database.transaction() as connection:
        made = await actors.create_collection_actor(connection, alice.id, "travel", keys=keys)
        await actors.delete(connection, [made])
    with pytest.raises(Conflict):
        async with site.database.transaction() as connection:
            await actors.create_collection_actor(connection, alice.id, "travel", keys=keys)
    for slug in ("", "-a", "a-", "A", "a b", "a/b", "ä", "x" * 61, "a\n"):
        with pytest.raises(Invalid):
            async with site.database.transaction() as connection:
                await actors.create_collection_actor(connection, alice.id, slug, keys=keys)


async def test_addresses_are_recognised_only_whole(site: Site, alice: Person) -> None:
    actors: ActorService = site.service(ActorService)
    assert await actors.by_uri(ME) is not None
    for uri in (
        f"{ME}/",
        f"{ME}?x",
        f"{ME}#main-key",
        f"{ME}/followers",
        "https://A.TEST/users/alice",
        "https://evil@a.test/users/alice",
        "http://a.test/users/alice",
        "https://a.test:444/users/alice",
        "https://a.test.evil.example/users/alice",
        "https://a.test/users/%61lice",
        "https://a.test//users/alice",
        "https://[::1/users/alice",
        "",
    ):
        assert await actors.by_uri(uri) is None, uri
