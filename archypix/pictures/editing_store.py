"""SQL that sets fields of many pictures in one statement, keeps what they were, and puts that back.

Whoever writes has the library's writer lock. Fields come in units: what is only ever put back together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection
from archypix.journal.store import keep_fields
from archypix.pictures.dates import EDITED, FILE, INGESTED
from archypix.pictures.trash_store import LONG, NAMED, Moved

TYPES: Final[Mapping[str, str]] = {
    "captured_at": "timestamp",
    "date_source": "text",
    "utc_offset": "smallint",
    "latitude": "double precision",
    "longitude": "double precision",
    "altitude": "double precision",
    "rating": "smallint",
    "title": "text",
    "description": "text",
    "creator": "text",
    "camera_make": "text",
    "camera_model": "text",
    "lens": "text",
    "iso": "integer",
    "aperture": "double precision",
    "focal_length": "double precision",
    "exposure": "double precision",
    "orientation": "smallint",
    "filename": "text",
}
# The columns of each unit. Of those that may be marked as edited, the mark is kept with the value.
UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "captured_at": ("captured_at", "date_source"),
    "utc_offset": ("utc_offset",),
    "position": ("latitude", "longitude"),
    "altitude": ("altitude",),
    "rating": ("rating",),
    "title": ("title",),
    "description": ("description",),
    "creator": ("creator",),
    "camera_make": ("camera_make",),
    "camera_model": ("camera_model",),
    "lens": ("lens",),
    "iso": ("iso",),
    "aperture": ("aperture",),
    "focal_length": ("focal_length",),
    "exposure": ("exposure",),
    "orientation": ("orientation",),
    "filename": ("filename",),
}
UNMARKED: Final = frozenset({"filename", "date_source"})
# What of a received picture its recipient sets for themselves.
RECIPIENTS: Final = frozenset({"rating"})


@dataclass(frozen=True, slots=True)
class Edit:
    """What to set: columns to SQL expressions over the picture `p` and the row `c` that chose it; only where `where`.

    `always` counts a picture as edited that has these values already.
    """

    columns: Mapping[str, str]
    where: str = "true"
    always: bool = False

    @property
    def units(self) -> list[str]:
        """The units that this sets something of."""
        return units_of(self.columns)


def units_of(columns: Iterable[str]) -> list[str]:
    """The units that these columns belong to, in order."""
    wanted = set(columns)
    return [unit for unit, members in UNITS.items() if wanted.intersection(members)]


async def change(
    connection: Connection,
    owner_id: int,
    chosen: str,
    parameters: Sequence[Any],
    edit: Edit,
    *,
    edited_at: datetime,
    operation: UUID,
) -> Moved:
    """Set fields of the owner's pictures that the statement `chosen` yields (`id`, and what the expressions name).

    How many changed, and some of their ids. What they were is kept for the operation.
    """
    first = len(parameters) + 1
    new = ", ".join(f"({value})::{TYPES[name]} AS new_{name}" for name, value in edit.columns.items())
    columns = [f"{name} = t.new_{name}" for name in edit.columns]
    if "captured_at" in edit.columns:
        columns += _ordering("t.new_captured_at")
    marked = [name for name in edit.columns if name not in UNMARKED]
    statement = f"""
        WITH chosen AS MATERIALIZED ({chosen}),
        targets AS MATERIALIZED (
            SELECT p.id, {_image(edit.units)} AS before, {new} FROM chosen c JOIN pictures p ON p.id = c.id
            WHERE p.owner_id = ${first} AND {_editable(edit)} AND ({edit.where}) AND {_differs(edit, f"${first + 1}")}
        ), changed AS (
            UPDATE pictures p SET {", ".join(columns)}, edited_at = ${first + 2}, revision = p.revision + 1,
                edited_fields = ARRAY(SELECT DISTINCT unnest(p.edited_fields || ${first + 1}::text[]) ORDER BY 1)
            FROM targets t WHERE p.id = t.id RETURNING p.id, t.before, {_image(edit.units)} AS after
        ), kept AS ({keep_fields("changed", f"${first + 3}")})
        {_told("changed")}
    """
    row = await connection.fetchrow(
        statement, *parameters, owner_id, sorted(marked), edited_at, operation, timeout=LONG
    )
    return Moved(row["count"], list(row["ids"]))


async def writes_files(connection: Connection, owner_id: int) -> bool:
    """Whether what people set is written into the owner's files."""
    return bool(await connection.fetchval("SELECT write_metadata FROM libraries WHERE account_id = $1", owner_id))


async def count(connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any], edit: Edit) -> int:
    """How many pictures `change` would change."""
    first = len(parameters) + 1
    marked = sorted(name for name in edit.columns if name not in UNMARKED)
    statement = f"""
        WITH chosen AS MATERIALIZED ({chosen})
        SELECT count(*) FROM chosen c JOIN pictures p ON p.id = c.id
        WHERE p.owner_id = ${first} AND {_editable(edit)} AND ({edit.where}) AND {_differs(edit, f"${first + 1}")}
    """
    return int(await connection.fetchval(statement, *parameters, owner_id, marked, timeout=LONG))


