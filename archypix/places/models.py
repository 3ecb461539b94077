"""Parts of a map, and the pictures on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, edges included; it lies across the date line where `west` is greater than `east`."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Cover:
    """One picture that stands for a cluster; `thumbnails` are addresses, each null where there is none."""

    id: UUID
    blurhash: str | None
    thumbnails: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Pictures near each other: the middle of where they are, the box around them, how many."""

    latitude: float
    longitude: float
    box: Box
    count: int
    cover: Cover | None
