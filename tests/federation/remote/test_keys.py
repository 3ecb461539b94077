"""Keys by their ids: whose they are, when they are read again, and which are not believed."""

from __future__ import annotations

import pytest

from archypix.core.database import Database
from federation.outbound.client import Outbound
from federation.outbound.errors import Denied, FetchError, Misbehaved
from federation.remote.service import RemoteActors
from federation.signatures.keys import public_pem
from tests.federation.outbound.wild import Wild, document
from tests.federation.remote.people import OTHER_KEY, Bob, key_object, multikey


async def test_the_key_of_an_actor(actors: RemoteActors, bob: Bob) -> None:
    key = await actors.key(bob.key_id)
    assert (key.id, key.owner, key.algorithm) == (bob.key_id, bob.uri, "rsa")
    assert await actors.key(bob.key_id) == key
    assert bob.fetched == 1


async def test_an_ed25519_key(actors: RemoteActors, bob: Bob) -> None:
    bob.show(assertionMethod=[multikey(bob.uri)])
    assert (await actors.key(f"{bob.uri}#ed25519-key")).algorithm == "ed25519"
    assert (await actors.key(bob.key_id)).algorithm == "rsa"
    assert bob.fetched == 1


async def test_a_key_that_was_changed_silently(actors: RemoteActors, bob: Bob) -> None:
    old = await actors.key(bob.key_id)
    bob.show(publicKey=key_object(bob.uri, publicKeyPem=public_pem(OTHER_KEY)))
    assert await actors.key(bob.key_id) == old
    new = await actors.refresh_key(bob.key_id)
    assert new is not None
    assert new.key.public_numbers() == OTHER_KEY.public_key().public_numbers()  # type: ignore[union-attr]
    assert await actors.key(bob.key_id) == new


async def test_a_key_is_not_read_again_and_again(actors: RemoteActors, bob: Bob) -> None:
    await actors.key(bob.key_id)
    assert await actors.refresh_key(bob.key_id) is not None
    for _ in range(5):
        assert await actors.refresh_key(bob.key_id) is None
    assert bob.fetched == 2


async def test_a_new_key_of_a_known_actor(actors: RemoteActors, bob: Bob) -> None:
    await actors.key(bob.key_id)
    new = f"{bob.uri}#key-2"
    bob.show(publicKey=key_object(bob.uri, new, publicKeyPem=public_pem(OTHER_KEY)))
    assert (await actors.key(new)).id == new
    with pytest.raises(Denied):
        await actors.key(bob.key_id)


async def test_made_up_keys_of_a_known_actor_cost_one_fetch(actors: RemoteActors, bob: Bob) -> None:
    await actors.key(bob.key_id)
    for number in range(10):
        with pytest.raises(Denied):
            await actors.key(f"{bob.uri}#made-up-{number}")
    assert bob.fetched == 2


async def test_a_key_with_a_document_of_its_own(actors: RemoteActors, bob: Bob) -> None:
    name = f"{bob.uri}/main-key"
    bob.show(publicKey=key_object(bob.uri, name))
    bob.wild.paths[f"{bob.path}/main-key"] = document(key_object(bob.uri, name))
    assert (await actors.key(name)).owner == bob.uri


async def test_a_key_document_that_is_a_bit_of_the_actor(actors: RemoteActors, bob: Bob) -> None:
    """GoToSocial answers at the key's address with a part of the actor that holds the key."""
    name = f"{bob.uri}/main-key"
    bob.show(publicKey=key_object(bob.uri, name))
    bob.wild.paths[f"{bob.path}/main-key"] = document(
        {"id": bob.uri, "type": "Person", "preferredUsername": "bob", "publicKey": key_object(bob.uri, name)}
    )
    assert (await actors.key(name)).owner == bob.uri


async def test_a_key_that_the_actor_only_names(actors: RemoteActors, bob: Bob) -> None:
    name = f"{bob.uri}/key"
    bob.show(publicKey=name)
    bob.wild.paths[f"{bob.path}/key"] = document(key_object(bob.uri, name))
    assert (await actors.key(name)).id == name
    assert (await actors.get(bob.uri)).key(name) is not None


@pytest.mark.parametrize("owner", ["https://wild.test/users/eve", "https://other.test/users/bob", None])
async def test_a_named_key_of_somebody_else_is_not_his(actors: RemoteActors, bob: Bob, owner: str | None) -> None:
    name = f"{bob.uri}/key"
    bob.show(publicKey=name)
    bob.wild.paths[f"{bob.path}/key"] = document(key_object(bob.uri, name, owner=owner))
    assert (await actors.get(bob.uri)).keys == ()
    with pytest.raises(FetchError):
        await actors.key(name)


async def test_a_key_that_its_owner_does_not_list(actors: RemoteActors, bob: Bob) -> None:
    """Whoever can put a file on a server could else speak for all of its people."""
    name = "https://wild.test/media/upload.json"
    bob.wild.paths["/media/upload.json"] = document(key_object(bob.uri, name, publicKeyPem=public_pem(OTHER_KEY)))
    with pytest.raises(Denied):
        await actors.key(name)


async def test_a_key_at_another_server_than_its_owner(actors: RemoteActors, bob: Bob, other: Wild) -> None:
    name = "https://other.test/key"
    bob.show(publicKey=key_object(bob.uri, name))
    other.paths["/key"] = document(key_object(bob.uri, name))
    with pytest.raises(Misbehaved):
        await actors.key(name)
    assert bob.fetched == 0


async def test_nobody_takes_over_a_key_that_is_known(actors: RemoteActors, database: Database, wild: Wild) -> None:
    bob, eve = Bob(wild), Bob(wild, name="eve")
    await actors.key(bob.key_id)
    stolen = {"id": bob.key_id, "owner": eve.uri, "publicKeyPem": public_pem(OTHER_KEY)}
    eve.show(publicKey=[stolen, eve.document["publicKey"]])
    await actors.get(eve.uri)
    assert (await actors.key(bob.key_id)).owner == bob.uri
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM remote_keys") == 2


async def test_documents_that_are_no_keys(actors: RemoteActors, wild: Wild) -> None:
    wild.paths["/note"] = document(
        {"id": "https://wild.test/note", "type": "Note", "owner": "https://wild.test/users/bob"}
    )
    with pytest.raises(Misbehaved):
        await actors.key("https://wild.test/note#main-key")


async def test_the_keys_of_our_own_are_not_fetched(actors: RemoteActors, outbound: Outbound, wild: Wild) -> None:
    with pytest.raises(FetchError):
        await actors.key("https://own.test/users/alice#main-key")
    assert not wild.seen
