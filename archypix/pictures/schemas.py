"""What requests about lists, selections and single pictures look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from archypix.pictures.query import MAX_TEXT, PictureQuery, State
from archypix.pictures.selection import MAX_IDS, Selection

MAX_QUERY_TAGS = 50


def _listed(value: Any) -> Any:
    """A parameter that may repeat arrives alone where it does not."""
    return [value] if isinstance(value, str) else value


PathText = Annotated[str, StringConstraints(max_length=8192)]
PathTexts = Annotated[list[PathText], Field(max_length=MAX_QUERY_TAGS), BeforeValidator(_listed)]
Ids = Annotated[list[UUID], Field(max_length=MAX_IDS)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QueryFields(Strict):
    """Which pictures: those that meet all fields. `tag` may repeat: all of them are meant."""

    tag: PathTexts = Field(default_factory=list, description="Carries all of these tags.")
    any_tag: PathTexts = Field(default_factory=list, description="Carries at least one of these tags.")
    not_tag: PathTexts = Field(default_factory=list, description="Carries none of these tags.")
    exact: bool = Field(False, description="Of `tag` and `any_tag`, only what is assigned there, not to descendants.")
    untagged: bool = Field(False, description="Carries no tag at all.")
    trash: bool = Field(False, description="In the trash, instead of not.")
    state: State | None = Field(None, description="What has become of the file so far.")
    collapse: bool = Field(False, description="Of pictures of the same content only the one that stands for them.")
    q: Annotated[str, StringConstraints(max_length=MAX_TEXT)] = Field(
        "", description="What the query language says: words, and conditions such as `iso:>=800`."
    )

    def query(self, text_path: str = "q") -> PictureQuery:
        """The query in the domain's terms; faults in `q` are told to be at `text_path`."""
        return PictureQuery(
            tags=tuple(self.tag),
            any_tags=tuple(self.any_tag),
            not_tags=tuple(self.not_tag),
            exact=self.exact,
            untagged=self.untagged,
            trash=self.trash,
            state=self.state,
            collapse=self.collapse,
            text=self.q,
            text_path=text_path,
        )


class ListQuery(QueryFields):
    """A page of a list."""

    sort: Literal["captured", "ingested", "edited", "size", "name", "deleted"] | None = Field(
        None, description="Default `captured`; in the trash `deleted`."
    )
    order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, StringConstraints(max_length=4096)] | None = Field(
        None, description="`next` of the page before, with all other parameters as they were."
    )


class SelectionIn(Strict):
    """Pictures that meet `query` (in the query language, or as fields) and those in `include`, but not in `exclude`."""

    query: QueryFields | Annotated[str, StringConstraints(max_length=MAX_TEXT)] | None = None
    include: Ids = Field(default_factory=list)
    exclude: Ids = Field(default_factory=list)

    def selection(self) -> Selection:
        """The selection in the domain's terms."""
        query = self.query.query("selection.query.q") if isinstance(self.query, QueryFields) else None
        if isinstance(self.query, str):
            query = PictureQuery(text=self.query, text_path="selection.query")
        return Selection(query, tuple(self.include), tuple(self.exclude))


class Thumbnails(BaseModel):
    """Addresses of the thumbnails, null until they are there."""

    small: str | None
    medium: str | None
    large: str | None


class Received(BaseModel):
    """How a received picture came: by whom, by which incoming shares, and what these allow.

    `leaves_at` is when it goes for good, as it is in its owner's trash; `reshare` how often it may be passed on.
    """

    senders: list[str]
    shares: list[UUID]
    leaves_at: str | None
    copy_allowed: bool = Field(alias="copy")
    reshare: int
    metadata_edit: bool
    originals: bool


class PictureItem(BaseModel):
    """A picture in a list.

    `captured_at` and `sorted_at` are wall clocks, `utc_offset` is in minutes, `duration` in seconds.
    """

    id: UUID
    filename: str
    media_type: str
    kind: Literal["image", "raw", "video", "other"]
    state: State
    failure: str | None
    width: int | None
    height: int | None
    duration: float | None
    captured_at: str | None
    utc_offset: int | None
    date_source: str
    sorted_at: str
    blurhash: str | None
    thumbnails: Thumbnails
    rating: int | None
    title: str | None
    latitude: float | None
    longitude: float | None
    size: int
    sha256: str | None
    tags: list[str]
    owner: str | None
    received: Received | None
    availability: Literal["ok", "owner_offline"] = Field(
        description="`owner_offline`: the server of a received picture's owner does not answer, so it has no addresses."
    )
    version: int
    revision: int
    ingested_at: str
    edited_at: str
    deleted_at: str | None
    metadata_state: Literal["pending", "synced", "failed", "unsupported"] | None


class PicturePage(BaseModel):
    """A page; `next` is the cursor of the following one, null on the last."""

    items: list[PictureItem]
    next: str | None


class CopiedFrom(BaseModel):
    """The picture of another person of which a picture is a copy: its id at its owner's, and who that was, and when."""

    id: str
    owner: str
    at: str


class PictureWhole(PictureItem):
    """Everything that is known of a picture. `versions` is the number of earlier files.

    `metadata_failure` is why what people set could not be written into the file.
    """

    orientation: int | None
    file_date: str | None
    altitude: float | None
    camera_make: str | None
    camera_model: str | None
    lens: str | None
    iso: int | None
    aperture: float | None
    focal_length: float | None
    exposure: float | None
    description: str | None
    creator: str | None
    content_hash: str | None
    edited_fields: list[str]
    batch: UUID | None
    source: str
    metadata: dict[str, Any] | None
    metadata_failure: str | None
    copied_from: CopiedFrom | None
    versions: int
