"""COPY and MOVE: tags are given and taken, names are changed; no bytes move but those of what lies beside the tags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import QuotaExceeded
from archypix.drives.models import path_key
from archypix.drives.presence import Beside, beside
from archypix.hierarchies.models import File, Folder, Missing
from webdav import answers
from webdav.answers import Header, Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing import scraps
from webdav.writing.bodies import require_none
from webdav.writing.deleting import clear, remove
from webdav.writing.delivery import by
from webdav.writing.destination import destination
from webdav.writing.guard import require
from webdav.writing.places import Place, look, require_parent, require_writable
from webdav.writing.timeouts import is_deep, may_replace


@dataclass(frozen=True, slots=True)
class Transfer:
    """What goes where. `deep`: a folder with what is in it. `around`: what there is beside the tags."""

    source: Place
    target: Place
    moves: bool
    deep: bool
    around: Beside


class Relocate:
    """Answers COPY and MOVE."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """201 where nothing was before, else 204; a refusal is of the whole."""
        require_writable(request)
        await require_none(request)
        transfer = await self._examine(request)
        async with self._ground.turns.of((request.hierarchy.id, path_key(transfer.target.segments), "transfer")):
            await self._carry_out(request, transfer)
        headers: list[Header] = []
        if not transfer.target.exists:
            headers.append(
                (b"location", request.href(transfer.target.segments, folder=transfer.source.is_folder).encode())
            )
        await answers.send(request, 204 if transfer.target.exists else 201, headers)

    async def _examine(self, request: DavRequest) -> Transfer:
        moves = request.method == "MOVE"
        deep = is_deep(request.header("depth"))
        replaces = may_replace(request.header("overwrite"))
        location = destination(request.header("destination"), request.drive.slug, self._ground.hosts(request))
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            source = await look(self._ground, connection, request, around=around)
            target = await look(self._ground, connection, request, location.segments, around=around)
            if moves:
                await clear(self._ground, connection, request, source)
            _require_possible(request, source, target, moves=moves, deep=deep)
            if not target.exists:
                await require_parent(self._ground, connection, request, target)
            elif not replaces and not _is_same(source, target):
                raise Refused(412, "There is something of this name already.")
            changed = [target.segments, target.parent] if not target.exists else [target.segments]
            changed += [source.segments, source.parent] if moves else []
            within = [place.segments for place in (source, target) if place.is_folder and (moves or place is target)]
            await require(self._ground, connection, request, source, around=around, changes=changed, deep=within)
        return Transfer(source, target, moves, deep, around)

    async def _carry_out(self, request: DavRequest, transfer: Transfer) -> None:
        if await scraps.transfer(self._ground, request, transfer):
            return
        if transfer.target.exists and transfer.source.is_folder != transfer.target.is_folder:
            # A file in place of a folder, or a folder in place of a file: what is there goes first.
            await remove(self._ground, request, transfer.target)
            async with self._ground.database.connection() as connection:
                fresh = await look(self._ground, connection, request, transfer.target.segments)
            transfer = replace(transfer, target=fresh)
        await self._write(request, transfer)
        await self._follow(request, transfer)

    async def _write(self, request: DavRequest, transfer: Transfer) -> None:
        source, target, writer = transfer.source.node, transfer.target.node, self._ground.writer
        who, hierarchy = by(request), request.hierarchy
        state: str | None = request.drive.state
        pictures: list[UUID] = []
        if not isinstance(target, Missing):
            async with self._ground.database.transaction() as connection:
                if _is_same(transfer.source, transfer.target):
                    target, state = await self._renamed(connection, request, transfer.target), None
                else:
                    pictures = await writer.touched(connection, hierarchy, target)
        async with self._ground.brake.deed(request.drive, "replace", pictures):
            if isinstance(source, File) and isinstance(target, File | Missing):
                await (writer.move if transfer.moves else writer.copy)(hierarchy, source, target, who, state=state)
            elif isinstance(source, Folder) and isinstance(target, Folder | Missing):
                if transfer.moves:
                    await writer.move_folder(hierarchy, source, target, who)
                else:
                    await writer.copy_folder(hierarchy, source, target, who, deep=transfer.deep)

    async def _renamed(self, connection: Connection, request: DavRequest, target: Place) -> Missing:
        """The place under the very name that was asked for, as if nothing were there."""
        parent = await self._ground.resolver.find(connection, request.hierarchy, target.parent)
        return Missing(parent if isinstance(parent, Folder) else None, target.name)

    async def _follow(self, request: DavRequest, transfer: Transfer) -> None:
        """Properties go along, locks stay behind: RFC 4918 §7.5 has them bound to the place."""
        source, target, hierarchy_id = transfer.source, transfer.target, request.hierarchy.id
        if _is_same(source, target) or not transfer.around.anything:
            return
        async with self._ground.database.transaction() as connection:
            if not source.is_folder:
                await self._ground.scraps.forget_placeholders(connection, hierarchy_id, target.segments)
            if transfer.moves:
                if source.is_folder:
                    await self._ground.scraps.move_below(connection, request.drive, source.segments, target.segments)
                await self._ground.properties.move(connection, hierarchy_id, source.segments, target.segments)
                await self._ground.locks.remove_below(connection, hierarchy_id, source.segments)
                return
            try:
                await self._ground.properties.copy(
                    connection, hierarchy_id, source.segments, target.segments, deep=transfer.deep
                )
            except QuotaExceeded:
                # The copy is made; that it says less of itself than its original is no reason to undo it.
                await self._ground.properties.remove_below(connection, hierarchy_id, target.segments)


def _is_same(source: Place, target: Place) -> bool:
    """Whether both are one place: only the case or the form of its name is to change."""
    return path_key(source.segments) == path_key(target.segments)


def _require_possible(request: DavRequest, source: Place, target: Place, *, moves: bool, deep: bool) -> None:
    if not source.exists or (request.is_folder_form and not source.is_folder):
        raise Refused(404, "There is nothing here.")
    if not source.segments or not target.segments:
        raise Refused(403, "The drive itself stays where it is.")
    if moves and not deep and source.is_folder:
        raise Refused(400, "A folder is moved with everything in it.")
    one, other = path_key(source.segments), path_key(target.segments)
    if source.segments == target.segments or (one == other and not moves):
        raise Refused(403, "This is where it is.")
    if source.is_folder and other.startswith(f"{one}/"):
        raise Refused(409, "A folder cannot go into itself.")
    if target.exists and one.startswith(f"{other}/"):
        raise Refused(409, "What is put in place of a folder cannot come from within.")
