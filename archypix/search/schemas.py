"""What requests about kept searches and suggestions look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from archypix.pictures.schemas import Strict
from archypix.search.service import MAX_NAME, MAX_QUERY, MOST_SUGGESTED

Name = Annotated[str, StringConstraints(min_length=1, max_length=2 * MAX_NAME)]
QueryText = Annotated[str, StringConstraints(max_length=MAX_QUERY)]


class SearchNew(Strict):
    """A query, as the search box takes it, and the name to keep it under."""

    name: Name
    query: QueryText


class SearchChange(Strict):
    """What changes; what is left out stays."""

    name: Name | None = None
    query: QueryText | None = None


class SearchItem(BaseModel):
    """A kept search. `revision` is its ETag."""

    id: UUID
    name: str
    query: str
    revision: int
    created_at: str
    edited_at: str


class SearchList(BaseModel):
    """All kept searches by name."""

    items: list[SearchItem]


class SuggestionQuery(Strict):
    """What somebody has typed so far, up to the cursor."""

    q: QueryText = ""
    limit: Annotated[int, Field(ge=1, le=MOST_SUGGESTED)] = 10


class CheckQuery(Strict):
    """A query that may be none."""

    q: Annotated[str, StringConstraints(max_length=2 * MAX_QUERY)] = ""


class QueryFault(BaseModel):
    """The character (from 1) at which a query cannot be understood, and what was expected there."""

    at: int
    detail: str


class CheckAnswer(BaseModel):
    """What is wrong with a query; null where nothing is."""

    fault: QueryFault | None


class SuggestionItem(BaseModel):
    """What the last word may become: `text` is to be shown, `query` is the whole text with it."""

    kind: Literal["tag", "field", "camera", "lens", "creator", "type", "search"]
    text: str
    query: str


class SuggestionList(BaseModel):
    """Suggestions, the likeliest first."""

    items: list[SuggestionItem]
