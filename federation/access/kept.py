"""Addresses that were got for people here: in memory alone, for each account apart, until shortly before they end."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from archypix.pictures.faraway import Shown
from federation.access.models import Granted, Refusal, Result

# Entries in all; each is a kilobyte or so.
MOST: Final = 30_000
# Characters of addresses beyond which an answer is not kept: whoever writes such long ones is asked each time.
LONGEST: Final = 8_192
# A client that is given an address has at least so many seconds to come there.
MARGIN: Final = {"thumbnails": 60.0, "original": 15.0}
# A refusal may be over at any moment: what was shared just now is on its way.
REFUSED_SECONDS: Final = 10.0
NOT_READY_SECONDS: Final = 5.0
NOT_READY: Final = 409
# There is no access, or no picture any more.
ENDS: Final = (403, 410)

# The account, the picture's id, and the wish (`attachment` is one of its own).
Key = tuple[int, str, str]


class Kept:
    """A dictionary that forgets: what is about to end, and of too many the oldest."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._most = most
        self._shown: OrderedDict[tuple[int, str], tuple[float, Shown, Result]] = OrderedDict()
        self._files: OrderedDict[Key, tuple[float, Result]] = OrderedDict()

    def shown(self, account_id: int, uri: str, now: float) -> Shown | None:
        """The thumbnails of a picture, if they are known and good."""
        kept = self._shown.get((account_id, uri))
        return kept[1] if kept is not None and kept[0] > now else None

    def answer(self, account_id: int, uri: str) -> Result | None:
        """What was said of a picture's thumbnails, if that is still good."""
        kept = self._shown.get((account_id, uri))
        return kept[2] if kept is not None and kept[0] > self.clock() else None

    def put_shown(self, account_id: int, uri: str, shown: Shown, result: Result) -> None:
        """Keep thumbnails as long as `result`, by which they came, is good. With access, the original goes as well."""
        key = (account_id, uri)
        self._shown.pop(key, None)
        if isinstance(result, Refusal) and result.status in ENDS:
            self.drop(account_id, uri)
        if (seconds := good_for(result, "thumbnails")) > 0:
            self._shown[key] = (self.clock() + seconds, shown, result)
        if len(self._shown) > self._most:
            self._shown.popitem(last=False)

    def file(self, account_id: int, uri: str, wish: str) -> Result | None:
        """What was said of an original, if that is still good."""
        kept = self._files.get((account_id, uri, wish))
        return kept[1] if kept is not None and kept[0] > self.clock() else None

    def put_file(self, account_id: int, uri: str, wish: str, result: Result) -> None:
        """Keep what was said of an original. Once access is refused, its thumbnails go as well."""
        key = (account_id, uri, wish)
        self._files.pop(key, None)
        if isinstance(result, Refusal) and result.status in ENDS:
            self.drop(account_id, uri)
        if (seconds := good_for(result, "original")) > 0:
            self._files[key] = (self.clock() + seconds, result)
        if len(self._files) > self._most:
            self._files.popitem(last=False)

    def drop(self, account_id: int, uri: str) -> None:
        """Forget what gives access to a picture."""
        self._shown.pop((account_id, uri), None)
        for wish in ("original", "attachment"):
            self._files.pop((account_id, uri, wish), None)

    def __len__(self) -> int:
        return len(self._shown) + len(self._files)


def good_for(result: Result, kind: str) -> float:
    """Seconds for which an answer is handed out again."""
    if isinstance(result, Granted):
        is_long = sum(map(len, result.urls.values())) > LONGEST
        return 0.0 if is_long else result.seconds - MARGIN[kind]
    return NOT_READY_SECONDS if result.status == NOT_READY else REFUSED_SECONDS
