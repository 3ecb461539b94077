"""Whole statements around a chain: assign and take away what services say, or say what would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archypix.core.sql import Parameters
from archypix.pipeline.compile import HELD_OF_SERVICES, Chain, Step, Unborn, compile_chain
from archypix.pipeline.models import PIPELINE

LIVE = "p.owner_id = $1 AND p.deleted_at IS NULL AND p.state <> 'processing'"
# Behind a picture in order of ingest, or from the first one on where that is NULL.
BEHIND = (
    "(p.ingested_at, p.id) > (coalesce($2::timestamptz, '-infinity'),"
    " coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))"
)
FROM_SERVICES = f"a.source IN ({', '.join(repr(source) for source in PIPELINE)})"
# Pictures that one statement may change, while it goes through a window of pictures: few enough that their pages are
# still in memory when they are written.
PORTION = 10_000
SAMPLE = 20

Maps = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL whose first parameters are given at each run, and whose others follow; `maps` as in `Chain`."""

    text: str
    rest: tuple[Any, ...]
    given: int
    chain: Chain

    def values(self, first: Sequence[Any], maps: Maps) -> list[Any]:
        """All parameters; `maps` gives the tags of paths by service."""
        assert len(first) == self.given
        values = [*first, *self.rest]
        for place, number in self.chain.maps.items():
            values[number] = dict(maps.get(self.chain.steps[place].logic.service_id, {}))
        return values


def apply_to_ids(steps: Sequence[Step]) -> Statement:
    """Bring the assignments of services up to date for chosen pictures.

    Parameters: owner, ids, whether to mark pictures that change. The row has `changed`, the number of pictures, and
    `missing`, an array of `[service, path]` for tags that have to be made first; then nothing was done.
    """
    return _apply(steps, ("owner", "ids", "mark"), f"WHERE {LIVE} AND p.id = ANY ($2::uuid[])", "true", "$3", "")


def apply_to_window(steps: Sequence[Step]) -> Statement:
    """As above for all pictures behind one (its ingest time and id, or None) and up to another.

    Parameters: owner, the four of those, whether to mark, and the tags that the services have assigned so far. At most
    10,000 pictures are changed; `last_at` and `last_id` then say how far it came.
    """
    held = "p.tag_ids && $7::integer[]"
    tags = " OR ".join([f"s{place}.t <> '{{}}'" for place in range(len(steps))] + [held])
    paths = "".join(f" OR n{place}.path IS NOT NULL" for place, step in enumerate(steps) if step.logic.calendar)
    where = (
        f"WHERE {LIVE} AND {BEHIND} AND (p.ingested_at, p.id) <= ($4, $5)"
        f" AND $possible AND ({tags}{paths}) ORDER BY p.ingested_at, p.id LIMIT {PORTION}"
    )
    last = (
        f", (SELECT count(*) = {PORTION} FROM evaluated) AS full, (SELECT max(ingested_at) FROM evaluated) AS last_at,"
        " (SELECT id FROM evaluated ORDER BY ingested_at DESC, id DESC LIMIT 1) AS last_id"
    )
    given = ("owner", "after_at", "after_id", "until_at", "until_id", "mark", "tags")
    return _apply(steps, given, where, held, "$6", last)


