"""What requests about drives look like, and their answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, StrictBool, StringConstraints, field_validator, model_validator

from archypix.core import clock
from archypix.core.clock import rfc3339
from archypix.drives.brake import ALLOWED_MINUTES
from archypix.drives.locks import HeldLock
from archypix.drives.models import BrakeSettings, DriveToken
from archypix.operations.schemas import UndoneList
from archypix.pictures.schemas import Strict

__all__ = ["UndoneList"]

DAY_MINUTES = 1440
MOST_MINUTES = 366 * DAY_MINUTES
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]


class TokenNew(Strict):
    """A device that is to open a hierarchy."""

    name: Annotated[str, StringConstraints(max_length=200)]
    read_only: StrictBool = Field(False, description="Whether the device may only look.")
    redirect: StrictBool = Field(False, description="Whether files are had by signed addresses instead of through DAV.")


class Allowance(Strict):
    """For how long the brake is let go."""

    minutes: Annotated[int, Field(ge=1, le=DAY_MINUTES)] = ALLOWED_MINUTES


class UndoFrom(Strict):
    """From when on: a time, or so many minutes ago."""

    since: AwareDatetime | None = Field(None, description="RFC 3339, with an offset.")
    minutes: Minutes | None = None

    @field_validator("since")
    @classmethod
    def _in_reach(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and not 1970 <= moment.year <= 9998:
            raise ValueError("is no time at which something was done")
        return moment

    @model_validator(mode="after")
    def _one_of_both(self) -> UndoFrom:
        if (self.since is None) == (self.minutes is None):
            raise ValueError("either since or minutes")
        return self

    def moment(self) -> datetime:
        """The time that is meant."""
        if self.since is not None:
            return self.since
        return clock.now() - timedelta(minutes=self.minutes or 0)


class BrakeChange(Strict):
    """When deletions of a device are too many; null is no bound."""

    files: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    share: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Percent of a hierarchy.")
    seconds: Annotated[int, Field(ge=1, le=86_400)] = 60


class BrakeItem(BaseModel):
    """More than `files` files, or `share` percent of a hierarchy, within `seconds` pull a device's brake."""

    files: int | None
    share: int | None
    seconds: int


class Held(BaseModel):
    """The brake of a device: since when it is `pulled_at`, until when nothing is counted."""

    pulled_at: str | None
    allowed_until: str | None


class TokenItem(BaseModel):
    """A device's token, without its secret."""

    id: int
    name: str
    read_only: bool
    redirect: bool
    created_at: str
    last_used_at: str | None
    last_address: str | None
    brake: Held


class TokenMade(TokenItem):
    """A new token with its secret, which is told only now, and what to type into the device."""

    token: str
    url: str
    username: str


class TokenList(BaseModel):
    """The tokens of a hierarchy, the newest first."""

    items: list[TokenItem]


class Allowed(BaseModel):
    """Until when nothing is counted."""

    allowed_until: str


class LockItem(BaseModel):
    """A lock of a device on a path, or with `deep` on all below it too. `owner` is what the program says of itself."""

    id: str
    path: str
    deep: bool
    shared: bool
    owner: str
    device: str
    created_at: str
    expires_at: str


class LockList(BaseModel):
    """The locks of a hierarchy, by path."""

    items: list[LockItem]


def token_json(token: DriveToken) -> dict[str, Any]:
    """A token as `TokenItem` has it."""
    return {
        "id": token.id,
        "name": token.name,
        "read_only": token.read_only,
        "redirect": token.redirect,
        "created_at": rfc3339(token.created_at),
        "last_used_at": _time(token.last_used_at),
        "last_address": token.last_address,
        "brake": {"pulled_at": _time(token.pulled_at), "allowed_until": _time(token.allowed_until)},
    }


def lock_json(held: HeldLock) -> dict[str, Any]:
    """A lock as `LockItem` has it."""
    lock = held.lock
    return {
        "id": str(lock.id),
        "path": lock.shown,
        "deep": lock.deep,
        "shared": lock.shared,
        "owner": lock.owner,
        "device": held.device,
        "created_at": rfc3339(lock.created_at),
        "expires_at": rfc3339(lock.expires_at),
    }


def brake_json(settings: BrakeSettings) -> dict[str, Any]:
    """Settings as `BrakeItem` has them."""
    return {"files": settings.files, "share": settings.share, "seconds": settings.seconds}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
