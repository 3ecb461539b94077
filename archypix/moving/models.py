"""What moves look like in Python, and as JSON on their way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, TypeAlias
from uuid import UUID

DepartureState: TypeAlias = Literal["announced", "held", "moved", "released"]
ArrivalState: TypeAlias = Literal["copying", "copied", "taking", "taken", "active", "dropped", "failed"]


class AsJson:
    """Messages whose ids are written as texts."""

    def as_json(self) -> dict[str, Any]:
        """The message."""
        return {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(self).items()}  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Departure(AsJson):
    """How far somebody is who leaves for the backend `to`. `settled`: held, and nothing of theirs changes any more."""

    move: UUID
    name: str
    to: str
    state: DepartureState
    settled: bool = False

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """The message that `as_json` made."""
        return cls(UUID(said["move"]), said["name"], said["to"], said["state"], bool(said["settled"]))


@dataclass(frozen=True, slots=True)
class Arrival(AsJson):
    """How far somebody is who comes from the backend `source`: files, their bytes, and rows of tables."""

    move: UUID
    name: str
    source: str
    state: ArrivalState
    blobs: int = 0
    blobs_done: int = 0
    bytes: int = 0
    bytes_done: int = 0
    rows: int = 0
    rows_done: int = 0
    error: str | None = None

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """The message that `as_json` made."""
        return cls(**{**said, "move": UUID(said["move"])})


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A thumbnail of a file that is offered: where it is, and its size in bytes."""

    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may be fetched: its SHA-256 (hex), size in bytes, media type, and where it and its thumbnails are.

    `scrap` is the id of a file beside the tags, where it is one.
    """

    sha256: str
    size: int
    media_type: str
    url: str
    thumbnails: dict[str, Thumbnail] = field(default_factory=dict)
    scrap: str | None = None

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """The offer that `asdict` made."""
        thumbnails = {name: Thumbnail(each["url"], int(each["size"])) for name, each in said["thumbnails"].items()}
        return cls(said["sha256"], int(said["size"]), said["media_type"], said["url"], thumbnails, said.get("scrap"))


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and a hash over all of them, whatever their order (hex)."""

    count: int
    sha256: str