async def put_back(
    connection: Connection,
    owner_id: int,
    undone: UUID,
    units: Sequence[str],
    *,
    edited_at: datetime,
    operation: UUID,
) -> Moved:
    """Put back what the operation `undone` changed on the owner's pictures, where it still is as that left it."""
    columns = [name for unit in units for name in UNITS[unit]]
    sets = [f"{name} = {_restored(name)}" for name in columns]
    if "captured_at" in units:
        sets.append(
            f"sorted_at = CASE WHEN s.back ? 'captured_at' THEN coalesce({_kept('captured_at')}, p.file_date,"
            " p.ingested_at AT TIME ZONE 'UTC') ELSE p.sorted_at END"
        )
    statement = f"""
        WITH wanted AS MATERIALIZED (
            SELECT x.id, x.before, x.after FROM operation_items i CROSS JOIN LATERAL ROWS FROM (
                unnest(i.picture_ids), jsonb_array_elements(i.before), jsonb_array_elements(i.after)
            ) AS x (id, before, after) WHERE i.operation_id = $1 AND i.kind = 'set'
        ), present AS MATERIALIZED (
            SELECT p.id, {_image(units)} AS image, w.before, w.after
            FROM wanted w JOIN pictures p ON p.id = w.id WHERE p.owner_id = $2
        ), standing AS MATERIALIZED (
            SELECT id, image, (
                SELECT jsonb_object_agg(unit, n.before -> unit) FROM unnest($3::text[]) AS unit
                WHERE n.image -> unit = n.after -> unit AND n.before -> unit <> n.after -> unit
            ) AS back FROM present n
        ), changed AS (
            UPDATE pictures p SET {", ".join(sets)}, edited_fields = {_marks(units)}, edited_at = $4,
                revision = p.revision + 1
            FROM standing s WHERE p.id = s.id AND s.back IS NOT NULL
            RETURNING p.id, s.image AS before, {_image(units)} AS after
        ), kept AS ({keep_fields("changed", "$5")})
        {_told("changed")}
    """
    row = await connection.fetchrow(statement, undone, owner_id, list(units), edited_at, operation, timeout=LONG)
    return Moved(row["count"], list(row["ids"]))


def _image(units: Sequence[str]) -> str:
    """What the picture `p` has now, as JSON: unit to its values, then to the marks of those that may be edited."""
    parts = []
    for unit in units:
        marks = [f"'{name}' = ANY (p.edited_fields)" for name in UNITS[unit] if name not in UNMARKED]
        values = [f"p.{name}" for name in UNITS[unit]]
        parts.append(f"'{unit}', jsonb_build_array({', '.join(values + marks)})")
    return f"jsonb_build_object({', '.join(parts)})"


def _editable(edit: Edit) -> str:
    """Of a picture that others own, only the rating is its holder's to give."""
    return "true" if set(edit.columns) <= RECIPIENTS else "p.origin_uri IS NULL"


def _differs(edit: Edit, names: str) -> str:
    """Whether the edit changes the picture `p`, or marks fields of it as edited that were not."""
    parts = [f"NOT p.edited_fields @> {names}::text[]"]
    if edit.always:
        parts.append("true")
    parts += [f"p.{name} IS DISTINCT FROM ({value})::{TYPES[name]}" for name, value in edit.columns.items()]
    return f"({' OR '.join(parts)})"


def _ordering(captured: str) -> list[str]:
    """What follows from a capture time set by hand: the place in the timeline, as `dates.order_date` has it."""
    return [
        f"sorted_at = coalesce({captured}, p.file_date, p.ingested_at AT TIME ZONE 'UTC')",
        f"date_source = CASE WHEN {captured} IS NOT NULL THEN '{EDITED}'"
        f" WHEN p.file_date IS NOT NULL THEN '{FILE}' ELSE '{INGESTED}' END",
    ]


def _place(name: str) -> tuple[str, int]:
    """The unit of a column, and where in the unit its value is."""
    unit = next(unit for unit, members in UNITS.items() if name in members)
    return unit, UNITS[unit].index(name)


def _kept(name: str) -> str:
    unit, index = _place(name)
    return f"(s.back #>> '{{{unit},{index}}}')::{TYPES[name]}"


def _restored(name: str) -> str:
    return f"CASE WHEN s.back ? '{_place(name)[0]}' THEN {_kept(name)} ELSE p.{name} END"


def _marks(units: Sequence[str]) -> str:
    """The fields that count as edited once what is in `s.back` is back."""
    rows = []
    for unit in units:
        members = [name for name in UNITS[unit] if name not in UNMARKED]
        rows += [f"('{unit}', '{name}', {len(UNITS[unit]) + number})" for number, name in enumerate(members)]
    if not rows:
        return "p.edited_fields"
    known = f"(VALUES {', '.join(rows)}) AS m (unit, name, index)"
    return (
        "ARRAY(SELECT unnest(p.edited_fields)"
        f" EXCEPT SELECT m.name FROM {known} WHERE s.back ? m.unit"
        f" UNION SELECT m.name FROM {known} WHERE (s.back -> m.unit ->> m.index)::boolean ORDER BY 1)"
    )


def _told(rows: str) -> str:
    return (
        f"SELECT (SELECT count(*) FROM {rows} WHERE before <> after) AS count,"
        f" ARRAY(SELECT id FROM {rows} LIMIT {NAMED + 1}) AS ids"
    )
