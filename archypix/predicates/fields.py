"""The facts that predicates may ask for: their names, their kinds, and the SQL on `pictures p` that gives them.

Some are names of facts that nothing tells yet; those are known for no picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "number", "flag", "date"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `whole` numbers have no fraction; `sources` are the columns that it comes from."""

    kind: Kind
    sql: str
    sources: tuple[str, ...]
    whole: bool = False


def _column(kind: Kind, name: str, *, whole: bool = False) -> Fact:
    return Fact(kind, f"p.{name}", (name,), whole)


def _unknown(kind: Kind) -> Fact:
    return Fact(kind, "NULL::text", ())


FACTS: dict[str, Fact] = {
    "captured_at": _column("date", "captured_at"),
    "ingested_at": Fact("date", "(p.ingested_at AT TIME ZONE 'UTC')", ("ingested_at",)),
    "edited_at": Fact("date", "(p.edited_at AT TIME ZONE 'UTC')", ("edited_at",)),
    **{name: _column("number", name) for name in ("latitude", "longitude", "altitude")},
    **{name: _column("number", name) for name in ("aperture", "focal_length", "exposure", "duration")},
    **{name: _column("number", name, whole=True) for name in ("iso", "orientation", "width", "height", "size")},
    "rating": _column("number", "rating", whole=True),
    "megapixels": Fact("number", "(p.width::float8 * p.height / 1000000)", ("width", "height")),
    "aspect": Fact("number", "(p.width::float8 / nullif(p.height, 0))", ("width", "height")),
    **{name: _column("text", name) for name in ("camera_make", "camera_model", "lens", "filename", "media_type")},
    **{name: _column("text", name) for name in ("title", "description", "creator", "kind", "state")},
    "camera": Fact(
        "text", "nullif(concat_ws(' ', p.camera_make, p.camera_model), '')", ("camera_make", "camera_model")
    ),
    "batch": Fact("text", "p.batch_id::text", ("batch_id",)),
    # Until pictures are received from others, all that a library holds is its owner's own.
    "owned": Fact("flag", "true", ()),
    "owner": Fact("text", "(SELECT a.name FROM accounts a WHERE a.id = p.owner_id)", ()),
    "edited": Fact("flag", "(p.edited_fields <> '{}')", ("edited_fields",)),
    "trash": Fact("flag", "(p.deleted_at IS NOT NULL)", ("deleted_at",)),
    # What is not known yet.
    **{name: _unknown("text") for name in ("sender", "shared", "country", "city", "color")},
}

# Facts that only `Present` asks for: whether there is a position.
GPS = "gps"
GPS_SOURCES = ("latitude", "longitude")

# What the words of a picture's document come from.
WORD_SOURCES = ("filename", "title", "description", "creator", "camera_make", "camera_model", "lens")

# Metadata of the file: `exif.NAME`, `xmp.dc.subject`, `iptc.City`.
METADATA_GROUPS = ("exif", "xmp", "iptc")
METADATA = "metadata"
MAX_NAME = 120


def metadata_name(field: str) -> tuple[str, str] | None:
    """Group and name of a metadata field such as `exif.LensModel`; None for what is no such field."""
    group, dot, name = field.partition(".")
    if group not in METADATA_GROUPS or not dot or not name or len(name) > MAX_NAME:
        return None
    return (group, name) if name.isprintable() and name == name.strip() else None


def kinds(field: str) -> frozenset[Kind]:
    """What a field can be asked as; nothing when there is no such field. Metadata can be asked as either."""
    if field in FACTS:
        return frozenset({FACTS[field].kind})
    return frozenset({"text", "number"}) if metadata_name(field) else frozenset()


def sources(field: str) -> tuple[str, ...]:
    """The columns of pictures that a field depends on; `metadata` for the file's own fields."""
    if field == GPS:
        return GPS_SOURCES
    return FACTS[field].sources if field in FACTS else (METADATA,)
