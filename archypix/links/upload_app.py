"""The raw ASGI app that takes pictures of guests, from a plain form: beside Quart, which would take bodies too fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from archypix.core.errors import ArchypixError, Gone, Invalid, NotFound, TooLarge
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.problems import status_of
from archypix.gate.requests import Doorkeeper, header
from archypix.links.form import GuestForm
from archypix.links.guests import GuestService, Locked
from archypix.links.models import OpenLink
from archypix.links.pages import Pages
from archypix.links.receiving import GuestUploads, Outcome, Reception, guest_name
from archypix.links.visits import (
    UPLOAD,
    cookie_of,
    send_elsewhere,
    send_json,
    send_sheet,
    sheet_for,
    words_of,
)
from archypix.links.words import Words
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
        reply = _Reply(send, secret, self._pages, words_of(scope), by_script=_by_script(scope))
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
        except Locked as error:
            await body.drain()
            await reply.locked(error)
        except (Malformed, Stalled):
            await body.drain()
            await reply.failed(link, outcome, Invalid("The form did not arrive as a whole."))
        except ArchypixError as error:
            await body.drain()
            await reply.failed(link, outcome, error)
        else:
            await reply.taken(link, outcome, guest)

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


@dataclass(frozen=True, slots=True)
class _Reply:
    """How a form is answered: by pages, or with what they would say for the script that sent it."""

    send: Any
    secret: str
    pages: Pages
    say: Words
    by_script: bool

    async def locked(self, error: Locked) -> None:
        """The password is to be shown first."""
        if self.by_script:
            await self._said(status_of(error), Outcome(), error.detail)
            return
        await send_elsewhere(self.send, f"/l/{self.secret}")

    async def taken(self, link: OpenLink, outcome: Outcome, guest: str) -> None:
        """The form was read to its end; whatever of it was taken is."""
        if self.by_script:
            await self._said(200, outcome, "")
            return
        if outcome.taken and not outcome.refused:
            await send_elsewhere(self.send, f"/l/{self.secret}/upload?taken={outcome.taken}")
            return
        problem = "" if outcome.refused else "Choose the pictures first."
        sheet = self.pages.upload(
            link, self.secret, taken=outcome.taken, outcome=outcome, problem=problem, guest=guest, status=422,
            say=self.say,
        )  # fmt: skip
        await send_sheet(self.send, sheet)

    async def failed(self, link: OpenLink | None, outcome: Outcome, error: ArchypixError) -> None:
        """What went wrong: beside the form, where there still is one, with what was taken before."""
        if link is None or isinstance(error, NotFound | Gone):
            error = LOST if isinstance(error, Gone) else error
            link = None
        if self.by_script:
            await self._said(status_of(error), outcome, error.detail)
        elif link is None:
            await send_sheet(self.send, sheet_for(self.pages, error, self.say))
        else:
            sheet = self.pages.upload(
                link, self.secret, taken=outcome.taken, outcome=outcome, problem=error.detail,
                status=status_of(error), say=self.say,
            )  # fmt: skip
            await send_sheet(self.send, sheet)

    async def _said(self, status: int, outcome: Outcome, problem: str) -> None:
        each = [None if why is None else self.say.said(why) for why in outcome.each]
        await send_json(self.send, status, {"each": each, "problem": self.say.said(problem)})


def _by_script(scope: Scope) -> bool:
    return header(scope, b"accept") == "application/json"


def _boundary(scope: Scope) -> bytes:
    boundary = form_boundary(scope)
    if boundary is None:
        raise Malformed
    return boundary
