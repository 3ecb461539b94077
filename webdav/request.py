"""One request to a drive, as its handlers get it: from whom, to which place, with the means to read and to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from archypix.storage.answers import Answer
from archypix.storage.conditions import single
from archypix.storage.receiving import Body, InMemory, Receive, Send, TooSlow
from webdav import paths
from webdav.answers import Refused

if TYPE_CHECKING:
    from archypix.drives.models import Drive
    from archypix.hierarchies.models import Hierarchy
    from webdav.reading.kept import Standing

READ_SECONDS: Final = 30.0
Headers: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class DavRequest:
    """A request that was let in. `segments` are names in NFC from the drive's root."""

    scope: Any
    receive: Receive
    send: Send
    drive: Drive
    standing: Standing
    segments: tuple[str, ...]
    is_folder_form: bool
    headers: Headers
    body: Body
    answer: Answer
    deadline: asyncio.Timeout
    address: str = ""

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy of the drive, as it stood when the request came."""
        return self.standing.hierarchy

    @property
    def method(self) -> str:
        """`GET`, `PROPFIND` and so on."""
        return str(self.scope["method"])

    def header(self, name: str) -> str | None:
        """The value of a header that may be there once; repeated ones are joined by commas as lists are."""
        value = single(self.headers, name.lower().encode("latin-1"))
        return None if value is None else value.decode("latin-1")

    def href(self, segments: tuple[str, ...] | None = None, *, folder: bool) -> str:
        """The path of a place of this drive, or of the one that was asked for."""
        return paths.href(self.drive.slug, self.segments if segments is None else segments, folder=folder)

    async def read_body(self, most: int) -> bytes:
        """The whole body, at most `most` bytes: `Refused` (413) above, `TooSlow` after 30 seconds."""
        length = self.header("content-length")
        if length is not None and length.isascii() and length.isdigit() and int(length[:18]) > most:
            raise Refused(413, f"The body is larger than the {most} bytes that are read here.")
        memory: Any = InMemory()
        try:
            async with asyncio.timeout(READ_SECONDS):
                await self.body.write_to(memory, exact=None, most=most)
        except TimeoutError:
            raise TooSlow("The body comes too slowly.") from None
        return bytes(memory.data)


Handler: TypeAlias = Callable[[DavRequest], Awaitable[None]]
