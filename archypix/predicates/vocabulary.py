"""The names of the query language: which fact each of them asks for, and as what."""

from __future__ import annotations

from archypix.predicates.models import Always, Flag, Never, Not, Part, Predicate, Present, Text, Untagged

# Texts: `camera:canon` contains, `camera:="Canon EOS R"` is, `filename:IMG_*.jpg` is like, `lens:~"^EF-?S"` matches.
TEXTS = {
    "camera": "camera",
    "make": "camera_make",
    "model": "camera_model",
    "lens": "lens",
    "filename": "filename",
    "title": "title",
    "description": "description",
    "creator": "creator",
    "batch": "batch",
    "sender": "sender",
    "country": "country",
    "city": "city",
    "color": "color",
    "shared": "shared",
}

NUMBERS = {
    "iso": "iso",
    "f": "aperture",
    "mm": "focal_length",
    "exposure": "exposure",
    "size": "size",
    "mp": "megapixels",
    "rating": "rating",
    "width": "width",
    "height": "height",
    "aspect": "aspect",
    "altitude": "altitude",
    "latitude": "latitude",
    "longitude": "longitude",
    "orientation": "orientation",
    "duration": "duration",
}

DATES = {"date": "captured_at", "timeline": "sorted_at", "added": "ingested_at", "edited": "edited_at"}

PARTS: dict[str, Part] = {"month": "month", "season": "season", "weekday": "weekday"}

KINDS = ("image", "video", "raw", "other")
STATES = ("processing", "ready", "failed")

# What people call types whose media type has another name.
TYPE_NAMES = {"jpg": "jpeg", "mov": "quicktime", "tif": "tiff"}


def _is(field: str, value: str) -> Predicate:
    return Text(field, "equals", value)


IS: dict[str, Predicate] = {
    "trash": Flag("trash", True),
    "untagged": Untagged(),
    "edited": Flag("edited", True),
    "owned": Flag("owned", True),
    "received": Flag("owned", False),
    **{kind: _is("kind", kind) for kind in KINDS},
    **{state: _is("state", state) for state in STATES},
    "anything": Always(),
    "nothing": Never(),
}

HAS: dict[str, Predicate] = {
    "gps": Present("gps", True),
    "date": Present("captured_at", True),
    "tags": Not(Untagged()),
    **{name: Present(field, True) for name, field in {**TEXTS, **NUMBERS}.items()},
}

NAMES = sorted(
    {
        *TEXTS,
        *NUMBERS,
        *DATES,
        *PARTS,
        "tag",
        "before",
        "after",
        "year",
        "time",
        "type",
        "near",
        "box",
        "owner",
        "has",
        "is",
    }
)
