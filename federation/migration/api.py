"""`/account/move`: the caller's move to another account; and shares with others who have moved."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.accounts import browser
from archypix.accounts.limiter import Limiter
from archypix.accounts.models import Actor
from archypix.accounts.sessions import SessionService
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.shares.schemas import ShareItem, share_json
from federation.migration import schemas
from federation.migration.service import MigrationService, Standing

blueprint = Blueprint("migration", __name__)

# Each tells all followers, at their servers' cost.
MOVES_PER_DAY = 10
OFFERS_PER_HOUR = 120


@blueprint.get("/account/move")
@policy.scope("account:read")
@document_response(schemas.MoveOut, 200)
async def standing() -> Response:
    """Where the caller has moved, and what happens when others move."""
    return _answer(await use(MigrationService).standing(caller().account_id))


@blueprint.post("/account/move")
@policy.scope("account:write")
@validate_request(schemas.MoveTarget)
@document_response(schemas.MoveOut, 200)
async def move(data: schemas.MoveTarget) -> Response:
    """Send followers and those one shares with to another account, which must name this one as its alias."""
    await use(SessionService).confirm(caller(), data.password)
    await _bounded("move", MOVES_PER_DAY, 86400)
    return _answer(await use(MigrationService).move(caller().account_id, data.target, by=_by()))


@blueprint.delete("/account/move")
@policy.scope("account:write")
@document_response(schemas.MoveOut, 200)
async def stay() -> Response:
    """Take a move back."""
    await _bounded("move", MOVES_PER_DAY, 86400)
    return _answer(await use(MigrationService).stay(caller().account_id, by=_by()))


@blueprint.patch("/account/move")
@policy.scope("account:write")
@validate_request(schemas.MoveChoice)
@document_response(schemas.MoveOut, 200)
async def choose(data: schemas.MoveChoice) -> Response:
    """Choose what happens to shares with somebody who moves."""
    return _answer(await use(MigrationService).choose(caller().account_id, data.shares))


@blueprint.post("/shares/<share_id>/offer-again")
@policy.scope("shares:write")
@document_response(ShareItem, 201)
async def offer_again(share_id: str) -> Response:
    """Offer a share, on the same terms, to the account to which its recipient has moved."""
    await _bounded("offer-again", OFFERS_PER_HOUR, 3600)
    share = await use(MigrationService).offer_again(caller().account_id, parse_id(share_id, "share"))
    return json_response(share_json(share), 201)


def _by() -> Actor:
    return Actor(caller().account_id, browser.address())


async def _bounded(what: str, limit: int, seconds: float) -> None:
    await use(Limiter).hit(f"{what}:{caller().account_id}", limit, seconds)


def _answer(standing: Standing) -> Response:
    return json_response(schemas.standing_json(standing), headers={"Cache-Control": "no-store"})
