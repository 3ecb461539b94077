"""Pictures that are passed on: Alice to Bob to Carol, each on a server of their own."""

from __future__ import annotations

from typing import Any

from tests.federation.sharing.houses import House, Somebody, until


async def passed_on(houses: list[House], name: str, **rights: Any) -> tuple[Somebody, Somebody, Somebody, str, str]:
    """People whose names end so; Alice shares with Bob, who shares what he got with Carol, who has accepted."""
    alice = await houses[0].person(f"alice_{name}")
    bob = await houses[1].person(f"bob_{name}")
    carol = await houses[2].person(f"carol_{name}")
    await alice.add("/Travel/Alps", name="goats.jpg")
    first = await alice.share("/Travel", bob, **({"reshare_depth": 2} | rights))
    await bob.accept(first)
    await bob.sees("goats.jpg")
    received = (await bob.get("/pictures"))["items"][0]
    await bob.tag(received["id"], add=("/Best",))
    await bob.add("/Best", name="bobs.jpg")
    second = await bob.share("/Best", carol)
    await carol.accept(second)
    return alice, bob, carol, first, second


async def test_alice_to_bob_to_carol(houses: list[House]) -> None:
    alice, bob, carol, first, _ = await passed_on(houses, "on")
    await carol.sees("goats.jpg", "bobs.jpg")
    item = next(one for one in (await carol.get("/pictures"))["items"] if one["filename"] == "goats.jpg")
    assert item["owner"] == alice.shown
    whole = await carol.get(f"/pictures/{item['id']}")
    assert whole["title"] == "Goats"
    assert whole["received"]["senders"] == [bob.shown]

    holders = (await alice.get(f"/shares/{first}/holders"))["items"]
    assert {one["actor"] for one in holders} == {bob.handle, carol.handle}

    # Alice edits: Carol hears of it from Alice herself.
    mine = (await alice.get("/pictures"))["items"][0]["id"]
    await alice.send("PATCH", f"/pictures/{mine}", {"title": "Two goats"})

    async def edited() -> bool:
        return bool((await carol.get(f"/pictures/{item['id']}"))["title"] == "Two goats")

    await until(edited, "the new title at Carol's")

    # Alice takes everything back: both lose hers, nothing else.
    await alice.send("POST", f"/shares/{first}/revoke")
    await carol.sees("bobs.jpg")
    await bob.sees("bobs.jpg")


async def test_by_two_ways_and_then_by_none(houses: list[House]) -> None:
    """Carol gets the picture by Bob, then by Alice too; each way ends by itself, and is known until then."""
    alice, bob, carol, first, _ = await passed_on(houses, "ways")
    await carol.sees("goats.jpg", "bobs.jpg")
    direct = await alice.share("/Travel", carol)
    await carol.accept(direct)
    items = (await carol.get("/pictures"))["items"]
    goats = next(one["id"] for one in items if one["filename"] == "goats.jpg")

    async def senders(*expected: str) -> None:
        async def look() -> bool:
            return set((await carol.get(f"/pictures/{goats}"))["received"]["senders"]) == set(expected)

        await until(look, f"{expected} as senders")

    await senders(alice.shown, bob.shown)
    await alice.send("POST", f"/shares/{direct}/revoke")
    await senders(bob.shown)
    await alice.send("POST", f"/shares/{first}/revoke")
    await carol.sees("bobs.jpg")


async def test_what_may_not_be_passed_on_does_not_arrive(houses: list[House]) -> None:
    alice, _, carol, first, _ = await passed_on(houses, "no", reshare_depth=0)
    await carol.sees("bobs.jpg")
    holders = (await alice.get(f"/shares/{first}/holders"))["items"]
    assert len(holders) == 1


async def test_bob_takes_it_back_from_carol(houses: list[House]) -> None:
    alice, bob, carol, first, second = await passed_on(houses, "back")
    await carol.sees("goats.jpg", "bobs.jpg")
    await bob.send("POST", f"/shares/{second}/revoke")
    await carol.sees()

    async def gone() -> bool:
        return len((await alice.get(f"/shares/{first}/holders"))["items"]) == 1

    await until(gone, "the end of Carol's grant")
    await bob.sees("goats.jpg", "bobs.jpg")


async def test_alice_cuts_carol_alone(houses: list[House]) -> None:
    alice, bob, carol, first, _ = await passed_on(houses, "cut")
    await carol.sees("goats.jpg", "bobs.jpg")
    holders = (await alice.get(f"/shares/{first}/holders"))["items"]
    carols = next(one for one in holders if one["actor"] == carol.handle)
    await alice.send("DELETE", f"/shares/{first}/holders/{carols['id']}")
    await carol.sees("bobs.jpg")
    await bob.sees("goats.jpg", "bobs.jpg")


async def test_later_pictures_and_those_that_go(houses: list[House]) -> None:
    alice, bob, carol, _, second = await passed_on(houses, "later")
    await carol.sees("goats.jpg", "bobs.jpg")
    # What Bob tags later follows.
    await alice.add("/Travel", name="cows.jpg")
    await bob.sees("goats.jpg", "bobs.jpg", "cows.jpg")
    cows = next(one for one in (await bob.get("/pictures"))["items"] if one["filename"] == "cows.jpg")
    await bob.tag(cows["id"], add=("/Best",))
    await carol.sees("goats.jpg", "bobs.jpg", "cows.jpg")
    # What Alice takes out of the tag leaves both.
    mine = next(one for one in (await alice.get("/pictures"))["items"] if one["filename"] == "cows.jpg")
    await alice.tag(mine["id"], remove=("/Travel",))
    await bob.sees("goats.jpg", "bobs.jpg")
    await carol.sees("goats.jpg", "bobs.jpg")
    # Carol leaves.
    accepted = (await carol.offered(second))["id"]
    await carol.send("POST", f"/shares/incoming/{accepted}/leave")
    await carol.sees()

    async def left() -> bool:
        return bool((await bob.get(f"/shares/{second}"))["state"] == "left")

    await until(left, "Carol's leaving at Bob's")


async def test_on_to_somebody_of_the_owners_own_server(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice_own"), await houses[1].person("bob_own")
    carol = await houses[0].person("carol_own")
    await alice.add("/Travel", name="goats.jpg")
    first = await alice.share("/Travel", bob, reshare_depth=1)
    await bob.accept(first)
    await bob.sees("goats.jpg")
    received = (await bob.get("/pictures"))["items"][0]
    await bob.tag(received["id"], add=("/Best",))
    await carol.accept(await bob.share("/Best", carol))
    await carol.sees("goats.jpg")
    item = (await carol.get("/pictures"))["items"][0]
    assert item["owner"] == alice.shown
    await alice.send("POST", f"/shares/{first}/revoke")
    await carol.sees()
