"""Which JSON file belongs to which picture: the names that Takeout gives, and how it cuts them.

- `a.jpg` has `a.jpg.supplemental-metadata.json`, in older exports `a.jpg.json`, seldom `a.json`.
- What stands before `.json` is cut at 46 characters, in the middle of the word or of the picture's own name.
- A second `a.jpg` is called `a(1).jpg`; its number stands at the end: `a.jpg.supplemental-metadata(1).json`.
- `a-edited.jpg` has none and belongs to `a.jpg`; so does the film of a live photograph, `a.mp4` beside `a.heic`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from archypix.takeout.sidecars import Facts

WORD: Final = ".supplemental-metadata"
CUT: Final = 46
# A name that was cut by other rules than these (bytes, older exports) is believed from so many characters on.
LEAST_CUT: Final = 40
EXTENSION: Final = ".json"
FILMS: Final = frozenset({"mp4", "mov", "m4v", "mp"})
STILLS: Final = ("heic", "jpg", "jpeg", "png", "heif", "dng", "webp", "gif", "avif")
# How the word is in the languages of accounts. A name can be cut within it, too.
EDITED: Final = (
    "edited", "bearbeitet", "modifié", "editado", "modificato", "bewerkt", "edytowane", "redigerad", "redigeret",
    "redigert", "muokattu", "upraveno", "szerkesztve", "editat", "изменено", "編集済み", "已修改", "已編輯", "수정됨",
)  # fmt: skip
_NUMBER: Final = re.compile(r"(.*?)(\(\d{1,5}\))?", re.DOTALL)
_NUMBERED: Final = re.compile(r"(.+?)(\(\d{1,5}\))(\.[^.]*)?", re.DOTALL)


def folded(name: str) -> str:
    """A name as it is compared: composed, without difference of case."""
    return unicodedata.normalize("NFC", name).casefold()


class Sidecars:
    """The JSON files of one folder, found by the names of pictures; `stills` are the names of all pictures in it."""

    def __init__(self, sidecars: Mapping[str, Facts], stills: Sequence[str]) -> None:
        self._facts = {folded(name): facts for name, facts in sidecars.items()}
        self._names = {folded(name) for name in stills}
        self._cut: dict[tuple[str, str], list[str]] = {}
        for name in self._facts:
            stem, number = _split_number(name.removesuffix(EXTENSION))
            self._cut.setdefault((stem[:LEAST_CUT], number), []).append(name)

    def of(self, name: str) -> Facts | None:
        """What is said of the file `name`, if anything."""
        own = folded(name)
        for candidate in (own, *_originals(own), *self._partners(own)):
            # Of a name that was cut itself there may be several.
            ways = (self._exact, self._by_cut_name) if len(candidate) <= CUT else (self._by_cut_name, self._exact)
            for way in ways:
                if (facts := way(candidate)) is not None:
                    return facts
        return None

    def _partners(self, name: str) -> Iterator[str]:
        """The still of a live photograph whose film this is."""
        stem, _, extension = name.rpartition(".")
        if extension not in FILMS:
            return
        for whole in (stem, name):
            yield from (f"{whole}.{still}" for still in STILLS if self._has(f"{whole}.{still}"))

    def _has(self, name: str) -> bool:
        return name in self._names or self._exact(name) is not None

    def _exact(self, name: str) -> Facts | None:
        for base, number in _bases(name):
            for text in (f"{base}{WORD}", base):
                if facts := self._facts.get(f"{text[:CUT]}{number}{EXTENSION}"):
                    return facts
        stem = name.rpartition(".")[0]
        return self._facts.get(f"{stem}{EXTENSION}") if stem else None

    def _by_cut_name(self, name: str) -> Facts | None:
        """By a JSON file whose name is the beginning of what it would be; where several are, by the title in it."""
        found: list[Facts] = []
        for base, number in _bases(name):
            full = f"{base}{WORD}"
            for length in {min(len(base), LEAST_CUT), LEAST_CUT}:
                for candidate in self._cut.get((full[:length], number), ()):
                    stem, _ = _split_number(candidate.removesuffix(EXTENSION))
                    if full.startswith(stem) and len(stem) >= min(len(base), LEAST_CUT):
                        found.append(self._facts[candidate])
            found += self._short(base, full, number)
        titled = [facts for facts in found if folded(facts.title) == name]
        return next(iter(titled or found), None)

    def _short(self, base: str, full: str, number: str) -> Iterator[Facts]:
        """Names below the length that was looked up: the picture's whole name and a part of the word."""
        for length in range(len(base), min(len(full), LEAST_CUT) + 1):
            if facts := self._facts.get(f"{full[:length]}{number}{EXTENSION}"):
                yield facts


def _bases(name: str) -> Iterator[tuple[str, str]]:
    """The name that a JSON file has been made of, and the number at its end."""
    if match := _NUMBERED.fullmatch(name):
        yield f"{match[1]}{match[3] or ''}", match[2]
    yield name, ""


def _split_number(stem: str) -> tuple[str, str]:
    match = _NUMBER.fullmatch(stem)
    assert match is not None
    return match[1], match[2] or ""


def _originals(name: str) -> Iterator[str]:
    """The picture that this one is an edited copy of."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return
    stem, number = _split_number(stem)
    before, dash, word = stem.rpartition("-")
    if not dash or not before or not word:
        return
    # Only names that are long enough to have been cut may end within the word.
    if any(word == full or (len(stem) >= CUT and full.startswith(word)) for full in map(folded, EDITED)):
        yield f"{before}{number}.{extension}"
        yield from (f"{before}{number}.{still}" for still in STILLS if still != extension)
