"""Owners who are asked about pictures that others announced: what they answer counts, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from federation.signatures.models import Kind
from tests.federation.inbox.conftest import calm_town as calm_town
from tests.federation.inbox.letters import Letter
from tests.federation.inbox.town import Town
from tests.federation.outbound.wild import Seen, answer
from tests.federation.sharing.scene import ALICE, BOB, EVE, Scene, open_scene


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(calm_town: Town) -> Scene:
    """Eve's server says where it answers about pictures."""
    # From the beginning: a document that was read a moment ago is not read again.
    return await open_scene(calm_town, endpoints={"apx:pictures": "https://evil.test/pictures"})


def tells(scene: Scene, *items: Any, status: int = 200) -> None:
    """What Eve's server answers."""
    body = orjson.dumps({"pictures": list(items)})
    scene.town.evil.paths["/pictures"] = answer(status, body, "application/json")


async def announce(scene: Scene, uri: str, sequence: int) -> None:
    """Bob says that a picture of Eve's is in his share, and describes it as he likes."""
    forged = scene.image(EVE, uri, name="forged.jpg")
    assert (await scene.say(BOB, scene.add(scene.theirs["bobs"], forged, sequence=sequence))).status == 202
    await scene.settled()


async def name(scene: Scene, uri: str) -> str | None:
    found: str | None = await scene.town.site.sql("SELECT filename FROM pictures WHERE origin_uri = $1", uri)
    return found


async def asked(scene: Scene, uri: str) -> None:
    """Wait until the owner was asked, and what came of it is written down: until then it is taken for a minute."""
    sql = (
        "SELECT EXISTS (SELECT FROM received_wanted WHERE uri = $1 AND (attempts = 0"
        " OR next_attempt_at BETWEEN now() + interval '30 s' AND now() + interval '60 s'))"
    )
    async with asyncio.timeout(90):
        while await scene.town.site.sql(sql, uri):
            await asyncio.sleep(0.05)


async def test_the_owner_tells_what_it_is(scene: Scene) -> None:
    uri = f"{EVE}/pictures/{uuid4()}"
    share, grant = f"{EVE}/shares/{uuid4()}", str(uuid4())
    tells(
        scene,
        {"id": uri, "image": scene.image(EVE, uri, name="true.jpg", **{"apx:share": share, "apx:grants": [grant]})},
    )
    await announce(scene, uri, 100)
    async with asyncio.timeout(180):
        while await name(scene, uri) != "true.jpg":
            await asyncio.sleep(0.05)
    # Only Eve cuts what Eve gave.
    cut = {"type": ["Offer", "apx:Share"], "actor": EVE, "object": share}
    said = {"type": ["Undo", "apx:Revoke"], "object": cut, "apx:share": share, "apx:grants": [grant]}
    assert (await scene.say(EVE, said)).status == 202
    await scene.settled()
    assert await name(scene, uri) is None


HOSTILE: dict[str, Any] = {
    "of another owner": lambda s, uri: [{"id": uri, "image": s.image(BOB, uri)}],
    "another picture": lambda s, uri: [{"id": uri, "image": s.image(EVE)}],
    "a picture that was not asked for": lambda s, uri: [{"id": s.pictures["goats"], "image": s.image(EVE, uri)}],
    "a list": lambda s, uri: [[uri]],
    "an image that is a text": lambda s, uri: [{"id": uri, "image": "x"}],
    "a revision of text": lambda s, uri: [{"id": uri, "image": s.image(EVE, uri, **{"apx:revision": "x"})}],
    "an error that is none": lambda s, uri: [{"id": uri, "error": {"status": "404"}}],
    "nothing": lambda s, uri: [],
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
async def test_an_answer_that_is_wrong_brings_nothing(scene: Scene, how: str) -> None:
    uri = f"{EVE}/pictures/{uuid4()}"
    before = await scene.town.site.sql("SELECT count(*) FROM pictures")
    tells(scene, *HOSTILE[how](scene, uri))
    await announce(scene, uri, 200)
    await asked(scene, uri)
    assert await scene.town.site.sql("SELECT count(*) FROM pictures") == before
    assert await scene.town.site.sql("SELECT count(*) FROM received_wanted WHERE uri = $1", uri) == 1


async def test_it_is_asked_with_the_key_of_the_person(scene: Scene) -> None:
    uri = f"{EVE}/pictures/{uuid4()}"
    tells(scene, {"id": uri, "error": {"status": 404, "detail": "x"}})
    seen = len(scene.town.evil.seen)
    await announce(scene, uri, 300)
    await asked(scene, uri)
    questions = [one for one in scene.town.evil.seen[seen:] if one.path == "/pictures"]
    assert questions
    assert f'keyId="{ALICE}#main-key"' in questions[0].headers["signature"]
    assert await name(scene, uri) is None


async def test_a_body_that_was_changed_on_its_way_is_refused(scene: Scene) -> None:
    letter = Letter(
        scene.who(BOB), Kind.RFC9421, {"pictures": [scene.pictures["goats"]]}, path="/pictures",
        content_type="application/json",
    )  # fmt: skip
    letter.after.append(lambda one: setattr(one, "body", b'{"pictures": ["https://a.test/x"]}'))
    assert (await scene.town.post(letter)).status == 401


async def test_an_answer_that_is_too_long_is_asked_for_in_parts(scene: Scene) -> None:
    uris = [f"{EVE}/pictures/{uuid4()}" for _ in range(100)]

    def told(seen: Seen) -> bytes:
        asked = orjson.loads(seen.body)["pictures"]
        items = [
            {"id": uri, "image": scene.image(EVE, uri, summary="x" * 10_000, padding="y" * 50_000)} for uri in asked
        ]
        return answer(200, orjson.dumps({"pictures": items}), "application/json")

    scene.town.evil.paths["/pictures"] = told
    assert (await scene.say(BOB, scene.add(scene.theirs["bobs"], *uris, sequence=400))).status == 202
    sql = "SELECT count(*) FROM pictures WHERE origin_uri = ANY ($1)"
    async with asyncio.timeout(120):
        while await scene.town.site.sql(sql, uris) < 100:
            await asyncio.sleep(0.1)
