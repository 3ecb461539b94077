"""LOCK and UNLOCK: locks of class 2, for an hour at most, shared by all processes of the server."""

from __future__ import annotations

import hashlib
from uuid import UUID

from archypix.core.errors import Conflict
from archypix.drives.models import Lock
from archypix.drives.presence import beside
from archypix.hierarchies.models import Missing
from archypix.uploads.content import InMemory
from webdav import answers, xml
from webdav.answers import Header, Refused
from webdav.ground import Ground
from webdav.locks_xml import active_lock
from webdav.request import DavRequest
from webdav.writing.bodies import read_xml, require_none
from webdav.writing.conditions import parse_if, submitted
from webdav.writing.guard import require
from webdav.writing.places import Place, look, require_parent, require_writable
from webdav.writing.timeouts import is_deep, timeout_seconds
from webdav.xml import Element

PREFIX = "opaquelocktoken:"
EMPTY = hashlib.sha256(b"").digest()


class TakeLock:
    """LOCK."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """200 with the lock; 201 where a name was locked that nothing had; 423 where another lock stands against it."""
        require_writable(request)
        info = await read_xml(request, "lockinfo")
        if info is None:
            await self._refresh(request)
            return
        shared, owner = _wish(info)
        deep = is_deep(request.header("depth"))
        place = await self._permit(request)
        if not place.exists:
            # So that the name is there for whoever looks until the file comes.
            empty = InMemory(self._ground.storage, b"", EMPTY)
            await self._ground.scraps.put(request.drive, place.parent, place.name, empty, "placeholder")
        seconds = timeout_seconds(request.header("timeout"))
        async with self._ground.database.transaction() as connection:
            try:
                lock = await self._ground.locks.acquire(
                    connection,
                    request.drive,
                    request.segments,
                    deep=deep,
                    shared=shared,
                    owner=owner,
                    seconds=seconds,
                )
            except Conflict as error:
                if error.code != "locked":
                    raise
                raise Refused(423, error.detail, "no-conflicting-lock") from None
        token: Header = (b"lock-token", f"<{lock.uri}>".encode())
        await self._answer(request, 200 if place.exists else 201, lock, [token])

    async def _permit(self, request: DavRequest) -> Place:
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(self._ground, connection, request, around=around)
            changes: list[tuple[str, ...]] = []
            if not place.exists:
                if request.is_folder_form:
                    raise Refused(409, "There is no such folder.")
                await require_parent(self._ground, connection, request, place)
                changes = [place.parent]
                if isinstance(place.node, Missing) and place.node.parent is not None:
                    await self._ground.writer.may_put(connection, request.hierarchy, place.node)
            await require(self._ground, connection, request, place, around=around, changes=changes)
        return place

    async def _refresh(self, request: DavRequest) -> None:
        seconds = timeout_seconds(request.header("timeout"))
        header = request.header("if")
        if header is None:
            raise Refused(400, "To refresh a lock, name it in the If header; to take one, say which in the body.")
        tokens = submitted(parse_if(header))
        async with self._ground.database.transaction() as connection:
            for lock in await self._ground.locks.covering(connection, request.hierarchy.id, request.segments):
                if lock.uri in tokens:
                    fresh = await self._ground.locks.refresh(connection, request.drive, lock.id, seconds)
                    if fresh is not None:
                        break
            else:
                raise Refused(412, "This is not locked with the lock that the If header names.", MATCHES)
        await self._answer(request, 200, fresh, [])

    async def _answer(self, request: DavRequest, status: int, lock: Lock, headers: list[Header]) -> None:
        discovery = f"<D:lockdiscovery>{active_lock(request.drive.slug, lock)}</D:lockdiscovery>"
        body = f'<?xml version="1.0" encoding="utf-8"?>\n<D:prop xmlns:D="DAV:">{discovery}</D:prop>\n'
        await answers.send_xml(request, status, body.encode(), headers)


class GiveBackLock:
    """UNLOCK."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """204; 409 where there is no such lock on what was named, 403 where it is of another device."""
        require_writable(request)
        await require_none(request)
        lock_id = _lock_id(request.header("lock-token"))
        async with self._ground.database.transaction() as connection:
            covering = await self._ground.locks.covering(connection, request.hierarchy.id, request.segments)
            if not any(lock.id == lock_id for lock in covering):
                raise Refused(409, "This is not locked with that lock.", MATCHES)
            if not await self._ground.locks.release(connection, request.drive, lock_id):
                raise Refused(403, "Another device holds this lock.")
        await answers.send(request, 204)


MATCHES = "lock-token-matches-request-uri"


def _wish(info: Element) -> tuple[bool, str]:
    """Whether a shared lock is wanted, and what the client tells of its owner, as XML."""
    scope, kind = info.find("{DAV:}lockscope"), info.find("{DAV:}locktype")
    if scope is None or kind is None:
        raise Refused(400, "Say with lockscope and locktype which lock is wanted.")
    shared, exclusive = scope.find("{DAV:}shared"), scope.find("{DAV:}exclusive")
    if (shared is None) == (exclusive is None):
        raise Refused(400, "A lock is either shared or exclusive.")
    if kind.find("{DAV:}write") is None:
        raise Refused(422, "There are locks on writing, and no others.")
    owner = info.find("{DAV:}owner")
    return shared is not None, xml.serialize(owner) if owner is not None else ""


def _lock_id(header: str | None) -> UUID:
    text = (header or "").strip()
    if not text.startswith("<") or not text.endswith(">"):
        raise Refused(400, "Name the lock in the Lock-Token header, in angle brackets.")
    try:
        return UUID(text[1:-1].removeprefix(PREFIX))
    except ValueError:
        raise Refused(409, "This is not locked with that lock.", MATCHES) from None
