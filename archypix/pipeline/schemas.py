"""What requests about services look like, and their answers, for checking and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.pipeline.models import MOST_SERVICES, State
from archypix.pipeline.naming import MOST_GATES

PathText = Annotated[str, StringConstraints(max_length=8192)]
Gate = Annotated[list[PathText], Field(max_length=MOST_GATES)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Kind = Literal["rule", "segmentation", "share_mapping"]
ServiceId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ServiceNew(Strict):
    """A service to be made. What `config` is depends on the kind."""

    kind: Kind
    name: Name
    requires: Gate = Field(default_factory=list, description="Tags that a picture must carry, all of them.")
    excludes: Gate = Field(default_factory=list, description="Tags that a picture must not carry, none of them.")
    enabled: bool = True
    config: dict[str, Any]


class ServiceChange(Strict):
    """What changes of a service; what is left out stays."""

    name: Name = ""
    requires: Gate = Field(default_factory=list)
    excludes: Gate = Field(default_factory=list)
    enabled: bool = True
    config: dict[str, Any] = Field(default_factory=dict)


class ServiceOrder(Strict):
    """The ids of all services in their new order."""

    ids: Annotated[list[ServiceId], Field(max_length=MOST_SERVICES)]


class ServiceTrial(ServiceChange):
    """A service as it would be: a whole one, or an `id` with changes."""

    id: ServiceId | None = None
    kind: Kind | None = None


class ConditionIn(Strict):
    """A condition on pictures: a tree, or a query string."""

    when: dict[str, Any] | str


class ConditionOut(BaseModel):
    """The same condition as a tree and as a query; `query` is null where the language cannot say it."""

    tree: dict[str, Any]
    query: str | None


class DeletionQuery(BaseModel):
    """`promote`: the tags stay, as if given by hand."""

    model_config = ConfigDict(extra="forbid")

    promote: bool = False


class ServiceItem(BaseModel):
    """A service. `broken` and `failed` have a `reason`; `pending` is one that has yet to look at all pictures."""

    id: int
    kind: Kind
    name: str
    position: int
    enabled: bool
    requires: list[str]
    excludes: list[str]
    config: dict[str, Any]
    state: State
    reason: str | None
    revision: int
    created_at: str
    updated_at: str


class ServiceList(BaseModel):
    """All services in order. `pending`: some pictures have yet to be looked at."""

    items: list[ServiceItem]
    pending: bool


class TagDifference(BaseModel):
    """How many pictures would gain and lose a tag, with up to 20 of them."""

    tag: str
    gains: int
    gained: list[UUID]
    loses: int
    lost: list[UUID]


class TrialResult(BaseModel):
    """What would change. Not `complete`: some later services were too large to be taken into account."""

    affected: int
    items: list[TagDifference]
    complete: bool
