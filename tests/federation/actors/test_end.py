"""Accounts that are deleted or disabled."""

from __future__ import annotations

from archypix.accounts.administration import AdministrationService, Changes
from archypix.accounts.models import COMMAND_LINE
from federation.actors.service import ActorService
from tests.federation.actors.stranger import BASE, Stranger
from tests.uploads.site import Person, Site

ME = f"{BASE}/users/alice"


async def test_a_deleted_account_is_gone_for_ever(site: Site, alice: Person, stranger: Stranger) -> None:
    await alice.send("PATCH", "/account/profile", {"summary": "secret"})
    await stranger.get(ME)
    await site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    for path in (ME, f"{ME}/followers", f"{ME}/outbox", f"{ME}/activities/0192f0c1-2f3e-7000-8000-000000000000"):
        answer = await stranger.ask(path)
        assert answer.status == 410, path
        assert answer.json["type"] == "Tombstone"
        assert answer.json["id"] == ME
        assert b"secret" not in answer.body
    assert (await stranger.webfinger("acct:alice@a.test")).status == 410


async def test_its_followers_are_told_in_the_same_transaction(site: Site, alice: Person, stranger: Stranger) -> None:
    await stranger.get(ME)
    await site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    (row,) = await site.rows("SELECT type, json FROM activities")
    assert row["type"] == "Delete"
    assert (row["json"]["actor"], row["json"]["object"]) == (ME, ME)


async def test_an_account_that_nobody_ever_looked_at_leaves_nothing(
    site: Site, alice: Person, stranger: Stranger
) -> None:
    await site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    assert (await stranger.ask(ME)).status in (404, 410)
    assert await site.sql("SELECT count(*) FROM activities") == 0


async def test_the_keys_of_deleted_actors_are_erased_when_all_is_delivered(
    site: Site, alice: Person, stranger: Stranger
) -> None:
    await stranger.get(ME)
    await site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    actors: ActorService = site.service(ActorService)
    me = await actors.by_uri(ME)
    assert me is not None
    assert me.deleted
    assert (await actors.signer(me.id)).key_id == f"{ME}#main-key"
    await actors.sweep()
    assert await site.sql("SELECT count(*) FROM actor_keys WHERE actor_id = $1 AND sealed IS NULL", me.id) == 0
    await site.sql("UPDATE actors SET deleted_at = now() - interval '15 days' WHERE id = $1", me.id)
    await actors.sweep()
    assert await site.sql("SELECT count(*) FROM actor_keys WHERE actor_id = $1 AND sealed IS NULL", me.id) == 2


async def test_a_disabled_account_says_that_it_is(site: Site, alice: Person, stranger: Stranger) -> None:
    await stranger.get(ME)
    administration: AdministrationService = site.service(AdministrationService)
    await administration.change(COMMAND_LINE, "alice", Changes(disabled=True))
    assert (await stranger.get(ME))["suspended"] is True
    assert "first" not in await stranger.get(f"{ME}/outbox")
    await administration.change(COMMAND_LINE, "alice", Changes(disabled=False))
    assert "suspended" not in await stranger.get(ME)
