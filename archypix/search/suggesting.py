"""What the end of a query may become: the names of fields, tags, and values that the library's pictures have.

Only the last word is looked at, so that what stands before it may be anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archypix.search.models import Suggestion, SuggestionKind

# Fields whose values are offered, to the kind of the value.
VALUED: Mapping[str, SuggestionKind] = {
    "camera": "camera",
    "lens": "lens",
    "creator": "creator",
    "type": "type",
}
FIELDS = (
    "tag:", "before:", "after:", "year:", "month:", "camera:", "lens:", "iso:", "f:", "mm:", "type:", "rating:",
    "near:", "filename:", "size:", "mp:", "creator:", "has:gps", "is:trash", "is:untagged",
)  # fmt: skip

_END = re.compile(r'(?:^|(?<=[\s(]))(?P<word>-?(?:(?P<field>[a-z]+):)?(?P<value>"[^"]*|[^\s()"]*))$', re.IGNORECASE)
_PLAIN = re.compile(r"[^\s()\":,<>=.\-][^\s()\":,<>=]*")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A query, cut before its last word: `field` in lower case or empty, and the beginning of its value."""

    before: str
    minus: str
    field: str
    value: str

    def finished(self, field: str, value: str) -> str:
        """The query with this for its last word, and a space for the next one."""
        written = value if _PLAIN.fullmatch(value) else '"' + value.replace('"', "") + '"'
        return f"{self.before}{self.minus}{field}:{written} "


def unfinished(text: str) -> Unfinished:
    """The last word of a query that somebody is still typing."""
    found = _END.search(text)
    if found is None:
        return Unfinished(text, "", "", "")
    word = found["word"]
    return Unfinished(
        text[: found.start("word")],
        "-" if word.startswith("-") else "",
        (found["field"] or "").lower(),
        found["value"].removeprefix('"'),
    )


def folded(text: str) -> str:
    """A text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def matching_paths(paths: Iterable[str], part: str, most: int) -> list[str]:
    """Paths of which a segment begins with `part`, or that begin with it: first those whose last segment does."""
    wanted = folded(part)
    whole = wanted.startswith("/")
    found: list[tuple[bool, int, str]] = []
    for path in paths:
        plain = folded(path)
        if whole:
            if plain.startswith(wanted):
                found.append((False, plain.count("/"), path))
        elif f"/{wanted}" in plain:
            found.append((f"/{wanted}" not in plain[plain.rindex("/") :], plain.count("/"), path))
    return [path for *_, path in sorted(found)[:most]]


def fields(query: Unfinished) -> list[Suggestion]:
    """The fields whose names the last word begins."""
    begun = f"{query.field}:{query.value}".lower() if query.field else query.value.lower()
    if not begun:
        return []
    return [
        Suggestion("field", name, f"{query.before}{query.minus}{name}{'' if name.endswith(':') else ' '}")
        for name in FIELDS
        if name.startswith(begun) and name != begun
    ]


def tags(query: Unfinished, paths: Sequence[str]) -> list[Suggestion]:
    """These tags as the last word."""
    return [Suggestion("tag", path, query.finished("tag", path)) for path in paths]


def values(query: Unfinished, found: Sequence[tuple[str, str]]) -> list[Suggestion]:
    """These (field, value) as the last word."""
    return [Suggestion(VALUED[field], value, query.finished(field, value)) for field, value in found]
