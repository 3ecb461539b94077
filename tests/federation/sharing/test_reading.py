"""What holders read at the addresses of shares and pictures, and what everybody else is told."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from federation.signatures.models import Kind
from tests.federation.inbox.conftest import calm_town as calm_town
from tests.federation.inbox.letters import Letter, Persona, Reply
from tests.federation.inbox.town import LOCAL, Town
from tests.federation.sharing.scene import ALICE, BOB, DORA, EVE, MARA, Scene, open_scene


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(calm_town: Town) -> Scene:
    """Bob holds `/Travel`, and Dora has a picture of it by him."""
    return await open_scene(calm_town)


async def get(scene: Scene, who: str, uri: str, *, signed: bool = True, kind: Kind = Kind.CAVAGE) -> Reply:
    """What somebody is answered at an address."""
    path = uri.removeprefix(LOCAL)
    letter = Letter(scene.who(who), kind, {}, path=path, method="GET", content_type=None, body=b"", signed=signed)
    letter.extra = [("Accept", "application/activity+json")]
    return await scene.town.post(letter)


async def ask(scene: Scene, who: str, question: Any, *, signed: bool = True) -> Reply:
    """What somebody is answered who asks about pictures."""
    letter = Letter(
        scene.who(who), Kind.CAVAGE, question, path="/pictures", content_type="application/json", signed=signed
    )
    return await scene.town.post(letter)


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_holder_reads_the_share(scene: Scene, kind: Kind) -> None:
    reply = await get(scene, BOB, scene.shares["travel"], kind=kind)
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    share = json.loads(reply.body)
    assert (share["id"], share["type"], share["totalItems"]) == (scene.shares["travel"], "OrderedCollection", 1)
    assert len(share["apx:digest"]) == 64
    page = json.loads((await get(scene, BOB, share["first"], kind=kind)).body)
    (item,) = page["orderedItems"]
    assert (item["id"], item["attributedTo"]) == (scene.pictures["goats"], ALICE)
    assert item["apx:grants"] == [scene.shares["travel"].rpartition("/")[2]]
    assert "next" not in page
    assert page["apx:sequence"] == share["apx:sequence"]


async def test_a_holder_below_reads_what_was_granted(scene: Scene) -> None:
    page = json.loads((await get(scene, DORA, f"{scene.shares['travel']}?page=first")).body)
    (item,) = page["orderedItems"]
    assert item["id"] == scene.pictures["goats"]
    assert len(item["apx:grants"]) == 2
    assert item["apx:reshareDepth"] == 0


async def test_nobody_else_reads_anything(scene: Scene) -> None:
    for place in (scene.shares["travel"], f"{scene.shares['travel']}?page=first", scene.pictures["goats"]):
        for who in (MARA, EVE):
            reply = await get(scene, who, place)
            assert reply.status == 404, (who, place)
            assert b"goats" not in reply.body
        assert (await get(scene, BOB, place, signed=False)).status == 404
    # Under another person's name, or with a page that is none.
    other = scene.shares["travel"].replace("alice", "carol")
    for place in (other, f"{scene.shares['travel']}?page=x", f"{LOCAL}/users/alice/shares/{uuid4()}"):
        assert (await get(scene, BOB, place)).status == 404
    assert (await get(scene, BOB, scene.pictures["goats"].replace("alice", "carol"))).status == 404
    assert (await get(scene, BOB, scene.pictures["secret"])).status == 404


async def test_a_holder_reads_a_picture(scene: Scene) -> None:
    for who in (BOB, DORA):
        reply = await get(scene, who, scene.pictures["goats"])
        assert reply.status == 200
        assert json.loads(reply.body)["name"] == "goats.jpg"


async def test_pictures_are_asked_about_in_one_batch(scene: Scene) -> None:
    strange = f"{ALICE}/pictures/{uuid4()}"
    borrowed = scene.pictures["goats"].replace("alice", "carol")
    asked = [scene.pictures["goats"], scene.pictures["secret"], strange, borrowed, "nonsense"]
    for who in (BOB, DORA):
        reply = await ask(scene, who, {"pictures": asked})
        assert reply.status == 200
        first, *others = json.loads(reply.body)["pictures"]
        assert first["image"]["name"] == "goats.jpg"
        assert first["image"]["apx:share"] == scene.shares["travel"]
        assert [one["id"] for one in others] == asked[1:]
        assert {one["error"]["status"] for one in others} == {404}
    for who in (MARA, EVE):
        answers = json.loads((await ask(scene, who, {"pictures": asked})).body)["pictures"]
        assert {one["error"]["status"] for one in answers} == {404}


@pytest.mark.parametrize(
    "question",
    [{}, {"pictures": []}, {"pictures": "x"}, {"pictures": [5]}, {"pictures": ["x"] * 501}, {"pictures": [""]}],
)
async def test_what_is_no_question_is_refused(scene: Scene, question: dict[str, Any]) -> None:
    assert (await ask(scene, BOB, question)).status == 400


async def test_a_question_must_be_signed(scene: Scene) -> None:
    assert (await ask(scene, BOB, {"pictures": [scene.pictures["goats"]]}, signed=False)).status == 401


async def test_private_things_are_not_in_public(scene: Scene) -> None:
    """Neither in the outbox of the person, nor at the addresses of activities, nor on the pages."""
    for place in ("/users/alice/outbox", "/users/alice/outbox?page=true", "/users/alice", "/@alice"):
        async with scene.town.site.client.get(scene.town.site.url + place, headers={"Host": "a.test"}) as response:
            text = await response.text()
        for word in ("goats", "travel", "/shares/", "Travel"):
            assert word not in text, (place, word)
    for offer in scene.offers.values():
        assert (await get(scene, EVE, offer)).status == 404
    assert await scene.town.site.sql("SELECT count(*) FROM activities WHERE public") == 0


async def test_nothing_is_fetched_for_who_knows_no_address(scene: Scene) -> None:
    stranger = Persona.make("https://evil.test/users/unheard", 1)
    scene.town.people[stranger.uri] = stranger
    seen = len(scene.town.evil.seen)
    for place in (f"{ALICE}/shares/{uuid4()}", f"{ALICE}/pictures/{uuid4()}"):
        assert (await get(scene, stranger.uri, place)).status == 404
    assert len(scene.town.evil.seen) == seen
    assert (await get(scene, stranger.uri, scene.shares["travel"])).status == 401


async def test_after_the_end_it_is_gone(scene: Scene) -> None:
    """Last: nothing is left for the others."""
    share_id = scene.shares["travel"].rpartition("/")[2]
    await scene.alice.send("POST", f"/shares/{share_id}/revoke")
    for who in (BOB, DORA):
        assert (await get(scene, who, scene.shares["travel"])).status == 410
        assert (await get(scene, who, f"{scene.shares['travel']}?page=first")).status == 410
        assert (await get(scene, who, scene.pictures["goats"])).status == 404
        (answer,) = json.loads((await ask(scene, who, {"pictures": [scene.pictures["goats"]]})).body)["pictures"]
        assert answer["error"]["status"] == 404
    assert (await get(scene, EVE, scene.shares["travel"])).status == 404


async def test_of_somebody_who_is_gone_all_is_gone(scene: Scene) -> None:
    await scene.town.site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    assert (await get(scene, BOB, scene.shares["travel"])).status == 410
    assert (await get(scene, BOB, scene.pictures["goats"])).status == 410
