"""Albums: scenes under a tag of somebody, ready to be looked at; and a look at a screen by day and by night."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from playwright.async_api import ViewportSize

from tests.rig.server import User
from tests.web.scenery import Shot, scene
from tests.web.visitor import DESK, PHONE, Visit

SHAPES = ((960, 640), (640, 960), (960, 640), (1200, 640), (800, 800))


def view(name: str, number: int = 0) -> bytes:
    """A JPEG of a scene; every name and number has one of its own."""
    shot = Shot(f"{name}-{number}", datetime(2024, 7, 1, 9) + timedelta(hours=number))
    return scene(shot, size=SHAPES[number % len(SHAPES)])


def hang(owner: User, tag: str, count: int) -> None:
    """So many scenes under a tag."""
    for number in range(count):
        files = {"file": (f"{tag.strip('/')}-{number}.jpg", view(owner.name + tag, number))}
        answer = owner.post("/pictures", files=files, data={"tags": json.dumps([tag])})
        assert answer.status_code == 201, answer.text
    owner.wait_ready()


async def looked_at(visit: Visit, name: str) -> None:
    """Whether everybody can use what is shown: on a desk in the light, and as narrow as a phone in the dark."""
    page = visit.page
    await visit.accessible()
    await visit.shot(name)
    await page.set_viewport_size(ViewportSize(width=PHONE["width"], height=PHONE["height"]))
    # Colours that are on their way from day to night are those of neither.
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await visit.accessible()
    await visit.shot(f"{name}-narrow-dark")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(ViewportSize(width=DESK["width"], height=DESK["height"]))
