"""What backends send."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}$")]
Count = Annotated[int, Field(ge=0, le=1 << 60)]
Names = Annotated[list[Name], Field(max_length=1000)]
Line = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Said(BaseModel):
    # A later version may say more.
    model_config = ConfigDict(extra="ignore", strict=True)


class IntroductionIn(_Said):
    """Who a server says that it is."""

    origin: Annotated[str, Field(min_length=8, max_length=300)]
    version: Annotated[Line, Field(max_length=60)] = ""
    software: Annotated[Line, Field(max_length=60)] = ""
    key: Annotated[str, Field(max_length=200)]


class CapacityIn(_Said):
    """How much a backend has room for; without a number there is no limit."""

    users: Count | None = None
    bytes: Count | None = None


class HeartbeatIn(_Said):
    """How a backend is."""

    sequence: Annotated[int, Field(ge=1, le=1 << 62)] | None = None
    users: Count = 0
    pictures: Count = 0
    bytes: Count = 0
    active_month: Count = 0
    active_half_year: Count = 0
    posts: Count = 0
    version: Annotated[Line, Field(max_length=60)] = ""
    healthy: bool = True
    problems: Annotated[list[Line], Field(max_length=20)] = []
    accepting: bool = False
    capacity: CapacityIn = CapacityIn()
    pending: Names = []
    deleted: Names = []


class ClaimIn(_Said):
    """Names that a backend says are of its people."""

    names: Annotated[list[Name], Field(min_length=1, max_length=1000)]
