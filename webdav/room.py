"""The room of drives, put together for the roof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archypix.gate.middleware import Mount
from webdav.app import ASKED, CAPABILITIES, PATH, ROUTES, WebdavApp
from webdav.auth import Door
from webdav.reading.content import Reading
from webdav.reading.kept import Kept
from webdav.reading.options import Options
from webdav.reading.propfind import Propfind
from webdav.writing import room as writing

if TYPE_CHECKING:
    from archypix.accounts.limiter import Limiter
    from archypix.drives.tokens import DriveTokens
    from webdav.ground import Ground
    from webdav.request import Handler

RAW_ROUTES: Final = ROUTES


@dataclass(frozen=True, slots=True)
class WebdavRoom:
    """What the roof takes up: the app, and what to call when the server stops."""

    mounts: tuple[Mount, ...]
    stop: Callable[[], None]


def build(ground: Ground, tokens: DriveTokens, limiter: Limiter, *, allow_http: bool) -> WebdavRoom:
    """Drives on the services of a server. `allow_http`: tokens may come over plain http from elsewhere."""

    kept = Kept(ground.database, ground.resolver)

    door = Door(tokens, ground.doorkeeper, limiter, allow_http=allow_http)
    app = WebdavApp(door, kept.standing, handlers(ground, kept), ground.transfers)
    return WebdavRoom((Mount(ASKED, PATH, app, "/webdav/{slug}/{path}"),), app.stop)


def handlers(ground: Ground, kept: Kept) -> dict[str, Handler]:
    """What answers each method."""
    reading = Reading(ground, kept)
    return {
        "OPTIONS": Options(CAPABILITIES).handle,
        "GET": reading.handle,
        "HEAD": reading.handle,
        "PROPFIND": Propfind(ground).handle,
        **writing.handlers(ground),
    }
