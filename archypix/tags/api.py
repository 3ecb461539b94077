"""`/tags`, and the tags of pictures: of one (`/pictures/{id}/tags`) and of a selection (`/pictures/batch/tags`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from archypix.pictures.faraway import Faraway, Shown
from archypix.tags import schemas
from archypix.tags.models import CarriedTag, Reshaped, Tag
from archypix.tags.service import TagService

blueprint = Blueprint("tags", __name__)

NO_THUMBNAILS: Mapping[str, None] = {"small": None, "medium": None, "large": None}


class Covers:
    """Knows the addresses of thumbnails, for the pictures that stand for tags."""

    def __init__(self, thumbnail_urls: Callable[[UUID], Mapping[str, str]], faraway: Faraway | None = None) -> None:
        self._thumbnail_urls = thumbnail_urls
        self._faraway = faraway

    async def told(self, account_id: int, tags: Sequence[Tag]) -> list[dict[str, Any]]:
        """Tags as `schemas.TagItem` has them; covers that others own are asked for once for all."""
        wanted = [tag.cover_origin for tag in tags if tag.cover_origin is not None]
        far: Mapping[str, Shown] = {}
        if wanted and self._faraway is not None:
            far = await self._faraway.thumbnails(account_id, wanted)
        return [tag_json(tag, self._shown(tag, far)) for tag in tags]

    def _shown(self, tag: Tag, far: Mapping[str, Shown]) -> dict[str, Any] | None:
        """The cover of a tag as JSON, None where it has none."""
        if tag.cover_id is None:
            return None
        thumbnails: Mapping[str, str | None] = NO_THUMBNAILS
        if tag.cover_blob_id is not None:
            thumbnails = self._thumbnail_urls(tag.cover_blob_id)
        elif tag.cover_origin is not None and (shown := far.get(tag.cover_origin[0])) is not None:
            thumbnails = shown.thumbnails
        return {"id": str(tag.cover_id), "thumbnails": thumbnails}


@blueprint.get("/tags")
@policy.scope("tags:read")
@document_response(schemas.TagList, 200)
async def list_tags() -> Response:
    """The whole tree with its counts, each tag behind its parent, siblings in order."""
    tags = await use(TagService).tags(caller().account_id)
    return json_response({"items": await use(Covers).told(caller().account_id, tags)})


@blueprint.post("/tags")
@policy.scope("tags:write")
@validate_request(schemas.TagNew)
@document_response(schemas.TagItem, 201)
async def create_tag(data: schemas.TagNew) -> Response:
    """Make a tag and the ancestors it lacks: 201. One that is there already stays as it is: 200."""
    tag, operation = await use(TagService).create(
        caller().account_id, data.path, description=data.description, colour=_lower(data.colour)
    )
    return json_response(await _told(tag), 201 if operation else 200, operation_header(operation))


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
    return json_response(await _told(tag), headers=operation_header(operation))


@blueprint.put("/tags/order")
@policy.scope("tags:write")
@validate_request(schemas.TagOrder)
@document_response(schemas.TagList, 200)
async def order_tags(data: schemas.TagOrder) -> Response:
    """Put siblings in order; the answer is the whole tree."""
    operation = await use(TagService).order(caller().account_id, data.parent, data.names)
    tags = await use(TagService).tags(caller().account_id)
    answer = {"items": await use(Covers).told(caller().account_id, tags)}
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
    return await _reshaped(changed, named)


@blueprint.post("/tags/merge")
@policy.scope("tags:write")
@validate_request(schemas.TagMerge)
@document_response(schemas.TagChanged, 200)
async def merge_tags(data: schemas.TagMerge) -> Response:
    """Make one tag of two, and of their descendants that bear the same names."""
    named = await use(TagService).named_by(caller().account_id, data.path)
    changed = await use(TagService).merge(caller().account_id, data.path, data.into, dry_run=data.dry_run)
    return await _reshaped(changed, named)


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


async def _reshaped(changed: Reshaped, named: dict[str, int]) -> Response:
    answer = await _told(changed.tag) | {"affected": changed.pictures} | named
    return json_response(answer, headers=operation_header(changed.operation))


async def _told(tag: Tag) -> dict[str, Any]:
    (told,) = await use(Covers).told(caller().account_id, [tag])
    return told


def tag_json(tag: Tag, cover: dict[str, Any] | None) -> dict[str, Any]:
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
        "cover": cover,
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
