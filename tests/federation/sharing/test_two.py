"""Alice shares a tag with Bob, who lives on another server."""

from __future__ import annotations

from tests.federation.sharing.houses import House, until


async def test_a_share_is_offered_accepted_filled_and_revoked(houses: list[House]) -> None:
    alice, bob = await houses[0].person("alice"), await houses[1].person("bob")
    await alice.add("/Travel/Alps", name="one.jpg")
    share_id = await alice.share("/Travel", bob, message="Have a look")

    offer = await bob.offered(share_id)
    assert (offer["state"], offer["name"], offer["message"]) == ("pending", "Travel", "Have a look")
    assert await bob.names() == []

    await bob.accept(share_id)
    await bob.sees("one.jpg")
    await alice.add("/Travel", name="two.jpg")
    await bob.sees("one.jpg", "two.jpg")
    assert (await alice.get(f"/shares/{share_id}"))["state"] == "active"

    await alice.send("POST", f"/shares/{share_id}/revoke")
    await bob.sees()

    async def over() -> bool:
        return bool((await bob.offered(share_id))["state"] == "revoked")

    await until(over, "the end of the share")
