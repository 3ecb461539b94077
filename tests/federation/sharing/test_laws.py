"""Whatever the order in which a sender's messages come, and how often: in the end the same is there."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.federation.inbox.conftest import calm_town as calm_town
from tests.federation.inbox.town import Town
from tests.federation.sharing.cases import delete, remove
from tests.federation.sharing.scene import BOB, Scene, open_scene

PICTURES = 6
STEPS = 14


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(calm_town: Town) -> Scene:
    """Alice has accepted a share of Bob's."""
    return await open_scene(calm_town)


@pytest.mark.parametrize("seed", range(12))
async def test_order_and_repetition_do_not_matter(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)
    share, uris = scene.theirs["bobs"], [f"{BOB}/pictures/{uuid4()}" for _ in range(PICTURES)]
    said: list[dict[str, Any]] = []
    there: set[str] = set()
    gone: set[str] = set()
    for sequence in range(1000, 1000 + STEPS):
        some = chance.sample(uris, chance.randint(1, 3))
        kind = chance.choices(("add", "remove", "delete"), (6, 4, 1))[0]
        if kind == "add":
            said.append(scene.add(share, *(scene.image(BOB, uri) for uri in some), sequence=sequence))
            there |= set(some) - gone
        elif kind == "remove":
            said.append(remove(share, *some, sequence=sequence))
            there -= set(some)
        else:
            said.append(delete(some[0]))
            gone.add(some[0])
            there.discard(some[0])
    told = said + chance.sample(said, STEPS // 3)
    chance.shuffle(told)
    for one in told:
        reply = await scene.say(BOB, one)
        assert reply.status == 202, (seed, reply.body)
    await scene.settled()
    rows = await scene.town.site.rows("SELECT origin_uri FROM pictures WHERE origin_uri = ANY ($1)", uris)
    assert {row["origin_uri"] for row in rows} == there, f"seed {seed}"
