"""Lists of pictures, and one picture whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Fault, Invalid, NotFound, Unavailable
from archypix.pictures import listing, provenance, searching, store
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor, fingerprint
from archypix.pictures.faraway import Faraway, Shown
from archypix.pictures.listing import COLUMNS, Counts, Order, PageRequest, Sort
from archypix.pictures.present import (
    NONE_FAR,
    ThumbnailUrls,
    far_pictures,
    listed_picture,
    tell_provenance,
    whole_picture,
)
from archypix.pictures.provenance import Provenance
from archypix.pictures.query import PictureQuery, Resolved, Tree, Trees, resolve, unfold
from archypix.pictures.searching import Sample

MOST_LISTED = 500
# Seconds for a page; only one that looks for words in a large library comes near.
WITHIN = 15.0
# Tags that change while a page is read are read again this often.
ATTEMPTS = 3
EVERYTHING = PictureQuery()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose library is read: the account, and its name for handles."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a client asks of a list. `sort` None: by capture time, in the trash by when they came there."""

    query: PictureQuery = EVERYTHING
    sort: Sort | None = None
    order: Order = "desc"
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page as JSON values, and the cursor of the next one, if there is one."""

    items: list[dict[str, Any]]
    next: str | None


class PictureService:
    """Reads pictures.

    `trees` gives the paths of tags, `thumbnail_urls` the addresses of a blob's thumbnails by their short names;
    `domain` is the part of handles after the name; `faraway` has the files of received pictures.
    """

    def __init__(
        self,
        database: Database,
        trees: Trees,
        thumbnail_urls: ThumbnailUrls,
        *,
        domain: str,
        faraway: Faraway | None = None,
    ) -> None:
        self._database = database
        self._trees = trees
        self._thumbnail_urls = thumbnail_urls
        self._domain = domain
        self._faraway = faraway

    async def page(self, owner: Owner, request: ListRequest) -> Listing:
        """A page of the owner's pictures. A tag that there is not is carried by none.

        `Invalid` for what is wrong with the request, a cursor of another query included; `Unavailable` when a search
        takes too long.
        """
        trash = unfold(request.query)[0].trash
        sort: Sort = request.sort or ("deleted" if trash else "captured")
        if sort == "deleted" and not trash:
            fault = Fault("sort", "Only the trash is sorted by `deleted`: add `trash=true`.")
            raise Invalid("Pictures that are not in the trash have no time of deletion.", faults=(fault,))
        if not 1 <= request.limit <= MOST_LISTED:
            raise Invalid("The limit is out of range.", faults=(Fault("limit", f"1 to {MOST_LISTED}."),))
        mark = fingerprint({"account": owner.id, "sort": sort, "order": request.order, "query": asdict(request.query)})
        after = decode_cursor(request.cursor, mark, COLUMNS[sort][1]) if request.cursor is not None else None

        def page_of(resolved: Resolved) -> PageRequest:
            return PageRequest(owner.id, resolved, sort, request.order, request.limit, after)

        async with self._database.connection() as connection:
            rows, tree = await self._rows(connection, owner.id, request.query, page_of)
            more = len(rows) > request.limit
            rows = rows[: request.limit]
            received = await self._received(connection, rows)
        items = await self._items(owner, rows, tree, received)
        last = Position(rows[-1]["sort_key"], rows[-1]["id"]) if more else None
        return Listing(items, encode_cursor(last, mark) if last else None)

    async def items(self, owner: Owner, picture_ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Those of these pictures that the owner has, in this order, as lists show them."""
        if not picture_ids:
            return []
        async with self._database.connection() as connection:
            tree = await self._trees.get(connection, owner.id)
            rows = await store.of_ids(connection, owner.id, picture_ids)
            if rows and rows[0]["tags_revision"] != tree.revision:
                tree = await self._trees.read(connection, owner.id)
            received = await self._received(connection, rows)
        return await self._items(owner, rows, tree, received)

    async def _received(self, connection: Connection, rows: Sequence[Row]) -> Mapping[UUID, Provenance]:
        """By whom those of these pictures came that others own. Most pages have none, and cost nothing then."""
        return await provenance.of_pictures(connection, [row["id"] for row in rows if row["origin_uri"] is not None])

    async def _items(
        self, owner: Owner, rows: Sequence[Row], tree: Tree, received: Mapping[UUID, Provenance]
    ) -> list[dict[str, Any]]:
        handle = self._handle(owner)
        far = await self._far(owner.id, [row for row in rows if row["origin_uri"] is not None])
        items = [listed_picture(row, tree, handle, self._thumbnail_urls, far) for row in rows]
        for item, row in zip(items, rows, strict=True):
            if row["origin_uri"] is not None:
                tell_provenance(item, row, received.get(row["id"]))
        return items

    async def whole(self, owner: Owner, picture_id: UUID) -> dict[str, Any]:
        """Everything of the owner's picture, as JSON values; `NotFound` when there is none."""
        async with self._database.connection() as connection:
            tree = await self._trees.get(connection, owner.id)
            row = await store.find_detail(connection, owner.id, picture_id)
            if row is None:
                raise NotFound("There is no picture with this id.")
            if row["tags_revision"] != tree.revision:
                tree = await self._trees.read(connection, owner.id)
            from_others = [row] if row["origin_uri"] is not None else []
            received = await provenance.of_pictures(connection, [each["id"] for each in from_others])
        far = await self._far(owner.id, from_others)
        picture = whole_picture(row, tree, self._handle(owner), self._thumbnail_urls, far)
        if from_others:
            tell_provenance(picture, row, received.get(row["id"]))
        return picture

    async def _far(self, account_id: int, rows: Sequence[Row]) -> Mapping[str, Shown]:
        """What is shown of these received pictures; their owners are asked while no connection is held."""
        wanted = far_pictures(rows)
        return await self._faraway.thumbnails(account_id, wanted) if wanted and self._faraway is not None else NONE_FAR

    def _handle(self, owner: Owner) -> str:
        return f"@{owner.name}:{self._domain}"

    async def _rows(
        self, connection: Connection, owner_id: int, query: PictureQuery, page_of: Any
    ) -> tuple[Sequence[Row], Tree]:
        """The rows of a page, and a tree that is not older than they are."""
        tree = await self._trees.get(connection, owner_id)
        resolved = resolve(query, tree)
        for _ in range(ATTEMPTS):
            rows = [] if resolved.impossible else await self._fetch(connection, page_of(resolved))
            if not rows and not resolved.names_tags:
                return rows, tree
            revision = rows[0]["tags_revision"] if rows else await store.revision(connection, owner_id)
            if revision == tree.revision:
                return rows, tree
            tree = await self._trees.read(connection, owner_id)
            before, resolved = resolved, resolve(query, tree)
            if resolved == before and rows:
                return rows, tree
        return rows, tree

    async def _fetch(self, connection: Connection, page: PageRequest) -> list[Row]:
        counts = Counts(0, {})
        if listing.needs_counts(page):
            tags = [*page.resolved.tags, *page.resolved.any_tags]
            counts = Counts(*await store.counts(connection, page.owner_id, tags))
        rows: list[Row] = []
        try:
            sample = await self._sample(connection, page)
            for statement in listing.statements(page, counts, sample):
                rows = await store.page(
                    connection, statement.text, statement.values, within=WITHIN, merging=statement.merging
                )
                if statement.final or len(rows) > page.limit:
                    break
        except TimeoutError as error:
            raise Unavailable(
                "This search takes too long: ask for less at once.", code="too_slow", log_detail="list timeout"
            ) from error
        return rows

    async def _sample(self, connection: Connection, page: PageRequest) -> Sample | None:
        if not searching.wants_sample(page):
            return None
        text, values = searching.sample_statement(page)
        return searching.read_sample(page, await store.sample(connection, text, values, within=WITHIN))