def _apply(steps: Sequence[Step], given: Sequence[str], where: str, held: str, mark: str, more: str) -> Statement:
    """`held` says of `p` whether it may have anything from these services; of other pictures nothing is taken away."""
    parameters = _begin(given)
    chain = compile_chain(steps, parameters, narrowed="$possible" in where)
    # Asked of the row first, this spares most rows the joins.
    where = where.replace("$possible", f"({chain.possible} OR {held})" if chain.possible else "true")
    missing = _missing(chain)
    free = f"NOT EXISTS ({missing})" if missing else "true"
    text = (
        f"WITH evaluated AS MATERIALIZED (SELECT p.id, p.ingested_at, {held} AS held{_columns(chain)}"
        f" FROM pictures p {chain.joins} {where}), gone AS (DELETE FROM assignments WHERE ctid = ANY (ARRAY("
        "  SELECT held.ctid FROM evaluated e CROSS JOIN LATERAL ("
        f"    SELECT a.ctid FROM assignments a WHERE a.picture_id = e.id AND {HELD_OF_SERVICES}"
        f"    AND a.source_id = ANY ({parameters.add(_ids(chain))}::bigint[])"
        f"    AND a.tag_id <> ALL ({_wanted_of('a.source_id', chain)}) OFFSET 0) held WHERE e.held AND {free}"
        ")) RETURNING picture_id), come AS (INSERT INTO assignments (picture_id, tag_id, source, source_id)"
        f" SELECT DISTINCT e.id, tag, w.source, w.source_id FROM evaluated e {_wanted(chain)} WHERE {free}"
        " ORDER BY e.id ON CONFLICT DO NOTHING RETURNING picture_id),"
        " changed AS (SELECT picture_id FROM gone UNION SELECT picture_id FROM come),"
        " marked AS (INSERT INTO dirty_pictures (owner_id, picture_id)"
        f" SELECT $1, picture_id FROM changed WHERE {mark})"
        f" SELECT (SELECT count(*) FROM changed) AS changed, {f'ARRAY({missing})' if missing else 'NULL'} AS missing"
        f"{more}"
    )
    return Statement(text, tuple(parameters.values[len(given) :]), len(given), chain)


def differences(steps: Sequence[Step], limit: int) -> Statement:
    """What is assigned and does not follow, and what follows and is not assigned, of pictures without a mark.

    Parameter: owner. Rows: `picture_id`, `source_id`, `path` or `tag_id`, whether it is `wanted`, and `missing` as
    above: where that is not empty, nothing else of the rows holds.
    """
    parameters = _begin(("owner",))
    chain = compile_chain(steps, parameters)
    lacks = _missing(chain, "e.id AS picture_id, {service} AS source_id, {path} AS path")
    missing = f"ARRAY({_missing(chain)})" if lacks else "NULL::text[]"
    # NOT IN is hashed whatever the statistics say of a table that is mostly empty.
    clean = "p.id NOT IN (SELECT d.picture_id FROM dirty_pictures d WHERE d.owner_id = $1)"
    text = (
        f"WITH evaluated AS MATERIALIZED (SELECT p.id{_columns(chain)} FROM pictures p {chain.joins}"
        f" WHERE {LIVE} AND {clean}), wanted AS (SELECT e.id AS picture_id, w.source_id, tag AS tag_id"
        f" FROM evaluated e {_wanted(chain)}), held AS (SELECT a.picture_id, a.source_id, a.tag_id FROM assignments a"
        f" JOIN evaluated e ON e.id = a.picture_id WHERE {FROM_SERVICES}"
        f" AND a.source_id = ANY ({parameters.add(_ids(chain))}::bigint[]))"
        f" SELECT found.*, {missing} AS missing FROM ("
        "SELECT d.*, true AS wanted, NULL::text AS path FROM (SELECT * FROM wanted EXCEPT SELECT * FROM held) d"
        " UNION ALL SELECT d.*, false, NULL FROM (SELECT * FROM held EXCEPT SELECT * FROM wanted) d"
        + (f" UNION ALL SELECT m.picture_id, m.source_id, NULL, true, m.path FROM ({lacks}) m" if lacks else "")
        + f") found LIMIT {limit}"
    )
    return Statement(text, tuple(parameters.values[1:]), 1, chain)


