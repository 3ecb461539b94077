"""`/admin`: accounts, invites and the audit log, for administrators."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts import browser, schemas
from archypix.accounts.administration import DEFAULT, AdministrationService, Changes
from archypix.accounts.models import Actor
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use

blueprint = Blueprint("administration", __name__)


@blueprint.get("/admin/accounts")
@policy.admin
@validate_querystring(schemas.Page)
@document_response(schemas.AccountsOut, 200)
async def accounts(query_args: schemas.Page) -> Response:
    """All accounts with what they store, the oldest first."""
    limit = query_args.limit
    found = await use(AdministrationService).accounts(after=int(query_args.cursor or 0), limit=limit + 1)
    items = [schemas.admin_account_json(account, usage) for account, usage in found[:limit]]
    return json_response({"items": items, "next": str(found[limit - 1][0].id) if len(found) > limit else None})


@blueprint.post("/admin/accounts")
@policy.admin
@validate_request(schemas.NewAccount)
@document_response(schemas.AdminAccountOut, 201)
async def create_account(data: schemas.NewAccount) -> Response:
    """Make an account for somebody."""
    service = use(AdministrationService)
    made = await service.create(
        _actor(),
        data.name,
        password=data.password,
        display_name=data.display_name,
        is_admin=data.is_admin,
        quota=data.quota if "quota" in data.model_fields_set else DEFAULT,
    )
    return json_response(schemas.admin_account_json(*await service.account(made.name)), 201)


@blueprint.get("/admin/accounts/<name>")
@policy.admin
@document_response(schemas.AdminAccountOut, 200)
async def account(name: str) -> Response:
    """One account."""
    return json_response(schemas.admin_account_json(*await use(AdministrationService).account(name)))


@blueprint.patch("/admin/accounts/<name>")
@policy.admin
@validate_request(schemas.AccountChanges)
@document_response(schemas.AdminAccountOut, 200)
async def change_account(name: str, data: schemas.AccountChanges) -> Response:
    """Disable or enable an account, make it administrator or not, set its quota or shown name: all or nothing."""
    changes = Changes(
        disabled=data.disabled,
        is_admin=data.is_admin,
        display_name=data.display_name,
        quota=data.quota,
        unlimited="quota" in data.model_fields_set and data.quota is None,
    )
    return json_response(schemas.admin_account_json(*await use(AdministrationService).change(_actor(), name, changes)))


@blueprint.delete("/admin/accounts/<name>")
@policy.admin
@document_response(schemas.Empty, 204)
async def delete_account(name: str) -> Response:
    """End an account; its name is never given again."""
    await use(AdministrationService).delete(_actor(), name)
    return browser.no_content()


@blueprint.post("/admin/accounts/<name>/password")
@policy.admin
@validate_request(schemas.PasswordReset)
@document_response(schemas.Empty, 204)
async def reset_password(name: str, data: schemas.PasswordReset) -> Response:
    """Set somebody's password; their sessions end."""
    await use(AdministrationService).reset_password(_actor(), name, data.password, revoke_tokens=data.revoke_tokens)
    return browser.no_content()


@blueprint.get("/admin/invites")
@policy.admin
@document_response(schemas.InvitesOut, 200)
async def invites() -> Response:
    """The invites that can be used."""
    return json_response({"items": [schemas.invite_json(item) for item in await use(AdministrationService).invites()]})


@blueprint.post("/admin/invites")
@policy.admin
@validate_request(schemas.NewInvite)
@document_response(schemas.NewInviteOut, 201)
async def make_invite(data: schemas.NewInvite) -> Response:
    """Make an invite; its code is in this answer and never shown again."""
    invite, code = await use(AdministrationService).make_invite(
        caller(), browser.address(), note=data.note, uses=data.uses, days=data.expires_in_days
    )
    return json_response(schemas.invite_json(invite) | {"code": code}, 201, {"Cache-Control": "no-store"})


@blueprint.delete("/admin/invites/<invite_id>")
@policy.admin
@document_response(schemas.Empty, 204)
async def revoke_invite(invite_id: str) -> Response:
    """End an invite."""
    await use(AdministrationService).revoke_invite(_actor(), parse_id(invite_id, "invite"))
    return browser.no_content()


@blueprint.get("/admin/audit")
@policy.admin
@validate_querystring(schemas.AuditPage)
@document_response(schemas.AuditOut, 200)
async def audit(query_args: schemas.AuditPage) -> Response:
    """What was done, the newest first."""
    limit = query_args.limit
    found = await use(AdministrationService).audit_log(
        before=int(query_args.cursor) if query_args.cursor else None,
        limit=limit + 1,
        actor=query_args.actor,
        action=query_args.action,
    )
    items = [schemas.audit_json(entry) for entry in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


def _actor() -> Actor:
    return Actor(caller().account_id, browser.address())
