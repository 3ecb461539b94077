"""What holders of shares may read here: pictures, and the pages of a share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Invalid, Moved, NotFound
from archypix.received.models import SharedPicture, Way
from archypix.shares import pictures_store
from archypix.shares import store as shares_store
from archypix.shares.grants import GrantService
from archypix.shares.models import Covering, View
from archypix.shares.publishing.digests import digest
from federation.remote.models import RemoteActor
from federation.sharing import ids, store
from federation.sharing.documents import collection_document, page_document, picture_document
from federation.sharing.terms import CONTEXT

MOST_ASKED: Final = 500
PAGE: Final = 100
LONGEST_URI: Final = 2048
NO_SHARE: Final = "There is no such share."
NO_PICTURE: Final = "There is no such picture."


class Describer:
    """Answers holders. Whoever holds nothing is told that there is nothing."""

    def __init__(self, database: Database, grants: GrantService) -> None:
        self._database = database
        self._grants = grants

    async def described(self, connection: Connection, holder_row: int, uris: Sequence[str]) -> dict[str, SharedPicture]:
        """Those of these pictures that somebody holds now, by their ids, each as that holder may know it.

        `Moved` where an owner lives at another server of the domain by now, who alone knows.
        """
        await _refuse_moved(connection, [found[0] for uri in uris if (found := ids.read_picture(uri)) is not None])
        asked, named = set(uris), {found[1] for uri in uris if (found := ids.read_picture(uri)) is not None}
        ways = await self._grants.covering(connection, holder_row, sorted(named))
        owned: dict[tuple[str, bool], list[UUID]] = {}
        for picture_id, held in ways.items():
            owner = _owner(held[0])
            # An id alone is no address: the picture must be of whom the address says.
            if ids.picture(owner, picture_id) in asked:
                owned.setdefault((owner, any(way.rights.originals for way in held)), []).append(picture_id)
        told: dict[str, SharedPicture] = {}
        for (owner, originals), picture_ids in owned.items():
            for picture in await self._of_owner(connection, owner, picture_ids, originals=originals):
                told[picture.uri] = _held(picture, ways[_id(picture)])
        return told

    async def _of_owner(
        self, connection: Connection, owner: str, picture_ids: Sequence[UUID], *, originals: bool
    ) -> list[SharedPicture]:
        account_id = await store.account_of(connection, owner)
        if account_id is None:
            return []
        return await pictures_store.pictures(connection, account_id, picture_ids, originals=originals)

    async def picture(self, holder_row: int, uri: str) -> dict[str, Any]:
        """One picture as a document; `NotFound`."""
        async with self._database.connection() as connection:
            found = (await self.described(connection, holder_row, [uri])).get(uri)
        if found is None:
            raise NotFound(NO_PICTURE)
        return {"@context": CONTEXT} | picture_document(found)

    async def require_share(self, uri: str) -> None:
        """Return where there is, or was, such a share; `NotFound`."""
        async with self._database.connection() as connection:
            if await shares_store.of_uri(connection, uri) is None:
                raise NotFound(NO_SHARE)

    async def require_picture(self, uri: str) -> None:
        """Return where such a picture was ever shared; `NotFound`."""
        found = ids.read_picture(uri)
        async with self._database.connection() as connection:
            if found is None or not await store.was_shared(connection, found[1], uri):
                raise NotFound(NO_PICTURE)

    async def answer(self, holder: RemoteActor, question: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /pictures`: each picture that is asked for, or why not. `Invalid` for what is no question, `Moved`."""
        uris = read_question(question)
        async with self._database.connection() as connection:
            found = await self.described(connection, holder.id, uris)
        return {"pictures": [_answered(uri, found.get(uri)) for uri in uris]}

    async def share(self, holder_row: int, uri: str) -> dict[str, Any]:
        """A share as one of its holders sees it. `NotFound`, and `Gone` for who held something of it once."""
        async with self._database.connection() as connection:
            view = await self._view(connection, holder_row, uri, None, 1)
            held = await digest(connection, view.share.id, holder_row) or (bytes(32), 0)
        document = collection_document(view.share, total=held[1], digest=held[0], first=f"{uri}?page=first")
        return {"@context": CONTEXT} | document

    async def at(self, holder_row: int, address: str) -> dict[str, Any]:
        """What a holder would be answered at the address of a share or of one of its pages."""
        uri, _, query = address.partition("?")
        if not query:
            return await self.share(holder_row, uri)
        return await self.page(holder_row, uri, query.removeprefix("page="))

    async def page(self, holder_row: int, uri: str, after: str) -> dict[str, Any]:
        """A page of a share, behind the picture `after`, or the `first`."""
        try:
            cursor = None if after == "first" else UUID(after) if len(after) == 36 else UUID("")
        except ValueError:
            raise NotFound("There is no such page.") from None
        async with self._database.connection() as connection:
            view = await self._view(connection, holder_row, uri, cursor, PAGE)
            own = [seen.uri for seen in view.items if seen.own]
            found = await self.described(connection, holder_row, own)
            held = await digest(connection, view.share.id, holder_row)
        items = [picture_document(found[seen.uri]) if seen.uri in found else seen.uri for seen in view.items]
        following = None if view.next is None else f"{uri}?page={view.next}"
        document = page_document(f"{uri}?page={after}", uri, items, following=following, sequence=view.share.sequence)
        if held is not None:
            document["apx:digest"] = held[0].hex()
        return {"@context": CONTEXT} | document

    async def _view(self, connection: Connection, holder_row: int, uri: str, cursor: UUID | None, limit: int) -> View:
        if (found := ids.read_share(uri)) is not None:
            await _refuse_moved(connection, [found[0]])
        share_id = await shares_store.of_uri(connection, uri)
        view = None
        if share_id is not None:
            view = await self._grants.view(connection, share_id, holder_row, cursor, limit)
        if view is None:
            raise NotFound(NO_SHARE)
        return view


