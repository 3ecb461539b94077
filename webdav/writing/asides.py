"""Pictures that programs have moved out of the way, to put another file in their place."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from archypix.drives.models import Drive, path_key

SECONDS: Final = 600.0
MOST: Final = 10_000


class Asides:
    """Which picture a device moved aside from where, for ten minutes.

    What is forgotten does no harm: the file that comes then is a picture of its own, and the old one is in the trash.
    """

    def __init__(self) -> None:
        self._moved: OrderedDict[tuple[UUID, int, str], tuple[UUID, float]] = OrderedDict()

    def note(self, drive: Drive, segments: Sequence[str], picture_id: UUID) -> None:
        """The picture has lain there, and will again if something is put there soon."""
        key = (drive.hierarchy_id, drive.token_id, path_key(segments))
        self._moved[key] = (picture_id, time.monotonic() + SECONDS)
        self._moved.move_to_end(key)
        while len(self._moved) > MOST:
            self._moved.popitem(last=False)

    def take(self, drive: Drive, segments: Sequence[str]) -> UUID | None:
        """The picture that has lain there, told once."""
        picture_id, until = self._moved.pop((drive.hierarchy_id, drive.token_id, path_key(segments)), (None, 0.0))
        return picture_id if time.monotonic() < until else None
