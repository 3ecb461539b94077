"""`/account/profile` and what belongs to it: how other servers see the caller."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.accounts import browser
from archypix.accounts.limiter import Limiter
from archypix.accounts.models import Actor
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.actors import schemas
from federation.actors.models import LocalActor, Property
from federation.actors.portraits import Square
from federation.actors.profile import ProfileService
from federation.actors.service import ActorService
from federation.addresses import Addresses

blueprint = Blueprint("profile", __name__)

# Each tells all followers, at their servers' cost.
CHANGES_PER_HOUR = 60
ROTATIONS_PER_DAY = 10


@blueprint.get("/account/profile")
@policy.scope("account:read")
@document_response(schemas.ProfileOut, 200)
async def profile() -> Response:
    """The caller as other servers see them."""
    return _answer(await use(ProfileService).read(caller().account_id))


@blueprint.patch("/account/profile")
@policy.scope("account:write")
@validate_request(schemas.ProfileChange)
@document_response(schemas.ProfileOut, 200)
async def change_profile(data: schemas.ProfileChange) -> Response:
    """Change what is given; null leaves a thing as it is."""
    await _bounded("profile", CHANGES_PER_HOUR, 3600)
    values = data.model_dump(exclude={"properties"}, exclude_none=True)
    if data.properties is not None:
        values["properties"] = [Property(item.name, item.value) for item in data.properties]
    return _answer(await use(ProfileService).change(caller().account_id, values))


@blueprint.put("/account/profile/avatar")
@policy.scope("account:write")
@validate_request(schemas.AvatarChange)
@document_response(schemas.ProfileOut, 200)
async def set_avatar(data: schemas.AvatarChange) -> Response:
    """Show a copy of a square of a picture."""
    await _bounded("profile", CHANGES_PER_HOUR, 3600)
    picture_id = parse_id(data.picture, "picture")
    square = Square(**data.square.model_dump()) if data.square else None
    return _answer(await use(ProfileService).show_picture(caller().account_id, picture_id, square))


@blueprint.delete("/account/profile/avatar")
@policy.scope("account:write")
@document_response(schemas.ProfileOut, 200)
async def remove_avatar() -> Response:
    """Show no picture."""
    await _bounded("profile", CHANGES_PER_HOUR, 3600)
    return _answer(await use(ProfileService).show_no_picture(caller().account_id))


@blueprint.post("/account/keys/rotate")
@policy.scope("account:write")
@validate_request(schemas.Rotation)
@document_response(schemas.ProfileOut, 200)
async def rotate_keys(data: schemas.Rotation) -> Response:
    """Sign with new keys from now on."""
    await _bounded("rotate", ROTATIONS_PER_DAY, 86400)
    actors = use(ActorService)
    actor = await actors.of_account(caller().account_id)
    by = Actor(caller().account_id, browser.address())
    return _answer(await actors.rotate(actor.id, announce=data.announce, by=by))


async def _bounded(what: str, limit: int, seconds: float) -> None:
    await use(Limiter).hit(f"{what}:{caller().account_id}", limit, seconds)


def _answer(actor: LocalActor) -> Response:
    return json_response(schemas.profile_json(actor, use(Addresses)), headers={"Cache-Control": "no-store"})
