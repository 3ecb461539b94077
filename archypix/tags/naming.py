"""Which tags have a word in their names, for searches that look for words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice

from archypix.predicates.folding import found_in, split
from archypix.predicates.models import Words

MOST_NAMED = 200
MOST_READ = 5_000


class Names:
    """The words of the names of an account's tags, in order. Ancestors' names are the ancestors' own."""

    def __init__(self, paths: Mapping[int, str]) -> None:
        self._paths = paths
        entries = [(word, tag) for tag, path in paths.items() for word in split(path.rpartition("/")[2])]
        self._entries = sorted(entries)

    def find(self, words: Words) -> list[int]:
        """At most 200 tags that are named so, those nearest to the root first; none of them below another."""
        sought = split(words.text)
        if not sought:
            return []
        beginning = len(sought) == 1 and not words.phrase
        at = bisect_left(self._entries, (sought[0], 0))
        found = set()
        for word, tag in islice(self._entries, at, at + MOST_READ):
            if not (word.startswith(sought[0]) if beginning else word == sought[0]):
                break
            name = self._paths[tag].rpartition("/")[2]
            if found_in(split(name), sought, prefix=not words.phrase):
                found.add(tag)
        return self._highest(found)

    def _highest(self, tags: set[int]) -> list[int]:
        """Tags without those that carry another of them anyway."""
        paths = {self._paths[tag] for tag in tags}
        kept = []
        for tag in sorted(tags, key=lambda tag: (self._paths[tag].count("/"), tag)):
            parts = self._paths[tag].split("/")
            if not any("/".join(parts[:end]) in paths for end in range(2, len(parts))):
                kept.append(tag)
        return kept[:MOST_NAMED]
