"""`/searches`, the queries that people keep, and `/search/suggestions`."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.preconditions import entity_tag, wanted_revisions
from archypix.predicates.language import what_is_wrong
from archypix.search import schemas
from archypix.search.models import SavedSearch
from archypix.search.service import SearchService

blueprint = Blueprint("search", __name__)


@blueprint.get("/searches")
@policy.scope("pictures:read")
@document_response(schemas.SearchList, 200)
async def searches() -> Response:
    """All kept searches, by name."""
    found = await use(SearchService).searches(caller().account_id)
    return json_response({"items": [search_json(search) for search in found]})


@blueprint.post("/searches")
@policy.scope("pictures:write")
@validate_request(schemas.SearchNew)
@document_response(schemas.SearchItem, 201)
async def keep_search(data: schemas.SearchNew) -> Response:
    """Keep a query under a name."""
    made = await use(SearchService).keep(caller().account_id, data.name, data.query)
    return json_response(search_json(made), 201, headers=entity_tag(made.revision))


@blueprint.get("/searches/<search_id>")
@policy.scope("pictures:read")
@document_response(schemas.SearchItem, 200)
async def search(search_id: str) -> Response:
    """One kept search."""
    found = await use(SearchService).one(caller().account_id, parse_id(search_id, "search"))
    return json_response(search_json(found), headers=entity_tag(found.revision))


@blueprint.patch("/searches/<search_id>")
@policy.scope("pictures:write")
@validate_request(schemas.SearchChange)
@document_response(schemas.SearchItem, 200)
async def change_search(search_id: str, data: schemas.SearchChange) -> Response:
    """Give a search another name or query; with `If-Match`, only if nobody changed it meanwhile."""
    changed = await use(SearchService).change(
        caller().account_id, parse_id(search_id, "search"), name=data.name, query=data.query,
        revisions=wanted_revisions(),
    )  # fmt: skip
    return json_response(search_json(changed), headers=entity_tag(changed.revision))


@blueprint.delete("/searches/<search_id>")
@policy.scope("pictures:write")
async def forget_search(search_id: str) -> Response:
    """Forget a search; no picture changes."""
    await use(SearchService).forget(caller().account_id, parse_id(search_id, "search"))
    return Response(status=204)


@blueprint.get("/search/suggestions")
@policy.scope("pictures:read")
@validate_querystring(schemas.SuggestionQuery)
@document_response(schemas.SuggestionList, 200)
async def suggestions(query_args: schemas.SuggestionQuery) -> Response:
    """What the last word of a query may become."""
    found = await use(SearchService).suggest(caller().account_id, query_args.q, query_args.limit)
    return json_response({"items": [{"kind": one.kind, "text": one.text, "query": one.query} for one in found]})


@blueprint.get("/search/check")
@policy.scope("pictures:read")
@validate_querystring(schemas.CheckQuery)
@document_response(schemas.CheckAnswer, 200)
async def check(query_args: schemas.CheckQuery) -> Response:
    """Whether a query can be understood, without looking for anything."""
    wrong = what_is_wrong(query_args.q)
    fault = None if wrong is None else {"at": wrong.position, "detail": wrong.detail}
    return json_response({"fault": fault})


def search_json(search: SavedSearch) -> dict[str, Any]:
    """A search as `schemas.SearchItem` has it."""
    return {
        "id": str(search.id),
        "name": search.name,
        "query": search.query,
        "revision": search.revision,
        "created_at": rfc3339(search.created_at),
        "edited_at": rfc3339(search.edited_at),
    }