async def _refuse_moved(connection: Connection, owners: Sequence[str]) -> None:
    if (moved_to := await store.moved_to(connection, list(set(owners)))) is not None:
        raise Moved(moved_to)


def read_question(question: Mapping[str, Any]) -> list[str]:
    """Ids of the pictures that are asked for, each once; `Invalid`."""
    uris = question.get("pictures")
    if not isinstance(uris, list) or not 1 <= len(uris) <= MOST_ASKED:
        raise Invalid(f"Ask for `pictures`, a list of 1 to {MOST_ASKED}.")
    if not all(isinstance(uri, str) and 1 <= len(uri) <= LONGEST_URI for uri in uris):
        raise Invalid("Each of `pictures` is an id.")
    return list(dict.fromkeys(uris))


def _answered(uri: str, picture: SharedPicture | None) -> dict[str, Any]:
    if picture is None:
        return {"id": uri, "error": {"status": 404, "detail": NO_PICTURE}}
    return {"id": uri, "image": picture_document(picture)}


def _held(picture: SharedPicture, ways: Sequence[Covering]) -> SharedPicture:
    """The picture with the way of most rights by which it is held, and one of the other kind: theirs by the owner's
    word, or by others'."""
    best = ways[0]
    other = next((way for way in ways if (len(way.path) > 1) != (len(best.path) > 1)), None)
    return replace(
        picture,
        share=best.share,
        grants=best.path,
        depth=best.depth,
        copy=any(way.rights.copy for way in ways),
        metadata_edit=any(way.rights.metadata_edit for way in ways),
        also=None if other is None else Way(other.share, other.path, other.rights.reshare_depth),
    )


def _owner(way: Covering) -> str:
    """Whose share it is: of no other person's pictures can it be."""
    return way.share.rpartition("/shares/")[0]


def _id(picture: SharedPicture) -> UUID:
    return UUID(picture.uri.rpartition("/")[2])
