"""GET and HEAD: what a file holds, whole or in part, from storage or from its owner's; folders say what they are."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Final

from archypix.core.errors import Gone, NotFound, Unavailable
from archypix.drives.models import Scrap
from archypix.hierarchies.models import File, Folder
from archypix.storage.disposition import safe_media_type
from archypix.storage.errors import NoSuchObject
from webdav.answers import TEXT_TYPE, send
from webdav.headers import check_conditions, etag_of
from webdav.reading.entries import checksums
from webdav.reading.kept import Kept
from webdav.reading.places import find
from webdav.reading.spans import CACHING, Content, Span, begin, start
from webdav.request import DavRequest

if TYPE_CHECKING:
    from archypix.storage.interface import Reader
    from webdav.ground import Ground

ADDRESS_SECONDS: Final = 3600
GRANULARITY: Final = 600
REDIRECT_SECONDS: Final = 60
FOLDER_TEXT: Final = b"This is a folder of a drive: open its address with a WebDAV client.\n"


class Reading:
    """Answers GET and HEAD."""

    def __init__(self, ground: Ground, kept: Kept) -> None:
        self._ground = ground
        self._kept = kept

    async def handle(self, request: DavRequest) -> None:
        """The file's bytes, or where they are; 304, 206, 412 and 416 where the request's conditions lead there."""
        known = self._kept.file(request.standing, request.segments)
        if known is not None:
            await self._file(request, known)
            return
        ground = self._ground
        async with ground.database.connection() as connection:
            found = await find(ground, connection, request.drive, request.hierarchy, request.segments)
            if isinstance(found, Folder):
                etag = await ground.resolver.version(connection, request.hierarchy, found)
        if isinstance(found, Folder):
            await self._folder(request, etag)
        elif isinstance(found, File):
            self._kept.put(request.standing, request.segments, found)
            await self._file(request, found)
        elif found.kind == "folder":
            await self._folder(request, found.etag)
        else:
            await self._scrap(request, found)

    async def _folder(self, request: DavRequest, etag: str) -> None:
        check_conditions(request, etag, None)
        await send(request, 200, [(b"content-type", TEXT_TYPE), (b"etag", etag.encode()), CACHING], FOLDER_TEXT)

    async def _file(self, request: DavRequest, file: File) -> None:
        content = Content(
            file.size, etag_of(file), file.modified, safe_media_type(file.media_type), file.name, checksums(file)
        )
        wanted = await begin(request, content)
        if wanted is None:
            return
        if request.method == "HEAD":
            await start(request, content, wanted)
        elif request.drive.redirect:
            await self._redirect(request, file)
        elif file.blob_key is not None:
            await self._stored(request, content, wanted, file.blob_key)
        else:
            await self._faraway(request, content, wanted, file)

    async def _redirect(self, request: DavRequest, file: File) -> None:
        if file.blob_key is None:
            address = await self._address(request, file)
        else:
            address = self._ground.storage.presign_get(
                file.blob_key, expires_in=ADDRESS_SECONDS, media_type=file.media_type, filename=file.name,
                granularity=GRANULARITY,
            )  # fmt: skip
        headers = [(b"location", address.encode()), (b"cache-control", f"private, max-age={REDIRECT_SECONDS}".encode())]
        await send(request, 302, headers)

    async def _address(self, request: DavRequest, file: File) -> str:
        faraway = self._ground.faraway
        if faraway is None or file.origin_uri is None or file.origin_owner_id is None:
            raise Unavailable("The owner of this picture cannot be asked for it now.")
        picture = (file.origin_uri, file.origin_owner_id)
        return await faraway.address(request.drive.account_id, picture, "original", attachment=False)

    async def _stored(self, request: DavRequest, content: Content, wanted: Span, key: str) -> None:
        try:
            reader = await self._ground.storage.open(key)
        except NoSuchObject:
            # Replaced and swept since it was found, or lost: either way it is no answer that nothing is there.
            raise Unavailable("The file cannot be read at this moment.", log_detail=f"no object {key}") from None
        await self._read(request, content, wanted, reader)

    async def _read(self, request: DavRequest, content: Content, wanted: Span, reader: Reader) -> None:
        try:
            if reader.info.size != content.size:
                raise Unavailable("The file cannot be read at this moment.", log_detail=f"wrong size of {reader.info}")
            await self._send(request, content, wanted, reader.chunks(wanted.start, wanted.stop))
        finally:
            await reader.close()

    async def _faraway(self, request: DavRequest, content: Content, wanted: Span, file: File) -> None:
        faraway = self._ground.faraway
        if faraway is None or file.origin_uri is None or file.origin_owner_id is None:
            raise Unavailable("The owner of this picture cannot be asked for it now.")
        picture = (file.origin_uri, file.origin_owner_id)
        async with AsyncExitStack() as stack:
            try:
                source = await stack.enter_async_context(faraway.original(request.drive.account_id, picture))
            except (NotFound, Gone) as error:
                # What is still listed is not called missing: a client would delete its copy.
                raise Unavailable("The owner's server has no such file any more.", log_detail=str(error)) from None
            if source.size != content.size or (file.sha256 is not None and source.sha256 != file.sha256):
                raise Unavailable("The owner has another file for this picture by now; word of it is on its way.")
            await self._send(request, content, wanted, _part(source.chunks(), wanted))

    async def _scrap(self, request: DavRequest, scrap: Scrap) -> None:
        content = Content(scrap.size, scrap.etag, scrap.modified, safe_media_type(scrap.media_type), scrap.name)
        wanted = await begin(request, content)
        if wanted is None:
            return
        if request.method == "HEAD":
            await start(request, content, wanted)
        else:
            await self._read(request, content, wanted, await self._ground.scraps.open(scrap))

    async def _send(
        self, request: DavRequest, content: Content, wanted: Span, chunks: AsyncGenerator[bytes, None]
    ) -> None:
        async with aclosing(chunks):
            await start(request, content, wanted)
            if not wanted.length:
                await request.answer.end()
                return
            transfer = self._ground.transfers.begin(request.answer, request.body, request.deadline)
            await transfer.send_chunks(chunks, wanted.length)


async def _part(chunks: AsyncGenerator[bytes, None], wanted: Span) -> AsyncGenerator[bytes, None]:
    """The bytes of a span out of chunks that come from the beginning."""
    position = 0
    async with aclosing(chunks):
        async for chunk in chunks:
            first, last = max(wanted.start - position, 0), min(wanted.stop - position, len(chunk))
            position += len(chunk)
            if first < last:
                yield chunk[first:last]
            if position >= wanted.stop:
                return
    raise Unavailable("The file ended before its time.")
