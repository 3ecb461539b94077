"""People move from one server to another: followers, and shares both ways, on three whole servers."""

from __future__ import annotations

import asyncio
from typing import Any

from federation.remote.service import FRESH_SECONDS
from tests.federation.migration.moving import PASSWORD, knows_of_move, move, name_alias, notices, told, with_password
from tests.federation.sharing.houses import House, Somebody, until


async def follow(follower: Somebody, followed: Somebody) -> None:
    await follower.send("POST", "/follows", {"handle": followed.handle}, status=201)

    async def accepted() -> bool:
        return followed.uri in await following(follower)

    await until(accepted, f"{follower.handle} follows {followed.handle}")


async def following(person: Somebody) -> list[str]:
    rows = await person.house.site.rows(
        "SELECT r.uri FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.account_id = $1 AND f.state = 'accepted'",
        person.person.id,
    )
    return [row["uri"] for row in rows]


async def a_moment() -> None:
    """What was read of an account less than this ago is not read again."""
    await asyncio.sleep(FRESH_SECONDS * 1.1)


async def test_followers_go_along_and_the_old_account_is_left_alone(houses: list[House]) -> None:
    old, new = await with_password(houses[0], "ann_f"), await houses[1].person("ann_g")
    dora, eve = await houses[2].person("dora_f"), await houses[2].person("eve_f")
    await follow(dora, old)
    await move(old, new)

    async def followed() -> bool:
        return await following(dora) == [new.uri]

    await until(followed, "Dora follows the new account, and only that")
    refused = await eve.send("POST", "/follows", {"handle": old.handle}, status=409)
    assert refused["code"] == "moved"
    refused = await old.send("POST", "/follows", {"handle": dora.handle}, status=409)
    assert refused["code"] == "has_moved"
    await old.add("/Travel", name="goats.jpg")
    body = {"tag": "/Travel", "recipient": dora.handle, "name": "x"}
    assert (await old.send("POST", "/shares", body, status=409))["code"] == "has_moved"
    body = {"tag": "/Travel", "recipient": old.handle, "name": "x"}
    await eve.add("/Travel", name="cows.jpg")
    assert (await eve.send("POST", "/shares", body, status=409))["code"] == "moved"


async def test_a_move_is_confirmed_by_the_password_and_by_the_other_account(houses: list[House]) -> None:
    old, new = await with_password(houses[0], "ann_p"), await houses[1].person("ann_q")
    refused = await old.send("POST", "/account/move", {"target": new.handle, "password": PASSWORD}, status=409)
    assert refused["code"] == "no_alias"
    await name_alias(new, old)
    refused = await old.send("POST", "/account/move", {"target": new.handle, "password": "guessed"}, status=403)
    assert refused["code"] == "wrong_password"
    await old.send("POST", "/account/move", {"target": new.handle}, status=422)
    assert (await old.get("/account/move"))["moved_to"] is None
    await a_moment()
    await old.send("POST", "/account/move", {"target": new.handle, "password": PASSWORD})
    again = await old.send("POST", "/account/move", {"target": new.handle, "password": PASSWORD}, status=409)
    assert again["code"] == "moved"


async def test_a_move_can_be_taken_back(houses: list[House]) -> None:
    old, new = await with_password(houses[0], "ann_s"), await houses[1].person("ann_t")
    dora = await houses[2].person("dora_s")
    await dora.add("/Travel", name="goats.jpg")
    await old.accept(await dora.share("/Travel", old))
    await move(old, new)
    await knows_of_move(houses[2], old, new)
    await a_moment()
    assert (await old.send("DELETE", "/account/move"))["moved_to"] is None

    async def forgotten() -> bool:
        return await houses[2].site.sql("SELECT moved_to FROM remote_actors WHERE uri = $1", old.uri) is None

    await until(forgotten, "the other server hears that the move is taken back")
    await follow(dora, old)
    share = await dora.house.site.sql("SELECT id FROM shares WHERE account_id = $1", dora.person.id)
    refused = await dora.send("POST", f"/shares/{share}/offer-again", status=409)
    assert refused["code"] == "not_moved"


async def test_who_shares_with_somebody_that_moves_is_asked(houses: list[House]) -> None:
    old, new = await with_password(houses[0], "bob_a"), await houses[1].person("bob_b")
    dora = await houses[2].person("dora_a")
    await dora.add("/Travel", name="goats.jpg")
    share = await dora.share("/Travel", old, copy=True, reshare_depth=2)
    await old.accept(share)
    assert (await dora.get("/account/move"))["shares"] == "ask"
    await move(old, new)
    said = await told(dora, "share.partner_moved")
    assert (said["id"], said["from"], said["to"], said["offered"]) == (share, old.handle, new.handle, False)
    assert await houses[1].site.sql("SELECT count(*) FROM incoming_shares WHERE account_id = $1", new.person.id) == 0

    made = await dora.send("POST", f"/shares/{share}/offer-again", status=201)
    assert (made["recipient"], made["copy"], made["reshare_depth"]) == (new.handle, True, 2)
    await new.accept(made["id"])
    await new.sees("goats.jpg")
    await old.sees("goats.jpg")
    again = await dora.send("POST", f"/shares/{share}/offer-again", status=409)
    assert again["code"] == "already_shared"


