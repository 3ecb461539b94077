"""Keywords of files as tags below a root that the library's owner chose."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Conflict, Invalid
from archypix.jobs.models import Target
from archypix.jobs.report import Report
from archypix.media.texts import clean
from archypix.tags import store as tags_store
from archypix.tags.assigning import MOST_TAGS
from archypix.tags.paths import MAX_DEPTH, MAX_SEGMENT, TagPath, format_path, path_key
from archypix.tags.service import TagService
from archypix.writing import store

SOURCE = "upload"
# Tells what keywords say from what came with an upload.
SOURCE_ID = 1
LEVELS = "|"


class KeywordTagger:
    """Hears of reports, and gives pictures the tags that their keywords are."""

    def __init__(self, tags: TagService) -> None:
        self._tags = tags

    async def __call__(self, connection: Connection, target: Target, report: Report) -> None:
        """Assign the tags of a file's keywords, and take away those of keywords that are gone.

        Without a root nothing changes. Nor does it where the library has no room for more tags: that a picture is
        examined matters more.
        """
        root = await store.keywords_root(connection, target.owner_id)
        if root is None:
            return
        names = tuple((await tags_store.one(connection, target.owner_id, root))["names"])
        paths = keyword_paths(names, report.keywords)
        try:
            async with connection.transaction():
                await self._settle(connection, target.owner_id, target.id, paths)
        except (Conflict, Invalid):
            return

    async def make_root(self, connection: Connection, owner_id: int, path: str) -> int:
        """The tag at `path`, made where it is missing. `Invalid` for what is no path of a tag."""
        self._tags.check([path], "keywords_root")
        (tag_id,) = await self._tags.resolve(connection, owner_id, [path])
        return tag_id

    async def _settle(self, connection: Connection, owner_id: int, picture_id: UUID, paths: list[str]) -> None:
        wanted = await self._tags.resolve(connection, owner_id, paths) if paths else []
        standing = await store.keyword_tags(connection, picture_id, SOURCE, SOURCE_ID)
        gone = sorted(standing - set(wanted))
        for start in range(0, len(gone), MOST_TAGS):
            some = gone[start : start + MOST_TAGS]
            await self._tags.unassign_tags(connection, owner_id, [picture_id], some, SOURCE, SOURCE_ID)
        new = [tag for tag in wanted if tag not in standing]
        if new:
            await self._tags.assign_tags(connection, owner_id, [picture_id], new, SOURCE, SOURCE_ID)


def keyword_paths(root: TagPath, keywords: Iterable[str]) -> list[str]:
    """The paths of keywords below `root`, each once, at most 100. `Places|France` is two levels."""
    found: dict[str, str] = {}
    for keyword in keywords:
        path = root + tuple(segment for level in keyword.split(LEVELS) if (segment := _segment(level)))
        if len(root) < len(path) <= MAX_DEPTH:
            found.setdefault(path_key(path), format_path(path))
        if len(found) == MOST_TAGS:
            break
    return list(found.values())


def _segment(text: str) -> str | None:
    """A keyword as the name of a tag, which has no slash."""
    cleaned = clean(text.replace("/", "-"), MAX_SEGMENT)
    return unicodedata.normalize("NFC", cleaned) if cleaned else None
