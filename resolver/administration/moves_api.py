"""`/admin/moves`: people who move between backends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts.schemas import Body, Limit
from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from resolver.administration.callers import actor
from resolver.administration.moves import MoveAdministration
from resolver.administration.schemas import Name, Origin
from resolver.moving.models import Move, State

blueprint = Blueprint("moves", __name__)
Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]


class NewMove(Body):
    name: Name
    to: Origin = Field(description="Origin of the backend where the person is to live.")


class MovesPage(Body):
    cursor: Identifier | None = None
    limit: Limit = 100


class MoveOut(BaseModel):
    """A person on the way, arrived, or back; `progress` has `blobs`, `bytes` and `rows`, each with its `…_done`."""

    id: str
    name: str
    source: str
    target: str
    state: State
    progress: dict[str, int]
    error: str | None
    started_at: str
    changed_at: str


class MovesOut(BaseModel):
    items: list[MoveOut]
    next: str | None


@blueprint.get("/admin/moves")
@policy.admin
@validate_querystring(MovesPage)
@document_response(MovesOut, 200)
async def moves(query_args: MovesPage) -> Response:
    """People who moved or are moving, the newest first."""
    limit = query_args.limit
    after = parse_id(query_args.cursor, "move") if query_args.cursor else None
    found = await use(MoveAdministration).page(after, limit + 1)
    items = [move_json(move) for move in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.post("/admin/moves")
@policy.admin
@validate_request(NewMove)
@document_response(MoveOut, 201)
async def start(data: NewMove) -> Response:
    """Begin to move a person to another backend of the domain. No id of theirs changes."""
    return json_response(move_json(await use(MoveAdministration).start(actor(), data.name, data.to)), 201)


@blueprint.get("/admin/moves/<move_id>")
@policy.admin
@document_response(MoveOut, 200)
async def move(move_id: str) -> Response:
    """How far a move is."""
    return json_response(move_json(await use(MoveAdministration).one(_id(move_id))))


@blueprint.delete("/admin/moves/<move_id>")
@policy.admin
@document_response(MoveOut, 200)
async def cancel(move_id: str) -> Response:
    """Undo a move, as long as the person has not arrived."""
    return json_response(move_json(await use(MoveAdministration).cancel(actor(), _id(move_id))))


def move_json(move: Move) -> dict[str, Any]:
    """`MoveOut`."""
    return {
        "id": str(move.id),
        "name": move.name,
        "source": move.source,
        "target": move.target,
        "state": move.state,
        "progress": asdict(move.progress),
        "error": move.error,
        "started_at": rfc3339(move.started_at),
        "changed_at": rfc3339(move.changed_at),
    }


def _id(text: str) -> UUID:
    return parse_id(text, "move")
