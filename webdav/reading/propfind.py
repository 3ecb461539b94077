"""PROPFIND: the properties of a place, of what is in it, or of all below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from archypix.drives.models import Scrap, name_key, path_key
from archypix.hierarchies.models import File, Folder
from webdav import paths, xml
from webdav.answers import NO_STORE, XML_TYPE, Refused, send_xml
from webdav.headers import depth_of
from webdav.reading.entries import Around, address, file_shape, folder_shape, scrap_shape
from webdav.reading.places import Found
from webdav.reading.shapes import Shape, Wish, names_of, written
from webdav.reading.snapshot import Level, Snapshots
from webdav.request import DavRequest
from webdav.xml import DAV

if TYPE_CHECKING:
    from webdav.ground import Ground

MOST_BODY: Final = 256 << 10
MOST_NAMES: Final = 500


class Propfind:
    """Answers PROPFIND."""

    def __init__(self, ground: Ground) -> None:
        self._snapshots = Snapshots(ground)

    async def handle(self, request: DavRequest) -> None:
        """207 with everything that was asked for. All of it is known before the answer begins, so none is half."""
        depth = depth_of(request, default="1")
        wish = parse_wish(await request.read_body(MOST_BODY), minimal=_wants_little(request))
        levels = await self._snapshots.take(request, depth, wish)
        pieces = written(_entries(levels, request.drive.slug, wish))
        first = next(pieces)
        second = next(pieces, None)
        if second is None:
            await send_xml(request, 207, first)
            return
        await request.answer.start(207, [(b"content-type", XML_TYPE), NO_STORE])
        await request.answer.chunk(first, more=True)
        await request.answer.chunk(second, more=True)
        for piece in pieces:
            await request.answer.chunk(piece, more=True)
        await request.answer.end()


def parse_wish(body: bytes, *, minimal: bool = False) -> Wish:
    """What a body asks for; an empty one asks for all. `Refused` (400) for what is no `propfind`."""
    if not body.strip():
        return Wish(all=True, minimal=minimal)
    root = xml.parse(body)
    if root.name != f"{DAV}propfind":
        raise Refused(400, "The body of a PROPFIND is a `propfind` element.")
    kinds = {child.name: child for child in root}
    ways = [name for name in ("allprop", "propname", "prop") if DAV + name in kinds]
    if len(ways) != 1:
        raise Refused(400, "A PROPFIND asks for `allprop`, for `propname`, or for a `prop`.")
    if ways[0] == "propname":
        return Wish(names_only=True)
    asked = kinds.get(f"{DAV}include" if ways[0] == "allprop" else f"{DAV}prop")
    names = names_of(list(asked)) if asked is not None else ()
    if len(names) > MOST_NAMES:
        raise Refused(400, f"{MOST_NAMES} properties are the most that are asked for at once.")
    return Wish(names, all=ways[0] == "allprop", minimal=minimal)


def _wants_little(request: DavRequest) -> bool:
    """Whether the client does not care which properties are missing (RFC 8144, and the older `Brief`)."""
    return "return=minimal" in (request.header("prefer") or "") or (request.header("brief") or "").lower() == "t"


def _entries(levels: list[Level], slug: str, wish: Wish) -> Iterator[str]:
    """The responses of a listing, the place itself first."""
    first = levels[0]
    yield _Writer(wish, first.own).write(_href(slug, first), first.place, first.dead.get(path_key(first.segments)))
    for level in levels:
        if level.inside:
            yield from _inside(level, slug, _Writer(wish, level.around))


def _inside(level: Level, slug: str, writer: _Writer) -> Iterator[str]:
    prefix, key = _href(slug, level), path_key(level.segments)
    key = key and f"{key}/"
    dead = level.dead
    for folder in level.folders:
        yield writer.write(
            address(prefix, folder.name, folder=True), folder, dead.get(key + name_key(folder.name)) if dead else None
        )
    if not dead:
        shape = writer.files
        for file in level.files:
            yield shape.write(address(prefix, file.name), file)
    else:
        for file in level.files:
            yield writer.write(address(prefix, file.name), file, dead.get(key + name_key(file.name)))
    for scrap in level.scraps:
        at = address(prefix, scrap.name, folder=scrap.kind == "folder")
        yield writer.write(at, scrap, dead.get(key + name_key(scrap.name)) if dead else None)


class _Writer:
    """The shapes of one listing."""

    def __init__(self, wish: Wish, around: Around) -> None:
        self.files: Shape[File] = file_shape(wish, around)
        self._folders: Shape[Folder] = folder_shape(wish, around)
        self._scraps: Shape[Scrap] = scrap_shape(wish, around)

    def write(self, href: str, item: Found, dead: Mapping[str, str] | None) -> str:
        """One response."""
        if isinstance(item, File):
            return self.files.write(href, item, dead)
        if isinstance(item, Folder):
            return self._folders.write(href, item, dead)
        return self._scraps.write(href, item, dead)


def _href(slug: str, level: Level) -> str:
    folder = isinstance(level.place, Folder) or (isinstance(level.place, Scrap) and level.place.kind == "folder")
    return paths.href(slug, level.segments, folder=folder)
