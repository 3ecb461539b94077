"""`/shares/incoming` and `/notices` as programs see them, and received pictures through `/pictures`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest_asyncio

from archypix.core.ids import new_id
from archypix.gate.context import provide
from archypix.gate.policy import refuse_undeclared
from archypix.notices import api as notices_api
from archypix.notices.service import NoticeService
from archypix.pictures import api as pictures_api
from archypix.pictures import edit_api, trash_api
from archypix.pictures.editing import EditService
from archypix.pictures.service import Owner, PictureService
from archypix.pictures.trash import TrashService
from archypix.received import api as received_api
from archypix.received.models import Announced, Glimpse, Offer, Party
from archypix.received.room import Receiving
from archypix.tags import api as tags_api
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from tests.accounts.house import House, Visitor, open_house
from tests.pictures.shelf import Shelf, thumbnail_urls
from tests.received.post import offer, person, picture


@dataclass
class Door:
    """An application that receives, with Alice and Bob before it, and Dora elsewhere."""

    house: House
    receiving: Receiving
    alice: Visitor
    bob: Visitor
    account: int
    dora: Party

    async def offered(self, share: Offer) -> dict[str, Any]:
        async with self.house.database.transaction() as connection:
            await self.receiving.service.offered(connection, self.account, share)
        item: dict[str, Any] = (await self.alice.get("/shares/incoming"))["items"][0]
        return item

    async def added(self, share: Offer, *names: str) -> None:
        async with self.house.database.transaction() as connection:
            told = [picture(self.dora, name) for name in names]
            announced = [Announced(each.uri, each.owner, each) for each in told]
            await self.receiving.service.added(connection, self.account, share.uri, self.dora.id, announced, 1)


@pytest_asyncio.fixture
async def door(database_url: str, redis_url: str) -> AsyncIterator[Door]:
    async with open_house(database_url, redis_url) as house:
        trees = TagTrees()
        tags = TagService(house.database, trees)
        receiving = Receiving.on(house.database)
        pictures = PictureService(house.database, trees, thumbnail_urls, domain="a.test")
        provide(house.app, tags, pictures, tags_api.Covers(thumbnail_urls), receiving.service)
        provide(house.app, NoticeService(house.database), TrashService(house.database, trees, default_days=30))
        provide(house.app, EditService(house.database, trees, proposed=receiving.service.propose))
        for api in (pictures_api, edit_api, trash_api, tags_api, received_api, notices_api):
            house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        refuse_undeclared(house.app)
        for name in ("alice", "bob"):
            await house.person(name)
        account = await house.sql("SELECT id FROM accounts WHERE name = 'alice'")
        owner = Owner(account, "alice")
        dora = await person(Shelf(house.database, trees, tags, pictures, owner, owner), "dora", "d.test")
        programs = await house.program("alice"), await house.program("bob")
        yield Door(house, receiving, *programs, account, dora)


async def test_a_share_is_offered_accepted_and_left(door: Door) -> None:
    share = offer(door.dora, message="Look!")
    item = await door.offered(share)
    assert item == await door.alice.get(f"/shares/incoming/{item['id']}")
    assert {key: item[key] for key in ("state", "sender", "name", "message", "path", "tag", "pictures", "url")} == {
        "state": "pending", "sender": "@dora@d.test", "name": "trip", "message": "Look!", "path": "/Photos/Trip",
        "tag": "/SharedToMe/@dora:d.test/Photos/Trip", "pictures": 3, "url": share.uri,
    }  # fmt: skip
    address = f"/shares/incoming/{item['id']}"
    assert (await door.bob.get("/shares/incoming"))["items"] == []
    for word in ("accept", "decline", "leave"):
        await door.bob.send("POST", f"{address}/{word}", status=404)
    assert (await door.alice.send("POST", f"{address}/leave", status=409))["code"] == "share_pending"
    assert (await door.alice.send("POST", f"{address}/accept", status=200))["state"] == "active"
    assert (await door.alice.send("POST", f"{address}/accept", status=200))["state"] == "active"
    await door.added(share, "one", "two")
    assert [one["filename"] for one in (await door.alice.get("/pictures?sort=name&order=asc"))["items"]] == [
        "one.jpg", "two.jpg",
    ]  # fmt: skip
    assert (await door.bob.get("/pictures"))["items"] == []
    assert (await door.alice.send("POST", f"{address}/decline", status=409))["code"] == "share_accepted"
    assert (await door.alice.send("POST", f"{address}/leave", status=200))["state"] == "left"
    assert (await door.alice.get("/pictures"))["items"] == []
    assert (await door.alice.send("POST", f"{address}/accept", status=409))["code"] == "share_over"


async def test_ids_that_are_none_are_not_found(door: Door) -> None:
    for name in (str(new_id()), "nonsense", "%00"):
        await door.alice.send("POST", f"/shares/incoming/{name}/accept", status=404)
    response = await door.alice.call("GET", "/api/v1/shares/incoming?cursor=-1")
    assert response.status_code == 422


async def test_an_offer_shows_what_it_is_like(door: Door) -> None:
    seen = Glimpse(date(2024, 7, 1), date(2024, 7, 5), ("LEHV6nWB2yk8pyo0adR*.7kCMdnj",) * 20)
    item = await door.offered(offer(door.dora, glimpse=seen))
    first, last, blurs = item["glimpse"].values()
    assert (first, last, blurs) == ("2024-07-01", "2024-07-05", list(seen.blurs[:12]))
    assert (await door.offered(offer(door.dora, "bare")))["glimpse"] is None


async def test_the_list_is_paged(door: Door) -> None:
    for number in range(5):
        await door.offered(offer(door.dora, f"share {number}"))
    first = await door.alice.get("/shares/incoming?limit=3")
    assert [item["name"] for item in first["items"]] == ["share 4", "share 3", "share 2"]
    second = await door.alice.get(f"/shares/incoming?limit=3&cursor={first['next']}")
    assert ([item["name"] for item in second["items"]], second["next"]) == (["share 1", "share 0"], None)


async def test_received_pictures_are_rated_hidden_and_shown_again(door: Door) -> None:
    share = offer(door.dora)
    item = await door.offered(share)
    await door.alice.send("POST", f"/shares/incoming/{item['id']}/accept", status=200)
    await door.added(share, "one")
    (listed,) = (await door.alice.get("/pictures"))["items"]
    assert (listed["owner"], listed["received"]["shares"]) == ("@dora:d.test", [item["id"]])
    address = f"/pictures/{listed['id']}"
    whole = await door.alice.send("PATCH", address, {"rating": 4}, status=200)
    assert (whole["rating"], whole["received"], whole["versions"]) == (4, listed["received"], 0)
    assert (await door.alice.send("PATCH", address, {"title": "Mine"}, status=403))["code"] == "not_yours"
    await door.bob.send("PATCH", address, {"rating": 1}, status=404)
    assert (await door.alice.call("DELETE", f"/api/v1{address}")).status_code in (200, 204)
    assert (await door.alice.get("/pictures"))["items"] == []
    assert len((await door.alice.get("/pictures?trash=true"))["items"]) == 1
    await door.alice.call("POST", f"/api/v1{address}/restore")
    assert len((await door.alice.get("/pictures"))["items"]) == 1


async def test_notices_tell_of_shares_until_they_are_read(door: Door) -> None:
    share = offer(door.dora)
    item = await door.offered(share)
    page = await door.alice.get("/notices")
    (notice,) = page["items"]
    assert (page["unread"], notice["kind"], notice["read_at"]) == (1, "share.offered", None)
    assert (notice["data"]["sender"], notice["data"]["id"]) == ("@dora@d.test", item["id"])
    assert (await door.bob.get("/notices")) == {"items": [], "unread": 0, "next": None}
    assert await door.bob.send("POST", "/notices/read", {}, status=200) == {"read": 0}
    async with door.house.database.transaction() as connection:
        await door.receiving.service.revoked(connection, door.dora.id, share.uri)
    # What was offered can be accepted no more: only its end is told.
    (newest,) = (await door.alice.get("/notices"))["items"]
    assert newest["kind"] == "share.revoked"
    await door.offered(offer(door.dora, "another"))
    latest, _ = (await door.alice.get("/notices"))["items"]
    assert await door.alice.send("POST", "/notices/read", {"ids": [latest["id"]]}, status=200) == {"read": 1}
    assert [one["kind"] for one in (await door.alice.get("/notices?unread=true"))["items"]] == ["share.revoked"]
    assert await door.alice.send("POST", "/notices/read", {"up_to": latest["id"]}, status=200) == {"read": 1}
    assert (await door.alice.get("/notices"))["unread"] == 0
