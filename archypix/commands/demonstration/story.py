"""What has happened before the tour begins: pictures put in, tagged, shared, accepted and passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from archypix.commands.demonstration.painting import Place as Trip
from archypix.commands.demonstration.painting import photograph
from archypix.commands.demonstration.people import Person, seen

ALPS = Trip("Alps", 45.92, 6.87, datetime(2024, 7, 13, 6), 120, camera=0)
LAKE = Trip("Lake", 46.45, 6.75, datetime(2024, 7, 16, 9), 120, camera=0)
FJORD = Trip("Fjord", 61.10, 7.10, datetime(2024, 8, 2, 4), 120, camera=1)
GARDEN = Trip("Garden", 48.85, 2.35, datetime(2024, 5, 4, 7), 120, camera=2)

SHARED = "/Travel/Alps"
PASSED_ON = "/Mountains"
# Who took how many pictures where, and under which tag they are.
ALBUMS: tuple[tuple[str, Trip, int, str], ...] = (
    ("alice", ALPS, 6, SHARED),
    ("alice", LAKE, 4, "/Travel/Lake"),
    ("bob", FJORD, 4, PASSED_ON),
    ("carol", GARDEN, 3, "/Garden"),
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tour speaks of: alice's share, as she and as bob know it, a picture of hers in carol's library, and a
    public link to the same tag."""

    share: str
    at_bob: str
    at_carol: str
    link: str


async def paint(name: str) -> list[tuple[str, bytes, str]]:
    """File name, bytes and tag of somebody's pictures."""
    wanted = [(trip, number, tag) for who, trip, count, tag in ALBUMS if who == name for number in range(count)]
    return [(*await asyncio.to_thread(photograph, trip, number), tag) for trip, number, tag in wanted]


async def put_in(person: Person, painted: Sequence[tuple[str, bytes, str]], say: Say) -> None:
    """Put somebody's pictures in and wait until they have thumbnails."""
    for filename, content, tag in painted:
        await person.upload(filename, content, [tag])
    await seen(partial(_all_ready, person), f"thumbnails at {person.place.domain}")
    say(f"{person.handle} has put {len(painted)} pictures in")


async def _all_ready(person: Person) -> bool:
    return not await person.pictures(state="processing")


async def share(people: Sequence[Person], say: Say) -> Shown:
    """Alice shares with bob; bob adds some of hers to his own mountains and shares these with carol."""
    alice, bob, carol = people
    share_id, at_bob = await _share(alice, bob, SHARED, "Alps 2024", reshare_depth=2, share_back=True)
    received = await seen(partial(_received, bob, 6), f"alice's pictures at {bob.place.domain}")
    say(f"{alice.handle} shares {SHARED} with {bob.handle}, who sees {len(received)} pictures")
    chosen = [item["id"] for item in received[:4]]
    await bob.call("POST", "/pictures/batch/tags", {"selection": {"include": chosen}, "add": [PASSED_ON], "remove": []})
    await _share(bob, carol, PASSED_ON, "Mountains, ours", reshare_depth=0)
    received = await seen(partial(_received, carol, 8), f"bob's share at {carol.place.domain}")
    say(f"{bob.handle} passes 4 of them on to {carol.handle} with 4 of his own; she sees {len(received)}")
    hers = next(item["id"] for item in received if item["owner"] == alice.known_as)
    link = await alice.call("POST", "/links", {"tag": SHARED, "name": "Alps 2024", "originals": True})
    return Shown(share_id, at_bob, hers, link["url"])


async def _received(person: Person, count: int) -> list[dict[str, Any]]:
    """All that somebody received, once it is so much and known in full."""
    found = [item for item in await person.pictures(tag=quote("/SharedToMe")) if item.get("filename")]
    return found if len(found) >= count else []


async def _share(sender: Person, recipient: Person, tag: str, name: str, **rights: Any) -> tuple[str, str]:
    """Share, unless an earlier run did so, and have it accepted; the share's id at its sender and at its recipient."""
    shares = (await sender.call("GET", "/shares"))["items"]
    share = next((one for one in shares if one["name"] == name and one["state"] in ("pending", "active")), None)
    if share is None:
        offer = {"tag": tag, "recipient": recipient.handle, "name": name, "message": f"For {recipient.name}", **rights}
        share = await sender.call("POST", "/shares", offer)
    offered = partial(_offered, recipient, share["url"])
    incoming = await seen(offered, f"the offer of {name} at {recipient.place.domain}")
    if incoming["state"] == "pending":
        await recipient.call("POST", f"/shares/incoming/{incoming['id']}/accept")
    return share["id"], incoming["id"]


async def _offered(person: Person, url: str) -> dict[str, Any] | None:
    """The share as its recipient has it. One of the same name may be there that its sender has revoked meanwhile."""
    items = (await person.call("GET", "/shares/incoming"))["items"]
    return next((item for item in items if item["url"] == url and item["state"] in ("pending", "active")), None)
