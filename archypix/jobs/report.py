"""The report of a worker, validated: it comes from a process that has parsed a hostile file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from archypix.storage.keys import VARIANTS

# Nothing that archypix.media reports comes near these.
MAX_METADATA = 512 << 10
Pixels = Annotated[int, Field(ge=1, le=1_000_000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL")
    return text


def _wall_clock(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("a wall clock has no offset")
    return moment


Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_storable)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_storable)]
WallClock = Annotated[datetime, AfterValidator(_wall_clock)]
# Fields that are no columns of their own.
BESIDE = frozenset({"date_source", "keywords", "metadata", "thumbnails"})


class Described(BaseModel):
    """What cameras and people say of a picture, within the bounds of its columns."""

    utc_offset: Annotated[int, Field(ge=-14 * 60, le=14 * 60)] | None = None
    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None
    altitude: Number | None = None
    camera_make: Text | None = None
    camera_model: Text | None = None
    lens: Text | None = None
    iso: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    aperture: Number | None = None
    focal_length: Number | None = None
    exposure: Number | None = None
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    title: Title | None = None
    description: LongText | None = None
    creator: Text | None = None


class Report(Described):
    """What a worker found: the fields of `archypix.media.models.Examination`.

    `thumbnails` names those that were put into storage.
    """

    model_config = ConfigDict(extra="forbid")

    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$")]
    kind: Literal["image", "raw", "video", "other"]
    content_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    width: Pixels | None = None
    height: Pixels | None = None
    orientation: Annotated[int, Field(ge=1, le=8)] | None = None
    duration: Annotated[Number, Field(ge=0)] | None = None
    blurhash: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{6,100}$")] | None = None
    perceptual_hash: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)] | None = None
    captured_at: WallClock | None = None
    date_source: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")] | None = None
    keywords: Annotated[list[Text], Field(max_length=1_000)] = []
    metadata: dict[str, Any] = {}
    thumbnails: Annotated[list[Literal["small", "medium", "large"]], Field(max_length=3)] = []
    failure: LongText | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Report:
        encoded = orjson.dumps(self.metadata)
        if len(encoded) > MAX_METADATA:
            raise ValueError("the metadata is too large")
        if b"\\u0000" in encoded:
            raise ValueError("the metadata holds a NUL")
        return self

    @property
    def decoded(self) -> bool:
        """Whether there is something to show; `failure` may still say what is missing."""
        return len(set(self.thumbnails)) == len(VARIANTS)

    def values(self, edited: frozenset[str]) -> dict[str, Any]:
        """The columns of `pictures` that this report sets: all it knows, but the fields in `edited`."""
        facts = self.model_dump(exclude=set(BESIDE | edited))
        return facts | {"content_hash": bytes.fromhex(self.content_hash), "has_thumbnails": self.decoded}
