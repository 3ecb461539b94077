"""The application, put together: views, raw apps and loops on one house of services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from quart import Quart

from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import Settings
from archypix.gate.middleware import AsgiApp, Roof
from archypix.gate.policy import RawRoute
from archypix.server.ground import open_ground
from archypix.server.house import House, furnish
from archypix.server.loops import loops
from archypix.server.mounts import RAW_ROUTES, mounts
from archypix.server.rooms import answering
from archypix.storage.files_app import FilesApp


@dataclass(frozen=True, slots=True)
class Application:
    """What `serve` runs: the ASGI application, the loops beside it, and what to call at first start and at the end."""

    asgi: AsgiApp
    quart: Quart
    raw_routes: tuple[RawRoute, ...]
    loops: Mapping[str, Callable[[], Awaitable[None]]]
    setup_link: Callable[[], Awaitable[str | None]]
    stopping: Callable[[], None]


@asynccontextmanager
async def application(
    settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> AsyncIterator[Application]:
    """Build everything for a server that listens on `port`; all of it is closed when the block ends."""
    async with AsyncExitStack() as stack:
        ground = await open_ground(stack, settings, endpoints, database, master, port)
        yield _put_together(await furnish(stack, ground))


def _put_together(house: House) -> Application:
    raw_routes = (*RAW_ROUTES, *house.federation.raw_routes)
    app = answering(house, raw_routes)
    files = FilesApp(house.ground.storage, house.ground.signer)

    def stopping() -> None:
        house.health.stopping()
        house.events.close()
        files.stop()
        house.downloads.stop()
        house.links.stop()
        house.webdav.stop()
        house.pillars.jobs.close()
        for stop in house.federation.stopping:
            stop()

    async def setup_link() -> str | None:
        secret = await house.pillars.accounts.issue_setup_link()
        return f"{house.ground.origin}/setup?token={secret}" if secret else None

    return Application(
        asgi=Roof(app, mounts(house, files)),
        quart=app,
        raw_routes=raw_routes,
        loops=loops(house) | house.federation.loops,
        setup_link=setup_link,
        stopping=stopping,
    )
