"""Where the pages for people come in: the room that makes them stands above this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from quart import Response

from federation.actors.models import LocalActor


@dataclass(slots=True)
class Faces:
    """`page` answers with the HTML of an actor that is not deleted; without it everybody gets the document."""

    page: Callable[[LocalActor], Awaitable[Response]] | None = None
