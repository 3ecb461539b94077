"""The one statement by which pictures of a folder are found: candidates by the read model of tags, then their own tags.

No picture is looked at that does not carry a tag which those of the folder carry, unless the folder asks for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.core.sql import Parameters
from archypix.hierarchies.layout import Layout, Source
from archypix.hierarchies.models import Folder, Terms

# So many tags are compared one by one; more of them are looked up in a hash, which takes a constant.
MOST_COMPARED = 16
PICTURE = """p.id, p.filename, p.sorted_at, p.sha256, p.size, p.media_type, p.file_date, p.ingested_at, p.origin_uri,
    p.origin_owner_id, p.blob_id, p.revision"""
NAME = "name, name_key, made_from, pinned"


@dataclass(frozen=True, slots=True)
class Part:
    """Some candidates: the table whose rows they are, which of them, and its columns of their ids and times."""

    table: str
    condition: str
    id: str = "k.picture_id"
    at: str = "k.sorted_at"

    @property
    def ids(self) -> str:
        """The statement that gives their ids."""
        return f"SELECT {self.id} FROM {self.table} WHERE {self.condition}"


class Statement:
    """A statement on the pictures of one folder, with its parameters."""

    def __init__(self, layout: Layout, folder: Folder) -> None:
        self.parameters = Parameters()
        self._account = layout.hierarchy.account_id
        self._owner = self.parameters.add(self._account)
        hierarchy, key = self.parameters.add(layout.hierarchy.id), self.parameters.add(folder.key)
        self._names = f"hierarchy_id = {hierarchy} AND folder_key = {key}"
        self._layout = layout
        self._folder = folder

    @property
    def values(self) -> list[object]:
        """The values of the parameters."""
        return self.parameters.values

    def whole(self, *, limit: int, sums: bool) -> str:
        """All pictures of the folder (at most `limit`), and behind them, as rows of `named_id`, all names in it.

        Both together are of one moment. `pinned` of a picture's row: it is listed under pinned names alone.
        """
        sources = self._layout.sources(self._folder)
        candidates = " UNION ".join(part.ids for part in self._parts(sources))
        listed, pinned = self._by_tags(sources), self._pinned_among("p.id")
        picture = f"{PICTURE}, {'b.sha1, b.md5' if sums else 'NULL::bytea AS sha1, NULL::bytea AS md5'}"
        nothing = ", ".join(["NULL"] * (PICTURE.count(",") + 3))
        return (
            "(SELECT NULL::uuid AS named_id, NULL AS name, NULL AS name_key, NULL AS made_from,"
            f" NOT {listed} AS pinned, {picture} FROM ({candidates}) c (picture_id) {self._rows(sums=sums)}"
            f" AND ({listed} OR ({pinned} AND ({self._any(self._folder.terms)}))) LIMIT {limit})"
            f" UNION ALL SELECT picture_id, {NAME}, {nothing} FROM hierarchy_names WHERE {self._names}"
        )

    def some(self, candidates: Iterable[str]) -> str:
        """Pictures of the folder whose ids these statements give: a row for each name there, or one without a name."""
        return self._select([*candidates], self._layout.sources(self._folder))

    def page(self, limit: int, after: tuple[datetime, UUID] | None) -> str:
        """The newest pictures of the folder from behind `after` on, each once, without their names.

        Each part is gone along in the order of its index, and no further than the page.
        """
        sources = self._layout.sources(self._folder)
        pinned = f"({self._pinned_among('p.id')} AND ({self._any(self._folder.terms)}))"
        listed = f"({self._by_tags(sources)} OR {pinned})"
        behind = ""
        if after is not None:
            moment, last = self.parameters.add(after[0]), self.parameters.add(after[1])
            behind = f" AND ({{at}}, {{id}}) < ({moment}::timestamp, {last}::uuid)"
        pages = [
            f"(SELECT p.id, p.sorted_at, p.filename FROM {part.table}"
            f" CROSS JOIN LATERAL (SELECT * FROM pictures WHERE id = {part.id} OFFSET 0) p"
            f" WHERE {part.condition}{behind.format(at=part.at, id=part.id)}"
            f" AND p.owner_id = {self._owner} AND p.deleted_at IS NULL AND {listed}"
            f" ORDER BY {part.at} DESC, {part.id} DESC LIMIT {limit})"
            for part in self._parts(sources)
        ]
        return f"SELECT * FROM ({' UNION '.join(pages)}) page ORDER BY sorted_at DESC, id DESC LIMIT {limit}"

    def named(self, keys: Sequence[str]) -> str:
        """The ids of pictures that have a name with one of these keys written down here."""
        return (
            f"SELECT picture_id FROM hierarchy_names WHERE {self._names}"
            f" AND name_key = ANY ({self.parameters.add(list(keys))}::text[])"
        )

    def owned(self, condition: str) -> str:
        """The ids of the account's pictures `q` that meet a condition."""
        return f"SELECT q.id FROM pictures q WHERE q.owner_id = {self._owner} AND {condition}"

    def these(self, picture_ids: Sequence[UUID]) -> str:
        """These ids."""
        return f"SELECT unnest({self.parameters.add(list(picture_ids))}::uuid[])"

    def _select(self, parts: Sequence[str], sources: Sequence[Source]) -> str:
        listed = f"({self._by_tags(sources)} OR (n.pinned AND ({self._any(self._folder.terms)})))"
        return (
            f"SELECT {PICTURE}, b.sha1, b.md5, n.name, n.name_key, n.made_from"
            f" FROM ({' UNION '.join(parts)}) c (picture_id) {self._rows(sums=True, names=True)} AND {listed}"
        )

    def _rows(self, *, sums: bool, names: bool = False) -> str:
        """The live pictures `p` of candidates `c`, with their sums `b` and names `n`."""
        # OFFSET 0 leaves the planner no other way to a table than by its key, however old its statistics are.
        text = "CROSS JOIN LATERAL (SELECT * FROM pictures WHERE id = c.picture_id OFFSET 0) p"
        if sums:
            text += " LEFT JOIN LATERAL (SELECT sha1, md5 FROM blobs WHERE id = p.blob_id OFFSET 0) b ON true"
        if names:
            of_one = f"SELECT {NAME} FROM hierarchy_names WHERE picture_id = p.id AND {self._names} OFFSET 0"
            text += f" LEFT JOIN LATERAL ({of_one}) n ON true"
        return f"{text} WHERE p.owner_id = {self._owner} AND p.deleted_at IS NULL"

    def _by_tags(self, sources: Sequence[Source]) -> str:
        """That a picture is listed because of its tags."""
        claims = "".join(f" AND NOT ({self._terms(terms)})" for terms in self._layout.claims(self._folder))
        return f"(({self._any([source.terms for source in sources])}){claims})"

    def _pinned_among(self, picture: str) -> str:
        return f"{picture} IN (SELECT picture_id FROM hierarchy_names WHERE {self._names} AND pinned)"

    def _any(self, several: Sequence[Terms]) -> str:
        return " OR ".join(f"({self._terms(terms)})" for terms in several) or "false"

    def _parts(self, sources: Sequence[Source]) -> list[Part]:
        """Where to look for the pictures of a folder: all are found so, and few others."""
        names = f"(SELECT picture_id FROM hierarchy_names WHERE {self._names} AND pinned) h"
        pinned = Part(f"{names} JOIN pictures k ON k.id = h.picture_id", "true", "k.id")
        return [*(part for source in sources for part in self._candidates(source)), pinned]

    def _candidates(self, source: Source) -> list[Part]:
        if source.own is not None:
            parts = [self._carrying(self.parameters.add(source.own or -self._account), own=True)]
            if source.hidden:
                parts.append(Part("picture_tags k", f"k.tag_id = ANY ({self._array(source.hidden)})"))
            return parts
        terms = source.terms
        if terms.untagged:
            return [self._carrying(self.parameters.add(-self._account))]
        if terms.all:
            every = self._array(terms.all)
            return [self._carrying(f"(SELECT id FROM tags WHERE id = ANY ({every}) ORDER BY total LIMIT 1)")]
        if terms.any:
            smallest = min(terms.any, key=len)
            return [Part("picture_tags k", f"k.tag_id = ANY ({self._array(smallest)})")]
        return [Part("pictures k", f"k.owner_id = {self._owner} AND k.deleted_at IS NULL", "k.id")]

    @staticmethod
    def _carrying(tag: str, *, own: bool = False) -> Part:
        return Part("picture_tags k", f"k.tag_id = {tag}{' AND k.own' if own else ''}")

    def _terms(self, terms: Terms) -> str:
        if terms.never:
            return "false"
        parts = []
        if terms.untagged:
            parts.append("p.tag_closure = '{}'")
        if terms.all:
            parts.append(f"p.tag_closure @> {self._array(terms.all)}")
        parts += [self._overlaps(group) for group in terms.any]
        if terms.none:
            parts.append(f"NOT {self._overlaps(terms.none)}")
        return " AND ".join(parts) or "true"

    def _overlaps(self, tags: frozenset[int]) -> str:
        if len(tags) <= MOST_COMPARED:
            return f"p.tag_closure && {self._array(tags)}"
        constant = f"'{{{','.join(map(str, sorted(tags)))}}}'::integer[]"
        return f"EXISTS (SELECT FROM unnest(p.tag_closure) AS carried WHERE carried = ANY ({constant}))"

    def _array(self, tags: Iterable[int]) -> str:
        return f"{self.parameters.add(sorted(tags))}::integer[]"
