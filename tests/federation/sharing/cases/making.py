"""What a hostile case is, and the list of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.federation.sharing.scene import Scene

Said = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`sender` says what `make` makes; the inbox answers with `status`, 202 where it is taken and has no effect."""

    name: str
    status: int
    sender: str
    make: Callable[[Scene], Said]


CASES: list[Case] = []


def case(name: str, status: int, sender: str) -> Callable[[Callable[[Scene], Said]], Callable[[Scene], Said]]:
    def keep(make: Callable[[Scene], Said]) -> Callable[[Scene], Said]:
        CASES.append(Case(name, status, sender, make))
        return make

    return keep


def within(said: Said, **more: Any) -> Said:
    """The same with other terms in its object."""
    return said | {"object": said["object"] | more}
