"""What requests about duplicates look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from archypix.duplicates.models import MAX_DISTANCE, MOST_IN_GROUP, Ruling
from archypix.pictures.schemas import PictureItem, Strict

KindText = Literal["content", "similar"]
StateText = Literal["open", "settled"]
GroupIds = Annotated[list[UUID], Field(max_length=MOST_IN_GROUP)]


def _once(ids: list[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


class GroupQuery(Strict):
    """A page of groups."""

    kind: KindText = Field("content", description="Of the same content, or looking alike.")
    state: StateText = Field("open", description="With something to be judged, or judged.")
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str, StringConstraints(max_length=4096)] | None = Field(
        None, description="`next` of the page before, with all other parameters as they were."
    )


class GroupItem(BaseModel):
    """A group: `shown` stands for the others, `total` counts all, the trash included; `verdict` is the last one."""

    id: UUID
    kind: KindText
    state: StateText
    verdict: Literal["kept", "different", "same"] | None
    shown: UUID
    total: int
    pictures: list[PictureItem]


class GroupPage(BaseModel):
    """A page, perhaps with fewer groups than asked for; `next` is null on the last."""

    items: list[GroupItem]
    next: str | None


class GroupChange(Strict):
    """Which picture is to stand for the group."""

    shown: UUID


class VerdictIn(Strict):
    """Either `keep` and `trash`, or `different`, or `same`: ids of pictures of the group."""

    keep: GroupIds = Field(default_factory=list)
    trash: GroupIds = Field(default_factory=list)
    different: GroupIds = Field(default_factory=list)
    same: GroupIds = Field(default_factory=list)
    merge_tags: bool = Field(False, description="Give the tags of those in `trash` to those in `keep`.")

    def ruling(self) -> Ruling:
        """The verdict in the domain's terms."""
        return Ruling(
            keep=_once(self.keep),
            trash=_once(self.trash),
            different=_once(self.different),
            same=_once(self.same),
            merge_tags=self.merge_tags,
        )


class Judged(BaseModel):
    """How many pictures went into the trash, and the group as it is now."""

    trashed: int
    group: GroupItem


class Unjudged(BaseModel):
    """How many pictures came out of the trash, and the group as it is now."""

    restored: int
    group: GroupItem


class DuplicateSettings(Strict):
    """In how many of 64 bits the hashes of two pictures may differ that are offered as similar."""

    similar_distance: Annotated[int, Field(ge=0, le=MAX_DISTANCE)]
