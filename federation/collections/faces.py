"""Where the pages of posts and pictures come in: the room that makes them stands above this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from quart import Response

from federation.collections.showing import ShownPicture, ShownPost


@dataclass(slots=True)
class PublicFaces:
    """`post` and `picture` answer with HTML; without them there are documents only. `held` answers whoever signs the
    request for a picture with what they may know of it, by its owner's name and its id."""

    post: Callable[[ShownPost], Awaitable[Response]] | None = None
    picture: Callable[[ShownPicture], Awaitable[Response]] | None = None
    held: Callable[[str, str], Awaitable[Response]] | None = None
