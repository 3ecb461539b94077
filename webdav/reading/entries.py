"""What properties files, folders and scraps have, as XML: the live ones of RFC 4918 and 4331, and those of ownCloud."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from archypix.drives.models import name_key
from archypix.storage.disposition import safe_media_type
from webdav import paths
from webdav.headers import etag_of, http_date, iso_date
from webdav.reading.shapes import OC, Filling, Shape, Wish
from webdav.xml import DAV, escape

if TYPE_CHECKING:
    from archypix.drives.models import Drive, Scrap
    from archypix.hierarchies.models import File, Folder, Hierarchy
    from webdav.reading.space import Space

ETAG: Final = f"{DAV}getetag"
LOCKS: Final = f"{DAV}lockdiscovery"
USED: Final = f"{DAV}quota-used-bytes"
AVAILABLE: Final = f"{DAV}quota-available-bytes"
CHECKSUMS: Final = f"{OC}checksums"
# Written only where they are named: what costs a question of its own, or means something to some programs alone.
QUIET: Final = frozenset({USED, AVAILABLE, CHECKSUMS}) | {OC + name for name in ("id", "fileid", "permissions", "size")}
SUPPORTED: Final = (
    "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
    "<D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
)
FOLDER_TYPE: Final = "httpd/unix-directory"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the entries themselves, in one moment.

    `tags` are the entity tags of folders by their keys. `locks` are `activelock` elements by the key of the locked
    entry's name, `over_all` those of locks on everything here.
    """

    drive: Drive
    hierarchy: Hierarchy
    space: Space | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    over_all: str = ""
    locks: Mapping[str, str] = field(default_factory=dict)


def address(prefix: str, name: str, *, folder: bool = False) -> str:
    """The percent-encoded path of `name` in the folder whose path, with its slash, is `prefix`."""
    encoded = name if _PLAIN.fullmatch(name) else paths.encode(name)
    return f"{prefix}{encoded}/" if folder else prefix + encoded


def file_shape(wish: Wish, around: Around) -> Shape[File]:
    """How files are written."""
    writable = not around.drive.read_only

    def permissions(file: File) -> str:
        received = "S" if file.origin_uri is not None else ""
        return received + ("DNVW" if writable and not received else "DNV" if writable else "")

    return Shape(
        wish,
        {
            f"{DAV}resourcetype": "",
            f"{DAV}getcontentlength": lambda file: str(file.size),
            f"{DAV}getlastmodified": lambda file: http_date(file.modified),
            ETAG: etag_of,
            f"{DAV}getcontenttype": lambda file: _media_type(file.media_type),
            f"{DAV}displayname": lambda file: escape(file.name),
            f"{DAV}creationdate": lambda file: iso_date(file.created),
            f"{DAV}supportedlock": SUPPORTED,
            LOCKS: _locks(around),
            f"{OC}id": lambda file: file.picture_id.hex,
            f"{OC}fileid": lambda file: file.picture_id.hex,
            f"{OC}permissions": permissions,
            f"{OC}size": lambda file: str(file.size),
            CHECKSUMS: _checksums,
        },
        QUIET,
    )


def folder_shape(wish: Wish, around: Around) -> Shape[Folder]:
    """How folders are written."""
    space, writable = around.space, not around.drive.read_only
    since = around.hierarchy.updated_at or around.hierarchy.created_at

    def permissions(folder: Folder) -> str:
        if not writable:
            return ""
        moves = "DNV" if folder.movable else ""
        return f"{moves}{'C' if folder.writable else ''}{'K' if folder.grows else ''}"

    def identity(folder: Folder) -> str:
        return escape(f"{around.hierarchy.id.hex}{folder.key and '.'}{folder.key}")

    return Shape(
        wish,
        {
            f"{DAV}resourcetype": "<D:collection/>",
            f"{DAV}getlastmodified": (lambda _: None) if since is None else http_date(since),
            ETAG: lambda folder: escape(around.tags[folder.key]) if folder.key in around.tags else None,
            f"{DAV}getcontenttype": FOLDER_TYPE,
            f"{DAV}displayname": lambda folder: escape(folder.name or around.hierarchy.name),
            f"{DAV}creationdate": (
                lambda _: None if around.hierarchy.created_at is None else iso_date(around.hierarchy.created_at)
            ),
            f"{DAV}supportedlock": SUPPORTED,
            LOCKS: _locks(around),
            USED: (lambda _: None) if space is None else str(space.used),
            AVAILABLE: (lambda _: None) if space is None or space.available is None else str(max(0, space.available)),
            f"{OC}id": identity,
            f"{OC}fileid": identity,
            f"{OC}permissions": permissions,
        },
        QUIET,
    )


def scrap_shape(wish: Wish, around: Around) -> Shape[Scrap]:
    """How files and folders beside the tags are written."""
    return Shape(
        wish,
        {
            f"{DAV}resourcetype": lambda scrap: "<D:collection/>" if scrap.kind == "folder" else "",
            f"{DAV}getcontentlength": lambda scrap: None if scrap.kind == "folder" else str(scrap.size),
            f"{DAV}getlastmodified": lambda scrap: http_date(scrap.modified),
            ETAG: lambda scrap: scrap.etag,
            f"{DAV}getcontenttype": (
                lambda scrap: FOLDER_TYPE if scrap.kind == "folder" else safe_media_type(scrap.media_type)
            ),
            f"{DAV}displayname": lambda scrap: escape(scrap.name),
            f"{DAV}creationdate": lambda scrap: iso_date(scrap.created),
            f"{DAV}supportedlock": SUPPORTED,
            LOCKS: _locks(around),
            f"{OC}id": lambda scrap: scrap.id.hex,
            f"{OC}fileid": lambda scrap: scrap.id.hex,
            f"{OC}permissions": "" if around.drive.read_only else "DNVW",
            f"{OC}size": lambda scrap: None if scrap.kind == "folder" else str(scrap.size),
        },
        QUIET,
    )


def checksums(file: File) -> str | None:
    """SHA-1 and MD5 as `oc:checksums` has them; None until they have been computed."""
    found = [f"{name}:{digest.hex()}" for name, digest in (("SHA1", file.sha1), ("MD5", file.md5)) if digest]
    return " ".join(found) or None


# A library has few kinds of files, and a listing asks for each of them ten thousand times.
_media_type = lru_cache(256)(safe_media_type)


def _checksums(file: File) -> str | None:
    text = checksums(file)
    return text and f"<oc:checksum>{text}</oc:checksum>"


def _locks(around: Around) -> Filling[File | Folder | Scrap]:
    if not around.locks:
        return around.over_all
    return lambda item: around.over_all + around.locks.get(name_key(item.name), "")
