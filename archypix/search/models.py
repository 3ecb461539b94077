"""Searches that are kept, and suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

SuggestionKind: TypeAlias = Literal["tag", "field", "camera", "lens", "creator", "type", "search"]


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query under a name; `revision` counts its changes."""

    id: UUID
    name: str
    query: str
    revision: int
    created_at: datetime
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the end of a query may become. `query` is the whole text with it, `text` what to show."""

    kind: SuggestionKind
    text: str
    query: str
