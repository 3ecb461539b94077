"""`/tags`, and the tags of pictures: of one (`/pictures/{id}/tags`) and of a selection (`/pictures/batch/tags`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.journal.present import operation_header
from archypix.tags import schemas
from archypix.tags.models import CarriedTag, Reshaped, Tag
from archypix.tags.service import TagService

blueprint = Blueprint("tags", __name__)

NO_THUMBNAILS: Mapping[str, None] = {"small": None, "medium": None, "large": None}


class Covers:
    """Knows the addresses of thumbnails, for the pictures that stand for tags."""

    def __init__(self, thumbnail_urls: Callable[[UUID], Mapping[str, str]]) -> None:
        self._thumbnail_urls = thumbnail_urls

    def shown(self, tag: Tag) -> dict[str, Any] | None:
        """The cover of a tag as JSON, None where it has none."""
        if tag.cover_id is None:
            return None
        blob = tag.cover_blob_id
        return {"id": str(tag.cover_id), "thumbnails": NO_THUMBNAILS if blob is None else self._thumbnail_urls(blob)}


@blueprint.get("/tags")
@policy.scope("tags:read")
@document_response(schemas.TagList, 200)
async def list_tags() -> Response:
    """The whole tree with its counts, each tag behind its parent, siblings in order."""
    tags = await use(TagService).tags(caller().account_id)
    covers = use(Covers)
    return json_response({"items": [tag_json(tag, covers) for tag in tags]})


@blueprint.post("/tags")
@policy.scope("tags:write")
@validate_request(schemas.TagNew)
@document_response(schemas.TagItem, 201)
async def create_tag(data: schemas.TagNew) -> Response:
    """Make a tag and the ancestors it lacks: 201. One that is there already stays as it is: 200."""
    tag, operation = await use(TagService).create(
        caller().account_id, data.path, description=data.description, colour=_lower(data.colour)
    )
    return json_response(tag_json(tag, use(Covers)), 201 if operation else 200, operation_header(operation))


@blueprint.patch("/tags")
@policy.scope("tags:write")
@validate_querystring(schemas.TagPathQuery)
@validate_request(schemas.TagChange)
@document_response(schemas.TagItem, 200)
async def change_tag(query_args: schemas.TagPathQuery, data: schemas.TagChange) -> Response:
    """Describe or colour a tag, or give it a cover; null takes colour or cover away."""
    values: dict[str, Any] = {}
    if "description" in data.model_fields_set:
        values["description"] = data.description or ""
    if "colour" in data.model_fields_set:
        values["colour"] = _lower(data.colour)
    if "cover" in data.model_fields_set:
        values["cover_id"] = data.cover
    tag, operation = await use(TagService).update(caller().account_id, query_args.path, values)
    return json_response(tag_json(tag, use(Covers)), headers=operation_header(operation))


@blueprint.put("/tags/order")
@policy.scope("tags:write")
@validate_request(schemas.TagOrder)
@document_response(schemas.TagList, 200)
async def order_tags(data: schemas.TagOrder) -> Response:
    """Put siblings in order; the answer is the whole tree."""
    operation = await use(TagService).order(caller().account_id, data.parent, data.names)
    tags = await use(TagService).tags(caller().account_id)
    covers = use(Covers)
    answer = {"items": [tag_json(tag, covers) for tag in tags]}
    return json_response(answer, headers=operation_header(operation))


@blueprint.delete("/tags")
@policy.scope("tags:write")
@validate_querystring(schemas.TagDeletion)
@document_response(schemas.TagsRemoved, 200)
async def delete_tag(query_args: schemas.TagDeletion) -> Response:
    """Remove a tag with its descendants. The pictures stay, without them."""
    named = await use(TagService).named_by(caller().account_id, query_args.path)
    removal = await use(TagService).delete(caller().account_id, query_args.path, dry_run=query_args.dry_run)
    answer = {"deleted": removal.tags, "affected": removal.pictures} | named
    return json_response(answer, headers=operation_header(removal.operation))


@blueprint.post("/tags/rename")
@policy.scope("tags:write")
@validate_request(schemas.TagRename)
@document_response(schemas.TagChanged, 200)
async def rename_tag(data: schemas.TagRename) -> Response:
    """Rename a tag, or move it elsewhere, with all its descendants."""
    named = await use(TagService).named_by(caller().account_id, data.path)
    changed = await use(TagService).rename(caller().account_id, data.path, data.new_path, dry_run=data.dry_run)
    return _reshaped(changed, named)


@blueprint.post("/tags/merge")
@policy.scope("tags:write")
@validate_request(schemas.TagMerge)
@document_response(schemas.TagChanged, 200)
async def merge_tags(data: schemas.TagMerge) -> Response:
    """Make one tag of two, and of their descendants that bear the same names."""
    named = await use(TagService).named_by(caller().account_id, data.path)
    changed = await use(TagService).merge(caller().account_id, data.path, data.into, dry_run=data.dry_run)
    return _reshaped(changed, named)


@blueprint.post("/pictures/batch/tags")
@policy.scope("pictures:write")
@validate_request(schemas.TagsChange)
@document_response(schemas.Affected, 200)
async def change_tags(data: schemas.TagsChange) -> Response:
    """Add tags to all selected pictures and take others away."""
    changed = await use(TagService).change(
        caller().account_id, data.selection.selection(), add=data.add, remove=data.remove, dry_run=data.dry_run
    )
    return json_response({"affected": changed.pictures}, headers=operation_header(changed.operation))


@blueprint.get("/pictures/<picture_id>/tags")
@policy.scope("pictures:read")
@document_response(schemas.CarriedList, 200)
async def tags_of_picture(picture_id: str) -> Response:
    """Every tag that a picture carries, and why."""
    carried = await use(TagService).of_picture(caller().account_id, parse_id(picture_id, "picture"))
    return json_response({"items": [carried_json(tag) for tag in carried]})


def _reshaped(changed: Reshaped, named: dict[str, int]) -> Response:
    answer = tag_json(changed.tag, use(Covers)) | {"affected": changed.pictures} | named
    return json_response(answer, headers=operation_header(changed.operation))


def tag_json(tag: Tag, covers: Covers) -> dict[str, Any]:
    """A tag as `schemas.TagItem` has it."""
    return {
        "id": tag.id,
        "path": tag.path,
        "name": tag.name,
        "parent": tag.parent,
        "depth": tag.depth,
        "count": tag.assigned,
        "total": tag.total,
        "description": tag.description,
        "colour": tag.colour,
        "position": tag.position,
        "cover": covers.shown(tag),
    }


def carried_json(tag: CarriedTag) -> dict[str, Any]:
    """A tag of a picture as `schemas.CarriedItem` has it."""
    return {
        "path": tag.path,
        "sources": [
            {"source": reason.source, "source_id": reason.source_id, "since": rfc3339(reason.since), **reason.more}
            for reason in tag.reasons
        ],
        "implied_by": tag.implied_by,
    }


def _lower(colour: str | None) -> str | None:
    return None if colour is None else colour.lower()
