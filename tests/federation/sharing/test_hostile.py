"""Hostile messages about shares: each is refused, or taken without effect, and no table of sharing changes."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.federation.inbox.conftest import calm_town as calm_town
from tests.federation.inbox.town import Town
from tests.federation.sharing.cases import CASES, Case
from tests.federation.sharing.scene import Scene, open_scene


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(calm_town: Town) -> Scene:
    """Everything as it is before."""
    return await open_scene(calm_town)


def test_there_are_enough_cases() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_nothing_comes_of_it(scene: Scene, case: Case) -> None:
    said = case.make(scene)
    before = await scene.digest()
    reply = await scene.say(case.sender, said)
    assert reply.status == case.status, (reply.status, reply.body)
    await scene.settled()
    after = await scene.digest()
    assert {name for name in before if before[name] != after[name]} == set()
