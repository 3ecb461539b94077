"""What two people who share with each other may do: answer with a share, propose edits, see previews alone, go."""

from __future__ import annotations

from typing import Any

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from tests.federation.sharing.houses import House, Somebody, until


async def only(person: Somebody) -> dict[str, Any]:
    """The one picture in somebody's library, with all that is known of it."""
    (item,) = (await person.get("/pictures"))["items"]
    return dict(await person.get(f"/pictures/{item['id']}"))


async def test_a_share_in_return_is_accepted_by_itself(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_r"), await houses[1].person("bob_r")
    await alice.add("/Travel", name="goats.jpg")
    await bob.add("/Party", name="cake.jpg")
    first = await alice.share("/Travel", bob, share_back=True)
    mine = await bob.accept(first)
    await bob.send("POST", "/shares", {"tag": "/Party", "share_back_of": mine}, status=201)
    await alice.sees("goats.jpg", "cake.jpg")


async def test_a_share_in_return_that_nobody_asked_for_waits(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_w"), await houses[1].person("bob_w")
    await alice.add("/Travel", name="goats.jpg")
    await bob.add("/Party", name="cake.jpg")
    first = await alice.share("/Travel", bob)
    mine = await bob.accept(first)
    answer = await bob.person.call("POST", "/shares", json={"tag": "/Party", "share_back_of": mine})
    assert answer.status == 201, answer.body
    assert (await alice.offered(answer.json["id"]))["state"] == "pending"
    await alice.sees("goats.jpg")


async def test_an_edit_is_proposed_and_made(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_p"), await houses[1].person("bob_p")
    await alice.add("/Travel", name="goats.jpg")
    await bob.accept(await alice.share("/Travel", bob, metadata_edit=True))
    await bob.sees("goats.jpg")
    received = await only(bob)
    changes = {"title": "Two cows", "captured_at": "2020-01-02T03:04:05", "latitude": 47.5, "longitude": 9.0}
    await bob.send("PATCH", f"/pictures/{received['id']}", changes)

    async def made() -> bool:
        theirs = await only(alice)
        return bool(theirs["title"] == "Two cows" and theirs["captured_at"] == "2020-01-02T03:04:05")

    await until(made, "the edit at Alice's")

    async def told() -> bool:
        return bool((await only(bob))["title"] == "Two cows")

    await until(told, "the edit at Bob's")


async def test_previews_alone_tell_no_place(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_o"), await houses[1].person("bob_o")
    await alice.add("/Travel", name="goats.jpg")
    await bob.accept(await alice.share("/Travel", bob, originals=False))
    await bob.sees("goats.jpg")
    received = await only(bob)
    assert (received["latitude"], received["longitude"]) == (None, None)
    assert "46.5" not in str(await houses[1].site.rows("SELECT body FROM inbox_activities WHERE body IS NOT NULL"))


async def test_trash_restore_and_purge(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_t"), await houses[1].person("bob_t")
    picture_id = await alice.add("/Travel", name="goats.jpg")
    await bob.accept(await alice.share("/Travel", bob))
    await bob.sees("goats.jpg")
    await alice.send("DELETE", f"/pictures/{picture_id}")

    async def leaving() -> bool:
        return (await only(bob))["received"]["leaves_at"] is not None

    await until(leaving, "the date of the end at Bob's")
    await alice.send("POST", f"/pictures/{picture_id}/restore")

    async def staying() -> bool:
        return (await only(bob))["received"]["leaves_at"] is None

    await until(staying, "no date any more at Bob's")
    await alice.send("DELETE", f"/pictures/{picture_id}")
    await alice.send("POST", "/trash/purge", {"ids": [picture_id]})
    await bob.sees()


async def test_two_people_of_one_server(houses: list[House]) -> None:
    alice, carol = await houses[0].person("alice_l"), await houses[0].person("carol_l")
    await alice.add("/Travel", name="goats.jpg")
    share_id = await alice.share("/Travel", carol, reshare_depth=1)
    await carol.accept(share_id)
    await carol.sees("goats.jpg")
    # And on to another server, and back to the first.
    bob = await houses[1].person("bob_l")
    received = await only(carol)
    await carol.tag(received["id"], add=("/Best",))
    await bob.accept(await carol.share("/Best", bob))
    await bob.sees("goats.jpg")
    assert (await only(bob))["owner"] == alice.shown
    await alice.send("POST", f"/shares/{share_id}/revoke")
    await carol.sees()
    await bob.sees()


async def test_a_picture_of_alices_never_comes_back_to_her(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_c"), await houses[1].person("bob_c")
    await alice.add("/Travel", name="goats.jpg")
    await bob.accept(await alice.share("/Travel", bob, reshare_depth=2))
    await bob.sees("goats.jpg")
    await bob.tag((await only(bob))["id"], add=("/Best",))
    await bob.add("/Best", name="bobs.jpg")
    await alice.accept(await bob.share("/Best", alice))
    await alice.sees("goats.jpg", "bobs.jpg")


async def test_a_tag_that_is_renamed(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_n"), await houses[1].person("bob_n")
    await alice.add("/Travel", name="goats.jpg")
    share_id = await alice.share("/Travel", bob)
    await bob.accept(share_id)
    await bob.sees("goats.jpg")
    await alice.send("POST", "/tags/rename", {"path": "/Travel", "new_path": "/Journeys"})

    async def renamed() -> bool:
        return any(path.endswith("/Journeys") for path in (await only(bob))["tags"])

    await until(renamed, "the new path at Bob's")


async def remove_account(somebody: Somebody) -> None:
    """An administrator deletes somebody's account."""
    service = somebody.house.site.service(AdministrationService)
    await service.delete(COMMAND_LINE, somebody.person.name)


async def test_who_is_deleted_takes_their_pictures_along(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_d"), await houses[1].person("bob_d")
    await alice.add("/Travel", name="goats.jpg")
    await bob.accept(await alice.share("/Travel", bob))
    await bob.sees("goats.jpg")
    await remove_account(alice)
    await bob.sees()


async def test_a_recipient_who_is_deleted_holds_nothing_any_more(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_e"), await houses[1].person("bob_e")
    await alice.add("/Travel", name="goats.jpg")
    share_id = await alice.share("/Travel", bob)
    await bob.accept(share_id)
    await bob.sees("goats.jpg")
    await remove_account(bob)

    async def over() -> bool:
        return bool((await alice.get(f"/shares/{share_id}"))["state"] in ("left", "revoked"))

    await until(over, "the end of the share at Alice's")


async def test_who_is_blocked_has_nothing_any_more(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_b"), await houses[1].person("bob_b")
    await alice.add("/Travel", name="goats.jpg")
    share_id = await alice.share("/Travel", bob)
    await bob.accept(share_id)
    await bob.sees("goats.jpg")
    blocked = await alice.person.call("POST", "/blocks", json={"handle": bob.handle})
    assert blocked.status in (200, 201), blocked.body
    await bob.sees()
    assert (await alice.get(f"/shares/{share_id}"))["state"] == "revoked"
    again = await alice.person.call("POST", "/shares", json={"tag": "/Travel", "recipient": bob.handle})
    assert again.status == 409, again.body