async def test_who_wants_it_so_offers_by_itself_and_who_does_not_hears_nothing(houses: list[House]) -> None:
    old, new = await with_password(houses[0], "bob_c"), await houses[1].person("bob_d")
    dora, eve = await houses[2].person("dora_c"), await houses[2].person("eve_c")
    for person, choice in ((dora, "always"), (eve, "never")):
        await person.add("/Travel", name=f"{choice}.jpg")
        await old.accept(await person.share("/Travel", old))
        assert (await person.send("PATCH", "/account/move", {"shares": choice}))["shares"] == choice
    await move(old, new)
    said = await told(dora, "share.partner_moved")
    assert said["offered"] is True
    made = await dora.house.site.sql(
        "SELECT s.id FROM shares s JOIN remote_actors r ON r.id = s.recipient_id"
        " WHERE s.account_id = $1 AND r.uri = $2",
        dora.person.id,
        new.uri,
    )
    await new.accept(str(made))
    await new.sees("always.jpg")
    assert await notices(eve, "share.partner_moved") == []
    assert len((await eve.get("/shares"))["items"]) == 1


async def test_what_somebody_shared_goes_on_from_their_new_home(houses: list[House]) -> None:
    """Tags, ratings and services of the receiver hold for the same pictures, by whichever account they come."""
    old, new = await with_password(houses[0], "alice_a"), await houses[1].person("alice_b")
    dora = await houses[2].person("dora_b")
    await old.add("/Travel", name="goats.jpg")
    share = await old.share("/Travel", dora)
    mine = await dora.accept(share)
    await dora.sees("goats.jpg")
    (picture,) = (await dora.get("/pictures"))["items"]
    await dora.tag(picture["id"], add=("/Favourites",))
    await dora.send("PATCH", f"/pictures/{picture['id']}", {"rating": 5})
    mapping = {"kind": "share_mapping", "name": "Goats", "config": {"share": mine, "tags": ["/Mapped"]}}
    await dora.send("POST", "/services", mapping, status=201)
    tag = (await dora.get(f"/shares/incoming/{mine}"))["tag"]

    await move(old, new)
    await knows_of_move(houses[2], old, new)
    await as_it_was(old, new, picture)
    earlier = f"{old.uri}/shares/{share}"
    body: dict[str, Any] = {"tag": "/Trips", "recipient": dora.handle, "name": "Trips", "moved_from": earlier}
    made = await new.send("POST", "/shares", body, status=201)
    assert made["moved_from"] == earlier

    async def came() -> list[dict[str, Any]]:
        found = (await dora.get("/pictures", tag=tag))["items"]
        return found if len(found) == 2 else []

    both = await until(came, "the picture by the new account, under the tag of before")
    fresh = next(one for one in both if one["id"] != picture["id"])
    assert fresh["rating"] == 5

    async def mapped() -> bool:
        return set((await dora.get(f"/pictures/{fresh['id']}"))["tags"]) >= {tag, "/Favourites", "/Mapped"}

    await until(mapped, "the service of before maps the new share")
    services = (await dora.get("/services"))["items"]
    assert [(one["name"], one["state"]) for one in services] == [("Goats", "ready")]

    await old.send("POST", f"/shares/{share}/revoke")

    async def one_left() -> bool:
        left = (await dora.get("/pictures"))["items"]
        return [one["id"] for one in left] == [fresh["id"]]

    await until(one_left, "what came by the old account goes, and the rest stays")
    assert set((await dora.get(f"/pictures/{fresh['id']}"))["tags"]) >= {tag, "/Favourites", "/Mapped"}


async def as_it_was(old: Somebody, new: Somebody, picture: dict[str, Any]) -> None:
    """Bring a picture to the new account, the very same file."""
    ((content, name),) = [
        (await old.person.download(one["id"], variant="original"), one["filename"])
        for one in (await old.get("/pictures"))["items"]
    ]
    answer = await new.person.upload(content, name, tags='["/Trips"]')
    assert answer.status == 201, answer.body
    await new.house.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", answer.json["id"])
    assert name == picture["filename"]


async def test_nobody_goes_on_for_a_share_that_was_another_ones(houses: list[House]) -> None:
    """Without a move, with the share of somebody else, or a second time, it is an offer like any other."""
    old, new = await with_password(houses[0], "alice_n"), await houses[1].person("alice_o")
    mallory, dora = await houses[1].person("mallory_n"), await houses[2].person("dora_n")
    await old.add("/Travel", name="goats.jpg")
    for person in (new, mallory):
        await person.add("/Trips", name="trip.jpg")
        await person.add("/More", name="more.jpg")
    share = await old.share("/Travel", dora)
    await dora.accept(share)
    earlier = f"{old.uri}/shares/{share}"
    await name_alias(mallory, old)

    async def offer(person: Somebody, tag: str) -> str:
        body = {"tag": tag, "recipient": dora.handle, "name": "x", "moved_from": earlier}
        made = await person.send("POST", "/shares", body, status=201)
        return str((await dora.offered(made["id"]))["state"])

    assert await offer(new, "/More") == "pending"
    await a_moment()
    await move(old, new)
    await knows_of_move(houses[2], old, new)
    assert await offer(mallory, "/Trips") == "pending"
    assert await offer(new, "/Trips") == "active"
    await new.add("/Again", name="again.jpg")
    assert await offer(new, "/Again") == "pending"
    for wrong in ("nonsense", f"{old.uri}/pictures/{share}", "ftp://x/shares/1", 5):
        body = {"tag": "/More", "recipient": dora.handle, "name": "x", "moved_from": wrong}
        await mallory.send("POST", "/shares", body, status=422)
