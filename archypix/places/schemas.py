"""What requests about maps look like, and their answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from archypix.pictures.schemas import QueryFields, Thumbnails
from archypix.places.grid import MOST_ZOOM
from archypix.places.models import Box

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class MapQuery(QueryFields):
    """Which pictures, and on what part of the map; across the date line where west is greater than east."""

    south: Latitude = -90
    west: Longitude = -180
    north: Latitude = 90
    east: Longitude = 180
    zoom: Annotated[int, Field(ge=0, le=MOST_ZOOM)] = Field(
        0, description="How fine clusters are: at 0 the world is 256 pixels wide, each step doubles it."
    )

    def box(self) -> Box:
        """The part of the map."""
        return Box(self.south, self.west, self.north, self.east)


class ClusterCover(BaseModel):
    """One picture that stands for a cluster."""

    id: UUID
    blurhash: str | None
    thumbnails: Thumbnails


class MapCluster(BaseModel):
    """Pictures near each other: the middle of where they are, the box around them, and how many there are."""

    latitude: float
    longitude: float
    south: float
    west: float
    north: float
    east: float
    count: int
    cover: ClusterCover | None


class MapAnswer(BaseModel):
    """The clusters of a part of the map, the largest first, and how many pictures they hold together."""

    items: list[MapCluster]
    total: int
