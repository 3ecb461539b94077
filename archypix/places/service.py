"""What a map shows of a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Database, Row
from archypix.core.errors import Fault, Invalid
from archypix.pictures.faraway import NOTHING, Faraway, Shown
from archypix.pictures.present import NO_THUMBNAILS, ThumbnailUrls
from archypix.pictures.query import PictureQuery, Trees
from archypix.pictures.resolving import resolve_now
from archypix.places import store
from archypix.places.grid import grid_of
from archypix.places.models import Box, Cluster, Cover

# Seconds for counting.
WITHIN = 10.0
MOST_CLUSTERS = 500


@dataclass(frozen=True, slots=True)
class MapPart:
    """Clusters, the largest first, and the number of pictures in all of them."""

    clusters: Sequence[Cluster]
    total: int


class PlaceService:
    """Counts pictures by where they were taken.

    `trees` gives the paths of tags, `thumbnail_urls` the addresses of a blob's thumbnails; `faraway` has the files of
    received pictures.
    """

    def __init__(
        self, database: Database, trees: Trees, thumbnail_urls: ThumbnailUrls, faraway: Faraway | None = None
    ) -> None:
        self._database = database
        self._trees = trees
        self._thumbnail_urls = thumbnail_urls
        self._faraway = faraway

    async def part(self, owner_id: int, query: PictureQuery, box: Box, zoom: int) -> MapPart:
        """The clusters of the owner's pictures within a box. `Invalid` for a query that takes too long."""
        if box.south > box.north:
            fault = Fault("south", "The south is above the north.")
            raise Invalid("This is no part of a map.", faults=(fault,))
        async with self._database.connection() as connection:
            resolved = await resolve_now(connection, self._trees, owner_id, query)
            if resolved.impossible:
                return MapPart([], 0)
            try:
                rows = await store.clusters(
                    connection, owner_id, resolved, box, grid_of(box, zoom), MOST_CLUSTERS, within=WITHIN
                )
            except TimeoutError as error:
                raise _too_slow() from error
            covers = await store.covers(connection, owner_id, [row["cover"] for row in rows])
        shown = await self._covers(owner_id, covers)
        return MapPart([_cluster(row, shown) for row in rows], sum(row["count"] for row in rows))

    async def _covers(self, owner_id: int, rows: Sequence[Row]) -> Mapping[UUID, Cover]:
        wanted = [(row["origin_uri"], row["origin_owner_id"]) for row in rows if row["origin_uri"]]
        far = await self._faraway.thumbnails(owner_id, wanted) if wanted and self._faraway is not None else {}
        return {row["id"]: Cover(row["id"], row["blurhash"], self._thumbnails(row, far)) for row in rows}

    def _thumbnails(self, row: Row, far: Mapping[str, Shown]) -> Mapping[str, str | None]:
        if row["blob_id"] is not None:
            return self._thumbnail_urls(row["blob_id"])
        return far.get(row["origin_uri"], NOTHING).thumbnails if row["origin_uri"] else NO_THUMBNAILS


def _cluster(row: Row, covers: Mapping[UUID, Cover]) -> Cluster:
    box = Box(row["south"], row["west"], row["north"], row["east"])
    return Cluster(row["latitude"], row["longitude"], box, row["count"], covers.get(row["cover"]))


def _too_slow() -> Invalid:
    fault = Fault("q", "Ask for less at once: a tag, fewer words, a smaller part of the map.")
    return Invalid("This map takes too long to count.", faults=(fault,), code="too_slow")
