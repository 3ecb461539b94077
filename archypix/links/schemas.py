"""What requests about links look like, and their answers."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StringConstraints

from archypix.links.models import GIB, LONGEST_NAME, UPLOAD_BYTES, UPLOAD_FILES, Wishes
from archypix.pictures.schemas import Strict


def _line(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in normal):
        raise ValueError("control characters are not allowed here")
    return normal


def _moment(value: Any) -> Any:
    """RFC 3339 with its offset: whoever says when something ends must say where."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("a time such as 2030-01-31T12:00:00Z")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time such as 2030-01-31T12:00:00Z") from None


Path = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME), AfterValidator(_line)]
Password = Annotated[str, StringConstraints(max_length=1000)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class UploadQuota(Strict):
    """What guests may bring in all."""

    bytes: Annotated[int, Field(ge=1, le=1024 * GIB)] = UPLOAD_BYTES
    files: Annotated[int, Field(ge=1, le=100_000)] = UPLOAD_FILES


class _Fields(Strict):
    name: Name | None = None
    password: Password | None = Field(None, description="4 to 200 characters; null: none is asked for.")
    ends_at: Moment = Field(None, description="When the link ends, as RFC 3339; null: never.")
    originals: StrictBool = Field(False, description="Whether the files themselves may be had, not only previews.")
    upload: StrictBool = Field(False, description="Whether guests may add pictures.")
    upload_quota: UploadQuota = Field(default_factory=UploadQuota)

    def wishes(self) -> Wishes:
        """What was said, in the domain's terms."""
        said = self.model_fields_set
        values: dict[str, Any] = {}
        for name in ("name", "originals", "upload", "ends_at"):
            if name in said and (name == "ends_at" or getattr(self, name) is not None):
                values[name] = getattr(self, name)
        if "upload_quota" in said:
            values |= {"most_bytes": self.upload_quota.bytes, "most_files": self.upload_quota.files}
        tag = getattr(self, "tag", None)
        return Wishes(values, tag, self.password, "password" in said)


class LinkNew(_Fields):
    """A tag to share by an address."""

    tag: Path

    def wishes(self) -> Wishes:
        """All columns of a new link."""
        given = super().wishes()
        values = {
            "name": "", "originals": False, "upload": False, "ends_at": None,
            "most_bytes": self.upload_quota.bytes, "most_files": self.upload_quota.files,
        } | given.values  # fmt: skip
        return Wishes(values, given.tag, given.password, True)


class LinkChange(_Fields):
    """What to change; the address stays."""

    tag: Path | None = None


class PageQuery(Strict):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Uploaded(BaseModel):
    """What guests have brought so far; deleting pictures does not give it back."""

    bytes: int
    files: int


class LinkItem(BaseModel):
    """A link. `state` is `active`, `ended` or `tag_gone`; only an active one leads anywhere."""

    id: UUID
    name: str
    tag: str | None
    state: str
    password: bool = Field(description="Whether a password is asked for.")
    ends_at: str | None
    originals: bool
    upload: bool
    upload_quota: UploadQuota
    uploaded: Uploaded
    created_at: str


class LinkMade(LinkItem):
    """A new link with its address, which is told only now."""

    url: str


class LinkList(BaseModel):
    """All links of the caller."""

    items: list[LinkItem]


class UploadItem(BaseModel):
    """A picture that a guest brought."""

    picture: UUID
    guest: str
    bytes: int
    created_at: str


class UploadList(BaseModel):
    """A page of what guests brought."""

    items: list[UploadItem]
    next: str | None
