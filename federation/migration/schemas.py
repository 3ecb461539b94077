"""What requests about moves look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from archypix.pictures.schemas import Strict
from federation.migration.service import Standing

Home = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Choice = Literal["ask", "always", "never"]


class MoveTarget(Strict):
    """Where to move to."""

    target: Home = Field(description="Handle or id of the account to move to.")
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class MoveChoice(Strict):
    """What to do when somebody moves with whom the caller shares."""

    shares: Choice = Field(description="Ask, offer their shares to the new account, or do nothing.")


class MoveOut(BaseModel):
    """Where the caller has moved, which other accounts are theirs, and what happens when others move."""

    moved_to: str | None
    also_known_as: list[str]
    shares: Choice


def standing_json(standing: Standing) -> dict[str, Any]:
    """Where somebody stands, as the API has it."""
    return {
        "moved_to": standing.actor.moved_to,
        "also_known_as": list(standing.actor.also_known_as),
        "shares": standing.choice,
    }
