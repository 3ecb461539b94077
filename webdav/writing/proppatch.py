"""PROPPATCH: properties of the client's own, and the few live ones that clients may set. All of it, or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from archypix.core.errors import Invalid, QuotaExceeded
from archypix.drives.presence import beside
from archypix.hierarchies.models import File
from archypix.pictures.locks import lock_library
from archypix.pictures.redating import redate
from webdav import answers, xml
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.bodies import read_xml
from webdav.writing.guard import require
from webdav.writing.places import Place, look, require_writable
from webdav.writing.times import from_text
from webdav.xml import Element

WINDOWS: Final = "{urn:schemas-microsoft-com:}"
# By which clients give a file's time; what they set is kept as the file's date.
TIMES: Final = frozenset({"{DAV:}lastmodified", "{DAV:}getlastmodified", f"{WINDOWS}Win32LastModifiedTime"})
# Taken and kept as they are, so that they read back.
KEPT: Final = frozenset(
    {f"{WINDOWS}Win32CreationTime", f"{WINDOWS}Win32LastAccessTime", f"{WINDOWS}Win32FileAttributes",
     f"{WINDOWS}Win32LastModifiedTime"}
)  # fmt: skip
# What only we say.
NAMESPACES: Final = ("{DAV:}", "{http://owncloud.org/ns}")
REASONS: Final = {
    200: "OK", 403: "Forbidden", 409: "Conflict", 424: "Failed Dependency", 507: "Insufficient Storage",
}  # fmt: skip


class ChangeProperties:
    """Sets and removes properties."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def __call__(self, request: DavRequest) -> None:
        """207 with what became of each: all were done, or one was refused and the others with it."""
        require_writable(request)
        update = await read_xml(request, "propertyupdate")
        if update is None:
            raise Refused(400, "Say in the body which properties are to be set or removed.")
        wishes = dict(_wishes(update))
        if not wishes:
            raise Refused(400, "No property is named.")
        async with self._ground.database.connection() as connection:
            around = await beside(connection, request.hierarchy.id)
            place = await look(self._ground, connection, request, around=around)
            if not place.exists:
                raise Refused(404, "There is nothing here.")
            await require(self._ground, connection, request, place, around=around, changes=[request.segments])
        statuses = await self._change(request, place, wishes)
        href = request.href(folder=place.is_folder)
        await answers.send_xml(request, 207, _multistatus(href, statuses))

    async def _change(self, request: DavRequest, place: Place, wishes: dict[str, Element | None]) -> dict[str, int]:
        refused = {name: status for name, wish in wishes.items() if (status := _refusal(name, wish))}
        if refused:
            return {name: refused.get(name, 424) for name in wishes}
        time = _time(wishes)
        dead = {
            name: None if wish is None else xml.serialize(wish)
            for name, wish in wishes.items()
            if name not in TIMES or name in KEPT
        }
        try:
            async with self._ground.database.transaction() as connection:
                if time is not None and isinstance(place.node, File):
                    await lock_library(connection, request.drive.account_id)
                    await redate(connection, request.drive.account_id, place.node.picture_id, time)
                await self._ground.properties.change(connection, request.hierarchy.id, place.segments, dead)
        except QuotaExceeded:
            return dict.fromkeys(wishes, 507)
        except Invalid:
            return dict.fromkeys(wishes, 409)
        return dict.fromkeys(wishes, 200)


def _wishes(update: Element) -> Iterator[tuple[str, Element | None]]:
    """What is to be set, and (None) removed, in the order in which it is asked; the last wish for a name counts."""
    for instruction in update:
        if instruction.name not in ("{DAV:}set", "{DAV:}remove"):
            continue
        for prop in instruction:
            if prop.name == "{DAV:}prop":
                for element in prop:
                    yield element.name, element if instruction.name == "{DAV:}set" else None


def _refusal(name: str, wish: Element | None) -> int | None:
    if name in TIMES:
        if wish is None:
            return 403
        return None if from_text(wish.text) is not None else 409
    return 403 if name.startswith(NAMESPACES) else None


def _time(wishes: dict[str, Element | None]) -> datetime | None:
    for name, wish in wishes.items():
        if name in TIMES and wish is not None:
            return from_text(wish.text)
    return None


def _multistatus(href: str, statuses: dict[str, int]) -> bytes:
    propstats = []
    for status in sorted(set(statuses.values())):
        names = "".join(xml.serialize(Element(name)) for name, found in statuses.items() if found == status)
        why = "<D:error><D:cannot-modify-protected-property/></D:error>" if status == 403 else ""
        line = f"<D:status>HTTP/1.1 {status} {REASONS[status]}</D:status>"
        propstats.append(f"<D:propstat><D:prop>{names}</D:prop>{line}{why}</D:propstat>")
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:"><D:response>'
        f"<D:href>{xml.escape(href)}</D:href>{''.join(propstats)}</D:response></D:multistatus>\n"
    )
    return text.encode()
