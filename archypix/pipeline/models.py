"""What tagging services look like in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["rule", "segmentation", "share_mapping"]

# The source of a service's assignments, by its kind.
SOURCES: Mapping[Kind, str] = {"rule": "rule", "segmentation": "segment", "share_mapping": "share_mapping"}
PIPELINE = tuple(SOURCES.values())

MOST_SERVICES = 100
MOST_RULES = 200
CHANNEL = "archypix_pipeline"


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it is stored.

    `requires`, `excludes` and the values of `names` (by paths as they are written in `config`) are ids of tags, some of
    which may be gone by now; `lost` has the last paths of those, by id. `stale`: it has yet to look at all pictures.
    """

    id: int
    owner_id: int
    kind: Kind
    name: str
    position: int
    enabled: bool
    requires: tuple[int, ...]
    excludes: tuple[int, ...]
    config: Any
    names: Mapping[str, int]
    lost: Mapping[str, str]
    sees_tags: bool
    sees_metadata: bool
    revision: int
    stale: bool
    failure: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def source(self) -> str:
        """The source of its assignments."""
        return SOURCES[self.kind]

    @property
    def tags(self) -> frozenset[int]:
        """Every tag that it names."""
        return frozenset(self.requires) | frozenset(self.excludes) | frozenset(self.names.values())

    @property
    def lost_tags(self) -> frozenset[int]:
        """Those of them that were deleted, as far as it has heard."""
        return frozenset(map(int, self.lost))


@dataclass(frozen=True, slots=True)
class Shown:
    """A service as people see it: tags by their paths, and its state, with a `reason` where all is not well."""

    service: Service
    requires: tuple[str, ...]
    excludes: tuple[str, ...]
    config: Any
    state: State
    reason: str | None


State: TypeAlias = Literal["ready", "pending", "disabled", "broken", "failed"]
