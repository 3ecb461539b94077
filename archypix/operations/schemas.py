"""What requests about operations and selections look like, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from archypix.operations.service import MOST_AT_ONCE
from archypix.pictures.schemas import SelectionIn, Strict


def _in_reach(moment: datetime) -> datetime:
    if not 1970 <= moment.year <= 9998:
        raise ValueError("is no time of an operation")
    return moment


class LogQuery(Strict):
    """A page of the log."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, StringConstraints(max_length=4096)] | None = Field(
        None, description="`next` of the page before."
    )


class UndoSeveral(Strict):
    """Operations by their ids, or everything since a time."""

    operations: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    since: Annotated[AwareDatetime, AfterValidator(_in_reach)] | None = Field(
        None, description="RFC 3339, with an offset."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> UndoSeveral:
        if (self.operations is None) == (self.since is None):
            raise ValueError("either operations or since")
        return self


class OperationItem(BaseModel):
    """One change by a person, or by a device of theirs. `count` pictures changed; `undoes` names what it took back."""

    id: UUID
    kind: Literal["tags", "metadata", "trash", "restore", "drive"]
    at: str
    summary: str
    by: str | None = Field(description="The device that did it, where it was one.")
    count: int
    undone_at: str | None
    undoes: UUID | None
    undoable: bool


class OperationList(BaseModel):
    """A page of the log, newest first."""

    items: list[OperationItem]
    next: str | None


class UndoneItem(BaseModel):
    """What became of one operation; `operation` is the undo, null where nothing was left to put back."""

    undone: UUID
    operation: UUID | None
    affected: int
    skipped: int


class RefusedItem(BaseModel):
    """An operation that was passed over, and why."""

    id: UUID
    code: str
    detail: str


class UndoneList(BaseModel):
    """What became of several operations."""

    items: list[UndoneItem]
    refused: list[RefusedItem]
    affected: int
    skipped: int


class Chosen(Strict):
    """The pictures meant."""

    selection: SelectionIn


class Range(BaseModel):
    """The least and the greatest value of a field, null where none is known; on how many pictures it is `known`."""

    min: Any
    max: Any
    known: int


class CarriedBy(BaseModel):
    """A tag that `count` of the pictures carry themselves; `sources` has the number of assignments by their source."""

    path: str
    count: int
    sources: dict[str, int]


class Camera(BaseModel):
    """A camera, and how many pictures it took."""

    make: str | None
    model: str | None
    count: int


class Lens(BaseModel):
    """A lens, and how many pictures were taken with it."""

    lens: str
    count: int


class Sum(BaseModel):
    """What a selection amounts to. `common` has the fields on which all pictures agree, `located` those with GPS."""

    count: int
    bytes: int
    kinds: dict[str, int]
    located: int
    ratings: dict[str, int]
    ranges: dict[str, Range]
    cameras: list[Camera]
    lenses: list[Lens]
    common: dict[str, Any]
    tags: list[CarriedBy]
    more_tags: bool


class DownloadIn(Chosen):
    """The pictures to be fetched as an archive, and what it is to be called."""

    filename: Annotated[str, StringConstraints(max_length=200)] = "pictures.zip"


class DownloadPart(BaseModel):
    """Where one archive is fetched, once, until `expires_at`; how many files and bytes of them it holds.

    `server` is the other server that makes it, of pictures that people there own; null: this one, of own pictures.
    """

    server: str | None
    url: str
    pictures: int
    bytes: int
    expires_at: str


class Download(BaseModel):
    """The archives of a selection, one for each server; the fields beside `downloads` are those of this server's own.

    `missing`: pictures of which no archive is offered, since their owners' servers do not answer, or give no originals.
    """

    url: str | None
    pictures: int
    bytes: int
    expires_at: str | None
    downloads: list[DownloadPart]
    missing: int