def trial(steps: Sequence[Step], unborn: Unborn) -> Statement:
    """Which tags all pictures would gain and lose, if these steps were what their services say.

    Parameters: owner, ids of the services in question. Rows: `tag_id`, `gained` (or lost), `pictures` with at most 20
    ids, `count`; the row without a tag counts all pictures that change. One row may have `missing` as above.
    """
    parameters = _begin(("owner", "services"))
    chain = compile_chain(steps, parameters, unborn)
    missing = _missing(chain)
    wanted = f"SELECT DISTINCT e.id, tag AS tag_id FROM evaluated e {_wanted(chain)}" if chain.steps else (
        "SELECT NULL::uuid AS id, NULL::integer AS tag_id WHERE false"
    )  # fmt: skip
    text = (
        f"WITH evaluated AS MATERIALIZED (SELECT p.id, p.tag_ids{_columns(chain)} FROM pictures p {chain.joins}"
        f" WHERE {LIVE}), wanted AS MATERIALIZED ({wanted}), held AS MATERIALIZED (SELECT DISTINCT a.picture_id AS id,"
        f" a.tag_id FROM assignments a JOIN evaluated e ON e.id = a.picture_id WHERE {FROM_SERVICES}"
        " AND a.source_id = ANY ($2::bigint[])), differs AS MATERIALIZED ("
        " SELECT w.id, w.tag_id, true AS gained FROM (SELECT * FROM wanted EXCEPT SELECT * FROM held) w"
        " JOIN evaluated e ON e.id = w.id WHERE w.tag_id <> ALL (e.tag_ids)"
        " UNION ALL SELECT h.id, h.tag_id, false FROM (SELECT * FROM held EXCEPT SELECT * FROM wanted) h"
        f" WHERE NOT EXISTS (SELECT FROM assignments a WHERE a.picture_id = h.id AND a.tag_id = h.tag_id"
        f" AND NOT ({FROM_SERVICES} AND a.source_id = ANY ($2::bigint[]))))"
        " SELECT tag_id, gained, count(*) AS count, (array_agg(id ORDER BY id))[1:$limit] AS pictures, NULL::text[] AS"
        " missing FROM differs GROUP BY tag_id, gained UNION ALL SELECT NULL, NULL, count(DISTINCT id), NULL, NULL"
        " FROM differs"
    ).replace("$limit", str(SAMPLE))
    if missing:
        text += f" UNION ALL SELECT NULL, NULL, 0, NULL, ARRAY({missing})"
    return Statement(text, tuple(parameters.values[2:]), 2, chain)


def _begin(given: Sequence[str]) -> Parameters:
    parameters = Parameters()
    for name in given:
        parameters.add(name)
    return parameters


def _ids(chain: Chain) -> list[int]:
    return [step.logic.service_id for step in chain.steps]


def _columns(chain: Chain) -> str:
    """The results of all steps, and the paths for which there is no tag yet."""
    columns = "".join(f", s{place}.t AS t{place}" for place in range(len(chain.steps)))
    return columns + "".join(
        f", CASE WHEN s{place}.t = '{{}}' THEN n{place}.path END AS m{place}" for place in chain.maps
    )


def _wanted(chain: Chain) -> str:
    """Joined to `evaluated e`: a row for each tag that a service wants, as `w.source`, `w.source_id`, `tag`."""
    rows = ", ".join(
        f"('{step.logic.source}', {step.logic.service_id}::bigint, e.t{place})"
        for place, step in enumerate(chain.steps)
    )
    return f"CROSS JOIN LATERAL (VALUES {rows}) w (source, source_id, tags) CROSS JOIN LATERAL unnest(w.tags) tag"


def _wanted_of(service: str, chain: Chain) -> str:
    cases = "".join(f" WHEN {step.logic.service_id} THEN e.t{place}" for place, step in enumerate(chain.steps))
    return f"CASE {service}{cases} END"


def _missing(chain: Chain, columns: str = "DISTINCT {service} || ' ' || {path}") -> str:
    """A query of what the maps lack; empty where there are no maps."""
    return " UNION ALL ".join(
        f"SELECT {columns.format(service=chain.steps[place].logic.service_id, path=f'e.m{place}')} FROM evaluated e"
        f" WHERE e.m{place} IS NOT NULL"
        for place in chain.maps
    )
