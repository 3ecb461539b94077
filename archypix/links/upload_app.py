"""The raw ASGI app that takes pictures of guests, from a plain form: beside Quart, which would take bodies too fast."""

from __future__ import annotations

from typing import Any, Final

from archypix.core.errors import ArchypixError, Gone, Invalid, NotFound, TooLarge
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.problems import status_of
from archypix.gate.requests import Doorkeeper
from archypix.links.form import GuestForm
from archypix.links.guests import GuestService, Locked
from archypix.links.models import OpenLink
from archypix.links.pages import Pages
from archypix.links.receiving import GuestUploads, Outcome, Reception, guest_name
from archypix.links.visits import UPLOAD, cookie_of, send_elsewhere, send_sheet, sheet_for
from archypix.uploads.body import Body, Disconnected, Receive, Stalled
from archypix.uploads.multipart import Malformed
from archypix.uploads.requests import Scope, content_length, form_boundary
from archypix.uploads.threads import in_thread

# What a form may hold beside the files: boundaries, headers, the guest's name.
OVERHEAD: Final = 1 << 20
MOST_FORMS: Final = 60
WINDOW: Final = 600.0
LOST: Final = NotFound("There is nothing at this address, or it is not shared any more.")
PAGE: Final[dict[str, Any]] = {"description": "A page.", "content": {"text/html": {}}}
ROUTE: Final = RawRoute(
    "POST",
    "/l/{secret}/upload",
    policy.public,
    {
        "summary": "Take pictures that a guest sends by the form of a public link.",
        "tags": ["links"],
        "parameters": [{"name": "secret", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["guest", "files"],
                        "properties": {
                            "guest": {"type": "string", "maxLength": 60, "description": "Ahead of the files."},
                            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        },
                    }
                }
            },
        },
        "responses": {
            "303": {"description": "All were taken: see the page that says so."},
            "404": PAGE, "413": PAGE, "422": PAGE, "429": PAGE, "503": PAGE,
        },
    },
)  # fmt: skip


class GuestUploadApp:
    """Answers `POST /l/<secret>/upload`."""

    def __init__(self, doorkeeper: Doorkeeper, guests: GuestService, uploads: GuestUploads, pages: Pages) -> None:
        self._doorkeeper = doorkeeper
        self._guests = guests
        self._uploads = uploads
        self._pages = pages

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Take the files of one form, and answer with a page that says what became of them."""
        match = UPLOAD.match(scope["path"])
        assert match is not None
        secret, link, outcome, guest = match[1], None, Outcome(), ""
        body = Body(receive, limit=0)
        try:
            link = await self._admit(scope, secret)
            body = Body(receive, limit=link.room.bytes + OVERHEAD)
            form = GuestForm(_boundary(scope))
            async with self._uploads.receive(link) as reception:
                outcome = reception.outcome
                guest = await self._read(body, form, reception)
        except Disconnected:
            return
        except Locked:
            await body.drain()
            await send_elsewhere(send, f"/l/{secret}")
        except (Malformed, Stalled):
            await body.drain()
            await self._say(send, secret, link, outcome, Invalid("The form did not arrive as a whole."))
        except ArchypixError as error:
            await body.drain()
            await self._say(send, secret, link, outcome, error)
        else:
            await self._thank(send, secret, link, outcome, guest)

    async def _admit(self, scope: Scope, secret: str) -> OpenLink:
        """The link, if it takes anything; what is announced must fit."""
        link = await self._guests.enter(secret, cookie_of(scope))
        if not link.upload:
            raise NotFound("Nobody can add pictures here.")
        await self._guests.hold_back(link, "upload", self._doorkeeper.address(scope), MOST_FORMS, WINDOW)
        length = content_length(scope)
        if length is not None and length > link.room.bytes + OVERHEAD:
            raise TooLarge("These files are too large together for what there is room for.")
        return link

    async def _read(self, body: Body, form: GuestForm, reception: Reception) -> str:
        """Hand on what is in the body; what the guest is called."""
        guest = ""
        async for piece in body.pieces():
            for event in await in_thread(form.feed, piece):
                guest = guest or guest_name(form.guest)
                await reception.handle(event, guest)
        for event in await in_thread(form.feed, None):
            await reception.handle(event, guest)
        return guest or guest_name(form.guest)

    async def _thank(self, send: Any, secret: str, link: OpenLink, outcome: Outcome, guest: str) -> None:
        if outcome.taken and not outcome.refused:
            await send_elsewhere(send, f"/l/{secret}/upload?taken={outcome.taken}")
            return
        problem = "" if outcome.refused else "Choose the pictures first."
        await send_sheet(
            send,
            self._pages.upload(
                link, secret, taken=outcome.taken, outcome=outcome, problem=problem, guest=guest, status=422
            ),
        )

    async def _say(self, send: Any, secret: str, link: OpenLink | None, outcome: Outcome, error: ArchypixError) -> None:
        """What went wrong: beside the form, where there still is one, with what was taken before."""
        if link is None or isinstance(error, NotFound | Gone):
            await send_sheet(send, sheet_for(self._pages, LOST if isinstance(error, Gone) else error))
            return
        sheet = self._pages.upload(
            link, secret, taken=outcome.taken, outcome=outcome, problem=error.detail, status=status_of(error)
        )
        await send_sheet(send, sheet)


def _boundary(scope: Scope) -> bytes:
    boundary = form_boundary(scope)
    if boundary is None:
        raise Malformed
    return boundary
