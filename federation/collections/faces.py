"""Where the pages of posts and pictures come in: the room that makes them stands above this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from quart import Response

from federation.collections.showing import ShownPicture, ShownPost


@dataclass(slots=True)
class PublicFaces:
    """`post` and `picture` answer with HTML; without them there are documents only."""

    post: Callable[[ShownPost], Awaitable[Response]] | None = None
    picture: Callable[[ShownPicture], Awaitable[Response]] | None = None
