"""The lines of an export as they are read again: somebody may have changed them, so every value is checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from archypix.exchange.layout import list_file
from archypix.jobs.report import Described, WallClock
from archypix.pictures.dates import INFINITE

# A line of a picture with all metadata of its file is far from this.
LONGEST: Final = 4 << 20
MOST_TAGS: Final = 2_000
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Path_ = Annotated[str, StringConstraints(min_length=2, max_length=2_000)]
BROUGHT: Final = frozenset({"manual", "upload", "webdav", "ml"})


class _Line(BaseModel):
    """What is not known of a line is passed over: later versions may say more."""

    model_config = ConfigDict(extra="ignore")


def _moment(moment: Any) -> Any:
    if moment is not None and (moment.replace(tzinfo=None) in INFINITE or not 1 < moment.year < 9999):
        raise ValueError("no date")
    return moment


class TagReason(_Line):
    """Why a picture carries a tag."""

    path: Path_
    source: Annotated[str, StringConstraints(max_length=40)]


class PictureLine(Described, _Line):
    """A picture, as far as a library takes it over from a line."""

    id: UUID
    file: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    sha256: Digest
    filename: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    file_date: Annotated[WallClock, AfterValidator(_moment)] | None = None
    ingested_at: Annotated[AwareDatetime, AfterValidator(_moment)]
    deleted_at: AwareDatetime | None = None
    captured_at: Annotated[WallClock, AfterValidator(_moment)] | None = None
    orientation: Annotated[int, Field(ge=1, le=8)] | None = None
    edited_fields: Annotated[list[str], Field(max_length=100)] = []
    written_fields: Annotated[list[str], Field(max_length=100)] = []
    metadata_state: Literal["pending", "synced", "failed", "unsupported"] | None = None
    uploaded_sha256: Digest | None = None
    tags: Annotated[list[TagReason], Field(max_length=MOST_TAGS)] = []
    versions: Annotated[list[Any], Field(max_length=100_000)] = []

    def tags_of(self, source: str) -> list[str]:
        """The paths of tags that this source gave."""
        return list(dict.fromkeys(tag.path for tag in self.tags if tag.source == source))


class TagLine(_Line):
    """A tag."""

    path: Path_
    description: Annotated[str, StringConstraints(max_length=10_000)] = ""
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] | None = None
    position: Annotated[int, Field(ge=0, lt=2**31)] = 0
    cover: UUID | None = None


class ServiceLine(_Line):
    """A tagging service."""

    kind: Literal["rule", "segmentation", "share_mapping"]
    name: Annotated[str, StringConstraints(max_length=200)]
    enabled: bool = True
    requires: Annotated[list[str], Field(max_length=1_000)] = []
    excludes: Annotated[list[str], Field(max_length=1_000)] = []
    config: Any


class HierarchyLine(_Line):
    """A hierarchy."""

    slug: Annotated[str, StringConstraints(max_length=100)]
    name: Annotated[str, StringConstraints(max_length=200)]
    config: dict[str, Any]


class SearchLine(_Line):
    """A search that is kept."""

    name: Annotated[str, StringConstraints(max_length=200)]
    query: Annotated[str, StringConstraints(max_length=10_000)]


class Library(_Line):
    """The settings of a library."""

    version_mode: Literal["none", "original", "all"] = "all"
    trash_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    write_metadata: bool = True
    keywords_root: Path_ | None = None


class Brake(_Line):
    """When deletions by devices are too many at once."""

    files: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    share: Annotated[int, Field(ge=1, le=100)] | None = None
    seconds: Annotated[int, Field(ge=1, le=86400)] = 60


class Account(_Line):
    """Profile and settings."""

    display_name: Annotated[str, StringConstraints(max_length=100)] = ""
    library: Library = Library()
    brake: Brake | None = None


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; ValueError for one that is too long. Blocks."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST):
            if len(line) == LONGEST and not line.endswith(b"\n"):
                raise ValueError("a line is too long")
            yield line


def parse(kind: type[BaseModel], line: bytes) -> Any:
    """What a line says; ValueError (a sentence) for what it cannot say."""
    try:
        return kind.model_validate(orjson.loads(line))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_list(folder: Path, name: str, kind: type[BaseModel], most: int) -> Iterator[Any]:
    """What is in one of the lists, at most so many; ValueError for what cannot be read. Blocks."""
    path = folder / list_file(name)
    if not path.is_file():
        return
    for number, line in enumerate(lines(path)):
        if number >= most:
            raise ValueError(f"{path.name} has more than {most} lines")
        yield parse(kind, line)
