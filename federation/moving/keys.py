"""Keys of deliveries name rows by their numbers, which are others on another server."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FOLLOW = re.compile(r"(?P<kind>follow|follower):(?P<actor>[0-9]{1,18}):(?P<row>[0-9]{1,18})")
_OF_ACTOR = re.compile(r"(?P<kind>[a-z]{1,20}):(?P<actor>[0-9]{1,18}):(?P<rest>[^:].*)", re.DOTALL)


def delivery_key(key: str, actors: Mapping[int, int], rows: Mapping[int, int]) -> str:
    """The key under which a delivery keeps its place on another server.

    `actors` maps rows of local actors, `rows` those of `remote_actors`. Keys that name no rows stay as they are.
    """
    if found := _FOLLOW.fullmatch(key):
        actor, row = int(found["actor"]), int(found["row"])
        return f"{found['kind']}:{actors.get(actor, actor)}:{rows.get(row, row)}"
    if found := _OF_ACTOR.fullmatch(key):
        actor = int(found["actor"])
        return f"{found['kind']}:{actors.get(actor, actor)}:{found['rest']}"
    return key
