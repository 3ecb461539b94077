"""What stands before every change: conditions of the client's (RFC 9110 §13, RFC 4918 §10.4) and locks of others."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from archypix.core.database import Connection
from archypix.drives.models import Lock
from archypix.drives.presence import Beside
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.headers import check_conditions
from webdav.request import DavRequest
from webdav.writing.conditions import Clause, State, holds, parse_if, resources, submitted
from webdav.writing.destination import locate
from webdav.writing.places import Place, look

# The ETag of what has none, for `*`.
ANY = '"-"'


async def require(
    ground: Ground,
    connection: Connection,
    request: DavRequest,
    place: Place,
    *,
    around: Beside,
    changes: Iterable[tuple[str, ...]] = (),
    deep: Iterable[tuple[str, ...]] = (),
) -> None:
    """Return when the request's conditions hold for `place`, and it knows the locks on what it is to change.

    `around` is what there is beside the tags.

    `changes` are paths that change themselves, `deep` those that change with everything below. `Refused`: 412, 423.
    """
    require_etag(request, place)
    clauses = parse_if(request.header("if") or "") if request.header("if") is not None else ()
    if clauses and not holds(clauses, await _states(ground, connection, request, place, clauses)):
        raise Refused(412, "The If header does not hold.")
    if not around.locks:
        return
    known = submitted(clauses)
    blocking: list[Lock] = []
    for path in changes:
        blocking += _unknown(await ground.locks.covering(connection, request.hierarchy.id, path), known)
    for path in deep:
        blocking += _unknown(await ground.locks.covering(connection, request.hierarchy.id, path), known)
        blocking += _unknown_below(await ground.locks.below(connection, request.hierarchy.id, path), known)
    if blocking:
        raise locked(request, blocking)


def require_etag(request: DavRequest, place: Place) -> None:
    """`Refused` with 412 when If-Match, If-None-Match or If-Unmodified-Since do not hold for what is at `place`."""
    check_conditions(request, place.etag or (ANY if place.exists else None), place.modified)


def locked(request: DavRequest, locks: Iterable[Lock]) -> Refused:
    """The refusal that names what is locked."""
    found = list(locks)
    paths = list(dict.fromkeys(tuple(filter(None, lock.shown.split("/"))) for lock in found))[:50]
    hrefs = "".join(f"<D:href>{escape(request.href(path, folder=False))}</D:href>" for path in paths)
    until = max(lock.expires_at for lock in found).strftime("%H:%M UTC")
    detail = f"It is locked until {until}, at the latest."
    return Refused(423, detail, f"<D:lock-token-submitted>{hrefs}</D:lock-token-submitted>")


def _unknown(locks: list[Lock], known: frozenset[str]) -> list[Lock]:
    """The locks on one resource that stand against whoever knows these tokens. Of shared ones, one is enough."""
    missing = [lock for lock in locks if lock.uri not in known]
    exclusive = [lock for lock in missing if not lock.shared]
    if exclusive:
        return exclusive
    return missing if len(missing) == len(locks) else []


def _unknown_below(locks: list[Lock], known: frozenset[str]) -> list[Lock]:
    by_path: dict[str, list[Lock]] = {}
    for lock in locks:
        by_path.setdefault(lock.path, []).append(lock)
    return [lock for group in by_path.values() for lock in _unknown(group, known)]


async def _states(
    ground: Ground, connection: Connection, request: DavRequest, place: Place, clauses: tuple[Clause, ...]
) -> dict[str | None, State]:
    states: dict[str | None, State] = {}
    hosts = ground.hosts(request)
    for resource in resources(clauses):
        found: Place | None = place
        if resource is not None:
            location = locate(resource, hosts)
            found = None
            if location is not None and location.slug == request.drive.slug:
                found = await look(ground, connection, request, location.segments)
        if found is not None:
            locks = await ground.locks.covering(connection, request.hierarchy.id, found.segments)
            states[resource] = State(found.etag, frozenset(lock.uri for lock in locks))
    return states
