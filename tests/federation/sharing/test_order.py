"""Messages that come late, twice, or before what they refer to."""

from __future__ import annotations

from uuid import uuid4

import pytest_asyncio

from archypix.accounts.models import COMMAND_LINE
from federation.moderation.service import Moderation
from tests.federation.inbox.conftest import calm_town as calm_town
from tests.federation.inbox.town import Town
from tests.federation.sharing.cases import delete, remove, revoke
from tests.federation.sharing.scene import ALICE, BOB, DORA, EVE, MARA, Scene, open_scene


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(calm_town: Town) -> Scene:
    """What stands before."""
    return await open_scene(calm_town)


async def hurry(scene: Scene) -> None:
    """Let what was put off be tried at once, and wait for it."""
    await scene.town.site.sql("UPDATE inbox_activities SET next_attempt_at = now() WHERE state = 'due'")
    scene.town.inbox.wake()
    await scene.settled()


async def state(scene: Scene, share: str) -> str | None:
    """How a share stands at Alice's."""
    found: str | None = await scene.town.site.sql("SELECT state FROM incoming_shares WHERE uri = $1", share)
    return found


async def accept(scene: Scene, share: str) -> None:
    """Alice accepts."""
    mine = await scene.town.site.sql("SELECT id FROM incoming_shares WHERE uri = $1", share)
    await scene.alice.send("POST", f"/shares/incoming/{mine}/accept")


async def here(scene: Scene, uri: str) -> int:
    """How many pictures of that address Alice has."""
    found: int = await scene.town.site.sql("SELECT count(*) FROM pictures WHERE origin_uri = $1", uri)
    return found


async def test_an_update_that_overtook_the_offer_waits_for_it(scene: Scene) -> None:
    offer = scene.offer(EVE, "overtaken")
    uri = scene.theirs["overtaken"]
    changed = {
        "type": ["Update", "apx:Share"],
        "to": [ALICE],
        "object": scene.collection(EVE, uri) | {"name": "New", "apx:sequence": 9},
    }
    assert (await scene.say(EVE, changed)).status == 202
    await scene.settled()
    assert await state(scene, uri) is None
    assert (await scene.say(EVE, offer)).status == 202
    await scene.settled()
    await hurry(scene)
    assert await scene.town.site.sql("SELECT name FROM incoming_shares WHERE uri = $1", uri) == "New"


async def test_what_waits_is_given_up_after_an_hour(scene: Scene) -> None:
    said = scene.add(f"{EVE}/shares/{uuid4()}", scene.image(EVE))
    assert (await scene.say(EVE, said)).status == 202
    await scene.settled()
    waiting = "SELECT count(*) FROM inbox_activities WHERE state = 'due' AND type = 'Add'"
    assert await scene.town.site.sql(waiting) == 1
    await scene.town.site.sql(
        "UPDATE inbox_activities SET received_at = now() - interval '2 hours' WHERE state = 'due'"
    )
    await hurry(scene)
    assert await scene.town.site.sql(waiting) == 0


async def test_a_revocation_that_overtook_the_offer_counts(scene: Scene) -> None:
    offer = scene.offer(EVE, "withdrawn")
    uri = scene.theirs["withdrawn"]
    assert (await scene.say(EVE, revoke(EVE, uri))).status == 202
    await scene.settled()
    assert (await scene.say(EVE, offer)).status == 202
    await scene.settled()
    assert await state(scene, uri) in (None, "revoked")


async def test_what_was_removed_later_does_not_come_back(scene: Scene) -> None:
    uri, share = f"{BOB}/pictures/{uuid4()}", scene.theirs["bobs"]
    assert (await scene.say(BOB, remove(share, uri, sequence=40))).status == 202
    await scene.settled()
    assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=39))).status == 202
    await scene.settled()
    assert await here(scene, uri) == 0
    assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=41))).status == 202
    await scene.settled()
    assert await here(scene, uri) == 1


async def test_what_is_gone_for_good_does_not_come_back(scene: Scene) -> None:
    uri, share = f"{BOB}/pictures/{uuid4()}", scene.theirs["bobs"]
    assert (await scene.say(BOB, delete(uri))).status == 202
    await scene.settled()
    assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=50))).status == 202
    await scene.settled()
    assert await here(scene, uri) == 0


