"""`/hierarchies/…/tokens` and `…/locks`: devices that open a hierarchy, what they hold, and their brake."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.accounts import browser
from archypix.core.clock import rfc3339
from archypix.core.errors import NotFound
from archypix.core.ids import parse_id
from archypix.drives import schemas
from archypix.drives.brake import Brake
from archypix.drives.locks import LockService
from archypix.drives.schemas import brake_json, lock_json, token_json
from archypix.drives.tokens import DriveTokens
from archypix.drives.undo import Undo
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use

blueprint = Blueprint("drives", __name__)

MOST_ID = 2**31 - 1


@blueprint.get("/hierarchies/<hierarchy_id>/tokens")
@policy.scope("account:read")
@document_response(schemas.TokenList, 200)
async def tokens(hierarchy_id: str) -> Response:
    """The devices that open a hierarchy, without their secrets."""
    found = await use(DriveTokens).list(caller().account_id, _hierarchy(hierarchy_id))
    return json_response({"items": [token_json(token) for token in found]})


@blueprint.post("/hierarchies/<hierarchy_id>/tokens")
@policy.scope("account:write")
@validate_request(schemas.TokenNew)
@document_response(schemas.TokenMade, 201)
async def create(hierarchy_id: str, data: schemas.TokenNew) -> Response:
    """Make a token by which one device opens a hierarchy. It is told this once."""
    token, secret, url = await use(DriveTokens).create(
        caller(), _hierarchy(hierarchy_id), data.name, read_only=data.read_only, redirect=data.redirect,
        address=browser.address(),
    )  # fmt: skip
    made = token_json(token) | {"token": secret, "url": url, "username": caller().name}
    return json_response(made, 201, {"Cache-Control": "no-store"})


@blueprint.delete("/hierarchies/<hierarchy_id>/tokens/<token_id>")
@policy.scope("account:write")
async def revoke(hierarchy_id: str, token_id: str) -> Response:
    """Revoke a device's token; it opens nothing from this moment."""
    await use(DriveTokens).revoke(caller(), _hierarchy(hierarchy_id), _token(token_id), browser.address())
    return Response(status=204)


@blueprint.post("/hierarchies/<hierarchy_id>/tokens/<token_id>/allow")
@policy.scope("account:write")
@validate_request(schemas.Allowance)
@document_response(schemas.Allowed, 200)
async def allow(hierarchy_id: str, token_id: str, data: schemas.Allowance) -> Response:
    """Let go of a device's brake: for some minutes it may delete as much as it likes."""
    until = await use(Brake).allow(
        caller().account_id, _hierarchy(hierarchy_id), _token(token_id), minutes=data.minutes
    )
    return json_response({"allowed_until": rfc3339(until)})


@blueprint.post("/hierarchies/<hierarchy_id>/tokens/<token_id>/undo")
@policy.scope("pictures:write")
@validate_request(schemas.UndoFrom)
@document_response(schemas.UndoneList, 200)
async def undo(hierarchy_id: str, token_id: str, data: schemas.UndoFrom) -> Response:
    """Take back everything that a device did since a time, the newest first; also one whose token was revoked."""
    result = await use(Undo).since(caller().account_id, _hierarchy(hierarchy_id), _token(token_id), since=data.moment())
    return json_response(
        {
            "items": [asdict(undone) for undone in result.done],
            "refused": [asdict(refused) for refused in result.refused],
            "affected": sum(undone.affected for undone in result.done),
            "skipped": sum(undone.skipped for undone in result.done),
        }
    )


@blueprint.get("/hierarchies/<hierarchy_id>/locks")
@policy.scope("pictures:read")
@document_response(schemas.LockList, 200)
async def locks(hierarchy_id: str) -> Response:
    """What devices have locked in a hierarchy, by path."""
    found = await use(LockService).list(caller().account_id, _hierarchy(hierarchy_id))
    return json_response({"items": [lock_json(held) for held in found]})


@blueprint.delete("/hierarchies/<hierarchy_id>/locks/<lock_id>")
@policy.scope("pictures:write")
async def break_lock(hierarchy_id: str, lock_id: str) -> Response:
    """End a lock, whichever device holds it."""
    await use(LockService).break_lock(caller().account_id, _hierarchy(hierarchy_id), parse_id(lock_id, "lock"))
    return Response(status=204)


@blueprint.get("/account/brake")
@policy.scope("account:read")
@document_response(schemas.BrakeItem, 200)
async def brake() -> Response:
    """When deletions of a device are too many."""
    return json_response(brake_json(await use(Brake).settings(caller().account_id)))


@blueprint.patch("/account/brake")
@policy.scope("account:write")
@validate_request(schemas.BrakeChange)
@document_response(schemas.BrakeItem, 200)
async def change_brake(data: schemas.BrakeChange) -> Response:
    """Change when deletions of a device are too many; what is not said stays."""
    values = {name: getattr(data, name) for name in data.model_fields_set}
    return json_response(brake_json(await use(Brake).change(caller().account_id, values)))


def _hierarchy(text: str) -> UUID:
    return parse_id(text, "hierarchy")


def _token(text: str) -> int:
    """The number of a token; what is none names nothing."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= MOST_ID):
        raise NotFound("There is no token with this id.")
    return int(text)
