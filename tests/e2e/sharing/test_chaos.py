"""Messages are lost, late and double, servers die, people do as they please; when all is well again, all agree.

`ARCHYPIX_CHAOS_SEED` and `ARCHYPIX_CHAOS_ACTS` set what `make soak` and a replay need.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.sharing.agreement import Look
from tests.e2e.sharing.world import World, places
from tests.rig.network import CLEAR, Weather
from tests.rig.signing import Hand
from tests.rig.trio import three_servers

ACTS = int(os.environ.get("ARCHYPIX_CHAOS_ACTS", "500"))
# Of all requests between servers three in ten fail for their sender, and as many are double or slow.
STORM = Weather(lost=0.1, deaf=0.1, late=0.1, double=0.3, slow=0.3, seconds=0.3)
PICTURES = 8
ACTS_BETWEEN_KILLS = 250
AGREE_WITHIN = 300.0
# A delivery that fails six times in a row, of which there are some, waits for four hours; here for half a minute.
PACE = "0.002"


@pytest.mark.long
def test_all_agree_in_the_end(tmp_path: Path) -> None:
    seed = int(os.environ.get("ARCHYPIX_CHAOS_SEED", "0")) or random.randrange(1, 1 << 30)
    print(f"ARCHYPIX_CHAOS_SEED={seed}")
    with three_servers(tmp_path, seed=seed, federation_time_scale=PACE) as trio:
        world = World.begin(trio, seed, PICTURES)
        hands = world.hands()
        trio.network.blow(STORM)
        for number in range(ACTS):
            if number % ACTS_BETWEEN_KILLS == ACTS_BETWEEN_KILLS - 1:
                with one_server_down(world):
                    for _ in range(10):
                        world.act()
            world.act()
        print(f"{sum(world.done.values())} acts, {world.missed} missed: {dict(world.done)}")
        print(f"{len(trio.network.exchanges)} requests between servers")
        trio.network.blow(CLEAR)
        agree(world, hands)


def agree(world: World, hands: Mapping[str, Hand]) -> None:
    """Until there is no difference any more, and none a moment later."""
    end, began = time.monotonic() + AGREE_WITHIN, time.monotonic()
    calm = 0
    while calm < 2:
        look = Look(world, hands)
        found = look.differences()
        calm = 0 if found else calm + 1
        assert time.monotonic() < end, "\n".join([f"{len(found)} differences left:", *found[:40], *queues(world)])
        time.sleep(1)
    print(f"all agree {time.monotonic() - began:.0f} s after the storm: {look.summary()}")
    assert look.summary()["received"] > 0


def queues(world: World) -> list[str]:
    """What still waits at each server for the others."""
    found = []
    for place in places():
        items = world.trio.administrator(place).get("/admin/federation/queues").json()["items"]
        found += [f"{place}.test: {item}" for item in items if item["waiting"]]
    return found


@contextmanager
def one_server_down(world: World) -> Iterator[None]:
    """One of them is killed, and comes back while people go on."""
    name = world.dice.choice(places())
    world.trio.kill(name)
    back = threading.Thread(target=world.trio.restart, args=(name,))
    yield
    back.start()
    back.join()