async def test_the_same_twice_is_once(scene: Scene) -> None:
    uri, share = f"{BOB}/pictures/{uuid4()}", scene.theirs["bobs"]
    for _ in range(2):
        assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=60))).status == 202
        await scene.settled()
    assert await here(scene, uri) == 1


async def test_several_adds_of_one_sequence_all_count(scene: Scene) -> None:
    uris, share = [f"{BOB}/pictures/{uuid4()}" for _ in range(3)], scene.theirs["bobs"]
    for uri in uris:
        assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=70))).status == 202
    await scene.settled()
    assert [await here(scene, uri) for uri in uris] == [1, 1, 1]


async def test_whoever_announces_to_one_who_left_is_told_again(scene: Scene) -> None:
    await accept(scene, scene.theirs["maras"])
    mine = await scene.town.site.sql("SELECT id FROM incoming_shares WHERE uri = $1", scene.theirs["maras"])
    await scene.alice.send("POST", f"/shares/incoming/{mine}/leave")
    told = "SELECT count(*) FROM activities WHERE type = 'Undo' AND json->>'object' LIKE '%' || $1 || '%'"
    assert await scene.town.site.sql(told, scene.theirs["maras"]) == 1
    assert (await scene.say(MARA, scene.add(scene.theirs["maras"], scene.image(MARA)))).status == 202
    await scene.settled()
    assert await scene.town.site.sql(told, scene.theirs["maras"]) == 2


async def test_a_leave_that_overtook_the_accept_counts(scene: Scene) -> None:
    accepted = scene.answer("Accept", "secret")
    inner = {"type": "Accept", "actor": MARA, "object": accepted["object"]}
    assert (await scene.say(MARA, {"type": ["Undo", "apx:Share"], "to": [ALICE], "object": inner})).status == 202
    await scene.settled()
    assert (await scene.say(MARA, accepted)).status == 202
    await scene.settled()
    share_id = scene.shares["secret"].rpartition("/")[2]
    assert await scene.town.site.sql("SELECT state FROM shares WHERE id::text = $1", share_id) == "left"
    assert await scene.town.site.sql("SELECT count(*) FROM grants WHERE share_id::text = $1", share_id) == 0


async def test_a_relayed_picture_is_asked_for_at_its_owner(scene: Scene) -> None:
    """What Bob says of it is not read, and without an answer of its owner there is no picture."""
    uri, share = f"{EVE}/pictures/{uuid4()}", scene.theirs["bobs"]
    forged = scene.image(EVE, uri, name="forged.jpg")
    assert (await scene.say(BOB, scene.add(share, forged, sequence=80))).status == 202
    await scene.settled()
    assert await here(scene, uri) == 0
    assert await scene.town.site.sql("SELECT count(*) FROM received_wanted WHERE uri = $1", uri) == 1


async def test_of_a_limited_server_those_are_heard_who_share_already(scene: Scene) -> None:
    moderation = scene.town.site.service(Moderation)
    await moderation.set_rule(COMMAND_LINE, "b.test", "limited")
    await moderation.set_rule(COMMAND_LINE, "evil.test", "limited")
    uri, share = f"{BOB}/pictures/{uuid4()}", scene.theirs["bobs"]
    assert (await scene.say(BOB, scene.add(share, scene.image(BOB, uri), sequence=90))).status == 202
    await scene.settled()
    assert await here(scene, uri) == 1
    assert (await scene.say(EVE, scene.offer(EVE, "unasked"))).status == 403


async def test_an_accept_may_name_the_offer_by_its_id_alone(scene: Scene) -> None:
    await scene.picture("cows", "/Cows")
    await scene.share("cows", "/Cows", DORA)
    plain = {"type": "Accept", "to": [ALICE], "object": scene.offers["cows"]}
    assert (await scene.say(DORA, plain)).status == 202
    await scene.settled()
    share_id = scene.shares["cows"].rpartition("/")[2]
    assert await scene.town.site.sql("SELECT state FROM shares WHERE id::text = $1", share_id) == "active"
