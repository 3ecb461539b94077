"""What the Resolver, and other backends of the domain, send about people who move."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Origin = Annotated[str, Field(max_length=300, pattern=r"^https?://[^/?#@\s]+$")]
Name = Annotated[str, Field(max_length=100)]
Place = Annotated[str, Field(max_length=2048)]


class _Sent(BaseModel):
    # A later version may say more.
    model_config = ConfigDict(extra="ignore")


class DepartureIn(_Sent):
    """Somebody is about to go to the backend `to`, which asks with `key` (multibase)."""

    move: UUID
    name: Name
    to: Origin
    key: Annotated[str, Field(max_length=300)]


class MoveIn(_Sent):
    """Somebody is to come from the backend `from`."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    move: UUID
    name: Name
    source: Annotated[Origin, Field(alias="from")]


class PageIn(_Sent):
    """A page of something that is given, behind `after`."""

    after: Place | None = None


class RowsIn(PageIn):
    """A page of rows; private keys among them are sealed for `seal_for`."""

    table: Annotated[str, Field(max_length=100)]
    seal_for: Annotated[str, Field(max_length=200)]


class ForwardedIn(_Sent):
    """A message that came to the backend where `person` lived: to the inbox at the path `inbox`, or the shared one."""

    person: Place
    inbox: Place | None = None
    actor: Place
    activity: dict[str, Any]
    synchronization: Annotated[str, Field(max_length=5000)] | None = None
