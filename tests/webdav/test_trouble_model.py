"""The law of drives over HTTP: after anything a device does, the model, the drive and the rest of the API agree."""

from __future__ import annotations

import os

import pytest

from tests.rig.server import User
from tests.webdav.story import Story
from tests.webdav.trouble import free_device

STEPS = 150


@pytest.fixture
def seed() -> str:
    """A new one each time, unless the environment names one."""
    seed = os.environ.get("TROUBLE_SEED") or os.urandom(4).hex()
    print(f"seed {seed}")
    return seed


def test_whatever_a_device_does_all_views_agree(user: User, seed: str) -> None:
    story = Story(user, free_device(user), seed)
    for _ in range(STEPS):
        story.step()
        story.require_agreement()
    assert story.done == STEPS
    story.require_bytes()
    story.require_all()
