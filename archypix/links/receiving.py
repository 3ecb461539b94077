"""Files of guests on their way into the library of a link's owner: counted against both quotas, known by guest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from archypix.accounts.rules import line
from archypix.core import metrics
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Fault, Gone, Invalid, QuotaExceeded, TooLarge
from archypix.jobs.models import INTERACTIVE
from archypix.links import store
from archypix.links.form import Begun, Ended, Event
from archypix.links.models import LONGEST_GUEST, OpenLink
from archypix.media.kinds import HEAD_BYTES, Kind, sniff
from archypix.notices.service import notify
from archypix.pictures.names import clean_filename
from archypix.storage.interface import Storage, Writer
from archypix.tags.assigning import TagAssigner
from archypix.uploads.content import Written, check_size
from archypix.uploads.holding import Hold, Holding, Turnstile
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Details

UPLOADED = "link.uploaded"
FULL = "There is no room for this file."
EMPTY = "The file is empty."


def guest_name(text: str | None) -> str:
    """What a guest is called: a line of 1 to 60 characters; `Invalid` for anything else."""
    return line(text or "", path="guest", most=LONGEST_GUEST, least=1)


@dataclass(slots=True)
class Outcome:
    """What became of the files of one form: how many were taken, and by name why others were not.

    `each` has one entry for every file in the order in which they came: None, or why it was not taken.
    """

    taken: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    each: list[str | None] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """A file that is being received; once `refusal` says why, the rest of it is dropped."""

    filename: str
    stack: AsyncExitStack
    is_named: bool
    hold: Hold | None = None
    writer: Writer | None = None
    head: bytearray = field(default_factory=bytearray)
    size: int = 0
    refusal: str = ""
    new: bool = False


class GuestUploads:
    """Takes files that guests bring."""

    def __init__(
        self, database: Database, storage: Storage, holding: Holding, ingest: IngestService, tags: TagAssigner
    ) -> None:
        self._database = database
        self._storage = storage
        self._holding = holding
        self._ingest = ingest
        self._tags = tags
        self._turnstile = Turnstile(of_one=32, of_all=64)

    @asynccontextmanager
    async def receive(self, link: OpenLink) -> AsyncIterator[Reception]:
        """Files of one form, for the block. `RateLimited` and `Unavailable` where too many are received already."""
        with self._turnstile.enter(link.account_id):
            async with AsyncExitStack() as stack:
                reception = Reception(self, link, stack)
                try:
                    yield reception
                finally:
                    await self._tell(link, reception)

    async def _tell(self, link: OpenLink, reception: Reception) -> None:
        """One notice for all that came by a form, also where it broke off midway."""
        if not reception.new:
            return
        told = {"id": str(link.id), "name": link.name, "guest": reception.guest, "pictures": reception.new}
        async with self._database.transaction() as connection:
            await notify(connection, link.account_id, UPLOADED, told)

    async def begin(self, link: OpenLink, file: _File) -> None:
        """Hold quota of the owner for a file, and open what its bytes go to."""
        file.hold = await file.stack.enter_async_context(self._holding.hold(link.account_id, None))
        file.writer = await file.stack.enter_async_context(
            self._storage.open_writer(media_type="application/octet-stream", size=None)
        )

    async def write(self, link: OpenLink, file: _File, data: bytes) -> None:
        """Take some bytes; `TooLarge` and `QuotaExceeded` as soon as there are too many."""
        assert file.hold is not None
        assert file.writer is not None
        file.size += len(data)
        if file.size > self._ingest.max_file_size:
            raise TooLarge("The file is larger than this server takes.")
        if file.size > link.room.bytes:
            raise QuotaExceeded(FULL)
        await file.hold.cover(file.size)
        if len(file.head) < HEAD_BYTES:
            file.head += data[: HEAD_BYTES - len(file.head)]
        await file.writer.write(data)

    async def take(self, link: OpenLink, file: _File, guest: str) -> None:
        """Make a whole file a picture; `file.new` says whether the link had it already.

        Raises what ingest does, and `Gone` once the link takes nothing any more.
        """
        assert file.hold is not None
        assert file.writer is not None
        check_size(file.size, self._ingest.max_file_size)
        if sniff(bytes(file.head), file.filename).kind is Kind.OTHER:
            raise Invalid("This is neither a picture nor a video.", faults=(Fault("files", "Not a picture."),))
        metrics.received_bytes.inc(file.size)

        async def witness(connection: Connection, picture_id: UUID) -> None:
            file.new = await self._note(connection, link, picture_id, guest, file.size)

        content = Written(file.writer, await file.writer.finish(), bytes(file.head))
        details = Details(file.filename, upload_id=file.hold.upload_id, priority=INTERACTIVE, witness=witness)
        await self._ingest.take(link.account_id, content, details)

    async def _note(self, connection: Connection, link: OpenLink, picture_id: UUID, guest: str, size: int) -> bool:
        tag_id, new = await store.note_upload(connection, link, picture_id, guest, size)
        if tag_id is None:
            raise QuotaExceeded(FULL) if new else Gone("This link takes no pictures any more.")
        await self._tags.assign_tags(connection, link.account_id, [picture_id], [tag_id], "upload")
        return new


class Reception:
    """The files of one form, one after the other."""

    def __init__(self, uploads: GuestUploads, link: OpenLink, stack: AsyncExitStack) -> None:
        self._uploads = uploads
        self._link = link
        self._stack = stack
        self._file: _File | None = None
        self.outcome = Outcome()
        self.guest = ""
        self.new = 0

    async def handle(self, event: Event, guest: str) -> None:
        """Take what comes next. A file that is refused does not keep others from being taken.

        `Gone` once the link takes nothing any more; `Unavailable` when the storage or the database is.
        """
        if isinstance(event, Begun):
            own = await self._stack.enter_async_context(AsyncExitStack())
            self._file = _File(clean_filename(event.filename), own, event.filename != "")
            await self._try(self._uploads.begin(self._link, self._file))
        elif isinstance(event, Ended):
            self.guest = guest
            await self._end()
        elif self._file is not None and not self._file.refusal:
            await self._try(self._uploads.write(self._link, self._file, event))

    async def _end(self) -> None:
        file, self._file = self._file, None
        assert file is not None
        # Browsers send an empty part without a name where nothing was chosen.
        if not file.size and not file.refusal and file.is_named:
            file.refusal = EMPTY
        if file.size or file.refusal:
            if not file.refusal:
                self._file = file
                await self._try(self._uploads.take(self._link, file, self.guest))
                self._file = None
            if file.refusal:
                self.outcome.refused.append((file.filename, file.refusal))
            else:
                self.outcome.taken += 1
                self.new += file.new
        self.outcome.each.append(file.refusal or (None if file.size else EMPTY))
        await file.stack.aclose()

    async def _try(self, step: Awaitable[None]) -> None:
        """Do one step with the present file; what is wrong with it alone becomes its refusal."""
        assert self._file is not None
        try:
            await step
        except QuotaExceeded:
            # How much room the owner has is no guest's business.
            self._file.refusal = FULL
        except (Invalid, TooLarge) as error:
            self._file.refusal = error.detail
        except ArchypixError:
            self._file = None
            raise
