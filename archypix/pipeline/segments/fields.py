"""Reading decoded JSON that may hold anything: typed getters that note faults instead of raising."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from archypix.core.errors import Fault, Invalid

MAX_FAULTS = 50
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?")


class Faults:
    """What has been found wrong so far."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, path: str, detail: str) -> None:
        """Note one more fault; those over fifty are dropped."""
        if len(self._found) < MAX_FAULTS:
            self._found.append(Fault(path, detail))

    def take(self, faults: Iterable[Fault]) -> None:
        """Note faults that somebody else found."""
        for fault in faults:
            self.add(fault.path, fault.detail)

    def settle(self, detail: str) -> None:
        """Raise `Invalid` if there is any fault."""
        if self._found:
            raise Invalid(f"{detail} {self._found[0].detail}", faults=tuple(self._found))


class Fields:
    """The keys of one JSON object at `path`; what is none, or has other keys than `known`, is a fault."""

    def __init__(self, value: object, path: str, faults: Faults, known: Sequence[str]) -> None:
        self.path = path
        self.faults = faults
        self._values: dict[Any, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            faults.add(path, "An object is needed.")
        for key in self._values:
            if key not in known:
                faults.add(f"{path}.{_shown(key)}", f"There are {', '.join(known)} here.")

    def at(self, name: str) -> str:
        """The path of a key."""
        return f"{self.path}.{name}"

    def get(self, name: str) -> Any:
        """The bare value, None where it is null or missing."""
        return self._values.get(name)

    def inner(self, name: str, known: Sequence[str]) -> Fields:
        """The object under a key."""
        return Fields(self.get(name), self.at(name), self.faults, known)

    def text(self, name: str) -> str | None:
        """The text under a key that has to be there."""
        value = self.get(name)
        if isinstance(value, str):
            return value
        self.faults.add(self.at(name), "A text is needed.")
        return None

    def flag(self, name: str) -> bool | None:
        """True, false, or None for null."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.faults.add(self.at(name), "`true` or `false` is needed.")
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number in these limits, or None for null."""
        value = self.get(name)
        if value is None or (type(value) is int and least <= value <= most):
            return value
        reason = f"A whole number from {least} to {most} is needed." if least < most else f"`{least}` is all it takes."
        self.faults.add(self.at(name), reason)
        return None

    def choice(self, name: str, choices: Sequence[str], default: Any) -> Any:
        """One of `choices`, the default for null."""
        value = self.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value in choices:
            return value
        self.faults.add(self.at(name), f"One of {', '.join(choices)} is needed.")
        return default


def moment(value: object) -> datetime | None:
    """The wall clock of `2015-08-01` or `2015-08-01T04:00:00.5`; None for what is none."""
    if not isinstance(value, str) or len(value) > 40 or not MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _shown(key: object) -> str:
    """A key as it may stand in an answer: what somebody sent can hold what no JSON encoder takes."""
    return key if isinstance(key, str) and key.isascii() and key.isprintable() and 0 < len(key) <= 50 else "?"
