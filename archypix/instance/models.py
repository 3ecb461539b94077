"""What a server says of itself, in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Registration: TypeAlias = Literal["open", "invite", "closed"]

LONGEST_NAME: Final = 100
LONGEST_DESCRIPTION: Final = 500


@dataclass(frozen=True, slots=True)
class Instance:
    """What was said of the server. `registration` is None while nobody has chosen: then the setting counts."""

    name: str = ""
    description: str = ""
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to say from now on; None leaves a thing as it is."""

    name: str | None = None
    description: str | None = None
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """The ground of maps, as the settings have it: where its tiles are, and the line that says whose they are."""

    template: str
    credit: str
