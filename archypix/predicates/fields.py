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
    # What orders the timeline: every picture has it.
    "sorted_at": Fact("date", "p.sorted_at", ("captured_at", "sorted_at")),
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
    "owned": Fact("flag", "(p.origin_uri IS NULL)", ("origin_uri",)),
    "edited": Fact("flag", "(p.edited_fields <> '{}')", ("edited_fields",)),
    "trash": Fact("flag", "(p.deleted_at IS NOT NULL)", ("deleted_at",)),
    # What is not known yet.
    **{name: _unknown("text") for name in ("country", "city", "color")},
    # What these are is in `MANY`.
    **{name: _unknown("text") for name in ("owner", "sender", "shared")},
}

# How people are written: `@dora@d.test`, `@dora:d.test`, and as their name alone.
_HANDLES = (
    "(VALUES ('@' || {0}), ('@' || replace({0}, '@', ':')), ({0}), (replace({0}, '@', ':')), (split_part({0}, '@', 1)))"
)

# Texts of which a picture may have several: queries of `v`. A condition holds where it does for one of them.
MANY: dict[str, str] = {
    "owner": (
        "SELECT a.name AS v FROM accounts a WHERE a.id = p.owner_id AND p.origin_uri IS NULL"
        " UNION ALL SELECT h.v FROM ("
        "SELECT a.name || '@' || substring(i.uri FROM '^[a-z]+://([^/]+)/') AS handle FROM accounts a, actors i"
        " WHERE a.id = p.owner_id AND p.origin_uri IS NULL AND i.kind = 'instance'"
        " UNION ALL SELECT o.handle FROM remote_actors o WHERE o.id = p.origin_owner_id) w"
        f" CROSS JOIN LATERAL {_HANDLES.format('w.handle')} h (v)"
    ),
    "sender": (
        "SELECT h.v FROM received r JOIN incoming_shares s ON s.id = r.share_id"
        " JOIN remote_actors w ON w.id = s.sender_id"
        f" CROSS JOIN LATERAL {_HANDLES.format('w.handle')} h (v) WHERE r.picture_id = p.id"
    ),
    # Names of incoming shares that it came by, and of own shares that it is in, with whom these are shared.
    "shared": (
        "SELECT s.name AS v FROM received r JOIN incoming_shares s ON s.id = r.share_id WHERE r.picture_id = p.id"
        " UNION ALL SELECT h.v FROM shares s JOIN remote_actors w ON w.id = s.recipient_id"
        f" CROSS JOIN LATERAL (SELECT s.name UNION ALL SELECT * FROM {_HANDLES.format('w.handle')} x (v)) h (v)"
        " WHERE s.account_id = p.owner_id AND s.state = 'active' AND s.tag_id = ANY (p.tag_closure)"
    ),
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
