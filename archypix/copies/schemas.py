"""What copies look like in JSON."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from archypix.pictures.schemas import Strict


class CopyIn(Strict):
    """What the copy is to carry."""

    tags: list[Annotated[str, StringConstraints(max_length=2000)]] = Field(default_factory=list, max_length=100)


class CopyOut(BaseModel):
    """A copy that was asked for.

    `picture`: the picture that it became, or (`duplicate`) one that was there already with the very bytes. `failure`:
    why there is none.
    """

    state: Literal["waiting", "done", "failed"]
    picture: UUID | None
    duplicate: bool
    failure: str | None
    created_at: str
