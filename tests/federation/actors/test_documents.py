"""Actors as other servers read them."""

from __future__ import annotations

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from archypix.core.errors import Unavailable
from federation.actors.service import ActorService
from federation.signatures.keys import from_multibase
from tests.federation.actors.stranger import BASE, Stranger
from tests.uploads.site import Person, Site

ME = f"{BASE}/users/alice"


async def test_a_person_is_an_actor_from_the_first_question_on(alice: Person, stranger: Stranger) -> None:
    answer = await stranger.ask(ME)
    actor = answer.json
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    assert answer.headers["Vary"] == "Accept"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert actor["@context"][:2] == ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
    assert {name: actor[name] for name in ("id", "type", "preferredUsername", "inbox", "outbox", "followers")} == {
        "id": ME,
        "type": "Person",
        "preferredUsername": "alice",
        "inbox": f"{ME}/inbox",
        "outbox": f"{ME}/outbox",
        "followers": f"{ME}/followers",
    }
    assert actor["following"] == f"{ME}/following"
    assert actor["endpoints"]["sharedInbox"] == f"{BASE}/inbox"
    assert actor["endpoints"]["apx:access"].startswith(BASE)
    assert actor["webfinger"] == "alice@a.test"
    assert actor["manuallyApprovesFollowers"] is False
    assert actor["discoverable"] is True
    assert "icon" not in actor
    assert "movedTo" not in actor


async def test_an_actor_has_both_keys(alice: Person, stranger: Stranger) -> None:
    actor = await stranger.get(ME)
    key, (multikey,) = actor["publicKey"], actor["assertionMethod"]
    assert (key["id"], key["owner"]) == (f"{ME}#main-key", ME)
    rsa = load_pem_public_key(key["publicKeyPem"].encode())
    assert isinstance(rsa, RSAPublicKey)
    assert rsa.key_size == 2048
    assert (multikey["type"], multikey["controller"]) == ("Multikey", ME)
    assert multikey["id"].startswith(f"{ME}#")
    assert isinstance(from_multibase(multikey["publicKeyMultibase"]), Ed25519PublicKey)


async def test_many_who_ask_at_once_get_one_actor(site: Site, alice: Person, stranger: Stranger) -> None:
    actors = await asyncio.gather(*(stranger.get(ME) for _ in range(8)))
    assert len({actor["publicKey"]["publicKeyPem"] for actor in actors}) == 1
    assert await site.sql("SELECT count(*) FROM actors WHERE kind = 'person'") == 1
    assert await site.sql("SELECT count(*) FROM actor_keys") == 2


async def test_private_keys_are_sealed(site: Site, alice: Person, stranger: Stranger) -> None:
    await stranger.get(ME)
    for row in await site.rows("SELECT sealed FROM actor_keys"):
        assert b"PRIVATE" not in row["sealed"]


async def test_a_key_of_one_row_does_not_open_in_another(site: Site, alice: Person) -> None:
    actors: ActorService = site.service(ActorService)
    me, server = await actors.of_account(alice.id), await actors.instance()
    await site.sql(
        "UPDATE actor_keys k SET sealed = o.sealed FROM actor_keys o WHERE k.actor_id = $1 AND o.actor_id = $2"
        " AND k.kind = 'rsa' AND o.kind = 'rsa' RETURNING 1",
        me.id,
        server.id,
    )
    answer = await alice.call("GET", "/account/profile")
    assert answer.status == 200
    with pytest.raises(Unavailable, match="secret of this server"):
        await actors.signer(me.id)


async def test_nobody_is_404_and_makes_no_row(site: Site, stranger: Stranger) -> None:
    for path in (
        "/users/nobody",
        "/users/NOBODY",
        "/users/%00",
        "/users/a%0Ab",
        "/users/" + "a" * 31,
        "/users/nobody/followers",
        "/users/nobody/activities/x",
        "/users/nobody/collections/x",
        "/avatars/x",
    ):
        assert (await stranger.ask(path)).status == 404, path
    assert await site.sql("SELECT count(*) FROM actors WHERE kind = 'person'") == 0


async def test_the_server_is_an_actor(stranger: Stranger) -> None:
    actor = await stranger.get("/actor")
    assert (actor["id"], actor["type"]) == (f"{BASE}/actor", "Application")
    assert actor["inbox"] == f"{BASE}/inbox"
    assert actor["publicKey"]["id"] == f"{BASE}/actor#main-key"
    assert (await stranger.get(actor["outbox"]))["type"] == "OrderedCollection"


async def test_a_document_that_is_known_is_not_sent_again(alice: Person, stranger: Stranger) -> None:
    first = await stranger.ask(ME)
    again = await stranger.ask(ME, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    await alice.send("PATCH", "/account/profile", {"summary": "New"})
    assert (await stranger.ask(ME, headers={"If-None-Match": first.headers["ETag"]})).status == 200


async def test_the_name_of_the_account_is_the_name_of_the_actor(alice: Person, stranger: Stranger) -> None:
    assert (await stranger.get(ME))["name"] == "alice"
    await alice.send("PATCH", "/account", {"display_name": "Alice A."})
    assert (await stranger.get(ME))["name"] == "Alice A."


async def test_another_identity_domain_makes_other_ids(
    database_url: str, redis_url: str, site: Site, alice: Person, stranger: Stranger
) -> None:
    await stranger.get(ME)
    await site.service(ActorService).instance()
    await site.sql("UPDATE actors SET uri = replace(uri, 'a.test', 'old.test')")
    await site.service(ActorService).start()
    uris = [row["uri"] for row in await site.rows("SELECT uri FROM actors ORDER BY uri")]
    assert uris == [f"{BASE}/actor", ME]
