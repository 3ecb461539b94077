"""The server may die between any two of its steps: what it was asked has happened as a whole or not at all."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.rig.server import Server
from tests.webdav.story import Story
from tests.webdav.trouble import START_WITHIN, Wire, drives_server, free_device, people_of, require_agreement, wired

KILLS = 6
CUTS = 12
DEVICES = 3
# What devices do in peace: at the beginning, so that there is something to lose, and before each accident.
FIRST = 12
BEFORE = 2
# So many messages to the database may pass until an accident, or so many ends of transactions: between two of them
# more can go wrong than within one.
MESSAGES = 300
COMMITS = 12


def together(stories: list[Story], act: Callable[[Story], None]) -> None:
    """All devices at once."""
    with ThreadPoolExecutor(len(stories)) as pool:
        for each in [pool.submit(act, story) for story in stories]:
            each.result()


def write_on(story: Story, *, steps: int) -> None:
    """Do so many things, all of which succeed."""
    for _ in range(steps):
        story.step()
    assert story.doubted is None


def write_until_it_dies(story: Story) -> None:
    """Do one thing after the other, until one gets no answer."""
    while story.doubted is None:
        story.step()


def accident(server: Server, wire: Wire, stories: list[Story], dice: random.Random, *, deadly: bool) -> None:
    """Let devices write until the server is killed, or its database goes; all is well when both are back."""
    together(stories, partial(write_on, steps=BEFORE))
    deed = partial(os.kill, server.pid, signal.SIGKILL) if deadly else wire.cut_now
    most, holding = dice.choice([(MESSAGES, b""), (COMMITS, b"COMMIT")])
    wire.after(dice.randint(1, most), deed, early=dice.random() < 0.5, holding=holding)
    together(stories, write_until_it_dies)
    if deadly:
        assert server.process is not None
        server.process.wait(30)
        wire.settle()
        server.start(within=START_WITHIN)
    else:
        wire.mend()
    for story in stories:
        story.settle()
        story.require_agreement()


def test_a_server_that_dies_midway_has_done_all_or_nothing(database_url: str, redis_url: str, tmp_path: Path) -> None:
    seed = os.environ.get("TROUBLE_SEED") or os.urandom(4).hex()
    print(f"seed {seed}")
    dice = random.Random(seed)
    with wired(database_url) as wire, drives_server(tmp_path / "data", wire.url, redis_url) as server:
        people = people_of(server)
        users = [people.make() for _ in range(DEVICES)]
        stories = [Story(user, free_device(user), f"{seed} {user.name}") for user in users]
        accidents = [True] * KILLS + [False] * CUTS
        dice.shuffle(accidents)
        together(stories, partial(write_on, steps=FIRST))
        for deadly in accidents:
            accident(server, wire, stories, dice, deadly=deadly)
        for story in stories:
            story.require_bytes()
            story.require_all()
        require_agreement(server)
        for story in stories:
            print(f"{story.done} steps, in doubt: {dict(story.fates)}")
