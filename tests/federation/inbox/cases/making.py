"""What a hostile case is, and how one is entered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from federation.signatures.models import Kind
from tests.federation.inbox.letters import Letter, Persona
from tests.federation.inbox.town import LOCAL, Town

BOB = "https://b.test/users/bob"
ALICE = f"{LOCAL}/users/alice"
Make = Callable[[Town, Kind], Letter | Awaitable[Letter]]


@dataclass(frozen=True)
class Case:
    """One hostile message for each kind of signature."""

    name: str
    status: int
    make: Make

    @property
    def ours(self) -> bool:
        """Whether the request gets as far as the inbox; others are refused by the HTTP server, or are for no route."""
        return self.name not in ("host_twice", "inbox_below_an_inbox")


CASES: list[Case] = []


def case(status: int) -> Callable[[Make], Make]:
    """Enter a case under its function's name."""

    def enter(make: Make) -> Make:
        CASES.append(Case(make.__name__, status, make))
        return make

    return enter


def of_bob(town: Town, kind: Kind, activity: dict[str, Any] | None = None, **more: Any) -> Letter:
    """A message of bob's, who is known here."""
    return town.letter(town.people[BOB], kind, activity, **more)


def stranger(town: Town, name: str, *, serve: bool = True, host: str = "evil.test") -> Persona:
    """Somebody nobody here has heard of."""
    uri = f"https://{host}/users/{name}"
    return town.persona(uri, 1) if serve else Persona.make(uri, 1)
