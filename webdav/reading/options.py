"""OPTIONS: what a drive can do."""

from __future__ import annotations

from webdav.answers import NO_STORE, Header, send
from webdav.request import DavRequest


class Options:
    """Answers OPTIONS for any place of a drive, whether or not something is there."""

    def __init__(self, capabilities: tuple[Header, ...]) -> None:
        self._capabilities = capabilities

    async def handle(self, request: DavRequest) -> None:
        """200 with the classes of WebDAV and the methods."""
        await send(request, 200, [*self._capabilities, NO_STORE])
