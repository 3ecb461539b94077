"""`/hierarchies`: tags as trees of folders, their nodes, and what is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.gate.preconditions import entity_tag, wanted_revisions
from archypix.hierarchies import schemas
from archypix.hierarchies.browsing import Asked, BrowsingService
from archypix.hierarchies.service import HierarchyService, Placed
from archypix.pictures.service import Owner

blueprint = Blueprint("hierarchies", __name__)


@blueprint.get("/hierarchies")
@policy.scope("tags:read")
@document_response(schemas.HierarchyList, 200)
async def list_hierarchies() -> Response:
    """All hierarchies."""
    return json_response({"items": await use(HierarchyService).hierarchies(caller().account_id)})


@blueprint.post("/hierarchies")
@policy.scope("tags:write")
@validate_request(schemas.HierarchyNew)
@document_response(schemas.HierarchyItem, 201)
async def create_hierarchy(data: schemas.HierarchyNew) -> Response:
    """Make a hierarchy. Tags that it names are made where they are missing."""
    made = await use(HierarchyService).create(caller().account_id, data.name, data.slug, data.config)
    return _one(made, 201)


@blueprint.post("/hierarchies/preview")
@policy.scope("pictures:read")
@validate_request(schemas.Trial)
@document_response(schemas.Previewed, 200)
async def preview(data: schemas.Trial) -> Response:
    """What a folder of a configuration would show. Nothing is kept."""
    return json_response(await use(BrowsingService).preview(_owner(), data.config, data.path))


@blueprint.get("/hierarchies/<hierarchy_id>")
@policy.scope("tags:read")
@document_response(schemas.HierarchyItem, 200)
async def get_hierarchy(hierarchy_id: str) -> Response:
    """One hierarchy."""
    return _one(await use(HierarchyService).hierarchy(caller().account_id, _id(hierarchy_id)))


@blueprint.patch("/hierarchies/<hierarchy_id>")
@policy.scope("tags:write")
@validate_request(schemas.HierarchyChange)
@document_response(schemas.HierarchyItem, 200)
async def change_hierarchy(hierarchy_id: str, data: schemas.HierarchyChange) -> Response:
    """Change a hierarchy; with `If-Match`, only if nobody changed it meanwhile."""
    changes = {name: getattr(data, name) for name in data.model_fields_set}
    changed = await use(HierarchyService).update(
        caller().account_id, _id(hierarchy_id), changes, revisions=wanted_revisions()
    )
    return _one(changed)


@blueprint.delete("/hierarchies/<hierarchy_id>")
@policy.scope("tags:write")
@document_response(Nothing, 204)
async def delete_hierarchy(hierarchy_id: str) -> Response:
    """Remove a hierarchy, and with it the drives that show it. Pictures and tags stay."""
    await use(HierarchyService).delete(caller().account_id, _id(hierarchy_id), revisions=wanted_revisions())
    return Response(status=204)


@blueprint.get("/hierarchies/<hierarchy_id>/tree")
@policy.scope("tags:read")
@validate_querystring(schemas.TreeQuery)
@document_response(schemas.Tree, 200)
async def tree(hierarchy_id: str, query_args: schemas.TreeQuery) -> Response:
    """A folder, and the folders below it."""
    browsing = use(BrowsingService)
    return json_response(await browsing.tree(caller().account_id, _id(hierarchy_id), query_args.path, query_args.depth))


@blueprint.get("/hierarchies/<hierarchy_id>/browse")
@policy.scope("pictures:read")
@validate_querystring(schemas.BrowseQuery)
@document_response(schemas.Browsed, 200)
async def browse(hierarchy_id: str, query_args: schemas.BrowseQuery) -> Response:
    """A folder, those in it, and a page of its pictures."""
    asked = Asked(query_args.path, query_args.limit, query_args.cursor)
    return json_response(await use(BrowsingService).browse(_owner(), _id(hierarchy_id), asked))


@blueprint.post("/hierarchies/<hierarchy_id>/nodes")
@policy.scope("tags:write")
@validate_request(schemas.NodeNew)
@document_response(schemas.NodeItem, 201)
async def add_node(hierarchy_id: str, data: schemas.NodeNew) -> Response:
    """Put a node into a hierarchy."""
    placed = await use(HierarchyService).add_node(
        caller().account_id, _id(hierarchy_id), data.node, data.parent, data.position, revisions=wanted_revisions()
    )
    return _node(placed, 201)


@blueprint.patch("/hierarchies/<hierarchy_id>/nodes/<node_id>")
@policy.scope("tags:write")
@validate_request(schemas.NodeChange)
@document_response(schemas.NodeItem, 200)
async def change_node(hierarchy_id: str, node_id: str, data: schemas.NodeChange) -> Response:
    """Change a node, or put it elsewhere."""
    place = {name: getattr(data, name) for name in data.model_fields_set & {"parent", "position"}}
    placed = await use(HierarchyService).change_node(
        caller().account_id, _id(hierarchy_id), node_id, data.node, place, revisions=wanted_revisions()
    )
    return _node(placed)


@blueprint.delete("/hierarchies/<hierarchy_id>/nodes/<node_id>")
@policy.scope("tags:write")
@document_response(Nothing, 204)
async def remove_node(hierarchy_id: str, node_id: str) -> Response:
    """Take a node out, with all inside it. Pictures and tags stay."""
    await use(HierarchyService).remove_node(
        caller().account_id, _id(hierarchy_id), node_id, revisions=wanted_revisions()
    )
    return Response(status=204)


def _owner() -> Owner:
    me = caller()
    return Owner(me.account_id, me.name)


def _id(text: str) -> UUID:
    return parse_id(text, "hierarchy")


def _one(told: dict[str, Any], status: int = 200) -> Response:
    return json_response(told, status, entity_tag(told["revision"]))


def _node(placed: Placed, status: int = 200) -> Response:
    told = {"node": placed.node, "parent": placed.parent, "path": placed.path}
    return json_response(told, status, entity_tag(placed.revision))
