"""What an examination finds, and its form as JSON between processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from archypix.media.kinds import Kind

WRITTEN, REFUSED, UNSUPPORTED = "written", "refused", "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says of itself, judged and cleaned; None is unknown.

    `orientation` is EXIF's 1…8: how the stored pixels must be turned. `captured_at` is the camera's wall clock,
    `utc_offset` its minutes ahead of UTC, `date_source` one of `exif`, `xmp`, `iptc`, `video`, `filename`,
    `exif_modified`. Altitude is in metres, focal length in millimetres, exposure in seconds, `aperture` the f-number,
    `rating` 0…5. `metadata` is a bounded JSON object with all there is.
    """

    orientation: int | None = None
    captured_at: datetime | None = None
    utc_offset: int | None = None
    date_source: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    iso: int | None = None
    aperture: float | None = None
    focal_length: float | None = None
    exposure: float | None = None
    rating: int | None = None
    title: str | None = None
    description: str | None = None
    creator: str | None = None
    keywords: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination(Facts):
    """Everything known of a file after one look.

    `width` and `height` are in pixels, after orientation; `duration` is in seconds; `content_hash` is 32 bytes that
    stay the same when only metadata changes; `thumbnails` maps `small`, `medium` and `large` to upright WebP files
    (empty where there are none). `perceptual_hash` is a signed integer of 64 bits, alike for what looks alike, None
    where there is too little to see. `failure` is a sentence for the owner when the file cannot be shown, or only in
    part.
    """

    media_type: str
    kind: Kind
    content_hash: bytes
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    blurhash: str | None = None
    perceptual_hash: int | None = None
    thumbnails: dict[str, Path] = field(default_factory=dict)
    failure: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The examination as JSON: bytes in hexadecimal, times in ISO 8601, paths as text."""
        return asdict(self) | {
            "captured_at": self.captured_at.isoformat() if self.captured_at else None,
            "keywords": list(self.keywords),
            "content_hash": self.content_hash.hex(),
            "thumbnails": {name: str(path) for name, path in self.thumbnails.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Examination:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for anything else."""
        taken = data["captured_at"]
        converted = {
            "kind": Kind(data["kind"]),
            "captured_at": datetime.fromisoformat(taken) if taken else None,
            "keywords": tuple(data["keywords"]),
            "content_hash": bytes.fromhex(data["content_hash"]),
            "thumbnails": {name: Path(path) for name, path in data["thumbnails"].items()},
        }
        return cls(**(data | converted))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it: `written`, `refused` or `unsupported` with a reason; and all tags of the new file as JSON."""

    outcome: str
    reason: str | None = None
    metadata: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
