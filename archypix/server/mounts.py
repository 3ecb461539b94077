"""What raw ASGI serves, because the bodies are large: files, the web application, uploads, downloads, drives."""

from __future__ import annotations

import re
from typing import Final

from archypix.core.tiles import origin_of
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.links import assembly as links_room
from archypix.operations import download_app, track_app
from archypix.operations.track_app import TrackApp
from archypix.server.house import House
from archypix.server.rooms import API
from archypix.storage.files_app import FilesApp
from archypix.uploads.holding import Holding, Turnstile
from archypix.uploads.receive import ROUTES as UPLOAD_ROUTES
from archypix.uploads.receive import PostPicture, PutFile, Reception
from archypix.webapp.app import PATH as WEB_PATH
from archypix.webapp.app import ROUTES as WEB_ROUTES
from archypix.webapp.app import WebApp
from webdav import room as webdav_room

FILE_METHODS: Final = frozenset({"GET", "HEAD", "PUT", "OPTIONS", "POST", "DELETE"})
# What is said of them where views are listed.
RAW_ROUTES: Final[tuple[RawRoute, ...]] = (
    *UPLOAD_ROUTES,
    download_app.ROUTE,
    track_app.ROUTE,
    *links_room.RAW_ROUTES,
    *webdav_room.RAW_ROUTES,
    *WEB_ROUTES,
)


def mounts(house: House, files: FilesApp) -> list[Mount]:
    """The first that fits answers."""
    return [
        *house.federation.mounts,
        *house.links.mounts,
        *house.webdav.mounts,
        Mount(FILE_METHODS, re.compile(r"/files/"), files, "/files"),
        Mount(frozenset({"GET", "HEAD"}), WEB_PATH, _web(house), "/"),
        Mount(frozenset({"GET"}), re.compile(rf"{API}/downloads/[^/]+\Z"), house.downloads, f"{API}/downloads"),
        Mount(
            frozenset({"POST"}),
            re.compile(rf"{track_app.PATH}\Z"),
            TrackApp(house.pillars.doorkeeper, house.tracks),
            track_app.PATH,
        ),
        *_uploads(house),
    ]


def _web(house: House) -> WebApp:
    settings = house.ground.settings
    return WebApp(settings.web_dist, house.ground.storage_origin, origin_of(settings.map_tiles))


def _uploads(house: House) -> tuple[Mount, Mount]:
    ingest = house.pillars.ingest
    reception = Reception(
        house.pillars.doorkeeper,
        house.ground.storage,
        Holding(house.ground.database, ingest),
        Turnstile(),
        max_file_size=house.ground.settings.max_file_size,
    )
    return (
        Mount(
            frozenset({"POST"}),
            re.compile(rf"{API}/pictures\Z"),
            PostPicture(reception, ingest),
            f"{API}/pictures",
        ),
        Mount(
            frozenset({"PUT"}),
            re.compile(rf"{API}/pictures/[^/]+/file\Z"),
            PutFile(reception, house.replace),
            f"{API}/pictures/<picture_id>/file",
        ),
    )
