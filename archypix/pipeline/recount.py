"""What services assigned, compared with what they say now: what differs is an inconsistency that `doctor` names.

Each service is compared given what those before it have assigned. Where all of them agree in that way, all is as if
evaluated from scratch.
"""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.core.errors import Invalid
from archypix.core.tag_paths import TagPath, parse_path
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch
from archypix.pipeline import run_store, store
from archypix.pipeline.plans import Plan, arrange, make_plan
from archypix.pipeline.statements import FROM_SERVICES, differences
from archypix.tags.resolving import resolve_paths

# Pending accounts are left out, and told by `waiting_accounts`; so are pictures with a mark.
SETTLED = """
SELECT owner_id, revision FROM pipelines p
WHERE NOT EXISTS (SELECT FROM services s WHERE s.owner_id = p.owner_id AND (s.stale OR s.removing))
ORDER BY owner_id
"""
ORPHANS = f"""
SELECT a.picture_id, a.tag_id, a.source, a.source_id FROM assignments a
WHERE {FROM_SERVICES} AND NOT EXISTS (
    SELECT FROM services s JOIN pictures p ON p.owner_id = s.owner_id
    WHERE s.id = a.source_id AND p.id = a.picture_id AND (s.enabled OR s.stale OR s.removing)
)
LIMIT $1
"""
ATTEMPTS = 10


async def service_mismatches(connection: Connection) -> list[Mismatch]:
    """Assignments of services that do not follow from them, and those that are missing; at most 100."""
    found = [
        Mismatch(
            "assignments",
            f"picture {row['picture_id']}, tag {row['tag_id']}",
            f"{row['source']} {row['source_id']}",
            None,
        )
        for row in await connection.fetch(ORPHANS, MOST, timeout=TIME_LIMIT)
    ]
    for row in await connection.fetch(SETTLED, timeout=TIME_LIMIT):
        if len(found) >= MOST:
            break
        found += await _of_owner(connection, row["owner_id"], row["revision"])
    return found[:MOST]


async def waiting_accounts(connection: Connection) -> int:
    """How many accounts have services that have yet to look at something."""
    return len(await run_store.waiting(connection))


async def _of_owner(connection: Connection, owner_id: int, revision: int) -> list[Mismatch]:
    plan = await make_plan(connection, owner_id, revision)
    names = {service.id: service.name for service in plan.services}
    found = [
        Mismatch("services", f"service {each} ({names[each]})", why, "readable") for each, why in plan.broken.items()
    ]
    for steps in arrange(plan.visible, plan.logics):
        statement = differences(steps, MOST)
        absent: set[tuple[int, str]] = set()
        for _ in range(ATTEMPTS):
            rows = await connection.fetch(statement.text, *statement.values([owner_id], plan.maps), timeout=TIME_LIMIT)
            lacks = [text.partition(" ") for text in (rows[0]["missing"] or ())] if rows else []
            missing = {(int(service), path) for service, _, path in lacks} - absent
            if not missing:
                break
            absent |= await _find(connection, plan, owner_id, missing)
        for row in rows:
            service = f"service {row['source_id']} ({names[row['source_id']]})"
            tag = row["path"] or f"tag {row['tag_id']}"
            what = f"picture {row['picture_id']}, {tag}"
            found.append(Mismatch(service, what, not row["wanted"], row["wanted"]))
    return found


async def _find(
    connection: Connection, plan: Plan, owner_id: int, missing: set[tuple[int, str]]
) -> set[tuple[int, str]]:
    """Find the tags of paths below the roots of calendars; those that there are not."""
    roots = {logic.service_id: logic.root for logic in plan.logics}
    above = await store.paths(connection, list(roots.values()))
    some: list[tuple[int, str]] = []
    paths: list[TagPath] = []
    for service, path in sorted(missing):
        try:
            paths.append(parse_path(above[roots[service]] + (f"/{path}" if path else "")))
            some.append((service, path))
        except Invalid:
            continue
    for (service, path), tag in zip(some, await resolve_paths(connection, owner_id, paths, create=False), strict=True):
        if tag is not None:
            plan.maps.setdefault(service, {})[path] = tag
    return {(service, path) for service, path in missing if path not in plan.maps.get(service, {})}
