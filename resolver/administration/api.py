"""`/admin`: people, invites, settings, tokens and the audit log of the domain."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts.schemas import AuditOut, InvitesOut, NewInvite, NewInviteOut
from archypix.core.errors import Fault, Invalid
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing as Empty
from resolver.administration import schemas
from resolver.administration.callers import actor, no_content
from resolver.administration.people import PeopleService
from resolver.administration.tokens import AdministratorTokens
from resolver.invites.service import InviteService
from resolver.preferences.service import PreferencesService
from resolver.registration.models import Domain

blueprint = Blueprint("administration", __name__)
# What has no meaning as null; the others are limits that null lifts.
NEVER_NULL = ("registration", "strategy", "least_free_bytes")


@blueprint.get("/admin/people")
@policy.admin
@validate_querystring(schemas.PeoplePage)
@document_response(schemas.PeopleOut, 200)
async def people(query_args: schemas.PeoplePage) -> Response:
    """The domain's people by name, those on their way and those who are gone included."""
    limit = query_args.limit
    found = await use(PeopleService).page(
        starts=query_args.q, backend=query_args.backend, after=query_args.cursor or "", limit=limit + 1
    )
    items = [schemas.person_json(person, use(Domain).name) for person in found[:limit]]
    return json_response({"items": items, "next": items[-1]["name"] if len(found) > limit else None})


@blueprint.get("/admin/people/<name>")
@policy.admin
@document_response(schemas.PersonOut, 200)
async def person(name: str) -> Response:
    """One person, and the backend where they live."""
    return json_response(schemas.person_json(await use(PeopleService).one(name), use(Domain).name))


@blueprint.get("/admin/invites")
@policy.admin
@document_response(InvitesOut, 200)
async def invites() -> Response:
    """The invites that can be used."""
    return json_response({"items": [schemas.invite_json(item) for item in await use(InviteService).open_ones()]})


@blueprint.post("/admin/invites")
@policy.admin
@validate_request(NewInvite)
@document_response(NewInviteOut, 201)
async def make_invite(data: NewInvite) -> Response:
    """Make an invite; its code is in this answer and never shown again."""
    invite, code = await use(InviteService).make(actor(), note=data.note, uses=data.uses, days=data.expires_in_days)
    return json_response(schemas.invite_json(invite) | {"code": code}, 201, {"Cache-Control": "no-store"})


@blueprint.delete("/admin/invites/<invite_id>")
@policy.admin
@document_response(Empty, 204)
async def revoke_invite(invite_id: str) -> Response:
    """End an invite."""
    await use(InviteService).revoke(actor(), parse_id(invite_id, "invite"))
    return no_content()


@blueprint.get("/admin/settings")
@policy.admin
@document_response(schemas.SettingsOut, 200)
async def settings() -> Response:
    """The domain's rules for newcomers."""
    return json_response(schemas.settings_json(await use(PreferencesService).current()))


@blueprint.patch("/admin/settings")
@policy.admin
@validate_request(schemas.SettingsChanges)
@document_response(schemas.SettingsOut, 200)
async def change_settings(data: schemas.SettingsChanges) -> Response:
    """Change the domain's rules, all or nothing; they hold from the next newcomer on."""
    named = data.model_dump(exclude_unset=True)
    if faults := tuple(Fault(key, "This cannot be null.") for key in NEVER_NULL if key in named and named[key] is None):
        raise Invalid("The request does not have the expected form.", faults=faults)
    return json_response(schemas.settings_json(await use(PreferencesService).change(actor(), named)))


@blueprint.get("/admin/tokens")
@policy.admin
@document_response(schemas.TokensOut, 200)
async def tokens() -> Response:
    """The tokens of administrators, without their secrets. New ones are made on the command line."""
    return json_response({"items": [schemas.token_json(token) for token in await use(AdministratorTokens).all()]})


@blueprint.delete("/admin/tokens/<token_id>")
@policy.admin
@document_response(Empty, 204)
async def revoke_token(token_id: str) -> Response:
    """Revoke a token."""
    await use(AdministratorTokens).revoke(actor(), parse_id(token_id, "token"))
    return no_content()


@blueprint.get("/admin/audit")
@policy.admin
@validate_querystring(schemas.AuditPage)
@document_response(AuditOut, 200)
async def audit(query_args: schemas.AuditPage) -> Response:
    """What was done, the newest first."""
    limit = query_args.limit
    found = await use(PeopleService).audit_log(
        before=int(query_args.cursor) if query_args.cursor else None,
        limit=limit + 1,
        actor=query_args.actor,
        action=query_args.action,
    )
    items = [schemas.audit_json(entry) for entry in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})
